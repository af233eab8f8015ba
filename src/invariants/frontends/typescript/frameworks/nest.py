"""NestJS: controllers, their methods, and guards on a method, a class or the whole application."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from tree_sitter import Node

from invariants.facts.code import Step
from invariants.facts.source import Unread
from invariants.facts.web import Endpoint, Router, Setting, Use
from invariants.frontends.typescript.reader import Reader
from invariants.frontends.typescript.paths import braces, path_of, text_of
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
    texts = [path_of(module, node, module.bodies[0].scope) for node in nodes]
    return [braces(f"/{text.strip('/')}").rstrip("/") if text is not None else None for text in texts]


def _controller(module: Reader, each: Controller) -> Iterator[Any]:
    for number, prefix in enumerate(each.paths):
        router = each.name if number == 0 else f"{each.name}:{number}"
        yield Router(module.source.place(each.decorator), router, "nest", "app", prefix)
        yield from (use._replace(own=False, position=0) for use in _guards(module, _guarded(module, each), router, 0) if use.symbol)
        position = 0
        for method in [key for key in module.decorators if key.startswith(f"{each.name}.")]:
            for decorator in module.decorators[method]:
                for endpoint in _endpoints(module, router, method, decorator):
                    yield endpoint._replace(position=position)
                    yield from _guards(module, method, router, position)
                    position += 1
        if prefix is None:
            yield Unread(module.source.place(each.decorator), "dynamic", "a controller's path is decided at run time", REMEDY)


def _guarded(module: Reader, each: Controller) -> str:
    """The class whose guards a controller has: itself, or the nearest that it stands on in this file."""
    name, seen = each.name, {""}
    while name not in seen:
        seen.add(name)
        if any(tail(module.source.symbol(one)) == "UseGuards" for one in module.decorators.get(name, [])):
            return name
        heritage = [one for one in module.nodes[name].named_children if one.type == "class_heritage"] if name in module.nodes else []
        clause = next((one for one in _descendants(heritage) if one.type == "identifier"), None)
        name = module.source.text(clause) if clause is not None else ""
    return each.name


def _descendants(nodes: list[Node]) -> Iterator[Node]:
    for node in nodes:
        yield node
        yield from _descendants(node.named_children)


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


def _global(module: Reader) -> Iterator[Any]:
    """Guards of the whole application, what its paths begin with, and what its modules put before paths."""
    count = 0
    for call in list(module.calls.values()):
        method, given = tail(call.symbol), arguments(call.node)
        if method == "useGlobalGuards":
            for guard in given:
                yield _use(module, guard, "", 0, count, name(module, guard))._replace(own=False)
                count += 1
        elif method == "setGlobalPrefix" and given:
            text = path_of(module, given[0], call.scope)
            yield Setting(module.source.place(given[0]), "nest", "globalPrefix", 0, text or "")
        elif method == "forRoutes":
            yield from _consumed(module, call.node)
        elif method == "applyDecorators":
            yield from _composed(module, call.node, call.function)
    for literal in _providers(module, module.source.root) if b"APP_GUARD" in module.source.content else []:
        fields = (field(module.source, literal, key) for key in ("useClass", "useExisting", "useFactory"))
        for provided in (each for each in fields if each is not None):
            yield _use(module, provided, "", 0, count, name(module, provided))._replace(own=False)
            count += 1


def _consumed(module: Reader, call: Node) -> Iterator[Use]:
    """`consumer.apply(A, B).exclude('x').forRoutes('y')`: middleware before the paths that are said."""
    links = {tail(module.source.symbol(each)): arguments(each) for each in _chain(call)}
    excludes = " ".join(_pattern(module, each) or "/**" for each in links.get("exclude", []))
    for rank, middleware in enumerate(links.get("apply", [])):
        for path in arguments(call):
            use = _use(module, middleware, "", 0, rank, name(module, middleware))
            yield use._replace(own=False, pattern=_pattern(module, path), excludes=excludes)


def _chain(call: Node) -> Iterator[Node]:
    """A call, and those that it is chained to."""
    node: Node | None = call
    while node is not None:
        if node.type == "call_expression":
            yield node
        node = node.child_by_field_name("function") or node.child_by_field_name("object")


def _pattern(module: Reader, path: Node) -> str | None:
    """The paths that middleware stands before, where they are written as a string."""
    text = text_of(module, path, module.bodies[0].scope) if bare(path).type == "string" else None
    if text is None:
        return None
    head, star, _ = text.strip("/").replace("{*", "*").replace("(.*)", "*").partition("*")
    return braces(f"/{head.strip('/')}".rstrip("/") + ("/**" if star else "")) or "/"


def _composed(module: Reader, call: Node, function: str) -> Iterator[Step]:
    """A decorator made of others (`applyDecorators(UseGuards(A))`): it does what their guards do."""
    first = 0
    for decorator in arguments(call):
        for guard in arguments(decorator) if tail(module.source.symbol(decorator)) == "UseGuards" else []:
            first -= 1
            symbol = name(module, guard) + ("" if bare(guard).type == "call_expression" else ".canActivate")
            yield Step(module.source.place(guard), function, first, None, "", "call", symbol, None, "returned", True)


def _providers(module: Reader, root: Node) -> Iterator[Node]:
    """The providers of global guards: `{provide: APP_GUARD, useClass: AuthGuard}`."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.type == "object" and module.source.symbol(field(module.source, node, "provide")) == "APP_GUARD":
            yield node
        waiting.extend(reversed(node.named_children))
