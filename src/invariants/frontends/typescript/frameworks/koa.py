"""Koa and its routers, in the order of what is registered; a router's middleware stands before its own routes only."""

from collections.abc import Iterator
from typing import Any

from tree_sitter import Node

from invariants.facts.place import Place
from invariants.facts.web import SENSITIVE, Endpoint, Mount, Router, Setting, Use
from invariants.frontends.typescript import tables
from invariants.frontends.typescript.answered import METHODS, is_local
from invariants.frontends.typescript.dynamic import computed, is_undecided, stacked, unread
from invariants.frontends.typescript.given import given_framework
from invariants.frontends.typescript.listed import opened
from invariants.frontends.typescript.params import asked
from invariants.frontends.typescript.paths import below, braces, is_unclear, may_be_path, path_of
from invariants.frontends.typescript.reader import Reader
from invariants.frontends.typescript.registrations import Registration
from invariants.frontends.typescript.routers import (
    RouterKind,
    Routers,
    inline,
    listed,
    served,
)
from invariants.frontends.typescript.syntax import arguments, awaited, field, named
from invariants.frontends.typescript.wrapping import Layer, unwrap, uses
from invariants.languages.trees import tail

TRIGGERS = (b"koa",)
PATHS = ""
LIBRARIES = frozenset({"koa", "koa-router", "@koa/router"})
VERBS = {**METHODS, "del": "DELETE"}


def read(module: Reader) -> Iterator[Any]:
    """The routers, routes and middleware of a file."""
    makers = {local: taken.source for local, taken in module.imports.items() if taken.source in LIBRARIES}
    if not makers and given_framework(module) != "koa":
        return
    routers = Routers(module, "koa", lambda node: _kind(module, makers, node), frozenset({"Koa", "Router"}), not makers)
    registrations = list(routers.registrations())
    found = [fact for each in registrations for fact in _registered(module, each)]
    late = {each.router: _late(module, each) for each in registrations if each.method == "prefix"}
    told = {key: late[key] if key in late else _prefix(module, routers.prefix.get(key)) for key in routers.found}
    yield from served((router._replace(prefix=told[key]) for key, router in routers.found.items()), found)
    yield from (*found, *routers.mounts)
    yield from (Setting(each, "koa", SENSITIVE, 0, key) for key, made in routers.prefix.items() for each in _sensitive(module, made))
    yield from asked(module, registrations, found)
    yield from stacked(module, routers)
    yield from _exported(module)


def _exported(module: Reader) -> Iterator[Any]:
    """`module.exports = router.routes()`: whoever puts that in puts the router in."""
    exported = module.exports.get("default")
    child = _routes_of(module, awaited(exported.value)) if exported is not None and exported.value is not None else None
    if exported is not None and child is not None:
        yield Router(module.source.head(exported.at), "default", "koa", "given", "")
        yield Mount(module.source.head(exported.at), "default", 0, child, "", False)


def _late(module: Reader, each: Registration) -> str | None:
    """What `router.prefix(path)` puts before the paths of a router that was made before."""
    given = arguments(each.call)
    text = path_of(module, given[0], each.scope) if given and not each.looped else None
    return braces(text).rstrip("/") if text is not None else None


def _kind(module: Reader, makers: dict[str, str], node: Node) -> RouterKind | None:
    source = makers.get(module.source.symbol(node)) if node.type in {"new_expression", "call_expression"} else None
    return None if source is None else "app" if source == "koa" else "router"


def _prefix(module: Reader, made: Node | None) -> str | None:
    """What `new Router({prefix})` puts before every path."""
    told = field(module.source, arguments(made)[0], "prefix") if made is not None and arguments(made) else None
    text = path_of(module, told, module.bodies[0].scope) if told is not None else ""
    return braces(text).rstrip("/") if text else text


def _sensitive(module: Reader, made: Node) -> Iterator[Place]:
    """Where `new Router({sensitive: true})` says that case matters."""
    told = field(module.source, arguments(made)[0], SENSITIVE) if arguments(made) else None
    if told is not None and told.type == "true":
        yield module.source.place(told)


def _registered(module: Reader, each: Registration) -> Iterator[Any]:
    given = tables.given(module, each.call, each.scope)
    if each.method == "use":
        yield from _used(module, each, given)
    elif each.method == "register" and len(given) > 2:
        yield from _answered(module, each, [_verb(module, one) for one in listed(given[1:2])], given[0], given[2:3])
    elif each.method == "prefix" and _late(module, each) is None:
        yield unread(module, each.call, "a router's prefix")
    elif each.method in VERBS and len(given) > 1:
        is_named = len(given) > 2 and module.source.string(given[0]) is not None and module.source.string(given[1]) is not None
        yield from _answered(module, each, [VERBS[each.method]], given[is_named], given[1 + is_named :])
    yield from computed(module, each, given)


