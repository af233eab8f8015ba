"""Attributes: which type each is of, and what it is given."""

from tree_sitter import Node

from invariants.facts.code import Decorator
from invariants.facts.web import Use
from invariants.frontends.csharp.arguments import literal
from invariants.frontends.csharp.reader import Call, Reader
from invariants.frontends.csharp.syntax import arguments, attributes, bare, given_types, named, word

FILTERS = frozenset({"TypeFilterAttribute", "ServiceFilterAttribute"})
"""Attributes that put a filter before what they stand on, and say which one to what they stand on."""


def decorate(reader: Reader, node: Node, name: str = "") -> None:
    """The attributes of a declaration, each a call of the module; frameworks find those of a function wherever it is registered."""
    for position, each in enumerate(attributes(node)):
        symbol = attribute(reader, each)
        place, root = reader.source.place(each), reader.bodies[0]
        step = root.add("call", place, symbol)
        reader.calls[each.id] = Call(each, symbol, step, root.scope)
        reader.arguments.extend(literal(reader, each, root.scope, step))
        if name:
            reader.facts.append(Decorator(place, name, position, symbol, True))


def attribute(reader: Reader, node: Node) -> str:
    """The type of an attribute; of one that says which filter it puts there, the filter."""
    name = node.child_by_field_name("name")
    types = given_types(name)
    said = f"{word(node)}Attribute"
    if said in FILTERS:
        told = types or [named(bare(each))[0] for each in arguments(node) if bare(each).type == "typeof_expression" and named(bare(each))]
        return reader.source.type(told[0]) if told else said
    return f"{said}`{len(types)}" if types else said


def use(reader: Reader, node: Node, router: str, position: int, rank: int) -> Use:
    """What an attribute puts before a route; its arguments are those of a call of the reader."""
    call = reader.calls.get(node.id)
    step = call.position if call is not None else None
    place = reader.source.place(node)
    return Use(place, router, position, True, rank, "decorator", attribute(reader, node), "all", "/**", "", "", False, "", step)
