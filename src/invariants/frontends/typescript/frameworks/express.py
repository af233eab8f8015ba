"""Express: routes and middleware, in the order that they are registered."""

import re
from collections.abc import Iterator
from typing import Any

from tree_sitter import Node

from invariants.facts.code import Import
from invariants.facts.web import Endpoint, Mount, Use
from invariants.frontends.typescript import tables
from invariants.frontends.typescript.answered import METHODS, is_local
from invariants.frontends.typescript.dynamic import computed, is_undecided, stacked, unread
from invariants.frontends.typescript.given import given_framework
from invariants.frontends.typescript.listed import opened
from invariants.frontends.typescript.params import asked
from invariants.frontends.typescript.paths import below, braces, exactly, is_unclear, may_be_path, path_of
from invariants.frontends.typescript.reader import Reader
from invariants.frontends.typescript.registrations import HANDED, Registration
from invariants.frontends.typescript.rescuing import is_error_handler, may_handle_errors, rescues
from invariants.frontends.typescript.routers import (
    RouterKind,
    Routers,
    inline,
    listed,
    served,
)
from invariants.frontends.typescript.syntax import FUNCTIONS, arguments, awaited, bare, field, named
from invariants.frontends.typescript.wrapping import Layer, Wrapped, unwrap, uses

TRIGGERS = (
    b"express",
    b" Router(",
    b"=Router(",
    b"Express.Application",
    b"createApp",
    b"buildApp",
    b"makeApp",
    b"createServer",
    b"buildServer",
)
PATHS = ""
VERBS = METHODS | {
    each: each.upper() for each in ("search", "propfind", "proppatch", "report", "purge", "copy", "move", "lock", "unlock", "mkcol")
}
REQUIRED = re.compile(r"""require\(\s*(["'])express\1\s*\)(?P<router>\.Router)?""")
"""What makes an application or a router where the library is asked for in the same breath."""
TYPES = frozenset(
    {"Express", "Application", "Router", "express.Express", "express.Application", "express.Router", "IRouter", "Express.Application"}
)


def read(module: Reader) -> Iterator[Any]:
    """The routers, routes and middleware of a file."""
    makers = made(module)
    is_given = not (makers or _is_asked(module))
    if is_given and given_framework(module) != "express":
        return
    routers = Routers(module, "express", lambda node: kind(module, makers, node), TYPES, is_given)
    registrations = list(routers.registrations())
    found = [fact for each in registrations for fact in registered(module, routers, each)]
    yield from served(routers.found.values(), found)
    yield from (*found, *routers.mounts)
    yield from asked(module, registrations, found)
    yield from stacked(module, routers)


def _is_asked(module: Reader) -> bool:
    """Whether a file takes something of the library."""
    is_taken = any(taken.source == "express" for taken in module.imports.values())
    return is_taken or (b"express" in module.source.content and REQUIRED.search(module.source.text(module.source.root)) is not None)


def made(module: Reader) -> dict[str, RouterKind]:
    """What makes applications and routers in this file."""
    found: dict[str, RouterKind] = {}
    for local, taken in module.imports.items():
        if taken.source == "express":
            found[local] = "router" if taken.name == "Router" else "app"
            found[f"{local}.Router"] = "router"
        elif taken.source == "express-promise-router":
            found[local] = "router"
    return found


def kind(module: Reader, makers: dict[str, RouterKind], node: Node) -> RouterKind | None:
    """What a call makes, if anything."""
    function = node.child_by_field_name("function") or node.child_by_field_name("constructor")
    if function is not None and (made := REQUIRED.fullmatch(module.source.text(function))):
        return "router" if made["router"] else "app"
    return makers.get(module.source.symbol(node)) if function is not None and _is_plain(function) else None


def _is_plain(function: Node) -> bool:
    """A name, or a member of one: not the end of a chain."""
    return function.type == "identifier" or (function.type == "member_expression" and named(function)[0].type == "identifier")


def registered(module: Reader, routers: Routers, each: Registration) -> Iterator[Any]:
    """What one call of a method registers."""
    given = tables.given(module, each.call, each.scope)
    if each.method == "use":
        yield from _used(module, routers, each, given)
    elif each.method == HANDED:
        symbol, taken = inline(module, _called(each.call))
        yield from [taken] if taken is not None else []
        yield Mount(module.source.head(each.call), each.router, each.position * 10, symbol, "", False)
    elif each.method in VERBS and each.base is not None and not (each.method == "all" and each.followed):
        yield from _answered(module, each, arguments(each.base)[:1], given)
    elif each.method in VERBS and each.base is None and len(given) > 1:
        yield from _answered(module, each, given[:1], given[1:])
    yield from computed(module, each, given)


