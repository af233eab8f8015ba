"""What minimal APIs map their routes on: the application, groups, parameters of methods; and what is said behind a call."""

from collections.abc import Iterator
from typing import Any

from tree_sitter import Node

from invariants.facts.source import Unread
from invariants.facts.web import Endpoint, Mount, Router, Setting, Use
from invariants.frontends.csharp.attributes import use
from invariants.frontends.csharp.paths import text_of
from invariants.frontends.csharp.reader import Call, Item, Reader
from invariants.frontends.csharp.scopes import Scope
from invariants.frontends.csharp.syntax import LAMBDAS, arguments, attributes, bare, given_types, method, named
from invariants.languages.trees import tail

VERBS = {f"Map{each}": each.upper() for each in ("Get", "Post", "Put", "Patch", "Delete")}
MAPS = frozenset({*VERBS, "MapMethods", "Map", "MapForwarder"})
WHOLE = "whole"
BUILDERS = ("EndpointRouteBuilder", "RouteGroupBuilder", "WebApplication", "RouteBuilder")
"""How the types of what routes are mapped on are called, at their ends."""
LIBRARY = frozenset(
    """MapControllers MapDefaultControllerRoute MapControllerRoute MapAreaControllerRoute MapRazorPages MapHub MapHealthChecks MapBlazorHub
    MapGrpcService MapFallback MapFallbackToFile MapFallbackToPage MapOpenApi MapSwagger MapScalarApiReference MapStaticAssets MapWhen
    MapRazorComponents MapReverseProxy MapMetrics MapPrometheusScrapingEndpoint MapIdentityApi MapGraphQL MapRoute MapInboundClaims
    MapType MapFrom MapperConfiguration MapHangfireDashboard""".split()
)
"""What the framework and libraries map themselves."""
KNOWN = {
    "RequireAuthorization": "Microsoft.AspNetCore.Builder.AuthorizationEndpointConventionBuilderExtensions.RequireAuthorization",
    "AllowAnonymous": "Microsoft.AspNetCore.Authorization.AllowAnonymousAttribute",
}
"""What is said of routes behind their call, and what it is."""
LISTS = frozenset(
    """collection_expression collection_element expression_element initializer_expression implicit_array_creation_expression
    array_creation_expression object_creation_expression""".split()
)
FILTERS = frozenset({"AddEndpointFilter", "AddEndpointFilterFactory"})


