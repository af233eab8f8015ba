"""Hono: routes and middleware, in the order that they are registered."""

import re
from collections.abc import Iterator
from typing import Any

from tree_sitter import Node

from invariants.facts.web import Endpoint, Mount, Use
from invariants.frontends.typescript import tables
from invariants.frontends.typescript.answered import METHODS
from invariants.frontends.typescript.dynamic import computed, is_undecided, unread
from invariants.frontends.typescript.given import given_framework
from invariants.frontends.typescript.listed import opened
from invariants.frontends.typescript.paths import braces, is_unclear, may_be_path, path_of, text_of
from invariants.frontends.typescript.reader import Reader
from invariants.frontends.typescript.registrations import HANDED, Registration
from invariants.frontends.typescript.routers import (
    RouterKind,
    Routers,
    inline,
    listed,
    served,
)
from invariants.frontends.typescript.syntax import arguments, awaited, bare, field, named
from invariants.frontends.typescript.wrapping import Layer, name, unwrap, uses
from invariants.languages.trees import tail

TRIGGERS = (b"hono",)
PATHS = ""
MAKERS = frozenset({"Hono", "OpenAPIHono"})
SERVING = re.compile(r"(?:^|/)(?:index|app|server|main|worker|\[\[?\.\.\.\w+\]\]?/route)\.[cm]?[jt]sx?$")
"""Files whose router is served by itself."""


def read(module: Reader) -> Iterator[Any]:
    """The routers, routes and middleware of a file."""
    sources = {taken.source for taken in module.imports.values()}
    is_given = not any("hono" in source for source in sources)
    if is_given and given_framework(module) != "hono":
        return
    routers = Routers(module, "hono", lambda node: _kind(module, node), MAKERS, is_given, _serves(module))
    last: dict[str, list[str | None]] = {}
    found = [fact for each in routers.registrations() for fact in _registered(module, routers, each, last)]
    prefixed = [router._replace(prefix=_prefix(module, routers.prefix.get(key))) for key, router in routers.found.items()]
    yield from served(prefixed, found)
    yield from (*found, *routers.mounts)


def _kind(module: Reader, node: Node) -> RouterKind | None:
    if node.type != "new_expression" or module.source.symbol(node) not in MAKERS:
        return None
    return "app" if _serves(module) else "router"


def _serves(module: Reader) -> bool:
    """Whether a file serves what it makes."""
    return SERVING.search(module.source.path) is not None or b"serve(" in module.source.content


def _prefix(module: Reader, made: Node | None) -> str | None:
    """What `basePath` puts before every path."""
    for call in module.calls.values():
        function = call.node.child_by_field_name("function")
        if made is not None and function is not None and tail(call.symbol) == "basePath" and awaited(named(function)[0]).id == made.id:
            text = path_of(module, arguments(call.node)[0], call.scope) if arguments(call.node) else None
            return braces(text).rstrip("/") if text is not None else None
    return ""


def _registered(module: Reader, routers: Routers, each: Registration, last: dict[str, list[str | None]]) -> Iterator[Any]:
    """What one call registers; last: the paths of the call before it, which hold where a call names none."""
    given = tables.given(module, each.call, each.scope)
    if each.method == "use":
        last[each.router] = _texts(module, given[0], each) if given and may_be_path(module, given[0], each.scope) else ["*"]
        yield from _used(module, each, given)
    elif each.method == "onError" and given:
        layer = Layer(_symbol(module, awaited(given[0])), given[0], None)
        handling = uses(module, [layer], each.router, each.position * 100, "rescue")
        yield from (use._replace(own=False) for use in handling)
    elif each.method == "route" and len(given) == 2:
        yield from _mounted(module, routers, each, given)
    elif each.method == HANDED:
        symbol, taken = inline(module, each.call.child_by_field_name("function") or each.call)
        yield from [taken] if taken is not None else []
        yield Mount(module.source.head(each.call), each.router, each.position * 100, symbol, "", False)
    elif each.method == "openapi" and given:
        yield from _described(module, each, given)
    elif each.method == "on" and len(given) > 2:
        last[each.router] = _texts(module, given[1], each)
        methods = [module.source.string(one) for one in (named(given[0]) if given[0].type == "array" else given[:1])]
        for number, method in enumerate(methods):
            moved = each._replace(position=each.position * 10 + number)
            yield from _answered(module, moved, (method or "any").upper(), last[each.router], given[2:])
    elif each.method in METHODS and given:
        has_path = may_be_path(module, given[0], each.scope) or len(given) > 1
        last[each.router] = _texts(module, given[0], each) if has_path else last.get(each.router, ["/"])
        moved = each._replace(position=each.position * 10)
        yield from _answered(module, moved, METHODS[each.method], last[each.router], given[1:] if has_path else given)
    yield from computed(module, each, given)


def _texts(module: Reader, node: Node, each: Registration) -> list[str | None]:
    inner = awaited(node)
    return [path_of(module, one, each.scope) for one in (named(inner) if inner.type == "array" else [inner])]


