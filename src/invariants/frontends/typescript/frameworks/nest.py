"""NestJS: controllers, their methods, and guards on a method, a class or the whole application."""

from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

from tree_sitter import Node

from invariants.facts.code import Step
from invariants.facts.source import Unread
from invariants.facts.web import Endpoint, Mount, Router, Setting, Use
from invariants.frontends.typescript.frameworks.nest_modules import provided, provided_by
from invariants.frontends.typescript.intercepting import INTERCEPTING, filling, filtered, intercepted, used
from invariants.frontends.typescript.paths import braces, path_of, text_of
from invariants.frontends.typescript.reader import Reader
from invariants.frontends.typescript.registrations import arms
from invariants.frontends.typescript.syntax import CLASSES, arguments, bare, field, named
from invariants.frontends.typescript.wrapping import name
from invariants.languages.trees import tail

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
    "Sse": "GET",
    "QueryMethod": "QUERY",
    "Search": "SEARCH",
}
NEUTRAL = "VERSION_NEUTRAL"
"""The version of what is served under every version, and without one."""
GRAPHQL = {"Query": "query", "Mutation": "mutation", "Subscription": "subscription"}
ROUTING = frozenset(
    {*VERBS, *GRAPHQL, "RequestMapping", "Controller", "Resolver", "UseGuards", "HttpCode", "Header", "Version", "Injectable", "Module"}
)
GLOBAL = (("APP_GUARD", "", 1), ("APP_INTERCEPTOR", ".intercept", INTERCEPTING))
"""What a module provides for all of its application, and what is called of it."""
REMEDY = "Write the path as a string."
UNTOLD = "${process.env}"
"""A part of a path that no file says."""


class Controller(NamedTuple):
    """A class whose methods answer requests; one that others stand on is served where they are, and says no paths."""

    name: str
    node: Node
    decorator: Node
    paths: list[str | None]
    kind: Literal["app", "given"] = "app"


def read(module: Reader) -> Iterator[Any]:
    """The controllers of a file, and what it says of the whole application."""
    if not any(word in module.source.content for word in TRIGGERS):
        return
    for key, node in list(module.nodes.items()):
        if node.type in CLASSES:
            yield from _class(module, key, node)
    yield from _settings(module)
    yield from _global(module)


def _class(module: Reader, key: str, node: Node) -> Iterator[Any]:
    """A controller, or what controllers stand on; nothing is asked of what stands on a module."""
    if any(tail(module.source.symbol(decorator)) == "Module" for decorator in module.decorators.get(key, [])):
        return
    for decorator in module.decorators.get(key, []):
        if tail(module.source.symbol(decorator)) in {"Controller", "Resolver"}:
            yield from _controller(module, Controller(key, node, decorator, _prefixes(module, decorator)))
            return
    is_extended = any(method.startswith(f"{key}.") for method in module.decorators) or any(_guards(module, key, key, 0)) or _bases(node)
    if is_extended:
        yield from _controller(module, Controller(key, node, node, [""], "given"))


def _prefixes(module: Reader, decorator: Node) -> list[str | None]:
    """What a controller's paths begin with, but for a version."""
    given = arguments(decorator) if decorator.type == "call_expression" else []
    if not given or tail(module.source.symbol(decorator)) == "Resolver":
        return [""]
    return _paths(module, field(module.source, given[0], "path") if bare(given[0]).type == "object" else given[0])


def _versions(module: Reader, told: Node | None, level: str) -> list[str | None]:
    """The versions that are said, each as a mark in the path; null where one cannot be told."""
    nodes = (named(bare(told)) if bare(told).type == "array" else [told]) if told is not None else []
    texts = ["" if tail(module.source.symbol(node)) == NEUTRAL else path_of(module, node, module.bodies[0].scope) for node in nodes]
    return [None if text is None else f"<{level}.version={text}>" for text in texts] or [""]


def _paths(module: Reader, told: Node | None) -> list[str | None]:
    if told is None:
        return [""]
    nodes = named(bare(told)) if bare(told).type == "array" else [told]
    texts = [path_of(module, node, module.bodies[0].scope) for node in nodes]
    return [braces(f"/{text.strip('/')}").rstrip("/") if text is not None else None for text in texts]


