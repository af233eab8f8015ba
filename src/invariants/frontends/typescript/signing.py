"""Signatures: whose key they are made with. One that is made with what the caller sent is nothing but what the caller sent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tree_sitter import Node

from invariants.facts.code import bare
from invariants.frontends.typescript.syntax import arguments, awaited, named, operator
from invariants.languages.tracing import Dependency
from invariants.languages.trees import tail

if TYPE_CHECKING:
    from invariants.frontends.typescript.dependences import Tracer
    from invariants.frontends.typescript.scopes import Scope

MAKER = "createHmac"
SIGNING = MAKER.encode()
"""What begins a signature; its second argument is the key."""
VERIFIERS = frozenset({"verify", "jwtVerify"})
EMPTIES = frozenset({"jsonwebtoken", "jose", "hono/jwt"})
"""Functions of libraries, and these, that are given a token and the key that it was signed with; jose takes an empty one, too."""


def keyed(tracer: Tracer, call: Node, scope: Scope, seen: frozenset[str], depth: int) -> Iterator[Dependency]:
    """What the key of a signature depends on, where that is what somebody sent or a parameter, and nothing besides; nothing elsewhere."""
    key = _key(tracer, call)
    found = list(tracer.origins(key, scope, seen, depth - 1)) if key is not None else []
    origins = {each.origin for each in found} - {"constant"}
    if origins in ({"caller"}, {"parameter"}):
        yield from (each for each in found if each.origin != "constant")


def open_key(tracer: Tracer, call: Node, symbol: str, scope: Scope) -> str:
    """What a token is verified with that everybody knows where nobody sets it: the variable of the environment; empty where none is."""
    if tail(symbol) not in VERIFIERS:
        return ""
    taken, given = tracer.imports.get(symbol.partition(".")[0]), arguments(call)
    if taken is None or taken.source not in EMPTIES or len(given) < 2:
        return ""
    key = _stood_for(tracer, given[1], scope)
    if key.type in {"null", "undefined"} or tracer.source.string(key) == "":
        return tracer.source.text(key)
    inner = _stood_for(tracer, arguments(key)[0], scope) if key.type == "call_expression" and _is_encoding(tracer, key) else key
    is_chosen = operator(inner) in {"||", "??"}
    otherwise = tracer.source.string(named(inner)[-1]) if is_chosen else None
    is_empty = taken.source == "jose" and inner is not key and bool(tracer.absences.of(inner, scope))
    if not (otherwise or (taken.source == "jose" and otherwise == "") or is_empty):
        return ""
    found = tracer.trace(named(inner)[0] if is_chosen else inner, scope)
    return next((bare(each.symbol) for each in found if each.origin == "environment"), "")


def _is_encoding(tracer: Tracer, call: Node) -> bool:
    """Whether a call makes bytes of a text: `new TextEncoder().encode(text)`, `Buffer.from(text)`."""
    return tail(tracer.source.symbol(call)) in {"encode", "from"} and bool(arguments(call))


def _stood_for(tracer: Tracer, node: Node, scope: Scope) -> Node:
    """What a variable was given once; of anything else, that."""
    held = scope.value(tracer.source.text(node)) if node.type == "identifier" else None
    return awaited(held if held is not None else node)


def is_signed(tracer: Tracer, node: Node) -> bool:
    """Whether an expression is a signature."""
    return _key(tracer, node) is not None


def _key(tracer: Tracer, call: Node) -> Node | None:
    """The key of `createHmac(algorithm, key).update(body).digest("hex")`."""
    inner: Node | None = awaited(call) if tracer.signs else None
    while inner is not None and inner.type == "call_expression":
        function, given = inner.child_by_field_name("function"), arguments(inner)
        if tail(tracer.source.symbol(function)) == MAKER:
            return given[1] if len(given) > 1 else None
        inner = awaited(named(function)[0]) if function is not None and function.type == "member_expression" else None
    return None
