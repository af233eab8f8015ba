"""What calls are given, as far as it is written out."""

from collections.abc import Iterator

from tree_sitter import Node

from invariants.facts.code import Argument, Value
from invariants.frontends.rust.reader import Reader
from invariants.frontends.rust.scopes import Scope
from invariants.frontends.rust.syntax import arguments, bare, named

LITERALS: dict[str, Value] = {"integer_literal": "number", "float_literal": "number", "boolean_literal": "boolean"}
LISTS = frozenset({"array_expression", "tuple_expression"})
DEEP = 3
MANY = 40
"""How deep literals are told, and how many of their parts."""


def literal(reader: Reader, call: Node, scope: Scope, position: int) -> Iterator[Argument]:
    """The arguments of a call, and the parts of those that are literals."""
    for number, node in enumerate(arguments(call)):
        for name, part in _parts(reader, str(number), node, DEEP):
            kind, value = told(reader, part, scope)
            yield Argument(reader.source.place(part), scope.name, position, name, kind, value)


def _parts(reader: Reader, name: str, node: Node, depth: int) -> Iterator[tuple[str, Node]]:
    yield name, node
    inner = bare(node)
    if depth and inner.type in LISTS:
        for number, value in enumerate(named(inner)[:MANY]):
            yield from _parts(reader, f"{name}.{number}", value, depth - 1)
    elif depth and inner.type == "struct_expression":
        for each in named(inner.child_by_field_name("body"))[:MANY]:
            field, held = each.child_by_field_name("field"), each.child_by_field_name("value")
            if field is not None and held is not None:
                yield from _parts(reader, f"{name}.{reader.source.text(field)}", held, depth - 1)


def told(reader: Reader, node: Node, scope: Scope) -> tuple[Value, str]:
    """What a value is, and what it says."""
    source, inner = reader.source, bare(node)
    text = source.string(inner)
    if text is not None:
        return "string", text
    if inner.type in LITERALS:
        return LITERALS[inner.type], source.text(inner)
    if inner.type == "closure_expression":
        return "function", reader.closures.get(inner.id, "")
    symbol = scope.function(source.symbol(inner))
    if symbol == "None":
        return "null", ""
    if inner.type == "call_expression":
        return "call", symbol
    return ("symbol", symbol) if symbol and inner.type not in {"struct_expression", "index_expression"} else ("other", "")
