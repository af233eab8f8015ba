"""What is declared: classes, what they stand on, their fields, properties and methods."""

from collections.abc import Iterator

from tree_sitter import Node

from invariants.facts.code import Base, Function
from invariants.frontends.csharp.attributes import FILTERS, decorate
from invariants.frontends.csharp.functions import head, parameters
from invariants.frontends.csharp.reader import Body, Item, Reader
from invariants.frontends.csharp.scopes import Scope
from invariants.frontends.csharp.syntax import TYPES, attributes, modifiers, named, part

MAIN = ":main"
"""Ends the name of a class in a file that has only a part of it, and means the one that has its attributes."""


def declaration(reader: Reader, node: Node) -> None:
    """A namespace, a type, or a statement of the program."""
    if node.type in TYPES:
        _type(reader, node)
    elif node.type == "namespace_declaration":
        for each in named(node.child_by_field_name("body")):
            declaration(reader, each)
    elif node.type == "global_statement":
        for each in named(node):
            reader.statement(each)


def _type(reader: Reader, node: Node) -> None:
    """A type; of one that is told in parts, each."""
    outer, source = reader.body.scope, reader.source
    count = len(named(part(node, "type_parameter_list")))
    own = source.text(node.child_by_field_name("name"))
    name = outer.qualified(f"{own}`{count}" if count else own)
    scope = Scope(name, outer, owner=name)
    reader.types.setdefault(name, Item(name, node, scope))
    reader.functions.setdefault(name, Function(source.head(head(node)), name, "class", False, b"private" not in modifiers(node), 0))
    for position, base in enumerate(bases(reader, node)):
        reader.facts.append(Base(source.head(head(node)), name, position, base))
    decorate(reader, node)
    _fields(reader, node, scope)
    with reader.reading(Body(scope)):
        for member in members(node):
            _member(reader, member, name)


def bases(reader: Reader, node: Node) -> Iterator[str]:
    """What a type stands on; an attribute that puts a filter before what it stands on, on the filter; a part of one, on the main part."""
    listed = named(part(node, "base_list"))
    told = [each for each in listed if each.type != "argument_list"]
    told = [named(each)[0] if each.type == "primary_constructor_base_type" else each for each in told]
    yield from filter(None, map(reader.source.type, told))
    if b"partial" in modifiers(node) and not told and not attributes(node):
        yield f"{reader.source.text(node.child_by_field_name('name'))}{MAIN}"
    if any(reader.source.type(each) in FILTERS for each in told):
        for each in reader.source.all({"typeof_expression"}):
            if node.start_byte <= each.start_byte < node.end_byte:
                yield reader.source.type(next(iter(named(each)), None))


def members(node: Node) -> list[Node]:
    """The members of a type."""
    return named(node.child_by_field_name("body"))


def _fields(reader: Reader, node: Node, scope: Scope) -> None:
    """The types of fields, properties, and what a constructor beside the name of the type takes."""
    for each in parameters(node):
        scope.types[reader.source.text(each.child_by_field_name("name"))] = reader.source.type(each.child_by_field_name("type"))
    for member in members(node):
        declared = part(member, "variable_declaration") or member
        written = reader.source.type(declared.child_by_field_name("type"))
        if member.type == "property_declaration":
            scope.types[reader.source.text(member.child_by_field_name("name"))] = written
        elif member.type == "field_declaration":
            for one, held in declarators(declared):
                scope.types[reader.source.text(one)] = written
                if held is not None:
                    reader.constants.setdefault(f"{scope.name}.{reader.source.text(one)}", held)


def declarators(declared: Node) -> Iterator[tuple[Node, Node | None]]:
    """The variables of a declaration, each with what it is given; of several that take one thing apart, that."""
    for each in named(declared):
        parts = named(each) if each.type == "variable_declarator" else []
        names = parts[0].children_by_field_name("name") if parts and parts[0].type == "tuple_pattern" else parts[:1]
        yield from ((name, parts[1] if len(parts) > 1 else None) for name in names)


def _member(reader: Reader, node: Node, owner: str) -> None:
    name = f"{owner}.{reader.source.text(node.child_by_field_name('name'))}"
    if node.type in TYPES:
        _type(reader, node)
    elif node.type == "method_declaration" and node.child_by_field_name("body") is not None:
        decorate(reader, node, reader.function(node, name))
    elif node.type == "property_declaration":
        answered = node.child_by_field_name("value")
        if answered is not None and answered.type == "arrow_expression_clause":
            reader.expression(named(answered)[0])
    elif node.type == "constructor_declaration" and node.child_by_field_name("body") is not None:
        reader.function(node, f"{owner}.new")
