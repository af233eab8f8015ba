"""tRPC: procedures, which clients call by their routers' names."""

import re
from collections.abc import Iterator
from itertools import count
from typing import Any, Literal

from tree_sitter import Node

from invariants.facts.code import Alias
from invariants.facts.web import Endpoint, Mount, Router
from invariants.frontends.typescript.answered import is_local
from invariants.frontends.typescript.builders import builders, chain
from invariants.frontends.typescript.dynamic import unread
from invariants.frontends.typescript.imports import required
from invariants.frontends.typescript.reader import Reader
from invariants.frontends.typescript.syntax import FUNCTIONS, answer, arguments, awaited, fields, named
from invariants.frontends.typescript.wrapping import name, own, uses
from invariants.languages.trees import tail

TRIGGERS = (b"@trpc/server", b"createTRPCRouter", b"Procedure", b"Procedures", b"initTRPC", b"t.router", b"mergeRouters", b"AppRouter")
PATHS = ""
LAST = frozenset({"query", "mutation", "subscription"})
ROUTERS = frozenset({"router", "createTRPCRouter", "createRouter", "trpcRouter", "mergeRouters", "t.mergeRouters"})
ROOT = re.compile(rb"type\s+\w+\s*=\s*typeof\s+(\w+)")
REMEDY = "Write the procedures out, in an object or a router of their own."
SPREAD = "..."
PARTS = (".procedure", ".baseProcedure")
SAID = re.compile(rb"[rR]outers?\(|rocedure\b")
"""What a file says that makes routers or procedures of what another one gives it."""
PARTLY = (b"outer(", b"outers(", b"rocedure")
"""Of that, what is found fast."""


def read(module: Reader) -> Iterator[Any]:
    """The routers, procedures and builders of a file."""
    content = module.source.content
    is_said = any(word in content for word in PARTLY) and SAID.search(content)
    if not (is_said or any(word in content for word in TRIGGERS)):
        return
    yield from builders(module, "trpc", frozenset({"initTRPC"}), PARTS)
    for variable, node in _values(module):
        found = chain(module, node) if node.type == "call_expression" else None
        if _is_router(module, node):
            kind: Literal["app", "router"] = "app" if variable in roots(module) else "router"
            yield Router(module.source.head(node), variable, "trpc", kind, "")
            yield from _router(module, variable, node, count())
        elif found is not None and set(found.methods) & LAST:
            yield Router(module.source.head(node), variable, "trpc", "given", "")
            yield from _procedure(module, variable, 0, "", node)
        elif node.type == "object" and any(_is_procedure(module, value) for _, value in fields(module.source, node)):
            yield Router(module.source.head(node), variable, "trpc", "given", "")
            yield from _entries(module, variable, node, count(), "")
    yield from _made(module)
    yield from _whole(module)


def _made(module: Reader) -> Iterator[Any]:
    """The routers that functions answer."""
    for key, node in module.nodes.items():
        last = answer(node) if node.type in FUNCTIONS else None
        if last is not None and _is_router(module, awaited(last)) and arguments(awaited(last)):
            yield Router(module.source.head(node), key, "trpc", "given", "")
            yield from _router(module, key, awaited(last), count())


def _whole(module: Reader) -> Iterator[Alias]:
    """The one router that a module exports: who loads the module has it."""
    exported = [(each, value) for each, value in _values(module) if module.is_exported(each) and _is_router(module, value)]
    if len(exported) == 1:
        yield Alias(module.source.head(exported[0][1]), "route", exported[0][0], False)


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


def roots(module: Reader) -> set[str]:
    """Routers whose type clients are told (`export type AppRouter = typeof appRouter`): they are served."""
    return {found.decode() for found in ROOT.findall(module.source.content)}


def _is_router(module: Reader, node: Node) -> bool:
    symbol = module.source.symbol(node) if node.type == "call_expression" else ""
    taken = module.imports.get(symbol)
    if taken is not None and "router" in taken.source and "trpc" not in taken.source and not is_local(taken.source):
        return False  # that of a library for pages, such as vue-router
    is_filled = bool(symbol) and bool(arguments(node))  # one that is given nothing is another library's, or that of tRPC 9
    return is_filled and (symbol in ROUTERS or symbol.endswith((".router", ".mergeRouters")))


