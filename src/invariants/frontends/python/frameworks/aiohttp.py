"""aiohttp: routes in tables, calls and lists; applications in applications, whose middlewares reach what is in them."""

import ast
from collections.abc import Iterator

from invariants.facts.web import Mount, Router
from invariants.frontends.python.registering import Facts, Guarded, Registrations, Spot, answered, imports, lineage, made, wrapped
from invariants.frontends.python.scopes import Function, Scope
from invariants.frontends.python.symbols import argument, callee, constant, elements, held, keyword, symbol
from invariants.frontends.python.syntax import Module, assigned

TRIGGERS = (b"aiohttp",)
VERBS = ("get", "post", "put", "patch", "delete", "head", "options")
ADDS = {"append", "insert"}
TAKES = {"clear", "pop", "remove"}
"""Methods of lists, by which middlewares are put into an application and taken from it."""
MAKERS = {"Application": "app", "RouteTableDef": "router"}


def read(module: Module) -> Facts:
    """The registrations of one file."""
    if imports(module, "aiohttp"):
        yield from Aiohttp(module).read()


class Aiohttp(Registrations):
    """The registrations of one file on aiohttp's applications and tables of routes."""

    def __init__(self, module: Module) -> None:
        super().__init__(module, "aiohttp")
        self.resources: dict[str, tuple[str, ast.Call]] = {}
        self.named: dict[tuple[str, str], ast.Attribute] = {}
        """What holds routes of one path, by its symbol: whose it is, and where it is made."""

    def read(self) -> Facts:
        """Applications and tables, then what is registered on them."""
        known: dict[str, str] = {}
        for _, name, call, scope in made(self.module):
            if callee(call) == "add_resource" and isinstance(call.func, ast.Attribute):
                self.resources[name] = held(call.func.value, scope), call
            elif callee(call) in MAKERS and self.module.dotted(symbol(call.func)).startswith("aiohttp."):
                known[name] = MAKERS[callee(call)]
                yield Router(self.module.place(call), name, "aiohttp", MAKERS[callee(call)], "")  # type: ignore[arg-type]
                given = self.middlewares(keyword(call, "middlewares"))
                yield from self.uses(self.spot(call, scope, name), given, own=False, covers="none" if self.is_taken(name) else "all")
        yield from answered(self.module, known, "aiohttp")
        for node, scope in self.module.nodes:
            for name, value in assigned(node) if isinstance(node, ast.Assign) else ():
                if isinstance(value, ast.Attribute) and value.attr.startswith("add_"):
                    self.named[scope.name, name] = value
        for node, scope in self.module.nodes:
            if isinstance(node, Function | ast.ClassDef):
                yield from self.decorating(node, scope, known)
            elif isinstance(node, ast.Call) and (func := self.method(node.func, scope)) is not None:
                yield from self.call(node, func, scope)

    def method(self, node: ast.expr, scope: Scope) -> ast.Attribute | None:
        """The method that is called, also by another name of it (`add = app.router.add_route`)."""
        if isinstance(node, ast.Name):
            return self.named.get((scope.name, node.id))
        return node if isinstance(node, ast.Attribute) else None

    def is_taken(self, name: str) -> bool:
        """Whether middlewares are taken from an application again."""
        calls = (
            (node.func, scope) for node, scope in self.module.nodes if isinstance(node, ast.Call) and b".middlewares" in self.module.content
        )
        return any(
            isinstance(each, ast.Attribute) and each.attr in TAKES and held(each.value, scope) == f"{name}.middlewares"
            for each, scope in calls
        )

    def middlewares(self, node: ast.expr | None) -> Iterator[Guarded]:
        """The middlewares of a list."""
        node = node.args[0] if isinstance(node, ast.Call) and callee(node) in {"list", "tuple"} and len(node.args) == 1 else node
        listed = elements(node, self.module.bindings)
        for each in [node] if listed is None and node is not None else listed or []:
            yield "middleware", each

    def decorating(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, scope: Scope, known: dict[str, str]) -> Facts:
        """A handler that a table's decorator registers."""
        for place, each in enumerate(node.decorator_list):
            if isinstance(each, ast.Call) and isinstance(each.func, ast.Attribute) and each.func.attr in {*VERBS, "view", "route"}:
                router = held(each.func.value, scope)
                if router in known or "route" in router.lower():
                    spot = self.spot(each, scope, router)
                    yield from self.registered(spot, each, each.func.attr, self.module.scopes[node].name)
                    yield from self.decorated(spot, node, place, 0)

    def registered(self, spot: Spot, call: ast.Call, word: str, handler: str) -> Facts:
        """The routes of one registration; a class answers the methods that it has."""
        at = 1 if word in {"route", "add_route"} else 0
        path = constant(argument(call, at, "path"), self.module.bindings)
        path = path if path is None else "".join(_braced(path))
        method = constant(call.args[0], {}) if at and call.args else word.removeprefix("add_")
        own = self.methods(handler)
        for verb in own:
            yield from self.endpoints(spot, [verb], path, f"{handler}.{verb}")
        if not own:
            yield from self.endpoints(spot, ["ANY" if method in {"*", "view", None} else method], path, handler)

    def handled(self, spot: Spot, call: ast.Call, word: str, handler: ast.expr) -> Facts:
        """The routes of a registration by a call, whose handler may stand in wrappers."""
        guards, inner = wrapped(handler, spot.scope, self.module)
        yield from self.registered(spot, call, word, self.name(inner, spot.scope))
        yield from self.uses(spot, guards, own=True)

    def methods(self, name: str) -> list[str]:
        """The methods that a class of this file answers, by itself or by what it stands on here."""
        node = next((one for one, scope in self.module.definitions if scope.name == name), None)
        lines = lineage(self.module, node) if isinstance(node, ast.ClassDef) else ()
        return list(dict.fromkeys(each.name for one in lines for each in one.body if isinstance(each, Function) and each.name in VERBS))

    def call(self, node: ast.Call, func: ast.Attribute, scope: Scope) -> Facts:
        """A registration by a call."""
        owner = held(func.value, scope)
        router = owner.removesuffix(".router")
        if func.attr == "add_subapp":
            yield from self.mounted(node, router, scope)
        elif func.attr == "add_route" and owner in self.resources and len(node.args) > 1:
            router, made_by = self.resources[owner]
            call = ast.copy_location(ast.Call(node.func, [node.args[0], *made_by.args[:1], node.args[1]], made_by.keywords), node)
            yield from self.handled(self.spot(node, scope, router.removesuffix(".router")), call, "route", node.args[1])
        elif func.attr == "add_routes":
            yield from self.listed(node, router, scope)
        elif func.attr.removeprefix("add_") in {*VERBS, "route", "view"} and func.attr.startswith("add_") and owner.endswith(".router"):
            handler = argument(node, 2 if func.attr == "add_route" else 1, "handler")
            if handler is not None:
                yield from self.handled(self.spot(node, scope, router), node, func.attr, handler)
        elif owner.endswith(".middlewares") and (func.attr in ADDS and node.args):
            yield self.use(self.spot(node, scope, router), "middleware", node.args[-1], own=False)._replace(
                router=owner.removesuffix(".middlewares")
            )

    def mounted(self, node: ast.Call, router: str, scope: Scope) -> Facts:
        prefix, child = constant(argument(node, 0, "prefix"), self.module.bindings), argument(node, 1, "subapp")
        if child is not None:
            spot = self.spot(node, scope, router)
            yield Mount(self.module.place(node), router, spot.position, held(child, scope), prefix, isolates=False)

    def listed(self, node: ast.Call, router: str, scope: Scope) -> Facts:
        """A table, or a list of ``web.get(path, handler)``."""
        given = argument(node, 0, "routes")
        listed = elements(given, self.module.bindings)
        if listed is None and given is not None:
            spot = self.spot(node, scope, router)
            yield Mount(self.module.place(node), router, spot.position, held(given, scope), "", isolates=False)
        for each in listed or []:
            if not isinstance(each, ast.Call):
                yield self.unread(each, "which route this is is decided at run time", "Write it as web.get(path, handler).")
            elif callee(each) != "static":
                handler = argument(each, 2 if callee(each) == "route" else 1, "handler")
                if handler is not None:
                    yield from self.handled(self.spot(each, scope, router), each, callee(each), handler)


def _braced(path: str) -> Iterator[str]:
    """A path without the expressions of its parameters: ``{id:[0-9]{2}}`` as ``{id}``."""
    depth, hidden = 0, False
    for each in path:
        depth += (each == "{") - (each == "}")
        hidden = (hidden or (depth == 1 and each == ":")) and depth > 0
        if not hidden and depth <= 1:
            yield each
