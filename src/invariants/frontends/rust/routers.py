"""Things that routes are registered on: what axum and actix have in common."""

import re
from collections.abc import Iterator
from typing import Any

from tree_sitter import Node

from invariants.facts.source import Unread
from invariants.facts.web import Endpoint, Mount, Router, Use
from invariants.frontends.rust.macros import inside
from invariants.frontends.rust.reader import Item, Reader
from invariants.frontends.rust.scopes import Scope
from invariants.frontends.rust.syntax import arguments, bare, method, named
from invariants.languages.trees import tail

PLAIN = frozenset(
    """Path Query Json Form State Extension HeaderMap Request Bytes String Multipart Uri Method RawQuery RawForm Host
    OriginalUri MatchedPath ConnectInfo WebSocketUpgrade Body Data HttpRequest Payload ReqData Extensions Version
    NestedPath DefaultBodyLimit QsQuery Next Cookies CookieJar SignedCookieJar PrivateCookieJar ValidatedJson
    ValidatedQuery Qs Parts bool i32 i64 u32 u64 str Vec Uuid PeerAddr Cached Either Protobuf AppState""".split()
)
"""Parameters that hold what was sent or what the application keeps, and turn nobody away."""
LIBRARIES = frozenset("axum axum_extra actix_web actix_http http hyper tower tower_http std bytes actix_multipart tokio serde_json".split())
EXTRA = frozenset({"TypedHeader", "WithRejection", "Garde", "Valid"})

ASKING = {
    "ValidateRequestHeaderLayer": {"custom"},
    "RequireAuthorizationLayer": {"custom"},
    "AsyncRequireAuthorizationLayer": {"new"},
    "HttpAuthentication": {"bearer", "basic", "with_fn"},
}
"""What makes layers of libraries that ask something else who comes: tower-http's and actix-web-httpauth's."""

Fact = Endpoint | Mount | Router | Use | Unread


class Registering:
    """What is registered in a file on the routers of one framework, in the order of each router."""

    def __init__(self, module: Reader, framework: str) -> None:
        self.module = module
        self.source = module.source
        self.framework = framework
        self.facts: list[Fact] = []
        self.routers: dict[str, Router] = {}
        self._positions: dict[str, int] = {}

    def router(self, node: Node, name: str, prefix: str | None = "") -> str:
        """A router, told once."""
        if name not in self.routers:
            self.routers[name] = Router(self.source.head(node), name, self.framework, "router", prefix)
        return name

    def renamed(self, node: Node, router: str, name: str) -> str:
        """Another name for a router, and for what was registered on it until now: its own goes to another one."""
        self.facts = [
            each._replace(router=name) if isinstance(each, Endpoint | Mount | Use) and each.router == router else each
            for each in self.facts
        ]
        self._positions[name] = self._positions.pop(router, -1)
        return self.router(node, name)

    def position(self, router: str) -> int:
        """The next place among what is registered on a router."""
        self._positions[router] = self._positions.get(router, -1) + 1
        return self._positions[router]

    def endpoint(self, router: str, at: Node, verb: str, path: str | None, handler: str, guards: list[Node], scope: Scope) -> None:
        """A route, with what is put around it alone and what its handler is made from."""
        position = self.position(router)
        place = self.source.head(at)
        self.facts.append(Endpoint(place, router, position, self.framework, "http", verb, braces(path), handler))
        uses = [use for each in guards for use in self.guards(router, position, each, scope, own=True)]
        uses += extracted(self.module, router, position, handler)
        self.facts += [each._replace(rank=rank) for rank, each in enumerate(uses)]
        if path is None:
            self.dynamic(at, "its path is put together when the program runs", "Write the path as a string.")

    def guards(self, router: str, position: int, node: Node, scope: Scope, own: bool) -> Iterator[Use]:
        """What a middleware or layer puts before routes; each framework says."""
        raise NotImplementedError

    def mount(self, router: str, at: Node, child: str, prefix: str | None, certain: bool = False) -> None:
        """A router in another one."""
        where = self.source.head(at)
        self.facts.append(Mount(where, router, self.position(router), child, braces(prefix), isolates=False, certain=certain))
        if prefix is None:
            self.dynamic(at, "its prefix is put together when the program runs", "Write the prefix as a string.")

    def dynamic(self, at: Node, reason: str, remedy: str) -> None:
        """A registration that cannot be told."""
        self.facts.append(Unread(self.source.head(at), "dynamic", reason, remedy))

    def use(self, router: str, position: int, at: Node, means: Any, symbol: str, own: bool, covers: Any) -> Use:
        """One thing before routes; the call that it comes from holds its arguments."""
        call = self.module.calls.get(at.id)
        place = self.source.place(at)
        holder, step = (call.scope.name, call.position) if call is not None else ("", None)
        return Use(place, router, position, own, 0, means, symbol, covers, "/**", "", "", False, holder, step)

    def all(self) -> Iterator[Fact]:
        """The routers, then what is on them."""
        yield from self.routers.values()
        yield from self.facts


