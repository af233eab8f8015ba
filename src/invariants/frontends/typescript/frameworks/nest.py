"""NestJS: controllers, their methods, and guards on a method, a class or the whole application."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from tree_sitter import Node

from invariants.facts.source import Unread
from invariants.facts.web import Endpoint, Router, Setting, Use
from invariants.frontends.typescript.reader import Reader
from invariants.frontends.typescript.routers import braces, text_of
from invariants.frontends.typescript.syntax import CLASSES, arguments, bare, field, named, tail
from invariants.frontends.typescript.wrapping import name

TRIGGERS = (b"@nestjs/", b"@Controller", b"@Resolver", b"APP_GUARD", b"useGlobalGuards")
PATHS = ""
VERBS = {
    "Get": "GET",
    "Post": "POST",
    "Put": "PUT",
    "Patch": "PATCH",
    "Delete": "DELETE",
    "Head": "HEAD",
    "Options": "OPTIONS",
    "All": "ANY",
}
GRAPHQL = {"Query": "query", "Mutation": "mutation", "Subscription": "subscription"}
ROUTING = frozenset({*VERBS, *GRAPHQL, "Controller", "Resolver", "UseGuards", "HttpCode", "Header", "Version", "Injectable", "Module"})
REMEDY = "Write the path as a string."


class Controller(NamedTuple):
    """A class whose methods answer requests."""

    name: str
    node: Node
    decorator: Node
    paths: list[str | None]


def read(module: Reader) -> Iterator[Any]:
    """The controllers of a file, and what it says of the whole application."""
    if not any(word in module.source.content for word in TRIGGERS):
        return
    for key, node in list(module.nodes.items()):
        if node.type in CLASSES:
            for decorator in module.decorators.get(key, []):
                if tail(module.source.symbol(decorator)) in {"Controller", "Resolver"}:
                    yield from _controller(module, Controller(key, node, decorator, _prefixes(module, decorator)))
    yield from _global(module)


def _prefixes(module: Reader, decorator: Node) -> list[str | None]:
    """What a controller's paths begin with."""
    given = arguments(decorator) if decorator.type == "call_expression" else []
    if not given or tail(module.source.symbol(decorator)) == "Resolver":
        return [""]
    told = field(module.source, given[0], "path") if bare(given[0]).type == "object" else given[0]
    version = field(module.source, given[0], "version")
    number = text_of(module, version, module.bodies[0].scope)
    return [f"/v{number}{path}" if number and path is not None else path for path in _paths(module, told)]


def _paths(module: Reader, told: Node | None) -> list[str | None]:
    if told is None:
        return [""]
    nodes = named(bare(told)) if bare(told).type == "array" else [told]
    texts = [text_of(module, node, module.bodies[0].scope) for node in nodes]
    return [braces(f"/{text.strip('/')}").rstrip("/") if text is not None else None for text in texts]


def _controller(module: Reader, each: Controller) -> Iterator[Any]:
    for number, prefix in enumerate(each.paths):
        router = each.name if number == 0 else f"{each.name}:{number}"
        yield Router(module.source.place(each.decorator), router, "nest", "app", prefix)
        yield from (use._replace(own=False, position=0) for use in _guards(module, each.name, router, 0) if use.symbol)
        position = 0
        for method in [key for key in module.decorators if key.startswith(f"{each.name}.")]:
            for decorator in module.decorators[method]:
                for endpoint in _endpoints(module, router, method, decorator):
                    yield endpoint._replace(position=position)
                    yield from _guards(module, method, router, position)
                    position += 1
        if prefix is None:
            yield Unread(module.source.place(each.decorator), "dynamic", "a controller's path is decided at run time", REMEDY)


def _endpoints(module: Reader, router: str, method: str, decorator: Node) -> Iterator[Endpoint]:
    symbol = tail(module.source.symbol(decorator))
    given = arguments(decorator) if decorator.type == "call_expression" else []
    at = module.source.place(decorator)
    if symbol in VERBS:
        for path in _paths(module, given[0] if given else None):
            yield Endpoint(at, router, 0, "nest", "http", VERBS[symbol], path, method)
    elif symbol in GRAPHQL and any(taken.source == "@nestjs/graphql" for taken in module.imports.values()):
        yield Endpoint(at, router, 0, "nest", "rpc", "RPC", f"{GRAPHQL[symbol]}.{tail(method)}", method)


def _guards(module: Reader, holder: str, router: str, position: int) -> Iterator[Use]:
    """What `@UseGuards` and other decorators put before a method or class."""
    rank = 0
    for decorator in module.decorators.get(holder, []):
        symbol = module.source.symbol(decorator)
        if tail(symbol) == "UseGuards":
            for guard in arguments(decorator):
                yield _use(module, guard, router, position, rank, name(module, guard))
                rank += 1
        elif tail(symbol) not in ROUTING:
            yield _use(module, decorator, router, position, rank, symbol)._replace(means="decorator")
            rank += 1


def _use(module: Reader, node: Node, router: str, position: int, rank: int, symbol: str) -> Use:
    call = module.calls.get(bare(node).id)
    function, step = (call.function, call.position) if call is not None else ("", None)
    return Use(module.source.place(node), router, position, True, rank, "middleware", symbol, "all", "/**", "", "", False, function, step)


def _global(module: Reader) -> Iterator[Setting]:
    """Guards of the whole application, and what its paths begin with."""
    count = 0
    for call in module.calls.values():
        method, given = tail(call.symbol), arguments(call.node)
        if method == "useGlobalGuards":
            for guard in given:
                yield Setting(module.source.place(guard), "nest", "APP_GUARD", count, name(module, guard))
                count += 1
        elif method == "setGlobalPrefix" and given:
            text = text_of(module, given[0], call.scope)
            yield Setting(module.source.place(given[0]), "nest", "globalPrefix", 0, text or "")
    for literal in _providers(module, module.source.root) if b"APP_GUARD" in module.source.content else []:
        fields = (field(module.source, literal, key) for key in ("useClass", "useExisting", "useFactory"))
        for provided in (each for each in fields if each is not None):
            yield Setting(module.source.place(literal), "nest", "APP_GUARD", count, name(module, provided))
            count += 1


def _providers(module: Reader, root: Node) -> Iterator[Node]:
    """The providers of global guards: `{provide: APP_GUARD, useClass: AuthGuard}`."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.type == "object" and module.source.symbol(field(module.source, node, "provide")) == "APP_GUARD":
            yield node
        waiting.extend(reversed(node.named_children))
