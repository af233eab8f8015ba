"""axum, with aide's and utoipa's routers: routes in chains, where a layer covers what is registered before it."""

from collections.abc import Iterator
from typing import Any

from tree_sitter import Node

from invariants.facts.web import Router, Use
from invariants.frontends.rust.absences import ends
from invariants.frontends.rust.chains import Chains
from invariants.frontends.rust.paths import typed_paths
from invariants.frontends.rust.reader import Reader
from invariants.frontends.rust.routers import Fact, answer, asked, chain, given, handler, made_of, text_of
from invariants.frontends.rust.scopes import Scope
from invariants.frontends.rust.syntax import arguments, bare, named
from invariants.languages.trees import tail

TRIGGERS = (b"axum", b"aide::", b"utoipa_axum", b"OpenApiRouter", b"ApiRouter")
MAKERS = frozenset({"Router", "ApiRouter", "OpenApiRouter"})
MAKING = frozenset({"new", "default", "with_openapi", "new_with_path"})
VERBS = {each: each.upper() for each in ("get", "post", "put", "patch", "delete", "head", "options", "trace", "connect", "query")} | {
    "any": "ANY"
}
REGISTERING = frozenset(
    """route api_route api_route_with route_with_tsr nest nest_api_service nest_service merge layer route_layer fallback fallback_service
    route_service routes typed_get typed_post typed_put typed_patch typed_delete method_not_allowed_fallback""".split()
)
NO_ROUTERS = frozenset({*VERBS, "on", "fallback", *("from_fn", "from_fn_with_state")})
"""Functions whose chains have methods of the same names, and that make no router."""
PASSING = frozenset({"with_state", "split_for_parts", "into", "finish_api", "finish_api_with"})
DOCUMENTING = frozenset({"SwaggerUi", "RapiDoc", "Redoc", "Scalar"})
"""Pages of documentation, which are no routes."""
LAYERS = frozenset({"layer", "route_layer"})
SERVING = frozenset({"serve", "run", "serve_with_shutdown"})
FOLDING = frozenset({"fold", "try_fold"})
STACKED = frozenset({"layer", "option_layer"})
FROM_FUNCTION = frozenset({"from_fn", "from_fn_with_state", "map_request", "map_request_with_state"})
NEGOTIATING = "ValidateRequestHeaderLayer.accept"
WITHOUT = frozenset({"map_response", "map_response_with_state", "DefaultBodyLimit", "Extension"})
"""Layers that never see a request before it is answered, or only give it something."""


def read(module: Reader) -> Iterator[Fact]:
    """The registrations of one file."""
    if any(word in module.source.content for word in TRIGGERS):
        registered = Axum(module, "axum")
        registered.read()
        registered.fold()
        registered.serve()
        yield from registered.all()


