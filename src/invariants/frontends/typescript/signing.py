"""Signatures: whose key they are made with. One that is made with what the caller sent is nothing but what the caller sent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tree_sitter import Node

from invariants.frontends.typescript.syntax import arguments, awaited, named
from invariants.languages.tracing import Dependency
from invariants.languages.trees import tail

if TYPE_CHECKING:
    from invariants.frontends.typescript.dependences import Tracer
    from invariants.frontends.typescript.scopes import Scope

MAKERS = frozenset({"createHmac"})
"""What begins a signature; its second argument is the key."""


def keyed(tracer: Tracer, call: Node, scope: Scope, seen: frozenset[str], depth: int) -> Iterator[Dependency]:
    """What the key of a signature depends on, where that is what somebody sent or a parameter, and nothing besides; nothing elsewhere."""
    key = _key(tracer, call)
    found = list(tracer.origins(key, scope, seen, depth - 1)) if key is not None else []
    origins = {each.origin for each in found} - {"constant"}
    if origins in ({"caller"}, {"parameter"}):
        yield from (each for each in found if each.origin != "constant")


def is_signed(tracer: Tracer, node: Node) -> bool:
    """Whether an expression is a signature."""
    return _key(tracer, node) is not None


def _key(tracer: Tracer, call: Node) -> Node | None:
    """The key of `createHmac(algorithm, key).update(body).digest("hex")`."""
    inner: Node | None = awaited(call)
    while inner is not None and inner.type == "call_expression":
        function, given = inner.child_by_field_name("function"), arguments(inner)
        if tail(tracer.source.symbol(function)) in MAKERS:
            return given[1] if len(given) > 1 else None
        inner = awaited(named(function)[0]) if function is not None and function.type == "member_expression" else None
    return None
