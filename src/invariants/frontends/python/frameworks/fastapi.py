"""FastAPI: routers, path operations, and the dependencies before them.

Dependencies run outermost first: the application's, the router's, those of ``include_router``, the operation's own, its parameters'.
An application that is mounted has only its own, as have routes that are added the way Starlette does it.
"""

import ast
from collections.abc import Iterator

from invariants.facts.code import FILLING, Alias
from invariants.facts.web import Mount, Router
from invariants.frontends.python.frameworks.fastapi_classes import APPS, ROUTERS, is_path, is_router
from invariants.frontends.python.frameworks.fastapi_lists import Lists
from invariants.frontends.python.frameworks.fastapi_overrides import overridden
from invariants.frontends.python.functions import kind
from invariants.frontends.python.injection import LIBRARIES, annotated, beside, filling, marker, target
from invariants.frontends.python.registering import (
    Facts,
    Guarded,
    Spot,
    answered,
    applied,
    imports,
    inherits,
    made,
    rounds,
    unrolled,
    wrapped,
)
from invariants.frontends.python.scopes import Function, Scope
from invariants.frontends.python.symbols import argument, callee, constant, elements, held, keyword, named, path, plain, symbol
from invariants.frontends.python.syntax import Module, assigned
from invariants.frontends.python.tables import Addition, additions, is_served

TRIGGERS = (b"fastapi", b"APIRouter", b"@router.", b"@app.", b"@api.")
OTHERS = "flask quart sanic aiohttp litestar ninja bottle typer click celery discord slack_bolt starlette blacksheep falcon robyn".split()
VERBS = ("get", "post", "put", "patch", "delete", "head", "options", "trace")
PLAIN = ("route", "websocket_route")
"""Registrations the way Starlette does them."""
ROUTES = {"APIRoute": "api_route", "Route": "api_route", "APIWebSocketRoute": "websocket", "WebSocketRoute": "websocket"}
"""What may stand in a router's table, and the registration that it is like."""
REMEDY = "Write the registration out, one call for each router."


def read(module: Module) -> Facts:
    """The registrations of one file."""
    own = imports(module, "fastapi")
    yield from _dependable(module)
    yield from overridden(module)
    if own or not imports(module, *OTHERS):
        yield from FastAPI(module, own=own).read()


def _dependable(module: Module) -> Iterator[Alias]:
    """``CurrentUser = Annotated[User, Depends(current_user)]`` stands for what it depends on."""
    for node in module.tree.body:
        for name, value in assigned(node):
            said = annotated(value)
            if isinstance(said, ast.Call) and isinstance(value, ast.Subscript):
                listed = elements(value.slice) or [value]
                to = target(said, listed[0])
                yield Alias(module.place(node), name, named(to, module.top), isinstance(to, ast.Call))
            elif said is None and (call := beside(value, module)) is not None:
                yield Alias(module.place(node), name, f"{named(call, module.top)}{FILLING}", called=True)
            elif said is None and (kind := _described(value, module)):
                yield Alias(module.place(node), name, kind, False)


def _described(node: ast.expr, module: Module) -> str:
    """The type that ``ThingID = Annotated[UUID, Path(description="Which one.")]`` stands for, where libraries alone say more of it."""
    listed = elements(node.slice) or [] if isinstance(node, ast.Subscript) and callee(node) == "Annotated" else []
    said = [symbol(each.func).partition(".")[0] for each in listed[1:] if isinstance(each, ast.Call)]
    is_plain = len(said) == len(listed) - 1 and all(module.imported.get(each, "").partition(".")[0] in LIBRARIES for each in said)
    return named(listed[0], module.top) if listed and is_plain else ""