def _answered(module: Reader, each: Registration, method: str, texts: list[str | None], given: list[Node]) -> Iterator[Any]:
    """A route: what comes before the last handler stands before it."""
    handlers = [one for node in listed(list(opened(module, given))) for one in _created(module, node, each)]
    if not handlers:
        return
    wrapped = unwrap(module, handlers[-1])
    for number, text in enumerate(texts):
        position = each.position * 10 + number
        path = braces(text) if text is not None else None
        yield Endpoint(module.source.head(each.call), each.router, position, "hono", "http", method, path, wrapped.handler)
        yield from _own(module, each.router, position, handlers[:-1])
        yield from uses(module, wrapped.layers, each.router, position, "wrapper", first=len(handlers))
        if text is None:
            yield unread(module, each.call, "a route's path")


def _own(module: Reader, router: str, position: int, handlers: list[Node]) -> Iterator[Use]:
    nodes = [one for node in handlers for one in _together(module, node)]
    layers = [Layer(_symbol(module, one), one, one if one.type == "call_expression" else None) for one in nodes]
    yield from uses(module, layers, router, position, "middleware")


def _together(module: Reader, node: Node) -> Iterator[Node]:
    """The middleware all of which `every` of hono/combine asks for."""
    if _combiner(module, node) == "every":
        yield from (one for inner in arguments(node) for one in _together(module, awaited(inner)))
    else:
        yield node


def _symbol(module: Reader, node: Node) -> str:
    """What middleware is called; of that of which `some` asks for any, what each is."""
    if _combiner(module, node) == "some":
        return " | ".join(_symbol(module, awaited(each)) for each in arguments(node))
    return name(module, node)


def _combiner(module: Reader, node: Node) -> str:
    """Which function of hono/combine puts middleware together here; empty where none does."""
    taken = module.imports.get(module.source.symbol(node)) if node.type == "call_expression" else None
    return taken.name if taken is not None and taken.source == "hono/combine" else ""


def _created(module: Reader, node: Node, each: Registration) -> list[Node]:
    """`...handlers` of `createHandlers(auth, handler)`."""
    if node.type != "spread_element":
        return [node]
    inner = awaited(named(node)[0])
    value = each.scope.value(module.source.text(inner)) if inner.type == "identifier" else inner
    made = awaited(value) if value is not None else inner
    return (
        list(listed(arguments(made)))
        if made.type == "call_expression" and tail(module.source.symbol(made)) == "createHandlers"
        else [inner]
    )


def _used(module: Reader, each: Registration, given: list[Node]) -> Iterator[Any]:
    """Middleware, from here on; a path without a star is that path alone."""
    text = path_of(module, given[0], each.scope) if given and may_be_path(module, given[0], each.scope) else None
    has_path = text is not None or (len(given) > 1 and is_unclear(module, given[0], each.scope))
    pattern = (_pattern(text) if text is not None else None) if has_path else "/**"
    nodes = [one for node in listed(list(opened(module, given[1 if has_path else 0 :]))) for one in _excepted(module, node, each)]
    for rank, (inner, excludes) in enumerate(nodes):
        call = module.calls.get(inner.id)
        yield Use(
            module.source.head(inner),
            each.router,
            each.position * 100,
            False,
            rank,
            "middleware",
            _symbol(module, inner),
            "after",
            pattern if not each.doubted else None,
            "",
            excludes,
            True,
            call.function if call else "",
            call.position if call else None,
        )


def _pattern(text: str) -> str | None:
    """The paths of middleware; a slash at the end of one that stands alone is a part of it, which most routes lack."""
    if text.endswith("/") and text != "/":
        return None
    plain = text if text.startswith("/") else f"/{text}"
    return braces(plain.removesuffix("/*")).rstrip("/") + "/**" if plain.endswith("*") else braces(plain)


def _excepted(module: Reader, node: Node, each: Registration) -> Iterator[tuple[Node, str]]:
    """`except("/public/*", auth)`: what stands before routes, and the paths that it lets by."""
    given = arguments(node) if node.type == "call_expression" and module.source.symbol(node) == "except" else []
    if len(given) < 2:
        yield from ((one, "") for one in _together(module, node))
        return
    texts = _texts(module, given[0], each)
    excludes = " ".join("?" if text is None else _pattern(text) or "?" for text in texts)
    yield from ((one, excludes) for inner in given[1:] for one in _together(module, awaited(inner)))


def _mounted(module: Reader, routers: Routers, each: Registration, given: list[Node]) -> Iterator[Any]:
    text = path_of(module, given[0], each.scope)
    inner = awaited(given[1])
    router = routers.child(inner, each.scope)
    if router is None and is_undecided(module, inner, each.scope, each.looped):
        yield unread(module, each.call, "which routers are put in here")
        return
    symbol, taken = inline(module, inner)
    if taken is not None:
        yield taken
    prefix = braces(text).rstrip("/") if text is not None else None
    yield Mount(module.source.head(each.call), each.router, each.position * 100, router or symbol, prefix, False)


def _described(module: Reader, each: Registration, given: list[Node]) -> Iterator[Any]:
    """`app.openapi(createRoute({method, path, middleware}), handler)`."""
    inner = awaited(given[0])
    value = each.scope.value(module.source.text(inner)) if inner.type == "identifier" else inner
    literal = arguments(awaited(value))[0] if value is not None and arguments(awaited(value)) else None
    method = text_of(module, field(module.source, literal, "method"), each.scope)
    path = path_of(module, field(module.source, literal, "path"), each.scope)
    before = field(module.source, literal, "middleware")
    guards = list(listed([before])) if before is not None and bare(before).type != "as_expression" else []
    yield from _answered(module, each._replace(position=each.position * 10), (method or "any").upper(), [path], [*guards, *given[1:2]])
