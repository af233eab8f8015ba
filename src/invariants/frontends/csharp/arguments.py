"""What calls and attributes are given, as far as it is written out."""

from collections.abc import Iterator

from tree_sitter import Node

from invariants.facts.code import Argument, Value
from invariants.frontends.csharp.reader import Reader
from invariants.frontends.csharp.scopes import Scope
from invariants.frontends.csharp.syntax import LAMBDAS, arguments, bare, given_types, keywords, named

LITERALS: dict[str, Value] = {"integer_literal": "number", "real_literal": "number", "boolean_literal": "boolean"}


def literal(reader: Reader, call: Node, scope: Scope, position: int) -> Iterator[Argument]:
    """The arguments of a call by their places or names, and its type arguments: T, or T0, T1 of several."""
    place = 0
    for keyword, node in zip(keywords(call), arguments(call), strict=True):
        yield Argument(reader.source.place(node), scope.name, position, keyword or str(place), *told(reader, node, scope))
        place += not keyword
    types = given_types(call.child_by_field_name("name") or call.child_by_field_name("function"))
    for number, node in enumerate(types):
        name = f"T{number}" if len(types) > 1 else "T"
        yield Argument(reader.source.place(node), scope.name, position, name, "symbol", reader.source.type(node))


def told(reader: Reader, node: Node, scope: Scope) -> tuple[Value, str]:
    """What a value is, and what it says."""
    source, inner = reader.source, bare(node)
    text = source.string(inner)
    if text is not None:
        return "string", text
    if inner.type in LITERALS:
        return LITERALS[inner.type], source.text(inner)
    if inner.type in LAMBDAS:
        return "function", reader.named.get(inner.id, "")
    if inner.type == "null_literal":
        return "null", ""
    if inner.type == "typeof_expression":
        return "symbol", source.type(next(iter(named(inner)), None))
    symbol = scope.function(source.symbol(inner))
    if inner.type == "invocation_expression" and symbol == "nameof":
        return "string", source.symbol(arguments(inner)[0]).rpartition(".")[2] if arguments(inner) else ""
    if inner.type == "invocation_expression":
        return "call", symbol
    return ("symbol", symbol) if symbol and inner.type != "object_creation_expression" else ("other", "")
