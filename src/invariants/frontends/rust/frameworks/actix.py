"""actix-web: scopes, resources and handlers with attributes; what wraps a scope stands before everything in it, whatever its order."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from invariants.facts.web import Router, Use
from invariants.frontends.rust.chains import Chains
from invariants.frontends.rust.reader import Item, Reader
from invariants.frontends.rust.routers import Fact, asked, chain, given, handler, made_of, text_of
from invariants.frontends.rust.scopes import Scope
from invariants.frontends.rust.syntax import arguments, attributes, bare, implemented, method, named
from invariants.languages.trees import tail

TRIGGERS = (b"actix_web", b"ServiceConfig")
VERBS = {each: each.upper() for each in ("get", "post", "put", "patch", "delete", "head", "trace")}
METHOD = re.compile(r"Method::([A-Z]+)|guard::(Get|Post|Put|Delete|Head|Patch)\b")
ATTRIBUTE = re.compile(r"#\[(?:actix_web::|web::)?(get|post|put|patch|delete|head|trace|options|connect|route)\s*\((.*)\)\s*\]$", re.DOTALL)
PAGES = frozenset({"SwaggerUi", "Redoc", "RapiDoc", "Scalar"})
"""Documentation, which is no route."""


def read(module: Reader) -> Iterator[Fact]:
    """The registrations of one file."""
    if any(word in module.source.content for word in TRIGGERS):
        registered = Actix(module, "actix")
        registered.attributed()
        registered.read()
        registered.handed()
        yield from registered.all()


class Actix(Chains):
    """The scopes, resources and handlers of one file."""

    types = frozenset({"App", "Scope", "Resource", "ServiceConfig"})
    registering = frozenset(
        {"service", "route", "configure", "wrap", "wrap_fn", "default_service", "to", "get", "post", "put", "patch", "delete"}
    )

    def makes(self, root: Node) -> bool:
        """`App::new()`, `web::scope("/api")`, `web::resource("/users")`."""
        symbol = self.source.symbol(root)
        return root.type == "call_expression" and (
            symbol.endswith("App.new") or (tail(symbol) in {"scope", "resource"} and bool(arguments(root)))
        )

    def continues(self, root: Node, calls: list[tuple[str, Node]]) -> bool:
        """`users::scope().wrap(guard)`."""
        symbol = self.source.symbol(root)
        is_made = not any(part[:1].isupper() for part in symbol.split(".")) and tail(symbol) not in {*VERBS, "to", "route", "method"}
        return is_made and all(name in {"service", "wrap", "configure", "route"} for name, _ in calls)

    def made(self, name: str, root: Node, scope: Scope) -> None:
        """An application is served by itself; the paths of a scope or resource begin with its own."""
        if self.source.symbol(root).endswith("App.new"):
            self.routers[name] = self.routers[name]._replace(kind="app")
            return
        prefix = slashed(text_of(self.module, given(root, 0), scope))
        self.routers[name] = self.routers[name]._replace(prefix=prefix)
        if prefix is None:
            self.dynamic(root, "its path is put together when the program runs", "Write the path as a string.")

    def registered(self, router: str, word: str, call: Node, scope: Scope) -> None:
        """One method of a chain."""
        first, second = given(call, 0), given(call, 1)
        if first is None:
            return
        if word == "service":
            self.service(router, call, first, scope)
        elif word == "configure":
            self.configured(router, call, first, scope)
        elif word in {"wrap", "wrap_fn"}:
            self.facts += self.guards(router, self.position(router), first, scope, own=False)
        elif word == "route":
            path, answering = (text_of(self.module, first, scope), second) if second is not None else ("", first)
            self.answered(router, call, slashed(path), answering, scope)
        elif word == "default_service":
            self.answered(router, call, "/{path}", first, scope)
        elif word == "to" or word in VERBS:
            self.endpoint(router, call, VERBS.get(word, "ANY"), "", handler(self.module, first, scope), [], scope)

    def handed(self) -> None:
        """A configuration that is handed on to another function, which registers on it."""
        for call in list(self.module.calls.values()):
            for each in arguments(call.node) if method(call.node) is None else []:
                name = self.source.text(bare(each))
                owner = call.scope.owner(name)
                if (
                    owner is not None
                    and name in owner.parameters
                    and tail(owner.types.get(name) or owner.parameters[name].type) in self.types
                ):
                    self.mount(self.variable(name, call.scope), call.node, call.symbol, "")

    def configured(self, router: str, call: Node, first: Node, scope: Scope) -> None:
        """A function that registers on what it is given."""
        name = handler(self.module, first, scope) or scope.function(implemented(self.source, first))
        item = self.module.items.get(name)
        for each in item.scope.parameters if item is not None else ():
            item.scope.types[each] = "ServiceConfig"  # type: ignore[union-attr]
        is_method = tail(name.rpartition(".")[0])[:1].isupper()
        self.mount(router, call, name, "", certain=is_method)
        if not name and first.type != "closure_expression":
            self.dynamic(call, "what it registers is made when the program runs", "Name the function that registers routes.")

    def service(self, router: str, call: Node, node: Node, scope: Scope) -> None:
        """A scope, a resource, a handler with an attribute, several of them, or a service of a library."""
        inner = bare(node)
        root = chain(inner)[0]
        symbol = self.source.symbol(root)
        if inner.type == "tuple_expression":
            for each in named(inner):
                self.service(router, call, each, scope)
        elif self.is_router(inner, scope):
            self.mount(router, call, self.chained(inner, scope), "")
        elif inner.type in {"identifier", "scoped_identifier"}:
            held = inner.type == "identifier" and self.holds(symbol, scope, 8)
            self.mount(router, call, self.variable(symbol, scope) if held else scope.function(symbol), "")
        elif any(part[:1].isupper() for part in symbol.split(".")):
            self.library(router, call, root, scope)
        elif root.type == "call_expression":
            self.mount(router, call, scope.function(symbol), "")
        else:
            self.dynamic(call, "what it serves is made when the program runs", "Register the scope or handler by its name.")

    def library(self, router: str, call: Node, root: Node, scope: Scope) -> None:
        """A service of a library below a path, such as files."""
        symbol = self.source.symbol(root)
        if PAGES & set(symbol.split(".")):
            return
        path = slashed(text_of(self.module, given(root, 0), scope))
        self.endpoint(
            router, call, "ANY", f"{path.rstrip('/')}/{{path}}" if path is not None else None, symbol.rpartition(".")[0], [], scope
        )

    def answered(self, router: str, at: Node, path: str | None, node: Node, scope: Scope) -> None:
        """`web::get().to(handler)`, with its guards of routing and what wraps it after its handler is named: the rest is dropped."""
        root, calls = chain(node)
        if root.type == "identifier" and not calls and (value := self._value(root, scope)) is not None:
            root, calls = chain(value)
        words = dict(calls)
        answering = given(words["to"], 0) if "to" in words else given(root, 0) if tail(self.source.symbol(root)) == "to" else None
        if answering is None:
            self.dynamic(at, "its handler is put together elsewhere", "Write web::get().to(handler) where the route is registered.")
            return
        last = max((place for place, (word, _) in enumerate(calls) if word == "to"), default=-1)
        around = [arguments(call)[0] for word, call in reversed(calls[last + 1 :]) if word in {"wrap", "wrap_fn"} and arguments(call)]
        for verb in self._verbs(node, root):
            self.endpoint(router, at, verb, path, handler(self.module, answering, scope), around, scope)

    def _value(self, node: Node, scope: Scope) -> Node | None:
        owner = scope.owner(self.source.text(node))
        values = owner.values.get(self.source.text(node), []) if owner is not None else []
        return values[0] if len(values) == 1 else None

    def _verbs(self, node: Node, root: Node) -> list[str]:
        """The methods that a route answers."""
        word = tail(self.source.symbol(root))
        told = [(found[1] or found[2]).upper() for found in METHOD.finditer(self.source.text(node))]
        return [VERBS[word]] if word in VERBS else told or ["ANY"]

    def attributed(self) -> None:
        """Handlers with attributes: each is a router of its own, served where it is registered by its name."""
        for name, item in self.module.items.items():
            for each in attributes(item.node):
                found = ATTRIBUTE.match(self.source.text(each))
                if found is not None:
                    self._attribute(name, item, each, found[1], found[2])

    def _attribute(self, name: str, item: Item, at: Node, word: str, told: str) -> None:
        path = re.match(r'\s*r?"([^"]*)"', told)
        verbs = re.findall(r'method\s*=\s*"(\w+)"', told) if word == "route" else [word.upper()]
        router = self.routers.setdefault(name, Router(self.source.head(item.node), name, self.framework, "router", "")).name
        for verb in verbs or ["ANY"]:
            self.endpoint(router, at, verb.upper(), slashed(path[1]) if path else None, name, [], item.scope)
            position = self._positions[router]
            for rank, each in enumerate(re.findall(r'wrap\s*=\s*"([^"]+)"', told)):
                symbol = re.sub(r"<.*?>|\(.*\)", "", each.partition("(")[2].rstrip(")") if "from_fn(" in each else each).replace("::", ".")
                self.facts.append(self.use(router, position, at, "middleware", made_of(symbol), True, "all")._replace(rank=rank))

    def guards(self, router: str, position: int, node: Node, scope: Scope, own: bool) -> Iterator[Use]:
        """What wraps routes: a middleware, a function, one that a condition switches on."""
        root = chain(node)[0]
        symbol = self.source.symbol(root)
        if root.type == "closure_expression":
            yield self.use(router, position, root, "middleware", self.module.closures.get(root.id, ""), own, "all")
        elif root.type == "identifier" and (value := self._value(root, scope)) is not None and value != root:
            yield from self.guards(router, position, value, scope, own)
        elif tail(symbol) == "from_fn" and arguments(root):
            yield self.use(router, position, root, "middleware", handler(self.module, arguments(root)[0], scope), own, "all")
        elif name := asked(self.module, root, scope):
            yield self.use(router, position, root, "middleware", name, own, "all")
        elif symbol.endswith("Condition.new") and len(arguments(root)) > 1:
            for each in self.guards(router, position, arguments(root)[1], scope, own):
                yield each._replace(pattern=None)
        else:
            yield self.use(router, position, root, "middleware", scope.function(made_of(self.source.symbol(node) or symbol)), own, "all")


def slashed(path: str | None) -> str | None:
    """Paths begin with a slash, written or not."""
    return path if not path or path.startswith("/") else f"/{path}"
