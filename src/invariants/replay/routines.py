"""Functions, procedures and aggregates."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Literal, NamedTuple

from invariants.facts.place import Place
from invariants.postgres.grammar import pb, unwrap, write, write_expression
from invariants.postgres.tree import strings
from invariants.replay import expressions, names
from invariants.replay.catalog import Catalog
from invariants.replay.errors import Failure
from invariants.replay.machine import Handler, Machine
from invariants.replay.objects import Argument, Function, Step
from invariants.replay.privileges import initial_acl
from invariants.replay.records import replace
from invariants.replay.session import configured
from invariants.replay.shelf import Use
from invariants.replay.signatures import creation, find, type_of
from invariants.replay.validation import validate

Mode = Literal["in", "out", "inout", "variadic", "table"]
Kind = Literal["function", "procedure", "aggregate", "window"]
MODES: Mapping[int, Mode] = {
    pb.FUNC_PARAM_IN: "in",
    pb.FUNC_PARAM_DEFAULT: "in",
    pb.FUNC_PARAM_OUT: "out",
    pb.FUNC_PARAM_INOUT: "inout",
    pb.FUNC_PARAM_VARIADIC: "variadic",
    pb.FUNC_PARAM_TABLE: "table",
}
INPUT = {"in", "inout", "variadic"}
OUTPUT = {"out", "inout", "table"}


class Result(NamedTuple):
    """What a function returns."""

    type_name: str
    is_set: bool = False
    uses: frozenset[Use] = frozenset()


def options(nodes: Iterable[Any]) -> dict[str, Any]:
    """The attributes of a function by name, SET clauses (which may be many) left out."""
    found: dict[str, Any] = {}
    for each in nodes:
        option = each.def_elem
        if option.defname == "set":
            continue
        if option.defname in found:
            raise Failure("42601", "conflicting or redundant options")
        found[option.defname] = option
    return found


def attributes(given: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a Function that the attributes of a statement decide."""
    fields: dict[str, Any] = {}
    for name, field in (("security", "security_definer"), ("strict", "strict"), ("leakproof", "leakproof")):
        if name in given:
            fields[field] = given[name].arg.boolean.boolval
    if "volatility" in given:
        fields["volatility"] = given["volatility"].arg.string.sval
    return fields


def settings(catalog: Catalog, nodes: Iterable[Any], before: tuple[tuple[str, str], ...] = ()) -> tuple[tuple[str, str], ...]:
    """The settings of a function after the SET and RESET clauses of a statement."""
    for each in nodes:
        if each.def_elem.defname == "set":
            before = configured(catalog, before, each.def_elem.arg.variable_set_stmt)
    return before


def _create(machine: Machine, node: Any) -> None:
    catalog = machine.catalog
    schema, name = creation(machine.catalog, strings(node.funcname))
    given = options(node.options)
    arguments, uses = arguments_of(machine, node.parameters)
    result = _result(machine, node, arguments)
    function = Function(
        oid=catalog.oid(),
        name=name,
        schema=schema,
        owner=catalog.session.user,
        arguments=arguments,
        kind="procedure" if node.is_procedure else "window" if "window" in given else "function",
        language=_language(node, given),
        returns=result.type_name,
        returns_set=result.is_set,
        settings=settings(catalog, node.options),
        body=_body(node, given),
        source=machine.text,
        at=catalog.at,
        body_at=_body_at(machine, given),
        made=catalog.at,
        history=(Step(catalog.at, "created"),),
        uses=uses | result.uses | _body_uses(machine, node) | {Use(schema)},
        **attributes(given),
    )
    if "as" in given:
        validate(machine, function)
    known = catalog.functions.named(*key(function))
    if known is None:
        catalog.functions.put(replace(function, acl=initial_acl(machine, "function", schema, function.owner)))
    else:
        _replace(catalog, known, function, is_allowed=node.replace)


def key(function: Function) -> tuple[Any, ...]:
    """What tells a function from all others."""
    return function.schema, function.name, function.inputs