def _controller(module: Reader, each: Controller) -> Iterator[Any]:
    """A router for each version and path, with the methods of it."""
    given = arguments(each.decorator) if each.decorator.type == "call_expression" else []
    told = _versions(module, field(module.source, given[0], "version") if given else None, "router")
    served = [None if version is None or path is None else f"{version}{path}" for version in told for path in each.paths]
    methods = [key for key in module.decorators if key.startswith(f"{each.name}.")]
    for number, prefix in enumerate(served):
        router = each.name if number == 0 else f"{each.name}:{number}"
        yield Router(module.source.head(each.decorator), router, "nest", each.kind, prefix)
        yield from _inherited(module, each, router)
        yield from (use._replace(own=False, position=0, covers="all") for use in _guards(module, each.name, router, 0) if use.symbol)
        yield from _methods(module, router, methods)
    if None in served:
        yield Unread(module.source.place(each.decorator), "dynamic", "a controller's path is decided at run time", REMEDY)


def _version(module: Reader, method: str) -> list[str | None]:
    """The versions of a method that has its own."""
    for decorator in module.decorators[method]:
        if tail(module.source.symbol(decorator)) == "Version" and decorator.type == "call_expression" and arguments(decorator):
            return _versions(module, arguments(decorator)[0], "route")
    return [""]


def _methods(module: Reader, router: str, methods: list[str]) -> Iterator[Any]:
    """The routes of a controller, each with what stands on it."""
    position = 0
    for method in methods:
        for decorator in module.decorators[method]:
            for endpoint in _endpoints(module, router, method, decorator):
                for version in _version(module, method):
                    path = endpoint.path if endpoint.kind == "rpc" or not version else f"{version}{endpoint.path}"
                    yield endpoint._replace(position=position, path=None if version is None or endpoint.path is None else path)
                    yield from _guards(module, method, router, position)
                    position += 1


def _inherited(module: Reader, each: Controller, router: str) -> Iterator[Mount]:
    """The methods of a class are those of the classes that it stands on, too."""
    for base in _bases(each.node):
        if base.type in {"identifier", "member_expression"}:
            yield Mount(module.source.head(base), router, 10**6, module.source.symbol(base), "", False, inherits=True)


def _bases(node: Node) -> list[Node]:
    """The classes that a class extends."""
    heritage = [one for one in node.named_children if one.type == "class_heritage"]
    return [one for clause in (heritage[0].named_children if heritage else []) if clause.type == "extends_clause" for one in named(clause)]


def _endpoints(module: Reader, router: str, method_name: str, decorator: Node) -> Iterator[Endpoint]:
    symbol = tail(module.source.symbol(decorator))
    given = arguments(decorator) if decorator.type == "call_expression" else []
    at = module.source.place(decorator)
    if symbol == "RequestMapping" and given:
        method = tail(module.source.symbol(field(module.source, given[0], "method")))
        for path in _paths(module, field(module.source, given[0], "path")):
            yield Endpoint(at, router, 0, "nest", "http", "ANY" if method == "ALL" else method or "GET", path, method_name)
    elif symbol in VERBS:
        for path in _paths(module, given[0] if given else None):
            yield Endpoint(at, router, 0, "nest", "http", VERBS[symbol], path, method_name)
    elif symbol in GRAPHQL and any(taken.source == "@nestjs/graphql" for taken in module.imports.values()):
        yield Endpoint(at, router, 0, "nest", "rpc", "RPC", f"{GRAPHQL[symbol]}.{tail(method_name)}", method_name)


def _guards(module: Reader, holder: str, router: str, position: int) -> Iterator[Use]:
    """What `@UseGuards` and other decorators put before a method or class."""
    rank = 0
    for decorator in module.decorators.get(holder, []):
        symbol = module.source.symbol(decorator)
        if tail(symbol) == "UseGuards":
            for guard in arguments(decorator):
                yield used(module, guard, router, position, rank, name(module, guard))._replace(stage=1)
                rank += 1
        elif tail(symbol) == "UseFilters":
            yield from (filtered(module, each, router, position) for each in arguments(decorator))
        elif tail(symbol) == "UseInterceptors":
            yield from intercepted(module, decorator, router, position)
        elif tail(symbol) not in ROUTING:
            yield used(module, decorator, router, position, rank, symbol)._replace(means="decorator", stage=1)
            rank += 1
    yield from filling(module, holder, router, position)


