"""Classes: their bases, methods and decorators."""

from tree_sitter import Node

from invariants.facts.code import Base, Decorator, Function
from invariants.frontends.typescript.functions import parameters, position_name, take
from invariants.frontends.typescript.reader import Body, Reader
from invariants.frontends.typescript.scopes import Scope
from invariants.frontends.typescript.syntax import FUNCTIONS, bare, key_name, named


def read(reader: Reader, node: Node, name: str, exported: bool, decorators: tuple[Node, ...]) -> str:
    """Reads a class, and answers its name in the file; its steps are its constructor's and those of its fields."""
    if node.id in reader.functions:
        return reader.functions[node.id].name
    own = node.child_by_field_name("name")
    name = name or (reader.body.scope.qualified(reader.source.text(own)) if own is not None else "")
    if not name or name in reader.nodes:
        name = position_name(reader, node)
    elif own is not None:
        reader.body.scope.inner[reader.source.text(own)] = name
    members = named(body) if (body := node.child_by_field_name("body")) is not None else []
    constructor = next((each for each in members if _member_name(reader, each) == "constructor"), None)
    taken = parameters(constructor) if constructor is not None else []
    is_exported = exported or reader.is_exported(name)
    fact = Function(reader.source.head(node), name, "class", False, is_exported, len(taken))
    reader.functions[node.id] = fact
    reader.nodes[name] = node
    reader.facts.append(fact)
    _bases(reader, node, name)
    decorate(reader, name, decorators)
    scope = Scope(name, reader.body.scope)
    reader.parameters[name] = list(take(reader.source, name, scope, taken))
    with reader.reading(Body(scope)):
        _members(reader, name, members)
    return name


def _member_name(reader: Reader, member: Node) -> str:
    own = member.child_by_field_name("name")
    return key_name(reader.source, own) if own is not None else ""


def _members(reader: Reader, name: str, members: list[Node]) -> None:
    """Fields and methods in their order; a decorator stands before what it is on."""
    waiting: list[Node] = []
    for member in members:
        if member.type == "decorator":
            waiting.append(member)
            continue
        inner = f"{name}.{_member_name(reader, member)}"
        if member.type == "method_definition":
            _method(reader, inner, member, waiting)
        elif member.type in {"public_field_definition", "field_definition"}:
            decorate(reader, inner, tuple(waiting) + tuple(child for child in member.named_children if child.type == "decorator"))
            reader.expression(member.child_by_field_name("value"), name=inner)
        elif member.type == "class_static_block":
            reader.statements(named(member.child_by_field_name("body") or member), last=False)
        waiting = []


def _method(reader: Reader, name: str, member: Node, decorators: list[Node]) -> None:
    if name.endswith(".constructor"):
        body = member.child_by_field_name("body")
        reader.statements(named(body) if body is not None else [], last=True)
        return
    decorate(reader, reader.function(member, name), tuple(decorators))


def _bases(reader: Reader, node: Node, name: str) -> None:
    heritage = next((child for child in node.named_children if child.type == "class_heritage"), None)
    clauses = named(heritage) if heritage is not None else []
    bases = [
        each
        for clause in clauses
        for each in (named(clause) if clause.type.endswith("_clause") else [clause])
        if each.type != "type_arguments"
    ]
    for position, base in enumerate(bases):
        symbol = reader.source.symbol(base)
        if symbol:
            reader.facts.append(Base(reader.source.head(node), name, position, symbol))
        if bare(base).type == "call_expression":
            _of_module(reader, bare(base))


def decorate(reader: Reader, name: str, decorators: tuple[Node, ...]) -> None:
    """The decorators of a class, method or field; those that are called are steps of the module."""
    for position, node in enumerate(decorators):
        inner = bare(named(node)[0])
        called = inner.type == "call_expression"
        reader.facts.append(Decorator(reader.source.place(inner), name, position, reader.source.symbol(inner), called))
        reader.decorators.setdefault(name, []).append(inner)
        if called or inner.type in FUNCTIONS:
            _of_module(reader, inner)


def _of_module(reader: Reader, node: Node) -> None:
    """What is evaluated once, as the class is made, is a step of the module."""
    outer, reader.body = reader.body, reader.bodies[0]
    reader.expression(node)
    reader.body = outer