def _replace(catalog: Catalog, old: Function, new: Function, *, is_allowed: bool) -> None:
    """CREATE OR REPLACE keeps the owner and the privileges, and nothing else."""
    if not is_allowed:
        raise Failure("42723", f'function "{old.name}" already exists with same argument types')
    if (old.kind == "procedure") != (new.kind == "procedure") or old.kind in {"aggregate", "window"} or new.kind == "window" != old.kind:
        raise Failure("42809", "cannot change routine kind")
    if (old.returns, old.returns_set, _outputs(old)) != (new.returns, new.returns_set, _outputs(new)):
        raise Failure("42P13", "cannot change return type of existing function")
    _check_inputs([each for each in old.arguments if each.mode in INPUT], [each for each in new.arguments if each.mode in INPUT])
    history = (*old.history, Step(catalog.at, "replaced"))
    catalog.functions.put(replace(new, oid=old.oid, owner=old.owner, acl=old.acl, made=old.made, history=history))


def _outputs(function: Function) -> tuple[tuple[str, str], ...]:
    """The row that OUT arguments define; a single one's name does not matter."""
    found = tuple((each.name, each.type_name) for each in function.arguments if each.mode in OUTPUT)
    return found if len(found) > 1 else ()


def _check_inputs(old: list[Argument], new: list[Argument]) -> None:
    for before, after in zip(old, new, strict=True):
        if before.name and before.name != after.name:
            raise Failure("42P13", f'cannot change name of input parameter "{before.name}"')
        if before.default is not None and after.default is None:
            raise Failure("42P13", "cannot remove parameter defaults from existing function")


def arguments_of(machine: Machine, nodes: Iterable[Any]) -> tuple[tuple[Argument, ...], frozenset[Use]]:
    """The arguments that a statement lists, and what their types and defaults stand on."""
    found: list[Argument] = []
    uses: set[Use] = set()
    for each in nodes:
        parameter = each.function_parameter
        default = None
        if parameter.HasField("defexpr"):
            default = write_expression(parameter.defexpr)
            uses |= expressions.uses(machine, parameter.defexpr)
        elif MODES[parameter.mode] in INPUT and any(known.default is not None for known in found if known.mode in INPUT):
            raise Failure("42P13", "input parameters after one with a default value must also have defaults")
        kind = type_of(machine, parameter.arg_type)
        uses |= use(kind)
        found.append(Argument(name=parameter.name, type_name=kind.name, mode=MODES[parameter.mode], default=default))
    _check_names(found)
    return tuple(found), frozenset(uses)


def use(kind: names.TypeRef) -> set[Use]:
    """A type or table that a statement made is stood on; PostgreSQL's own are not."""
    return {Use(kind.oid)} if kind.oid else set()


def _check_names(arguments: list[Argument]) -> None:
    """No two inputs and no two outputs of one name; an input may share an output's in tables only by error too."""
    for modes in (INPUT, OUTPUT, {"table", *INPUT}):
        seen = [each.name for each in arguments if each.mode in modes and each.name]
        if len(seen) != len(set(seen)):
            raise Failure("42P13", "parameter name used more than once")


def _result(machine: Machine, node: Any, arguments: tuple[Argument, ...]) -> Result:
    """What RETURNS says, or else the OUT arguments."""
    outputs = [each for each in arguments if each.mode in OUTPUT]
    implied = outputs[0].type_name if len(outputs) == 1 else "record" if outputs else ""
    if node.is_procedure:
        return Result("record" if outputs else "void")
    if not node.HasField("return_type"):
        if not implied:
            raise Failure("42P13", "function result type must be specified")
        return Result(implied)
    if outputs and outputs[0].mode == "table":
        return Result(implied, is_set=True)
    given = type_of(machine, node.return_type)
    if implied and given.name != implied:
        raise Failure("42P13", f"function result type must be {implied} because of OUT parameters")
    return Result(given.name, node.return_type.setof, frozenset(use(given)))


def _language(node: Any, given: Mapping[str, Any]) -> str:
    if "language" in given:
        language = str(given["language"].arg.string.sval)
        if language not in {"sql", "c", "internal"} and not language.lower().startswith("pl"):
            raise Failure("42704", f'language "{language}" does not exist')
        return language
    if node.HasField("sql_body"):
        return "sql"
    raise Failure("42P13", "no language specified")


