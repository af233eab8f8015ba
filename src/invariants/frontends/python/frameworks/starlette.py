"""Starlette: routes and mounts in lists, the middleware of applications, and endpoints that are classes."""

import ast
from collections.abc import Iterator

from invariants.facts.web import Mount, Router, Setting
from invariants.frontends.python.registering import Facts, Guarded, Registrations, imports, wrapped
from invariants.frontends.python.scopes import Function, Scope
from invariants.frontends.python.symbols import argument, callee, constant, elements, held, keyword, named, plain, symbol
from invariants.frontends.python.syntax import Module
from invariants.frontends.python.tables import additions, is_served

TRIGGERS = (b"starlette",)
VERBS = ("get", "post", "put", "patch", "delete", "head", "options")
TELLING = "authenticate"
MAKERS = {"Starlette": "app", "Router": "router"}


def read(module: Module) -> Facts:
    """The registrations of one file."""
    if b"AuthenticationMiddleware" in module.content:
        yield from _authenticated(module)
    if imports(module, "starlette"):
        yield from Starlette(module).read()


def _authenticated(module: Module) -> Iterator[Setting]:
    """What tells who comes: ``Middleware(AuthenticationMiddleware, backend=Backend())``."""
    for node, scope in module.nodes:
        if isinstance(node, ast.Call) and "AuthenticationMiddleware" in {callee(node), *map(callee, node.args[:1])}:
            backend = keyword(node, "backend") or argument(node, 1)
            for name in ("starlette.authentication.requires", "request.user") if backend is not None else ():
                yield Setting(module.place(node), "starlette", f"asks {name}", 0, named(backend, scope))