def _called(call: Node) -> Node:
    return call.child_by_field_name("function") or call


def _answered(module: Reader, each: Registration, paths: list[Node], given: list[Node]) -> Iterator[Any]:
    """A route: what comes before the last handler stands before it."""
    found = list(listed(list(opened(module, given))))
    handlers = _until_answered(module, found[: len(found) - _trailing(module, found)])
    if not handlers:
        return
    wrapped = unwrap(module, handlers[-1])
    texts = _paths(module, paths[0], each)
    if len(handlers) == 1 and _is_guard(module, each, wrapped, texts):
        yield from _before(module, each, handlers, [exactly(text) for text in texts if text is not None])
        return
    handler, taken = inline(module, wrapped.node) if not wrapped.layers else (wrapped.handler, None)
    yield from [taken] if taken is not None else []
    for number, text in enumerate(texts):
        yield Endpoint(
            module.source.head(each.call),
            each.router,
            each.position * 10 + number,
            "express",
            "http",
            VERBS[each.method],
            braces(text) if text is not None else None,
            handler,
        )
        yield from _own(module, each, each.position * 10 + number, [*_chained(module, each), *handlers[:-1]], wrapped)
        yield from _handling(module, each, each.position * 10 + number, found)
        if text is None:
            yield unread(module, paths[0], "a route's path")


def _trailing(module: Reader, handlers: list[Node]) -> int:
    """How many error handlers stand after what answers."""
    others = [number for number, each in enumerate(handlers, 1) if not is_error_handler(module, each)]
    return len(handlers) - max(others, default=len(handlers))


def _handling(module: Reader, each: Registration, position: int, handlers: list[Node]) -> Iterator[Any]:
    """What is called after errors of one route alone."""
    nodes = [node for node in handlers if is_error_handler(module, node)]
    layers = [Layer(inline(module, node)[0], node, None) for node in nodes]
    yield from (use._replace(covers="before") for use in uses(module, layers, each.router, position, "rescue"))


def _until_answered(module: Reader, handlers: list[Node]) -> list[Node]:
    """The handlers up to the first that cannot pass on, since it is not told of what comes next."""
    for number, each in enumerate(handlers):
        name = inline(module, each)[0] if each.type in {"identifier", *FUNCTIONS} else ""
        if name in module.nodes and len(module.parameters.get(name, [])) < 3 and "..." not in module.source.text(each)[:200]:
            return handlers[: number + 1]
    return handlers


def _own(module: Reader, each: Registration, position: int, handlers: list[Node], wrapped: Wrapped) -> Iterator[Any]:
    symbols = [(inline(module, node), node) for node in handlers]
    yield from (taken for (_, taken), _ in symbols if taken is not None)
    layers = [Layer(symbol, node, node if node.type == "call_expression" else None) for (symbol, _), node in symbols]
    for use, node in zip(uses(module, layers, each.router, position, "middleware"), handlers, strict=True):
        if not is_error_handler(module, node):
            yield use
        elif rescues(module, node):
            yield use._replace(means="rescue")
    yield from uses(module, wrapped.layers, each.router, position, "wrapper", first=len(layers))


def _chained(module: Reader, each: Registration) -> list[Node]:
    """What `router.route(path).all(guard)` puts before the methods that follow in the chain."""
    found: list[Node] = []
    node = named(each.call)[0]
    while node.type == "member_expression" and (inner := bare(named(node)[0])).type == "call_expression":
        function = inner.child_by_field_name("function")
        if function is not None and function.type == "member_expression" and module.source.text(named(function)[-1]) == "all":
            found = [*listed(arguments(inner)), *found]
        node = function if function is not None else inner
    return found


def _is_guard(module: Reader, each: Registration, wrapped: Wrapped, texts: list[str | None]) -> bool:
    """`app.all("/admin/*", guard)`: what passes on is no answer. So is `all` in a chain that goes on."""
    if each.method != "all" or wrapped.layers:
        return False
    function = module.nodes.get(wrapped.handler)
    takes_next = function is not None and len(module.parameters.get(wrapped.handler, [])) > 2
    wild = any(text is not None and "*" in text for text in texts)
    return takes_next or (wild and function is None)


