"""What calls are given, as far as it is written out."""

from collections.abc import Iterable, Iterator, Mapping

from tree_sitter import Node

from invariants.facts.code import Value
from invariants.frontends.typescript.reader import Reader
from invariants.frontends.typescript.scopes import Scope
from invariants.frontends.typescript.syntax import AWAITED, FUNCTIONS, TEXTS, arguments, awaited, fields, named

HOLDING = AWAITED | {"array", "object"}
"""What may have parts that are written out."""
SAYING: Mapping[str, tuple[Value, str]] = {
    "true": ("boolean", "true"),
    "false": ("boolean", "false"),
    "null": ("null", ""),
    "undefined": ("null", ""),
}
"""What says by its kind alone what it is."""
DEEP = 3
MANY = 40
"""How deep literals are told, and how many of their parts."""


def whole(reader: Reader, call: Node, scope: Scope) -> Iterator[tuple[str, Node]]:
    """The arguments of a call by their places, and the parts of those that are literal objects and lists, or variables for one."""
    for number, node in enumerate(arguments(call)):
        name = str(number)
        yield name, node
        value = scope.value(reader.source.text(node)) if node.type == "identifier" else node
        yield from parts(reader, name, value, DEEP) if value is not None and value.type in HOLDING else ()


def parts(reader: Reader, name: str, node: Node, depth: int) -> Iterator[tuple[str, Node]]:
    """The fields and elements of an argument that is written out, each by its name, and theirs."""
    for part, value in _parts(reader, awaited(node)) if depth else ():
        inner = f"{name}.{part}"
        yield inner, value
        yield from parts(reader, inner, value, depth - 1) if value.type in HOLDING else ()


def _parts(reader: Reader, literal: Node) -> Iterable[tuple[int | str, Node]]:
    if literal.type == "object":
        return (each for each in fields(reader.source, literal)[:MANY] if each[0])
    return enumerate(named(literal)[:MANY]) if literal.type == "array" else ()


def told(reader: Reader, node: Node, scope: Scope) -> tuple[Value, str]:
    """What a value is, and what it says."""
    source, inner = reader.source, awaited(node)
    kind = inner.type
    if kind in TEXTS and (text := source.string(inner)) is not None:
        return "string", text
    if inner.id in reader.functions:
        return "function", reader.functions[inner.id].name
    if kind in SAYING:
        return SAYING[kind]
    if kind == "number":
        return "number", source.text(inner)
    if kind in {"call_expression", "new_expression"}:
        return "call", source.symbol(inner)
    if kind in FUNCTIONS:
        return "function", ""
    symbol = source.text(inner) if kind == "shorthand_property_identifier" else source.symbol(inner)
    return ("symbol", scope.function(symbol) or symbol) if symbol and kind != "subscript_expression" else ("other", "")