class Starlette(Registrations):
    """The registrations of one file on Starlette's applications and routers."""

    def __init__(self, module: Module) -> None:
        super().__init__(module, "starlette")

    def read(self) -> Facts:
        """Whatever is called ``Starlette`` or ``Router`` is a router by its name, or by where it stands."""
        names = {
            id(value): held(ast.Name(target), scope) for scope in self.module.scopes.values() for target, value in scope.values.items()
        }
        made_here = {names[id(node)] for node, _ in self.module.nodes if self.makes(node) and id(node) in names}
        for node, scope in self.module.nodes:
            if isinstance(node, ast.Call) and self.makes(node):
                name = names.get(id(node), f"({node.lineno}:{node.col_offset + 1})")
                yield from self.router(node, name, scope)
            elif isinstance(node, ast.Call) and callee(node) == "add_middleware" and isinstance(node.func, ast.Attribute) and node.args:
                spot = self.spot(node, scope, held(node.func.value, scope))
                if not imports(self.module, "fastapi"):
                    yield self.use(spot, "middleware", node.args[0], own=False)
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and held(node.func.value, scope) in made_here:
                yield from self.added(node, held(node.func.value, scope), scope)
            elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and self.is_listed(node.value):
                yield Router(self.module.place(node), held(node.targets[0], scope), "starlette", "router", "")
                yield from self.listed(node.value, held(node.targets[0], scope), scope)
        for each in additions(self.module) if not imports(self.module, "fastapi") else ():
            if (owner := held(each.owner, each.scope).removesuffix(".router")) in made_here or is_served(owner):
                yield from self.listed(each.given, owner, each.scope)

    def makes(self, node: ast.AST) -> bool:
        """Whether a call makes an application or a router."""
        return isinstance(node, ast.Call) and self.module.dotted(symbol(node.func)).startswith("starlette.") and callee(node) in MAKERS

    def added(self, call: ast.Call, router: str, scope: Scope) -> Facts:
        """``app.add_route(path, endpoint)`` and ``app.mount(path, app)``."""
        if callee(call) in {"add_route", "add_websocket_route"}:
            yield from self.route(call, router, scope)
        elif callee(call) == "mount":
            yield from self.mounted(call, router, scope)

    def is_listed(self, node: ast.expr) -> bool:
        """Whether a list holds routes."""
        return any(isinstance(each, ast.Call) and callee(each) in {"Route", "Mount", "WebSocketRoute"} for each in elements(node) or [])

    def router(self, call: ast.Call, name: str, scope: Scope) -> Facts:
        """An application or a router, with the routes and the middleware that it is given."""
        kind = "app" if MAKERS[callee(call)] == "app" else "router"
        yield Router(self.module.place(call), name, "starlette", kind, "")  # type: ignore[arg-type]
        yield from self.uses(self.spot(call, scope, name), self.middleware(call), own=False)
        given = keyword(call, "routes")
        if isinstance(given, ast.Name):
            spot = self.spot(given, scope, name)
            yield Mount(self.module.place(given), name, spot.position, held(given, scope), "", isolates=False)
        else:
            yield from self.listed(given, name, scope)

    def listed(self, node: ast.expr | None, router: str, scope: Scope) -> Facts:
        """The routes and mounts of a list."""
        known = self.module.bindings
        listed = node.elts if isinstance(node, ast.List | ast.Tuple) else elements(node)
        if listed is None and node is not None:
            yield self.unread(node, "which routes these are is decided at run time", "Write the routes out as a list.")
        for each in [known.get(one.id, one) if isinstance(one, ast.Name) else one for one in listed or []]:
            if isinstance(each, ast.Call) and callee(each) in {"Route", "WebSocketRoute"}:
                yield from self.route(each, router, scope)
            elif isinstance(each, ast.Call) and callee(each) == "Mount":
                yield from self.mounted(each, router, scope)
            elif isinstance(each, ast.Starred) and isinstance(each.value, ast.Name):
                spot = self.spot(each, scope, router)
                yield Mount(self.module.place(each), router, spot.position, held(each.value, scope), "", isolates=False)
            elif isinstance(each, ast.Starred):
                yield from self.listed(each.value, router, scope)
            else:
                yield self.unread(each, "which route this is is decided at run time", "Write it as Route(path, endpoint).")

    def route(self, call: ast.Call, router: str, scope: Scope) -> Facts:
        """One route; a class as its endpoint answers the methods that it has."""
        path = plain(constant(argument(call, 0, "path"), self.module.bindings))
        given = argument(call, 1, "endpoint")
        if given is None:
            return
        guards, inner = wrapped(given, scope, self.module)
        spot, name = self.spot(call, scope, router), self.name(inner, scope)
        own = self.methods(name)
        for verb in own:
            yield from self.endpoints(spot, [verb], path, f"{name}.{verb}")
        if not own:
            told = [constant(each, self.module.bindings) for each in elements(keyword(call, "methods")) or []]
            is_socket = callee(call) in {"WebSocketRoute", "add_websocket_route"}
            yield from self.endpoints(spot, [each for each in told if each] or ["GET"], path, name, "websocket" if is_socket else "http")
        yield from self.uses(spot, [*self.middleware(call), *guards], own=True)

    def methods(self, name: str) -> list[str]:
        """The methods that a class of this file answers."""
        node = next((one for one, scope in self.module.definitions if scope.name == name), None)
        return (
            [each.name for each in node.body if isinstance(each, Function) and each.name in VERBS] if isinstance(node, ast.ClassDef) else []
        )

    def mounted(self, call: ast.Call, router: str, scope: Scope) -> Facts:
        """A part under a path: routes of its own, or another application. The middleware of what it is in reaches it."""
        path = plain(constant(argument(call, 0, "path"), self.module.bindings))
        child, routes = argument(call, 1, "app"), keyword(call, "routes")
        if callee(child) == "StaticFiles":
            return
        spot = self.spot(call, scope, router)
        name = f"({call.lineno}:{call.col_offset + 1})"
        if isinstance(child, ast.Call) and callee(child) in MAKERS:
            name = f"({child.lineno}:{child.col_offset + 1})"
        elif child is not None:
            name = held(child, scope)
        elif isinstance(routes, ast.Name):
            name = held(routes, scope)
        else:
            yield Router(self.module.place(call), name, "starlette", "router", "")
            yield from self.listed(routes, name, scope)
        yield Mount(self.module.place(call), router, spot.position, name, path, isolates=False)
        yield from self.uses(spot, self.middleware(call), own=True)

    def middleware(self, call: ast.Call) -> Iterator[Guarded]:
        """What ``middleware=[Middleware(X)]`` lists."""
        for each in elements(keyword(call, "middleware"), self.module.bindings) or []:
            yield "middleware", each.args[0] if isinstance(each, ast.Call) and each.args else each
            if isinstance(each, ast.Call) and "AuthenticationMiddleware" in map(callee, each.args[:1]):
                yield from self.telling(keyword(each, "backend"))

    def telling(self, backend: ast.expr | None) -> Iterator[Guarded]:
        """The method of a backend that tells who comes, and may turn away by an error."""
        if backend is not None and symbol(backend):
            name = ast.copy_location(ast.Name(symbol(backend), ast.Load()), backend)
            yield "middleware", ast.copy_location(ast.Attribute(name, TELLING, ast.Load()), backend)
