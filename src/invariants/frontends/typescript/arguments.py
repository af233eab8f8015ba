"""What calls are given, as far as it is written out."""

from collections.abc import Iterator
from itertools import islice

from tree_sitter import Node

from invariants.facts.code import Value
from invariants.frontends.typescript.reader import Reader
from invariants.frontends.typescript.scopes import Scope
from invariants.frontends.typescript.syntax import FUNCTIONS, arguments, awaited, fields, named

LITERALS = frozenset({"array", "object"})
DEEP = 3
MANY = 40
"""How deep literals are told, and how many of their parts."""


def whole(reader: Reader, call: Node, scope: Scope) -> Iterator[tuple[str, Node]]:
    """The arguments of a call by their places, and the parts of those that are literal objects and lists, or variables for one."""
    for number, node in enumerate(arguments(call)):
        yield from parts(reader, str(number), node, DEEP)
        value = scope.value(reader.source.text(node)) if node.type == "identifier" else None
        if value is not None and awaited(value).type in LITERALS:
            yield from islice(parts(reader, str(number), value, DEEP), 1, None)


def parts(reader: Reader, name: str, node: Node, depth: int) -> Iterator[tuple[str, Node]]:
    """An argument, and the fields and elements of one that is written out, each by its name."""
    yield name, node
    inner = awaited(node)
    if depth and inner.type == "object":
        for number, (key, value) in enumerate(fields(reader.source, inner)):
            if number < MANY and key:
                yield from parts(reader, f"{name}.{key}", value, depth - 1)
    elif depth and inner.type == "array":
        for number, value in enumerate(named(inner)[:MANY]):
            yield from parts(reader, f"{name}.{number}", value, depth - 1)


def told(reader: Reader, node: Node, scope: Scope) -> tuple[Value, str]:
    """What a value is, and what it says."""
    source, inner = reader.source, awaited(node)
    kind = inner.type
    text = source.string(inner)
    if text is not None:
        return "string", text
    if inner.id in reader.functions:
        return "function", reader.functions[inner.id].name
    if kind in {"true", "false"}:
        return "boolean", kind
    if kind in {"null", "undefined"}:
        return "null", ""
    if kind == "number":
        return "number", source.text(inner)
    if kind in {"call_expression", "new_expression"}:
        return "call", source.symbol(inner)
    if kind in FUNCTIONS:
        return "function", ""
    symbol = source.text(inner) if kind == "shorthand_property_identifier" else source.symbol(inner)
    return ("symbol", scope.function(symbol) or symbol) if symbol and kind != "subscript_expression" else ("other", "")