class FastAPI(Lists):
    """The registrations of one file on FastAPI's routers."""

    def __init__(self, module: Module, *, own: bool) -> None:
        super().__init__(module, "fastapi")
        self.own = own
        self.loops = unrolled(module)
        self.routers: set[str] = set()
        self.apps: set[str] = set()

    def read(self) -> Facts:
        """The routers first, since what is registered on them may stand anywhere."""
        for _, name, call, scope in list(made(self.module)):
            if self.own or callee(call) in ROUTERS:
                yield from self.router(name, call, scope)
        yield from self.handed_out(self.apps)
        yield from answered(self.module, {name: "app" if name in self.apps else "router" for name in self.routers}, "fastapi")
        self.routers |= self.apps
        for node, scope in self.module.nodes:
            if isinstance(node, Function):
                yield from self.function(node, scope)
            elif isinstance(node, ast.ClassDef) and self.own:
                yield from self.given(node)
                yield from self.kind(node)
            elif isinstance(node, ast.Call):
                yield from self.call(node, scope)
            yield from self.changes(node, scope)
        yield from self.left()
        for each in additions(self.module) if self.own else ():
            if (owner := self.of_app(held(each.owner, each.scope))) in self.routers or is_served(owner):
                yield from self.tabled(each, owner)

    def router(self, name: str, call: ast.Call, scope: Scope) -> Facts:
        """A router that is made."""
        is_app = inherits(self.module, symbol(call), APPS)
        if is_app or inherits(self.module, symbol(call), ROUTERS) or is_router(callee(call)):
            self.routers.add(name)
            self.apps |= {name} if is_app else set()
            said = keyword(call, "prefix") or next((each for each in call.args if is_path(each)), None)
            prefix = "" if said is None else plain(path(said, self.module.bindings))
            yield Router(self.module.place(call), name, "fastapi", "app" if is_app else "router", prefix)
            yield from self.uses(self.spot(call, scope, name), self.middleware(call), own=False)
            yield from self.listed(name, scope, call, list(self.dependencies(call)))
            yield from self.stands_on(call, name, [call.func], scope)

    def middleware(self, call: ast.Call) -> Iterator[Guarded]:
        """What ``middleware=[Middleware(X)]`` lists."""
        for each in elements(keyword(call, "middleware"), self.module.bindings) or []:
            yield "middleware", each.args[0] if isinstance(each, ast.Call) and each.args else each

    def function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope) -> Facts:
        """A function that decorators register."""
        for place, each in enumerate(node.decorator_list):
            if isinstance(each, ast.Call) and isinstance(each.func, ast.Attribute):
                yield from self.operation(each, place, node, scope)

    def operation(self, call: ast.Call, place: int, node: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope) -> Facts:
        """One decorator that registers a path operation, a websocket or a middleware."""
        assert isinstance(call.func, ast.Attribute)
        router, word = held(call.func.value, scope), call.func.attr
        handler = self.module.scopes[node]
        if word == "middleware" and self.takes(router, call):
            yield self.use(self.spot(call, scope, router), "middleware", call, own=False, name=handler.name)._replace(
                function_name="", step=None
            )
        elif word in {*VERBS, "api_route", "websocket", *(PLAIN if self.own else ())} and self.takes(router, call):
            spot = self.spot(call, scope, self.starlette(router) if word in PLAIN else router)
            yield from self.hidden(spot, router)
            yield from self.registered(spot, call, word, handler.name)
            guards = [*self.dependencies(call), *parameters(handler, self.module)]
            yield from self.uses(spot, guards, own=True)
            yield from self.decorated(spot, node, place, len(guards))

    def takes(self, router: str, call: ast.Call) -> bool:
        """Whether something is a router: one made here, or one from elsewhere that is given a path."""
        if router in self.routers:
            return True
        first = argument(call, 0, "path")
        said = constant(first, self.module.bindings)
        is_path = said is not None and (said == "" or said.startswith("/") or call.func.attr == "middleware")  # type: ignore[attr-defined]
        return bool(router) and (is_path or (self.own and first is not None and ("router" in router.lower() or is_served(router))))

    def registered(self, spot: Spot, call: ast.Call, word: str, handler: str) -> Facts:
        """The routes of one registration."""
        where = plain(path(argument(call, 0, "path"), self.module.bindings))
        if word in {"websocket", "websocket_route", "add_api_websocket_route", "add_websocket_route"}:
            yield from self.endpoints(spot, ["GET"], where, handler, "websocket")
        else:
            yield from self.endpoints(spot, [word] if word in VERBS else self.methods(call), where, handler)

    def methods(self, call: ast.Call) -> list[str]:
        """The methods of ``api_route`` and its kin."""
        said = keyword(call, "methods")
        told = [constant(each, self.module.bindings) for each in elements(said, self.module.bindings) or []]
        known = [each for each in told if each]
        return known if known and len(known) == len(told) else ["ANY"] if said else ["GET"]

    def call(self, node: ast.Call, scope: Scope) -> Facts:
        """A registration by a call."""
        if (found := applied(node)) and found[1].attr in {*VERBS, "api_route", "websocket"}:
            yield from self.added(found[0], found[2], found[1], scope)
        if not isinstance(node.func, ast.Attribute):
            return
        word, router = node.func.attr, self.of_app(held(node.func.value, scope))
        if word == "include_router" and router:
            yield from self.included(node, router, scope)
        elif word == "mount" and router and (router in self.routers or self.own):
            yield from self.mounted(node, router, scope)
        elif word == "add_middleware" and router and (given := argument(node, 0, "middleware_class")) is not None:
            yield self.use(self.spot(node, scope, router), "middleware", given, own=False)
        elif word.startswith("add_") and word.endswith("route") and (given := argument(node, 1, "endpoint", "route")) is not None:
            yield from self.added(node, given, node.func, scope)

    def included(self, node: ast.Call, router: str, scope: Scope) -> Facts:
        """``include_router``, once for each round of a loop over a list."""
        child, said = argument(node, 0, "router"), keyword(node, "prefix")
        turns = rounds(self.loops, [child, said], scope)
        if child is None or turns is None:
            yield self.unread(node, "which routers are put in here is decided at run time", REMEDY)
            return
        for values in turns:
            known = {**self.module.bindings, **values}
            spot = self.spot(node, scope, router)
            one = values.get(child.id, child) if isinstance(child, ast.Name) else child
            prefix = "" if said is None else plain(path(said, known))
            if isinstance(one, ast.Starred):
                yield self.unread(one, "which other routers are put in here is decided at run time", REMEDY)
                continue
            yield Mount(self.module.place(node), router, spot.position, held(one, scope), prefix, isolates=False)
            yield from self.uses(spot, self.dependencies(node), own=True)

    def mounted(self, node: ast.Call, router: str, scope: Scope) -> Facts:
        """Another application under a path."""
        where, child = plain(path(argument(node, 0, "path"), self.module.bindings)), argument(node, 1, "app")
        if child is not None and callee(child) != "StaticFiles":
            spot = self.spot(node, scope, router)
            yield Mount(self.module.place(node), router, spot.position, held(child, scope), where, isolates=True)

    def added(self, node: ast.Call, handler: ast.expr, func: ast.Attribute, scope: Scope) -> Facts:
        """``add_api_route(path, handler)``, ``router.get(path)(handler)``."""
        router = self.of_app(held(func.value, scope))
        if self.takes(router, node):
            is_plain = func.attr in {"add_route", "add_websocket_route"}
            spot = self.spot(node, scope, self.starlette(router) if is_plain else router)
            yield from self.hidden(spot, router)
            guards, inner = wrapped(handler, scope, self.module)
            yield from self.registered(spot, node, func.attr, self.name(inner, scope))
            yield from self.uses(spot, [*self.dependencies(node), *guards, *self.inner(inner, scope)], own=True)

    def of_app(self, router: str) -> str:
        """The application, where its own router is meant: ``app.router`` as ``app``."""
        app = router.removesuffix(".router")
        return app if app in self.routers or is_served(app) else router

    def tabled(self, each: Addition, router: str) -> Facts:
        """Routes that are put into a router's table, which its dependencies do not reach."""
        for route in elements(each.given, self.module.bindings) or [each.given]:
            handler = argument(route, 1, "endpoint") if isinstance(route, ast.Call) else None
            if not isinstance(route, ast.Call) or handler is None or callee(route) not in ROUTES:
                yield self.unread(route, "which routes are put in here is decided at run time", REMEDY)
                continue
            spot = self.spot(route, each.scope, self.starlette(router))
            yield from self.hidden(spot, router)
            yield from self.registered(spot, route, ROUTES[callee(route)], self.name(handler, each.scope))
            yield from self.uses(spot, [*self.dependencies(route), *self.inner(handler, each.scope)], own=True)

    def inner(self, handler: ast.expr, scope: Scope) -> Iterator[Guarded]:
        """What the parameters of a handler depend on, where it is written in this file."""
        own = next((each for each, one in self.module.definitions if one.name == self.name(handler, scope)), None)
        return parameters(self.module.scopes[own], self.module) if isinstance(own, Function) else iter(())

    def starlette(self, router: str) -> str:
        """The part of a router that knows no dependencies."""
        return f"{router}.(routes)"

    def hidden(self, spot: Spot, router: str) -> Facts:
        """Routes that are added the way Starlette does it are not reached by dependencies."""
        if spot.router != router and spot.position == 0:
            at = self.module.place(spot.node)
            yield Router(at, spot.router, "fastapi", "router", "")
            yield Mount(at, router, self.spot(spot.node, spot.scope, router).position, spot.router, "", isolates=True)


def parameters(scope: Scope, module: Module) -> Iterator[Guarded]:
    """What the parameters of a path operation depend on; a type of the repository's own may stand for a dependency."""
    for each in scope.parameters:
        said = marker(each, scope)
        typed = kind(each.annotation)[0]
        if said is not None:
            found = target(said, each.annotation)
            if found is not None:
                yield "dependency", found
        elif (call := filling(each, scope, module)) is not None:
            yield "dependency", call
        elif isinstance(typed, ast.Name | ast.Attribute) and _may_depend(typed, module):
            yield "extractor", typed


def _may_depend(node: ast.expr, module: Module) -> bool:
    """Whether a type may be a name for ``Annotated[..., Depends(...)]``: one from the repository, or one made so in this file."""
    root = symbol(node).partition(".")[0]
    if root in module.imported:
        return module.imported[root].partition(".")[0] not in LIBRARIES
    said = module.bindings.get(root)
    return annotated(said) is not None or beside(said, module) is not None