def extracted(module: Reader, router: str, position: int, handler: str) -> Iterator[Use]:
    """What a handler's parameters are made from: types of the repository may turn a request away; one that may be absent does not."""
    for each in module.parameters.get(handler, []):
        first = each.symbol.partition(".")[0]
        taken = module.imports.get(first)
        library = taken.source.split("::")[0] if taken is not None else first
        is_plain = (library in LIBRARIES and tail(each.symbol) not in EXTRA) or tail(each.symbol) in PLAIN or not each.symbol
        if not is_plain and tail(each.symbol)[:1].isupper():
            covers: Any = "none" if each.optional else "all"
            yield Use(each.at, router, position, True, 0, "extractor", each.symbol, covers, "/**", "", "", False, "", None)


def made_of(symbol: str) -> str:
    """The type of a middleware, where it is made by a function of the type."""
    parts = symbol.split(".")
    capital = next((place for place, part in enumerate(parts) if part[:1].isupper()), len(parts))
    return ".".join(parts[: capital + 1])


def asked(module: Reader, root: Node, scope: Scope) -> str:
    """What a layer of a library asks who comes, a function or a type; empty where it asks by itself."""
    parts = module.source.symbol(root).split(".")
    first = next(iter(arguments(root)), None)
    return handler(module, first, scope) if first is not None and len(parts) > 1 and parts[-1] in ASKING.get(parts[-2], ()) else ""


def handler(module: Reader, node: Node, scope: Scope) -> str:
    """The symbol of what answers: a function, a closure."""
    inner = bare(node)
    if inner.id in module.closures:
        return module.closures[inner.id]
    return scope.function(module.source.symbol(inner))


def text_of(module: Reader, node: Node | None, scope: Scope, depth: int = 6) -> str | None:
    """A string that can be told: written out, put together, in a constant."""
    if node is None or depth == 0:
        return None
    inner = bare(node)
    if inner.type in {"string_literal", "raw_string_literal"}:
        return module.source.string(inner)
    if inner.type == "macro_invocation":
        return _filled(module, inner, scope, depth)
    called = method(inner)
    if called is not None and called[1] in {"as_str", "to_string", "to_owned", "into", "clone"}:
        return text_of(module, called[0], scope, depth - 1)
    if inner.type == "identifier":
        name = module.source.text(inner)
        owner = scope.owner(name)
        values = owner.values.get(name, []) if owner is not None else [module.constants[name]] if name in module.constants else []
        return text_of(module, values[0], scope, depth - 1) if len(values) == 1 else None
    return None


def _filled(module: Reader, node: Node, scope: Scope, depth: int) -> str | None:
    """`format!("{PREFIX}/x")`, `concat!("/a", "/b")`."""
    name, given = module.source.text(node.child_by_field_name("macro")), inside(module.source, node)
    if name == "concat":
        parts = [text_of(module, each, scope, depth - 1) for each in given]
        return None if None in parts else "".join(part for part in parts if part)
    text = module.source.string(given[0]) if name == "format" and given else None
    if text is None:
        return None
    rest = iter(given[1:])
    found = []
    for part in re.split(r"(\{\{\w+\}\}|\{\w*\})", text):
        if part.startswith("{{"):
            found.append(part[1:-1])
        elif part.startswith("{"):
            value = _named(module, part[1:-1], scope, depth) if part != "{}" else text_of(module, next(rest, None), scope, depth - 1)
            if value is None:
                return None
            found.append(value)
        else:
            found.append(part)
    return "".join(found)


def _named(module: Reader, name: str, scope: Scope, depth: int) -> str | None:
    """The text that a name inside a format stands for."""
    owner = scope.owner(name)
    values = owner.values.get(name, []) if owner is not None else [module.constants[name]] if name in module.constants else []
    return text_of(module, values[0], scope, depth - 1) if len(values) == 1 else None


def braces(path: str | None) -> str | None:
    """A path with its parameters as {name}: `:id`, `{*rest}`, `{id:\\d+}`, `<id>`, `<rest..>`."""
    if path is None:
        return None
    path = re.sub(r"\{\*?(\w+)(?::(?:[^{}]|\{[^{}]*\})*)?\}", r"{\1}", path)
    path = re.sub(r"<(\w+)(?:\.\.)?>", r"{\1}", path)
    return re.sub(r"(?<=/)[:*](\w+)", r"{\1}", path)


def answer(item: Item) -> Node | None:
    """The expression that a function's body comes to."""
    body = item.node.child_by_field_name("body")
    last = named(body)[-1:] if body is not None and body.type == "block" else []
    if last and last[0].type == "expression_statement" and named(last[0]):
        return named(last[0])[0]
    return last[0] if last and last[0].type != "let_declaration" else None


def chain(node: Node) -> tuple[Node, list[tuple[str, Node]]]:
    """What a chain of methods begins with, and each method with its call, the first one first."""
    calls: list[tuple[str, Node]] = []
    inner = bare(node)
    while (called := method(inner)) is not None:
        calls.append((called[1], inner))
        inner = bare(called[0])
    return inner, calls[::-1]


def given(call: Node, number: int) -> Node | None:
    """An argument of a call."""
    return found[number] if number < len(found := arguments(call)) else None
