"""A migration's operations: on models, kept for replay; SQL, read here; code, followed as far as it can be."""

from collections.abc import Iterator, Sequence

from invariants.facts.ddl import Handed, Operation, Statement
from invariants.facts.source import Unread
from invariants.frontends.django.encoding import encode
from invariants.frontends.django.host import EDITOR, bound
from invariants.python import emission, foreign
from invariants.python.interpreter import Doubt, Effect, Interpreter, Note
from invariants.python.values import Call, Class, Function, Symbol, Unknown, Value

Fact = Operation | Statement | Unread | Handed
REMEDY = "Write the operations out in the migration itself."
MODEL = {
    "CreateModel", "DeleteModel", "RenameModel", "AlterModelTable", "AddField", "RemoveField", "AlterField", "RenameField", "AddIndex",
    "RemoveIndex", "RenameIndex", "AddConstraint", "RemoveConstraint", "AlterUniqueTogether", "AlterIndexTogether", "AlterModelOptions",
    "AlterOrderWithRespectTo",
    "AddIndexConcurrently", "RemoveIndexConcurrently", "AddConstraintNotValid", "ValidateConstraint", "AlterConstraint",
    "PostgresCreatePartitionedModel", "PostgresAddDefaultPartition", "PostgresDeletePartitionedModel",
}  # fmt: skip
"""Operations whose SQL depends on the models; ``psqlextra``'s among them."""
SILENT = {"AlterModelManagers", "AlterModelTableComment", "IgnoreMigration"}
"""Operations that run nothing; the last is ``django-migration-linter``'s."""
EXTENSIONS = {
    "BloomExtension": "bloom",
    "BtreeGinExtension": "btree_gin",
    "BtreeGistExtension": "btree_gist",
    "CITextExtension": "citext",
    "CryptoExtension": "pgcrypto",
    "HStoreExtension": "hstore",
    "TrigramExtension": "pg_trgm",
    "UnaccentExtension": "unaccent",
    "VectorExtension": "vector",
}
CONSTRAINTS = {"UniqueConstraint", "CheckConstraint", "ExclusionConstraint"}
INDEXES = {
    "Index",
    "GinIndex",
    "GistIndex",
    "BTreeIndex",
    "BrinIndex",
    "HashIndex",
    "SpGistIndex",
    "BloomIndex",
    "HnswIndex",
    "IvfflatIndex",
    "OpClass",
}


def facts(machine: Interpreter, listed: Sequence[Value], app: str, mode: str = "") -> Iterator[Fact]:
    """The facts of operations, in order."""
    for value in listed:
        if not isinstance(value, Call):
            node = value.node if isinstance(value, Unknown) else machine.source.tree
            yield Unread(machine.source.place(node), "dynamic", "an operation is decided at run time", REMEDY)
        elif value.name in MODEL:
            yield from _foreign_parts(machine, value)
            at = machine.source.place(value.node)
            yield Operation(at, 0, value.name, app, encode(machine.source, value, mode))
        elif value.name == "SeparateDatabaseAndState":
            yield from facts(machine, _listed(value, "database_operations", 0), app, "database")
            yield from facts(machine, _listed(value, "state_operations", 1), app, "state")
        elif mode != "state" and value.name not in SILENT:
            yield from _effects(machine, value)


def _listed(call: Call, keyword: str, position: int) -> Sequence[Value]:
    found = call.get(keyword, position, ())
    return found if isinstance(found, (list, tuple)) else () if found is None else (found,)


def _foreign_parts(machine: Interpreter, call: Call) -> Iterator[Unread]:
    """Constraints and indexes of classes that are not known, which may run any SQL."""
    options = call.get("options", 2)
    parts = [call.get("constraint" if "Constraint" in call.name else "index", 1)] if call.name.startswith("Add") else []
    for key in ("constraints", "indexes"):
        found = options.get(key) if isinstance(options, dict) else None
        parts += found if isinstance(found, list) else []
    for each in parts:
        if isinstance(each, Call) and each.name not in CONSTRAINTS | INDEXES and each.name[:1].isupper():
            message = f"what SQL {each.path} runs is defined in another file"
            yield Unread(machine.source.place(each.node), "unknown", message, "Write what it runs with RunSQL, or carve the table out.")


