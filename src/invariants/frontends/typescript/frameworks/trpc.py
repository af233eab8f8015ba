"""tRPC: procedures, which clients call by their routers' names."""

import re
from collections.abc import Iterator
from itertools import count
from typing import Any, Literal

from tree_sitter import Node

from invariants.facts.web import Endpoint, Mount, Router
from invariants.frontends.typescript.builders import builders, chain
from invariants.frontends.typescript.reader import Reader
from invariants.frontends.typescript.syntax import arguments, awaited, fields, named
from invariants.frontends.typescript.wrapping import name, own, uses

TRIGGERS = (b"@trpc/server", b"createTRPCRouter", b"Procedure", b"Procedures", b"initTRPC", b"t.router", b"mergeRouters", b"AppRouter")
PATHS = ""
LAST = frozenset({"query", "mutation", "subscription"})
ROUTERS = frozenset({"router", "createTRPCRouter", "createRouter", "trpcRouter", "mergeRouters", "t.mergeRouters"})
ROOT = re.compile(rb"type\s+\w+\s*=\s*typeof\s+(\w+)")
PARTS = (".procedure", ".baseProcedure")
SAID = re.compile(rb"[rR]outers?\(|rocedure\b")
"""What a file says that makes routers or procedures of what another one gives it."""


def read(module: Reader) -> Iterator[Any]:
    """The routers, procedures and builders of a file."""
    if not (any(word in module.source.content for word in TRIGGERS) or SAID.search(module.source.content)):
        return
    yield from builders(module, "trpc", frozenset({"initTRPC"}), PARTS)
    for variable, node in _values(module):
        found = chain(module, node) if node.type == "call_expression" else None
        if _is_router(module, node):
            kind: Literal["app", "router"] = "app" if variable in _roots(module) else "router"
            yield Router(module.source.head(node), variable, "trpc", kind, "")
            yield from _router(module, variable, node, count())
        elif found is not None and set(found.methods) & LAST:
            yield Router(module.source.head(node), variable, "trpc", "given", "")
            yield from _procedure(module, variable, 0, "", node)
        elif node.type == "object" and any(_is_procedure(module, value) for _, value in fields(module.source, node)):
            yield Router(module.source.head(node), variable, "trpc", "given", "")
            yield from _entries(module, variable, node, count(), "")


def _values(module: Reader) -> Iterator[tuple[str, Node]]:
    """What variables of the module stand for, and what it exports without a name."""
    for variable, values in module.bodies[0].scope.values.items():
        if len(values) == 1 and not values[0].part:
            yield variable, awaited(values[0].node)
    exported = module.exports.get("default")
    if exported is not None and exported.value is not None and awaited(exported.value).type == "call_expression":
        yield "default", awaited(exported.value)


def _is_procedure(module: Reader, node: Node) -> bool:
    inner = awaited(node)
    found = chain(module, inner) if inner.type == "call_expression" else None
    return found is not None and bool(set(found.methods) & LAST)


def _roots(module: Reader) -> set[str]:
    """Routers whose type clients are told (`export type AppRouter = typeof appRouter`): they are served."""
    return {found.decode() for found in ROOT.findall(module.source.content)}


def _is_router(module: Reader, node: Node) -> bool:
    symbol = module.source.symbol(node) if node.type == "call_expression" else ""
    return bool(symbol) and (symbol in ROUTERS or symbol.endswith((".router", ".mergeRouters")))


def _router(module: Reader, router: str, call: Node, at: Iterator[int], path: str = "") -> Iterator[Any]:
    """The entries of a router: procedures, routers of other names, and routers that are written inside."""
    for argument in arguments(call):
        inner = awaited(argument)
        if inner.type == "object":
            yield from _entries(module, router, inner, at, path)
        else:
            yield Mount(module.source.head(argument), router, next(at), module.source.symbol(inner), path, False)


def _entries(module: Reader, router: str, literal: Node, at: Iterator[int], path: str) -> Iterator[Any]:
    for key, field in fields(module.source, literal):
        value, inner = awaited(field), f"{path}.{key}" if path else key
        if _is_router(module, value):
            yield from _router(module, router, value, at, inner)
        elif value.type == "object":
            yield from _entries(module, router, value, at, inner)
        elif value.type == "call_expression":
            yield from _procedure(module, router, next(at), inner, value)
        else:
            yield from _named(module, router, next(at), inner, value)
    for child in named(literal):
        if child.type == "spread_element" and (symbol := module.source.symbol(named(child)[0])):
            yield Mount(module.source.head(child), router, next(at), symbol, path, False)


def _named(module: Reader, router: str, position: int, path: str, value: Node) -> Iterator[Any]:
    """A procedure of this file by its name; or what is imported, which is a router."""
    symbol = module.source.symbol(value) or module.source.text(value)
    known = module.bodies[0].scope.value(symbol)
    found = chain(module, known) if known is not None and awaited(known).type == "call_expression" else None
    if found is not None and known is not None and set(found.methods) & LAST:
        yield from _procedure(module, router, position, path, known)
    else:
        yield Mount(module.source.head(value), router, position, symbol, path, False)


def _procedure(module: Reader, router: str, position: int, path: str, call: Node) -> Iterator[Any]:
    """A procedure: what its builder puts before it is the builder's; its name is the router's."""
    found = chain(module, call)
    if found is None or not set(found.methods) & LAST:
        return
    given = arguments(found.calls[-1])
    handler = name(module, given[-1]) if given else found.base
    base = next((found.base.removesuffix(part) for part in PARTS if found.base.endswith(part)), found.base)
    yield Endpoint(module.source.head(call), router, position, "trpc", "rpc", "RPC", path, handler)
    yield own(module, call, router, position, 0, "middleware", base)
    yield from uses(module, found.layers, router, position, "middleware", first=1)
