"""What is put beside a request by its type, for whoever comes after: `request.extensions_mut().insert(User { .. })`."""

from collections.abc import Callable

from tree_sitter import Node

from invariants.frontends.rust.syntax import Source, arguments, bare, method, named
from invariants.languages.trees import tail

TAKING = frozenset({"Extension", "ReqData"})
BESIDE = "request.extensions."
"""Begins the name of what is kept there."""


def put(source: Source, call: Node, type_of: Callable[[Source, str], str]) -> str | None:
    """The name of what a call puts there; null where it puts nothing there, or something of which the type is not told."""
    called, given = method(call), arguments(call)
    if called is None or called[1] != "insert" or len(given) != 1 or tail(source.symbol(called[0])) != "extensions_mut":
        return None
    kind = _made(source, given[0]) or (type_of(source, source.text(given[0])) if given[0].type == "identifier" else "")
    return f"{BESIDE}{tail(kind)}" if kind else None


def taken(source: Source, node: Node) -> str | None:
    """The name of what a chain of methods begins with that takes it from there: `request.extensions().get::<User>().is_none()`."""
    while (called := method(node)) is not None:
        function = node.child_by_field_name("function")
        if called[1] == "get" and function is not None and function.type == "generic_function":
            kinds = named(function.child_by_field_name("type_arguments"))
            is_there = tail(source.symbol(called[0])) == "extensions" and len(kinds) == 1
            return f"{BESIDE}{tail(source.symbol(kinds[0]))}" if is_there and source.symbol(kinds[0]) else None
        node = bare(called[0])
    return None


def held(source: Source, node: Node | None) -> str:
    """The type that a parameter takes from there: `User` of `Option<Extension<User>>`; empty where it takes none."""
    while node is not None and node.type == "generic_type":
        name, inner = tail(source.symbol(node)), named(node.child_by_field_name("type_arguments"))
        node = inner[0] if inner else None
        if name in TAKING:
            return tail(source.symbol(node))
    return ""


def _made(source: Source, node: Node) -> str:
    """The type of something that is made where it stands: `User { id }`, `User(id)`."""
    inner = bare(node)
    symbol = source.symbol(inner) if inner.type in {"struct_expression", "call_expression"} else ""
    return symbol if tail(symbol)[:1].isupper() else ""