class Mapping:
    """The routes that a file maps, on what."""

    def __init__(self, module: Reader) -> None:
        self.module = module
        self.source = module.source
        self.routers: dict[str, Router] = {}
        self.facts: list[Any] = []
        self._groups: dict[int, str] = {}
        self._applied: list[tuple[str, int, bool, str]] = []
        """What methods of this file say of what they are given, and of which router and registration that is said."""
        self._positions: dict[str, int] = {}

    def read(self) -> None:
        """Every call that maps something; what a parameter is mapped on is there even where it is only handed on."""
        for call in list(self.module.calls.values()):
            called = method(call.node)
            if called is None:
                continue
            on, name = called
            if name in MAPS and self._is_builder(on, call.scope):
                self._mapped(call, on, name)
            elif name == "MapGroup":
                self._group(call.node, call.scope)
            elif name.startswith("Map") and name not in LIBRARY and self._is_builder(on, call.scope):
                self._extension(call, on, f"extension.{name}:0")
            elif name in KNOWN and bare(on).type == "identifier" and self._is_builder(on, call.scope):
                router = self.router(on, call.scope)
                self._convention(call.node, router, self._next(router), own=False)
            else:
                self._handed(call)
        self._whole()
        said = [each for each in self.facts if isinstance(each, Use) and not each.own]
        for router, position, own, given in self._applied:
            self.facts += [each._replace(router=router, position=position, own=own) for each in said if each.router == given]

    def _whole(self) -> None:
        """The methods that answer with all that they map, so that what is said of their answer is said of all that."""
        for router in [each for each in self.routers if each.endswith(":0")]:
            item = self.module.items.get(router.removesuffix(":0"))
            mapped = [each for each in self.facts if isinstance(each, Endpoint | Mount) and each.router == router]
            if item is not None and (len(mapped) == 1 or self._answers_with_what_it_is_given(item)):
                self.facts.append(Setting(self.source.head(item.node), "minimal-api", WHOLE, 0, router))

    def _answers_with_what_it_is_given(self, item: Item) -> bool:
        given = next((name for name, taken in item.scope.parameters.items() if taken.position == 0), "")
        answers = [each for each in self.source.all({"return_statement"}) if item.node.start_byte <= each.start_byte < item.node.end_byte]
        return bool(answers) and all(named(each) and self.source.text(named(each)[0]) == given for each in answers)

    def router(self, node: Node, scope: Scope) -> str:
        """The router that an expression is: a variable, a parameter, a group, the application."""
        inner = bare(node)
        name = self.source.text(inner)
        if inner.type == "invocation_expression":
            return self._group(inner, scope)
        owner = scope.owner(name)
        if owner is not None and name in owner.parameters:
            return self._parameter(inner, name, owner)
        values = owner.values.get(name, []) if owner is not None else []
        made = bare(values[0]) if values else None
        if made is not None and made.type == "invocation_expression" and owner is not None and self._is_builder(made, owner):
            return self._group(made, owner)
        router = owner.qualified(name) if owner is not None else name
        kind: Any = "app" if made is not None and tail(self.source.symbol(made)) in {"Build", "Create"} else "router"
        self.routers.setdefault(router, Router(self.source.head(inner), router, "minimal-api", kind, ""))
        return router

    def _parameter(self, node: Node, name: str, owner: Scope) -> str:
        """What a function is given: it is served where the function is called; what `UseEndpoints` gives is the application."""
        router = f"{owner.name}:{owner.parameters[name].position}"
        item = self.module.items.get(owner.name)
        around = item.node.parent.parent.parent if item is not None and item.node.parent and item.node.parent.parent else None
        called = method(around) if around is not None else None
        kind: Any = "app" if called is not None and called[1] == "UseEndpoints" else "router"
        self.routers.setdefault(router, Router(self.source.head(node), router, "minimal-api", kind, ""))
        return router

    def _is_builder(self, node: Node, scope: Scope, depth: int = 8) -> bool:
        """Whether routes can be mapped on an expression."""
        inner = bare(node)
        called = method(inner)
        if called is not None and depth:
            return called[1] in {"MapGroup", "NewVersionedApi"} or (called[1] not in MAPS and self._is_builder(called[0], scope, depth - 1))
        name = self.source.text(inner)
        owner = scope.owner(name)
        if inner.type != "identifier" or owner is None:
            return False
        if name in owner.parameters:
            return self._is_given(owner, name)
        made = [bare(each) for each in owner.values.get(name, [])]
        return any(
            tail(self.source.symbol(each)) in {"Build", "Create", "MapGroup"} or (depth > 0 and self._is_builder(each, owner, depth - 1))
            for each in made
        )

    def _is_given(self, owner: Scope, name: str) -> bool:
        """Whether a parameter is a builder of routes, by its type; that of a lambda says none."""
        said = tail(owner.parameters[name].type)
        return said.endswith(BUILDERS) or (not said and name in {"endpoints", "endpoint", "e", "routes", "app", "group", "builder"})

    def _group(self, node: Node, scope: Scope) -> str:
        """`app.MapGroup("/x").RequireAuthorization()`: a router of its own, with what is said of it behind the call."""
        if node.id in self._groups:
            return self._groups[node.id]
        called = method(node)
        if called is None:
            return self.router(node, scope) if node.type == "identifier" else ""
        on, name = called
        if name != "MapGroup":
            router = self._groups[node.id] = (
                self._group(bare(on), scope) if bare(on).type == "invocation_expression" else self.router(on, scope)
            )
            if name not in {"NewVersionedApi", "MapGroup"}:
                self._convention(node, router, self._next(router), own=False)
            return router
        place = self._head(node)
        router = self._groups[node.id] = scope.qualified(f"({place.line}:{place.column})")
        prefix = text_of(self.module, next(iter(arguments(node)), None), scope)
        self.routers[router] = Router(self.source.head(node), router, "minimal-api", "router", _slashed(prefix))
        parent = self.router(on, scope)
        self.facts.append(Mount(self.source.head(node), parent, self._next(parent), router, "", False, certain=True))
        self._untold(node, prefix)
        for each in _behind(node):
            behind = method(each)
            if behind is None or behind[1].startswith("Map"):
                break
            if each.id not in self._groups:
                self._groups[each.id] = router
                self._convention(each, router, self._next(router), own=False)
        return router

    def _next(self, router: str) -> int:
        self._positions[router] = self._positions.get(router, -1) + 1
        return self._positions[router]

    def _mapped(self, call: Call, on: Node, name: str) -> None:
        """A route, and what is said of it behind the call."""
        given = arguments(call.node)
        texts = [
            None if self._handler(each, call.scope) in self.module.functions else text_of(self.module, each, call.scope)
            for each in given[:2]
        ]
        if not given or (name == "Map" and len(given) < 2) or self._is_wrapper(call, given):
            return
        at = next((place for place, each in enumerate(texts) if each is not None), None)
        path = texts[at] if at is not None else "" if len(given) == 1 else None
        answering = given[-1] if at != len(given) - 1 else given[0]
        router = self.router(on, call.scope)
        for verb in self._verbs(name, given):
            position = self._next(router)
            handler = self._handler(answering, call.scope)
            self.facts.append(Endpoint(self._head(call.node), router, position, "minimal-api", "http", verb, _slashed(path), handler))
            for each in _behind(call.node):
                self._convention(each, router, position, own=True)
            item = self.module.items.get(handler)
            for rank, each in enumerate(attributes(item.node) if item is not None else ()):
                self.facts.append(use(self.module, each, router, position, rank))
        self._untold(call.node, path)

    def _head(self, call: Node) -> Any:
        """Where a call says what it maps: the name of the method."""
        function = call.child_by_field_name("function")
        return self.source.head(function.child_by_field_name("name") or call) if function is not None else self.source.head(call)

    def _verbs(self, name: str, given: list[Node]) -> list[str]:
        if name != "MapMethods":
            return [VERBS.get(name, "ANY")]
        told = [self.source.string(each) or tail(self.source.symbol(each)) for each in _listed(given[1])] if len(given) > 1 else []
        return [each.upper() for each in told if each] or ["ANY"]

    def _is_wrapper(self, call: Call, given: list[Node]) -> bool:
        """A method of this name that only hands on what it is given: what it maps is told where it is called."""
        own = tail(call.scope.name)
        return own in MAPS and all(self.source.text(bare(each)) in call.scope.parameters for each in given)

    def _handler(self, node: Node, scope: Scope) -> str:
        inner = bare(node)
        if inner.type in LAMBDAS:
            return self.module.named.get(inner.id, "")
        symbol = self.source.symbol(inner)
        own = f"{scope.type}.{symbol}"
        return own if own in self.module.functions else scope.function(symbol)

    def _extension(self, call: Call, on: Node, child: str) -> None:
        """A method that maps more on what it is given; what is said behind the call is said of all that."""
        router = self.router(on, call.scope)
        position = self._next(router)
        self.facts.append(Mount(self._head(call.node), router, position, child, "", False))
        for each in _behind(call.node):
            before = len(self.facts)
            self._convention(each, router, position, own=True)
            self.facts[before:] = [fact._replace(pattern=None) for fact in self.facts[before:]]  # it may be said of a part of it
            self._convention(each, f"{child.removesuffix(':0')}:{WHOLE}", 0, own=False)

    def _handed(self, call: Call) -> None:
        """A builder that is handed to a function: `Orders.Map(app)`."""
        for place, each in enumerate(arguments(call.node)):
            if bare(each).type == "identifier" and self._is_builder(each, call.scope):
                router = self.router(each, call.scope)
                symbol = call.symbol.removeprefix("this.")
                child = f"{call.scope.type}.{symbol}" if call.symbol.startswith("this.") else symbol
                self.facts.append(Mount(self._head(call.node), router, self._next(router), f"{child}:{place}", "", False))

    def _convention(self, node: Node, router: str, position: int, *, own: bool) -> None:
        """What is said of a route or group: that somebody has to be signed in, or nobody; a filter; something of the repository's."""
        called, call = method(node), self.module.calls.get(node.id)
        name = called[1] if called is not None else ""
        self._applied += [(router, position, own, f"{each}:0") for each in self.module.items if name and tail(each) == name]
        means: Any = "middleware" if name in FILTERS else "decorator"
        symbol = KNOWN.get(name, self._filter(node) if name in FILTERS else name)
        if symbol and not name.startswith(("With", "Has", "Produces", "Accepts", "Map")):
            step, holder = (call.position, call.scope.name) if call is not None else (None, "")
            place = self.source.place(node, node)
            self.facts.append(Use(place, router, position, own, 0, means, symbol, "all", "/**", "", "", False, holder, step))

    def _filter(self, node: Node) -> str:
        """The class or function of a filter."""
        types, given = given_types(node), arguments(node)
        if types:
            return self.source.type(types[0])
        inner = bare(given[0]) if given else None
        if inner is not None and inner.type in LAMBDAS:
            return self.module.named.get(inner.id, "")
        made = inner.child_by_field_name("type") if inner is not None and inner.type == "object_creation_expression" else inner
        return self.source.type(made)

    def _untold(self, at: Node, path: str | None) -> None:
        if path is None:
            reason, remedy = "its path is put together when the program runs", "Write the path as a string or a constant."
            self.facts.append(Unread(self._head(at), "dynamic", reason, remedy))


def _behind(call: Node) -> Iterator[Node]:
    """The calls that are chained behind one, the nearest first."""
    node = call.parent
    while node is not None and node.type in {"member_access_expression", "invocation_expression"}:
        if node.type == "invocation_expression":
            yield node
        node = node.parent


def _listed(node: Node) -> Iterator[Node]:
    """The elements of a list, however it is written."""
    if node.type in LISTS:
        for each in named(node):
            yield from _listed(each)
    elif node.type not in {"generic_name", "array_type"}:
        yield node


def _slashed(path: str | None) -> str | None:
    """Paths begin with a slash, written or not."""
    return path if not path or path.startswith(("/", "${")) else f"/{path}"