def _verb(module: Reader, node: Node) -> str:
    """A method of `router.register(path, methods, middleware)`."""
    return (module.source.string(node) or "any").upper()


def _answered(module: Reader, each: Registration, methods: list[str], path: Node, given: list[Node]) -> Iterator[Any]:
    """A route: what comes before the last handler stands before it."""
    handlers = [one for node in listed(list(opened(module, given))) for one in _composed(module, node)]
    inner = awaited(path)
    wrapped = unwrap(module, handlers[-1])
    layers = [Layer(inline(module, node)[0], node, node if node.type == "call_expression" else None) for node in handlers[:-1]]
    for number, one in enumerate(named(inner) if inner.type == "array" else [inner]):
        position, text = each.position * 10 + number, path_of(module, one, each.scope)
        where = braces(text) if text is not None else None
        for method in methods:
            yield Endpoint(module.source.head(each.call), each.router, position, "koa", "http", method, where, wrapped.handler)
        yield from uses(module, layers, each.router, position, "middleware")
        yield from uses(module, wrapped.layers, each.router, position, "wrapper", first=len(layers))
        if text is None:
            yield unread(module, path, "a route's path")


def _used(module: Reader, each: Registration, given: list[Node]) -> Iterator[Any]:
    """Middleware and routers, from here on."""
    texts = _paths(module, each, given)
    handlers = [one for node in listed(list(opened(module, given[1:] if texts else given))) for one in _composed(module, node)]
    for rank, node in enumerate(handlers):
        position = each.position * 10 + rank
        if (child := _routes_of(module, node)) and is_undecided(module, node, each.scope, each.looped):
            yield unread(module, each.call, "which routers are put in here")
        elif child:
            yield from _mounts(module, each, child, position, texts)
        elif tail(module.source.symbol(node)) != "allowedMethods":
            symbol, taken = inline(module, node)
            known = module.imports.get(symbol)
            if taken is not None or (known is not None and is_local(known.source)):
                yield from [taken] if taken is not None else []
                yield from _mounts(module, each, symbol, position, texts)
            for text in texts or ["/"]:
                yield _before(module, each, node, position, below(text) if text is not None else None)


def _paths(module: Reader, each: Registration, given: list[Node]) -> list[str | None]:
    """The paths before what is put in, null for one that cannot be told; none where everything is behind it."""
    if len(given) < 2:
        return []
    inner = awaited(given[0])
    parts = named(inner) if inner.type == "array" else [inner]
    texts = [path_of(module, one, each.scope) if may_be_path(module, one, each.scope) else None for one in parts]
    return texts if any(text is not None for text in texts) or any(is_unclear(module, one, each.scope) for one in parts) else []


def _composed(module: Reader, node: Node) -> Iterator[Node]:
    """The middleware that koa-compose puts together."""
    taken = module.imports.get(module.source.symbol(node)) if node.type == "call_expression" else None
    if taken is not None and taken.source == "koa-compose":
        yield from (one for inner in listed(arguments(node)) for one in _composed(module, inner))
    else:
        yield node


def _mounts(module: Reader, each: Registration, child: str, position: int, texts: list[str | None]) -> Iterator[Mount]:
    for text in texts or [""]:
        prefix = braces(text).rstrip("/") if text else text
        yield Mount(module.source.head(each.call), each.router, position, child, prefix, False)


def _routes_of(module: Reader, node: Node) -> str | None:
    """The router whose routes are put in: `router.routes()`, `router.middleware()`."""
    symbol = module.source.symbol(node) if node.type == "call_expression" else ""
    owner, _, method = symbol.rpartition(".")
    return owner if owner and method in {"routes", "middleware"} else None


def _before(module: Reader, each: Registration, node: Node, position: int, pattern: str | None) -> Use:
    """What stands before everything that is registered later and whose path matches."""
    call, rank = module.calls.get(node.id), position % 10
    at, (function, step) = module.source.head(node), (call.function, call.position) if call else ("", None)
    symbol = inline(module, node)[0]
    return Use(
        at,
        each.router,
        position,
        False,
        rank,
        "middleware",
        symbol,
        "after",
        pattern if not each.doubted else None,
        "",
        "",
        False,
        function,
        step,
    )
