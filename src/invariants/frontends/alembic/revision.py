"""One revision file: its place in the graph, and what its ``upgrade`` does."""

from collections.abc import Iterator

import libcst as cst

from invariants.facts.ddl import Handed, Parent, Revision, Statement
from invariants.facts.source import Unread
from invariants.frontends.alembic.host import Host
from invariants.python import emission
from invariants.python.interpreter import Doubt, Exhausted, Interpreter
from invariants.python.source import Source, SourceError
from invariants.python.values import Function, Unknown, Value

GRAPH = ("down_revision", "depends_on")


def facts(path: str, content: bytes) -> Iterator[Revision | Parent | Statement | Handed | Unread]:
    """The facts of a revision; nothing where the file is none."""
    try:
        source = Source(path, content)
    except SourceError as error:
        yield error.unread(path)
        return
    machine = Interpreter(source, Host())
    try:
        machine.load()
        if "revision" in machine.module.names:
            yield from _graph(source, machine.module.names)
            _upgrade(machine)
    except Exhausted:
        machine.emit(Doubt(source.tree, "size", "the code takes too many steps to follow", "Write the statements out as plain SQL."))
        is_revision = True
    else:
        is_revision = "revision" in machine.module.names
    if is_revision:
        yield from emission.facts(source, machine.effects)


def _upgrade(machine: Interpreter) -> None:
    machine.effects.clear()
    function = machine.module.names.get("upgrade")
    if isinstance(function, Function):
        machine.invoke(function, [], function.node)
    else:
        machine.emit(
            Doubt(
                machine.source.tree,
                "unknown",
                "the revision has no upgrade function in this file",
                "Write upgrade() in the revision itself.",
            )
        )


def _graph(source: Source, names: dict[str, Value]) -> Iterator[Revision | Parent | Unread]:
    assigned = _assignments(source.tree)
    revision = names["revision"]
    if not isinstance(revision, str):
        yield Unread(
            source.place(assigned.get("revision", source.tree)),
            "order",
            "the revision's name is decided at run time",
            "Write it as a string.",
        )
        return
    at = source.place(assigned.get("revision", source.tree))
    yield Revision(at, str(revision))
    for label in _texts(names.get("branch_labels")):
        yield Revision(source.place(assigned.get("branch_labels", source.tree)), label)
    for variable in GRAPH:
        value, node = names.get(variable), assigned.get(variable, source.tree)
        if isinstance(value, Unknown):
            yield Unread(source.place(node), "order", f"{variable} is decided at run time", "Write it as a string.")
        for parent in _texts(value):
            yield Parent(source.place(node), str(revision), parent)


def _texts(value: Value) -> list[str]:
    if isinstance(value, str):
        return [str(value)]
    return sorted(str(each) for each in value if isinstance(each, str)) if isinstance(value, (list, tuple, set)) else []


def _assignments(tree: cst.Module) -> dict[str, cst.CSTNode]:
    """The module's assignments, by the name they give."""
    found: dict[str, cst.CSTNode] = {}
    for line in tree.body:
        for node in line.body if isinstance(line, cst.SimpleStatementLine) else ():
            if isinstance(node, cst.AnnAssign) and isinstance(node.target, cst.Name):
                found[node.target.value] = node
            elif isinstance(node, cst.Assign):
                found |= {each.target.value: node for each in node.targets if isinstance(each.target, cst.Name)}
    return found