def _effects(machine: Interpreter, call: Call) -> Iterator[Fact]:
    """The statements of an operation that runs SQL or code."""
    if call.name == "RunSQL":
        yield from run_sql(machine, call)
    elif call.name == "RunPython":
        yield from _run_python(machine, call)
    elif call.name in EXTENSIONS or call.name == "CreateExtension":
        label = EXTENSIONS.get(call.name) or call.get("name", 0)
        if isinstance(label, str):
            yield from emission.statements(machine.source, f'CREATE EXTENSION IF NOT EXISTS "{label}"', call.node)
    elif isinstance(call.base, Class):
        yield from _custom(machine, call, call.base)
    else:
        message = f"what the operation {call.path} does is defined in another file"
        yield Unread(machine.source.place(call.node), "unknown", message, "Write what it runs with RunSQL.")
        yield from _hints(machine, call)


def run_sql(machine: Interpreter, call: Call) -> Iterator[Fact]:
    """The statements of ``RunSQL``: a text, or a list of texts and of texts with parameters."""
    given = call.get("sql", 0)
    for each in given if isinstance(given, (list, tuple)) else [given]:
        text, parameters = (each[0], each[1] if len(each) > 1 else None) if isinstance(each, (list, tuple)) and each else (each, None)
        if isinstance(text, str):
            yield from emission.statements(machine.source, bound(text, parameters), call.node)
        elif isinstance(text, Unknown) and text.sketch and emission.only_data(text.sketch):
            continue
        elif not (isinstance(text, Symbol) and text.path.endswith("noop")) and text != []:
            why = f": {text.why}" if isinstance(text, Unknown) else ""
            yield Unread(machine.source.place(call.node), "dynamic", f"a part of this SQL cannot be told{why}", REMEDY)
            sketch = text.sketch if isinstance(text, Unknown) else ""
            if sketch:
                yield Handed(machine.source.place(call.node), 0, "", sketch, "")


def _run_python(machine: Interpreter, call: Call) -> Iterator[Fact]:
    """What a function does to the schema; what it does to rows goes unsaid."""
    code = call.get("code", 0)
    bound_args: tuple[Value, ...] = ()
    if isinstance(code, Call) and code.name == "partial" and code.args:
        code, bound_args = code.args[0], code.args[1:]
    if isinstance(code, Function):
        yield from _followed(machine, code, [*bound_args, Symbol("apps"), Symbol(EDITOR)], call)
    elif not (isinstance(code, Symbol) and code.path.endswith("noop")):
        label = code.path if isinstance(code, (Symbol, Call)) else "the function"
        message = f"what {label} does to the schema is defined in another file"
        yield Unread(machine.source.place(call.node), "dynamic", message, "Write what it changes in the schema with RunSQL.")
        yield from _hints(machine, Call("", (code, *bound_args), {}, call.node))


def _hints(machine: Interpreter, call: Call) -> Iterator[Fact]:
    """What gives away which tables an operation of another file is about."""
    with machine.trial() as effects:
        foreign.hint(machine, call)
    yield from _told(machine, effects)


def _followed(machine: Interpreter, code: Function, args: Sequence[Value], call: Call) -> Iterator[Fact]:
    with machine.trial() as effects:
        machine.invoke(code, args, call.node)
    yield from _told(machine, effects)


def _told(machine: Interpreter, effects: list[Effect]) -> Iterator[Fact]:
    yield from emission.facts(machine.source, effects)


def _custom(machine: Interpreter, call: Call, kind: Class) -> Iterator[Fact]:
    """An operation of a class of the same file: a ``RunSQL`` with a constructor of its own, or a name to report."""
    if any(root.endswith("RunSQL") for root in kind.roots()):
        yield from run_sql(machine, _constructed(machine, call, kind))
        return
    message = f"what the operation {kind.name} does is decided at run time"
    yield Unread(machine.source.place(call.node), "unknown", message, "Write what it runs with RunSQL.")
    yield from _hints(machine, call)


def _constructed(machine: Interpreter, call: Call, kind: Class) -> Call:
    """The arguments that a class's constructor hands to ``RunSQL``'s."""
    try:
        constructor = kind.find("__init__")
    except KeyError:
        return call
    from invariants.python import calls

    with machine.trial() as effects:
        calls.invoke(machine, constructor, [Symbol("self"), *call.args], dict(call.kwargs), call.node)
    notes = [each for each in effects if isinstance(each, Note)]
    return Call("RunSQL", notes[0].value.args, notes[0].value.kwargs, call.node) if notes else call


def unread(machine: Interpreter, doubt: Doubt) -> Unread:
    """A doubt as a fact."""
    return Unread(machine.source.place(doubt.node), doubt.reason, doubt.message, doubt.remedy)


__all__ = ["REMEDY", "facts", "run_sql", "unread"]