def _router(module: Reader, router: str, call: Node, at: Iterator[int], path: str = "") -> Iterator[Any]:
    """The entries of a router: procedures, routers of other names, and routers that are written inside."""
    for argument in arguments(call):
        inner = awaited(argument)
        if inner.type == "object":
            yield from _entries(module, router, inner, at, path)
        else:
            yield Mount(module.source.head(argument), router, next(at), module.source.symbol(inner), path, False)


def _entries(module: Reader, router: str, literal: Node, at: Iterator[int], path: str) -> Iterator[Any]:
    told = list(_written(module, literal))
    last = dict(told)
    for key, field in told:
        if key not in {"", SPREAD} and last[key] != field:
            continue  # of several of a name the last is there
        value, inner = awaited(field), f"{path}.{key or '{?}'}" if path else key or "{?}"
        if not key:
            yield unread(module, value, "a procedure's name", REMEDY)
        if key == SPREAD:
            yield from _spread(module, router, value, next(at), path)
        elif _is_router(module, value):
            yield from _router(module, router, value, at, inner)
        elif value.type == "object":
            yield from _entries(module, router, value, at, inner)
        elif value.type == "call_expression":
            yield from _called(module, router, next(at), inner, value)
        else:
            yield from _named(module, router, next(at), inner, value)


def _written(module: Reader, literal: Node) -> Iterator[tuple[str, Node]]:
    """What a literal object has, in the order in which it is written; objects that are written inside of it as what they have."""
    spread = [(SPREAD, named(each)[0]) for each in named(literal) if each.type == "spread_element"]
    for key, value in sorted([*fields(module.source, literal), *spread], key=lambda each: each[1].start_byte):
        if key == SPREAD and awaited(value).type == "object":
            yield from _written(module, awaited(value))
        else:
            yield key, value


def _spread(module: Reader, router: str, value: Node, position: int, path: str) -> Iterator[Any]:
    """What another object holds: that of a variable, or what is made on the spot."""
    symbol = module.source.symbol(value)
    if symbol and value.type != "call_expression":
        yield Mount(module.source.head(value), router, position, symbol, path, False)
    else:
        yield unread(module, value, "which procedures these are", REMEDY)


def _called(module: Reader, router: str, position: int, path: str, value: Node) -> Iterator[Any]:
    """A procedure; a router that is loaded when it is asked for, or that a function makes."""
    symbol = module.source.symbol(value)
    if _is_procedure(module, value):
        yield from _procedure(module, router, position, path, value)
    elif symbol == "lazy" and arguments(value):
        yield from _loaded(module, router, position, path, arguments(value)[0])
    else:
        yield Mount(module.source.head(value), router, position, symbol, path, False)


def _loaded(module: Reader, router: str, position: int, path: str, loader: Node) -> Iterator[Any]:
    """`lazy(() => import("./users"))`, which has one router, or `lazy(() => import("./users").then((m) => m.users))`."""
    loaded = answer(awaited(loader)) if awaited(loader).type in FUNCTIONS else None
    then = loaded.child_by_field_name("function") if loaded is not None and loaded.type == "call_expression" else None
    taken, member = awaited(loaded) if loaded is not None else loader, ""
    if loaded is not None and then is not None and then.type == "member_expression" and arguments(loaded):
        taken, member = awaited(named(then)[0]), tail(module.source.symbol(answer(awaited(arguments(loaded)[0]))))
    place = module.source.place(taken)
    holder = f"({place.line}:{place.column})"
    found = [each._replace(name=member or each.name) for each in required(module.source, taken, taken, holder)]
    yield from found
    if found:
        yield Mount(module.source.head(loader), router, position, holder, path, False)
    else:
        yield unread(module, loader, "which router is loaded here", REMEDY)


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