def _global(module: Reader) -> Iterator[Any]:
    """Guards of the whole application, and what its modules put before paths."""
    count = 0
    for call in list(module.calls.values()):
        method, given = tail(call.symbol), arguments(call.node)
        if method == "useGlobalGuards":
            body = next(each for each in module.bodies if each.scope is call.scope)
            pattern = None if arms(body.steps, call) else "/**"
            for guard in given:
                yield used(module, guard, "", 0, count, name(module, guard))._replace(own=False, pattern=pattern, stage=1)
                count += 1
        elif method == "useGlobalInterceptors":
            found = (used(module, each, "", 0, count, f"{name(module, each)}.intercept") for each in given)
            yield from (use._replace(own=False, stage=INTERCEPTING) for use in found)
        elif method == "useGlobalFilters":
            yield from (filtered(module, each, "", 0)._replace(own=False, covers="all") for each in given)
        elif method == "forRoutes":
            yield from _consumed(module, call.node)
        elif method == "applyDecorators":
            yield from _composed(module, call.node, call.function)
    yield from (use._replace(rank=rank, own=False) for rank, use in enumerate(_provided(module), count))


def _provided(module: Reader) -> Iterator[Use]:
    """What modules provide for the whole application."""
    for token, ending, stage in GLOBAL if b"provide" in module.source.content else ():
        for literal in provided(module, module.source.root, token) if token.encode() in module.source.content else []:
            found = [field(module.source, literal, key) for key in ("useClass", "useExisting", "useFactory")]
            for each in (each for each in found if each is not None):
                yield used(module, each, "", 0, 0, f"{provided_by(module, each)}{ending}")._replace(stage=stage)


def _settings(module: Reader) -> Iterator[Setting]:
    """An application that is made, what its paths begin with, and its versions."""
    for call in list(module.calls.values()):
        method, given = tail(call.symbol), arguments(call.node)
        if call.symbol.startswith("NestFactory.create"):
            yield Setting(module.source.head(call.node), "nest", "application", 0, call.symbol)
        elif method == "enableVersioning":
            yield from _versioning(module, given[0] if given else None, call.node)
        elif method == "setGlobalPrefix" and given:
            text = path_of(module, given[0], call.scope)
            yield Setting(module.source.place(given[0]), "nest", "globalPrefix", 0, UNTOLD if text is None else text)
            yield from _spared(module, field(module.source, given[1], "exclude") if len(given) > 1 else None)


def _spared(module: Reader, told: Node | None) -> Iterator[Setting]:
    """The paths that the prefix of the application is not put before."""
    for each in named(bare(told)) if told is not None and bare(told).type == "array" else []:
        path = field(module.source, each, "path") if bare(each).type == "object" else each
        method = tail(module.source.symbol(field(module.source, each, "method")))
        if path is not None and (pattern := _pattern(module, path)) is not None:
            yield Setting(module.source.place(each), "nest", "globalPrefix.exclude", 0, f"{method or 'ALL'} {pattern}")


def _versioning(module: Reader, told: Node | None, call: Node) -> Iterator[Setting]:
    """Where an application looks for a version, what it has before it in a path, and which it takes where none is said."""
    at, kind = module.source.head(call), tail(module.source.symbol(field(module.source, told, "type")))
    yield Setting(at, "nest", "versioning", 0, kind or "URI")
    before = field(module.source, told, "prefix")
    if before is not None:
        text = "" if before.type == "false" else path_of(module, before, module.bodies[0].scope)
        yield Setting(at, "nest", "versioning.prefix", 0, UNTOLD if text is None else text)
    defaults = field(module.source, told, "defaultVersion")
    for position, mark in enumerate(_versions(module, defaults, "group") if defaults is not None else []):
        yield Setting(at, "nest", "versioning.default", position, mark or "")


def _consumed(module: Reader, call: Node) -> Iterator[Use]:
    """`consumer.apply(A, B).exclude('x').forRoutes('y')`: middleware before the paths that are said."""
    links = {tail(module.source.symbol(each)): arguments(each) for each in _chain(call)}
    excludes = " ".join(_pattern(module, each) or "/**" for each in links.get("exclude", []))
    for rank, middleware in enumerate(links.get("apply", [])):
        for place in arguments(call):
            use = used(module, middleware, "", 0, rank, name(module, middleware))
            path, method = _place(module, place)
            yield use._replace(own=False, pattern=_pattern(module, path), methods=method, excludes=excludes)


def _place(module: Reader, place: Node) -> tuple[Node, str]:
    """The path and the method that middleware stands before: `{ path: "auth/github", method: RequestMethod.GET }`; empty: every method."""
    path = field(module.source, place, "path")
    said = tail(module.source.symbol(field(module.source, place, "method")))
    return path if path is not None else place, "" if said == "ALL" else said


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