class Axum(Chains):
    """The routers of one file."""

    types = MAKERS
    registering = REGISTERING

    def __init__(self, module: Reader, framework: str) -> None:
        super().__init__(module, framework)
        self._falling: dict[str, list[tuple[Node, Node, Scope]]] = {}
        """What answers where no route of a router does, until a layer covers that or nothing is left."""

    def makes(self, root: Node) -> bool:
        """`Router::new()`, `OpenApiRouter::with_openapi(docs)`."""
        parts = self.source.symbol(root).split(".")
        return root.type == "call_expression" and len(parts) > 1 and parts[-2] in MAKERS and parts[-1] in MAKING

    def may_make(self, call: Node) -> bool:
        """A function of the repository; of a type's, one that says it is a router."""
        symbol = self.source.symbol(chain(call)[0])
        plain = tail(symbol).removesuffix("_with").removesuffix("_service")
        return plain not in NO_ROUTERS and (super().may_make(call) or "router" in plain)

    def continues(self, root: Node, calls: list[tuple[str, Node]]) -> bool:
        """`users::router().layer(guard)`."""
        return self.may_make(root) and all(name in REGISTERING | PASSING for name, _ in calls)

    def fold(self) -> None:
        """`paths.iter().fold(app, |app, path| app.route(path, get(handler)))`: as many routes as there are rounds."""
        for call in list(self.module.calls.values()):
            first = given(call.node, 0) if tail(call.symbol) in FOLDING else None
            root = chain(first)[0] if first is not None else None
            if first is not None and root is not None and (self.makes(root) or self.is_child(first, call.scope)):
                self.dynamic(call.node, "which routes are registered here is decided at run time", "Write the registrations out.")

    def serve(self) -> None:
        """What is served: the application."""
        for call in list(self.module.calls.values()):
            given = arguments(call.node) if tail(call.symbol) in SERVING else []
            children = [self.served(each, call.scope) for each in self._ways(given[-1], call.scope)] if given else []
            if any(children):
                place = self.source.head(call.node)
                name = call.scope.qualified(f"({place.line}:{place.column})")
                self.routers[name] = Router(place, name, self.framework, "app", "")
                for child in filter(None, children):
                    self.mount(name, call.node, child, "")

    def _ways(self, node: Node, scope: Scope) -> list[Node]:
        """What a variable may hold that a condition decides: the ends of its arms."""
        root = chain(node)[0]
        value = self._stands_for(root, scope) if root.type == "identifier" else None
        return ends(value) if value is not None and value.type == "if_expression" else [node]

    def served(self, node: Node, scope: Scope, depth: int = 8) -> str:
        """The router inside what is served, which services may be around."""
        root, _ = chain(node)
        symbol = self.source.symbol(root)
        if self.is_router(node, scope) or (self.makes(root) and depth):
            return self.child(node, scope)
        if root.type == "identifier" and depth:
            value = self._stands_for(root, scope)
            if value is not None and not self.is_router(value, scope):
                return self.served(value, scope, depth - 1)
            return self._held(root, symbol, scope, depth)
        if root.type != "call_expression":
            return ""
        if not any(part[:1].isupper() for part in symbol.split(".")):
            return scope.function(symbol)
        return next((found for each in arguments(root) if depth and (found := self.served(each, scope, depth - 1))), "")

    def _held(self, root: Node, variable: str, scope: Scope, depth: int) -> str:
        if not self.holds(variable, scope, depth):
            return ""
        name = self.variable(variable, scope)
        for made in self._given(root, scope):
            self._continued(name, made, scope)
        return name

    def registered(self, router: str, word: str, call: Node, scope: Scope) -> None:
        """One method of a chain."""
        first, second = given(call, 0), given(call, 1)
        if first is None:
            return
        if word in LAYERS:
            self.layered(router, word, call, first, scope)
        elif word == "merge":
            self.nested(router, call, None, first, scope)
        elif word in {"nest", "nest_service", "nest_api_service"} and second is not None:
            self.nested(router, call, first, second, scope)
        elif word in {"route", "api_route", "api_route_with", "route_with_tsr"} and second is not None:
            self.methods(router, call, text_of(self.module, first, scope), second, scope)
        elif word == "route_service" and second is not None:
            self.endpoint(router, call, "ANY", text_of(self.module, first, scope), self.source.symbol(bare(second)), [], scope)
        elif word in {"fallback", "fallback_service"}:
            self._falling.setdefault(router, []).append((call, first, scope))
        elif word == "routes":
            self.documented(router, call, first)
        elif word.startswith("typed_"):
            self.typed(router, word.removeprefix("typed_").upper(), call, first, scope)

    def layered(self, router: str, word: str, call: Node, first: Node, scope: Scope) -> None:
        """A layer: it may be put there on one way through a function only, and that of routes does not cover what answers elsewhere."""
        if word == "layer":
            self.fall_back(router)
        position = self.position(router)
        found = self.guards(router, position, first, scope, own=False)
        is_sure = not self.is_conditional(call, scope)
        self.facts += [each._replace(rank=rank, pattern=each.pattern if is_sure else None) for rank, each in enumerate(found)]

    def fall_back(self, router: str) -> None:
        """Tells what answers where no route does, as of here: layers that came before are those of the routes alone."""
        for call, first, scope in self._falling.pop(router, []):
            self.otherwise(router, call, first, scope)

    def renamed(self, node: Node, router: str, name: str) -> str:
        self.fall_back(router)
        return super().renamed(node, router, name)

    def all(self) -> Iterator[Fact]:
        for router in list(self._falling):
            self.fall_back(router)
        yield from super().all()

    def otherwise(self, router: str, call: Node, first: Node, scope: Scope) -> None:
        """What answers where no route does: a handler, or handlers by method."""
        if any(self._verbs(*chain(first))):
            self.methods(router, call, "/{path}", first, scope)
        else:
            self.endpoint(router, call, "ANY", "/{path}", handler(self.module, first, scope), [], scope)

    def is_looped(self, node: Node, scope: Scope) -> bool:
        """Whether an expression is what a loop goes over, or a method of that."""
        root = chain(node)[0]
        owner = scope.owner(self.source.text(root)) if root.type == "identifier" else None
        values = owner.values.get(self.source.text(root), []) if owner is not None else []
        return any(each.parent is not None and each.parent.type == "for_expression" for each in values)

    def nested(self, router: str, call: Node, first: Node | None, second: Node, scope: Scope) -> None:
        """A router, or a service that is none, below a prefix; beside the routes that are there where it has none."""
        prefix = text_of(self.module, first, scope) if first is not None else ""
        if self.is_looped(second, scope):
            self.dynamic(call, "which routers are put in here is decided at run time", "Put each in by a call of its own.")
        elif first is None or self.is_child(second, scope):
            is_page = bool(DOCUMENTING & set(self.source.symbol(chain(second)[0]).split(".")))
            self.mount(router, call, self.child(second, scope), prefix, certain=not is_page)
        else:
            path = f"{prefix.rstrip('/')}/{{path}}" if prefix is not None else None
            self.endpoint(router, call, "ANY", path, self.source.symbol(bare(second)), [], scope)

    def methods(self, router: str, at: Node, path: str | None, node: Node, scope: Scope, depth: int = 6) -> None:
        """The handlers of a path, by method."""
        root, calls = chain(node)
        layers: list[tuple[int, Node]] = [
            (place, arguments(call)[0]) for place, (word, call) in enumerate(calls) if word in LAYERS and arguments(call)
        ]
        found = False
        for call, verb, answering in self._verbs(root, calls):
            if answering is not None:
                found = True
                number = next((n for n, (_, each) in enumerate(calls) if each == call), -1)
                around = [layer for after, layer in reversed(layers) if after > number]
                core, inner = self._handled(answering)
                self.endpoint(router, at, verb, path, handler(self.module, core, scope), [*around, *inner], scope)
        if not found and (stood := self._stands_for(root, scope)) is not None and depth:
            self.methods(router, at, path, stood, scope, depth - 1)
        elif not found:
            self.dynamic(at, "its handlers are put together elsewhere", "Write get(handler) where the route is registered.")

    def _verbs(self, root: Node, calls: list[tuple[str, Node]]) -> Iterator[tuple[Node, str, Node | None]]:
        """Each method that a path answers: `get(a).post(b)`, `on(MethodFilter::GET, a)`, `get_with(a, docs)`."""
        for word, call in [(tail(self.source.symbol(root)), root), *calls] if root.type == "call_expression" else calls:
            plain = word.removesuffix("_with").removesuffix("_service")
            if plain in VERBS:
                yield call, VERBS[plain], given(call, 0)
            elif plain == "on":
                for verb in self._filters(given(call, 0)):
                    yield call, verb, given(call, 1)
            elif plain == "fallback":
                yield call, "ANY", given(call, 0)

    def _filters(self, node: Node | None) -> list[str]:
        """The methods of a filter: `MethodFilter::GET.or(MethodFilter::POST)`."""
        text = self.source.text(node)
        return [verb for verb in VERBS.values() if f"MethodFilter::{verb}" in text] or ["ANY"]

    def _handled(self, node: Node) -> tuple[Node, list[Node]]:
        """A handler, and the layers that are around it alone."""
        root, calls = chain(node)
        inner = [arguments(call)[0] for word, call in reversed(calls) if word == "layer" and arguments(call)]
        return (root if calls and root.type in {"identifier", "scoped_identifier"} else node), inner

    def _stands_for(self, root: Node, scope: Scope) -> Node | None:
        """What a variable, or a function of this file, holds."""
        if root.type == "identifier":
            owner = scope.owner(self.source.text(root))
            values = owner.values.get(self.source.text(root), []) if owner is not None else []
            return values[0] if len(values) == 1 else None
        item = self.module.items.get(scope.function(self.source.symbol(root))) if root.type == "call_expression" else None
        return answer(item) if item is not None else None

    def documented(self, router: str, call: Node, node: Node) -> None:
        """`routes!(a, b)`: handlers whose routes stand in `#[utoipa::path]` above them, here or in another file."""
        from invariants.frontends.rust.frameworks.utoipa import listed

        for name in listed(self.source, node):
            self.mount(router, call, name, "")

    def typed(self, router: str, verb: str, call: Node, node: Node, scope: Scope) -> None:
        """A handler whose first parameter is a path that its type says."""
        name = handler(self.module, node, scope)
        paths = typed_paths(self.module)
        path = next((paths[each.symbol] for each in self.module.parameters.get(name, []) if each.symbol in paths), None)
        self.endpoint(router, call, verb, path, name, [], scope)

    def guards(self, router: str, position: int, node: Node, scope: Scope, own: bool) -> Iterator[Use]:
        """A layer, or several in a ServiceBuilder or a tuple: the first is the outermost."""
        inner = bare(node)
        root, calls = chain(inner)
        covers: Any = "all" if own else "before"
        symbol = self.source.symbol(root)
        if inner.type == "tuple_expression":
            for each in named(inner):
                yield from self.guards(router, position, each, scope, own)
        elif symbol.endswith("ServiceBuilder.new"):
            for word, call in calls:
                stacked = self.guards(router, position, arguments(call)[0], scope, own) if word in STACKED and arguments(call) else ()
                yield from (each._replace(pattern=None) if word == "option_layer" else each for each in stacked)
        elif root.type == "identifier" and (value := self._stands_for(root, scope)) is not None and value != inner:
            yield from self.guards(router, position, value, scope, own)
        elif tail(symbol) in FROM_FUNCTION and arguments(root):
            yield self.use(router, position, root, "middleware", handler(self.module, arguments(root)[-1], scope), own, covers)
        elif tail(symbol).startswith("from_extractor"):
            kinds = named((root.child_by_field_name("function") or root).child_by_field_name("type_arguments"))
            yield self.use(router, position, root, "extractor", self.source.symbol(kinds[0]) if kinds else symbol, own, covers)
        else:
            yield from self._layer(router, position, root, scope, own)

    def _layer(self, router: str, position: int, root: Node, scope: Scope, own: bool) -> Iterator[Use]:
        """A layer of a type; what a library's asks who comes stands in its place."""
        covers: Any = "all" if own else "before"
        symbol = self.source.symbol(root)
        if name := asked(self.module, root, scope):
            yield self.use(router, position, root, "middleware", name, own, covers)
        elif not (WITHOUT & set(symbol.split(".")) or symbol.endswith(NEGOTIATING)):
            yield self.use(router, position, root, "layer", made_of(symbol), own, covers)