def _paths(module: Reader, node: Node, each: Registration) -> list[str | None]:
    """A path, or several."""
    inner = awaited(node)
    found = named(inner) if inner.type == "array" else [inner]
    return [path_of(module, one, each.scope) for one in found]


def _used(module: Reader, routers: Routers, each: Registration, given: list[Node]) -> Iterator[Any]:
    """Middleware and routers, from here on."""
    paths = given[:1] if given and (_is_path(module, given[0], each) or (given[1:] and is_unclear(module, given[0], each.scope))) else []
    texts: list[str | None] = _paths(module, given[0], each) if paths else ["/"]
    handlers = list(listed(list(opened(module, given[len(paths) :]))))
    if any(is_undecided(module, node, each.scope, each.looped) for node in (*paths, *handlers)):
        yield unread(module, each.call, "which routers are put in here")
        return
    patterns = [below(text) if text is not None else None for text in texts]
    for number, node in enumerate(handlers):
        router = routers.child(node, each.scope)
        if router is not None and router in routers.found:
            yield from _mounts(module, each, router, texts, number)
        elif is_error_handler(module, node):
            found = [fact for fact in _before(module, each, [node], patterns, first=number) if isinstance(fact, Use)]
            yield from (fact._replace(means="rescue", covers="before") for fact in found)
            yield from (fact._replace(means="rescue") for fact in found if rescues(module, node))
        else:
            before = list(_before(module, each, [node], patterns, first=number))
            yield from before
            if may_handle_errors(module, node):
                yield from (fact._replace(means="rescue", covers="before") for fact in before if isinstance(fact, Use))
            yield from _mounts(module, each, inline(module, node)[0], texts, number) if _may_be_router(module, node) else []


def _is_path(module: Reader, node: Node, each: Registration) -> bool:
    inner = awaited(node)
    if inner.type in {"string", "template_string", "regex", "binary_expression"}:
        return True
    if inner.type == "array":
        return bool(named(inner)) and _is_path(module, named(inner)[0], each)
    return inner.type in {"identifier", "member_expression"} and may_be_path(module, inner, each.scope)


def _may_be_router(module: Reader, node: Node) -> bool:
    """Something of another file, which may be a router there."""
    symbol, taken = inline(module, node)
    known = module.imports.get(symbol.split(".", maxsplit=1)[0])
    return taken is not None or (known is not None and is_local(known.source))


def _mounts(module: Reader, each: Registration, child: str, texts: list[str | None], rank: int) -> Iterator[Mount]:
    for text in texts:
        prefix = braces(text).rstrip("/") if text is not None else None
        yield Mount(module.source.head(each.call), each.router, each.position * 10 + rank, child, prefix, False)


def _before(module: Reader, each: Registration, nodes: list[Node], patterns: list[str | None], first: int = 0) -> Iterator[Use | Import]:
    """What stands before everything that is registered later and whose path matches."""
    for rank, node in enumerate(nodes, first):
        layer, excludes = _unless(module, node)
        symbol, taken = inline(module, layer)
        if taken is not None:
            yield taken
        call = module.calls.get(layer.id)
        for pattern in patterns:
            yield Use(
                module.source.head(node),
                each.router,
                each.position * 10 + rank,
                False,
                rank,
                "middleware",
                symbol,
                "after",
                pattern if excludes is not None and not each.doubted else None,
                "",
                excludes or "",
                True,
                call.function if call else "",
                call.position if call else None,
            )


def _unless(module: Reader, node: Node) -> tuple[Node, str | None]:
    """`auth.unless({path: ["/login"]})`: the guard, and the paths that it lets by; null where they cannot be told."""
    function = node.child_by_field_name("function") if node.type == "call_expression" else None
    if function is None or function.type != "member_expression" or module.source.text(named(function)[-1]) != "unless":
        return node, ""
    told = field(module.source, arguments(node)[0], "path") if arguments(node) else None
    inner = bare(told) if told is not None else None
    texts = [module.source.string(each) for each in (named(inner) if inner is not None and inner.type == "array" else [inner])]
    return awaited(named(function)[0]), None if None in texts else " ".join(text for text in texts if text)
