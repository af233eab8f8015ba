"""One migration file: its place in the graph, and its operations in order."""

from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

import libcst as cst

from invariants.facts.ddl import Handed, Operation, Parent, Replacement, Revision, Statement
from invariants.facts.place import Place
from invariants.facts.source import Unread
from invariants.frontends.django import operations
from invariants.frontends.django.host import Host
from invariants.python.interpreter import Doubt, Exhausted, Interpreter
from invariants.python.source import Source, SourceError
from invariants.python.values import Call, Class, Symbol, Unknown, Value

Fact = Revision | Parent | Replacement | Operation | Statement | Handed | Unread
USER = "settings.AUTH_USER_MODEL"
"""What stands for the application that holds the user model, wherever that is."""


def facts(path: str, content: bytes) -> Iterator[Fact]:
    """The facts of a migration; nothing where the file is none."""
    try:
        source = Source(path, content)
    except SourceError as error:
        yield error.unread(path)
        return
    machine = Interpreter(source, Host())
    try:
        machine.load()
    except Exhausted:
        yield Unread(source.place(source.tree), "size", "the code takes too many steps to follow", "Write the operations out.")
        return
    migration = machine.module.names.get("Migration")
    if isinstance(migration, Class) and any(root.endswith("Migration") for root in migration.roots()):
        label = application(path)
        yield from _graph(source, migration, label, PurePosixPath(path).stem)
        yield from _operations(machine, migration, label)


def application(path: str) -> str:
    """The label of the application that a migration belongs to: the folder above its own, unless that is only a version's."""
    return PurePosixPath(path).parent.parent.name


def _graph(source: Source, migration: Class, label: str, stem: str) -> Iterator[Fact]:
    at, name = source.place(migration.node.name), f"{label}.{stem}"
    yield Revision(at, name)
    listed = migration.names.get("operations")
    created = [each for each in (listed if isinstance(listed, (list, tuple)) else ()) if isinstance(each, Call)]
    if any(_is_user(each) for each in created if each.name == "CreateModel"):
        yield Revision(at, f"{USER}.{stem}")
    for other, place in _named(source, migration, "dependencies", label):
        yield Parent(place, name, other)
    for other, place in _named(source, migration, "run_before", label):
        yield Parent(place, other, name)
    for other, place in _named(source, migration, "replaces", label):
        yield Replacement(place, name, other)


def _is_user(call: Call) -> bool:
    """Whether a model is one that people log in with: Django's base class brings both fields."""
    fields = call.get("fields", 1)
    names = (
        {each[0] for each in fields if isinstance(each, tuple) and each and isinstance(each[0], str)} if isinstance(fields, list) else set()
    )
    return {"password", "last_login"} <= names


def _named(source: Source, migration: Class, variable: str, label: str) -> Iterator[tuple[str, Place]]:
    """The migrations that a list of the class names, each with its place."""
    nodes = _elements(migration.node, variable)
    values = migration.names.get(variable)
    for at, value in enumerate(values if isinstance(values, (list, tuple)) else ()):
        node = nodes[at] if at < len(nodes) else migration.node.name
        name = _dependency(value, label)
        if name:
            yield name, source.place(node)


def _dependency(value: Value, label: str) -> str:
    if isinstance(value, tuple) and len(value) == 2 and all(isinstance(each, str) for each in value):
        return f"{value[0]}.{value[1]}"
    if isinstance(value, Call) and value.name == "swappable_dependency" and value.args:
        target = value.args[0]
        if isinstance(target, str):
            return f"{target.partition('.')[0]}.__first__"
        return f"{USER}.__first__" if isinstance(target, Symbol) and target.path.endswith("AUTH_USER_MODEL") else ""
    del label
    return ""


def _elements(node: cst.ClassDef, variable: str) -> Sequence[cst.CSTNode]:
    for line in node.body.body:
        for each in line.body if isinstance(line, cst.SimpleStatementLine) else ():
            if isinstance(each, cst.Assign) and isinstance(each.targets[0].target, cst.Name) and each.targets[0].target.value == variable:
                return [item.value for item in each.value.elements] if isinstance(each.value, (cst.List, cst.Tuple)) else []
    return []


def _operations(machine: Interpreter, migration: Class, label: str) -> Iterator[Fact]:
    listed = migration.names.get("operations", [])
    if not isinstance(listed, (list, tuple)):
        node = listed.node if isinstance(listed, Unknown) else migration.node.name
        yield Unread(machine.source.place(node), "dynamic", "the migration's operations are decided at run time", operations.REMEDY)
        return
    position = 0
    try:
        for fact in operations.facts(machine, listed, label):
            if isinstance(fact, Handed):
                yield fact._replace(position=position, app=label)
            elif isinstance(fact, (Operation, Statement)):
                yield fact._replace(position=position)
                position += 1
            else:
                yield fact
    except Exhausted:
        yield operations.unread(machine, Doubt(migration.node.name, "size", "the code takes too many steps to follow", operations.REMEDY))