def _body(node: Any, given: Mapping[str, Any]) -> str:
    """The text between the quotes, or the SQL-standard body as statements."""
    if node.HasField("sql_body"):
        return ";\n".join(_statements(node.sql_body))
    if "as" not in given:
        raise Failure("42P13", "no function body specified")
    return strings(given["as"].arg.list.items)[0]


def _statements(node: Any) -> Iterable[str]:
    """The statements of BEGIN ATOMIC, which the grammar keeps in a list of lists; RETURN is a SELECT."""
    kind, value = unwrap(node)
    if kind == "list":
        for each in value.items:
            yield from _statements(each)
    elif kind == "return_stmt":
        yield f"SELECT {write_expression(value.returnval)}"
    elif kind:
        yield write(node)


def _body_uses(machine: Machine, node: Any) -> frozenset[Use]:
    """A quoted body stands on nothing; a SQL-standard one on all that it names."""
    return expressions.uses(machine, node.sql_body) if node.HasField("sql_body") else frozenset()


def _body_at(machine: Machine, given: Mapping[str, Any]) -> Place:
    """Where the body's text stands, its quotes left out."""
    if "as" not in given:
        return machine.catalog.at
    start, stop = _literal(machine.text.encode(), machine.offset(given["as"].location) + len("as"))
    first, last = machine.place(start), machine.place(stop)
    return first._replace(end_line=last.line, end_column=last.column)


LITERAL = re.compile(rb"(?:\s|--[^\n]*\n|/\*.*?\*/)*(?:\$([A-Za-z_\x80-\xff][\w\x80-\xff]*)?\$|[eEuU]?&?')", re.DOTALL)


def _literal(text: bytes, offset: int) -> tuple[int, int]:
    """The bytes between the quotes of the string constant that comes after an offset."""
    found = LITERAL.match(text, offset)
    if found is None:
        return offset, len(text)
    quote = found.group().lstrip()
    if not quote.endswith(b"'"):
        tag = b"$" + (found.group(1) or b"") + b"$"
        return found.end(), text.find(tag, found.end())
    end = text.find(b"'", found.end())
    while text[end + 1 : end + 2] == b"'":
        end = text.find(b"'", end + 2)
    return found.end(), end


def _alter(machine: Machine, node: Any) -> None:
    catalog = machine.catalog
    function = find(machine, node.func, node.objtype)
    if function is None:
        return
    given = options(node.actions)
    if function.kind in {"procedure", "aggregate"} and given.keys() - {"security"}:
        raise Failure("42P13", "invalid attribute in procedure definition")
    fields = attributes(given)
    step = Step(catalog.at, "altered")
    changed = settings(catalog, node.actions, function.settings)
    catalog.functions.put(replace(function, settings=changed, at=catalog.at, history=(*function.history, step), **fields))


def rename(machine: Machine, node: Any) -> None:
    """ALTER FUNCTION, PROCEDURE, ROUTINE, AGGREGATE ... RENAME TO."""
    function = find(machine, node.object.object_with_args, node.rename_type)
    if function is not None:
        _move(machine.catalog, function, function.schema, node.newname, f"renamed from {function.name}")


def move(machine: Machine, node: Any) -> None:
    """ALTER FUNCTION ... SET SCHEMA."""
    catalog = machine.catalog
    function = find(machine, node.object.object_with_args, node.object_type)
    schema = names.schema_named(catalog, node.newschema)
    if function is not None and function.schema != schema.oid:
        _move(catalog, function, schema.oid, function.name, f"moved from {catalog.schemas[function.schema].name}")


def _move(catalog: Catalog, function: Function, schema: int, name: str, what: str) -> None:
    if catalog.functions.named(schema, name, function.inputs):
        raise Failure("42723", f"function {name} already exists in schema {catalog.schemas[schema].name}")
    uses = function.uses - {Use(function.schema)} | {Use(schema)}
    step = Step(catalog.at, what)
    catalog.functions.put(replace(function, schema=schema, name=name, uses=uses, at=catalog.at, history=(*function.history, step)))


HANDLERS: dict[str, Handler] = {
    "create_function_stmt": _create,
    "alter_function_stmt": _alter,
}
