"""Django Ninja: APIs, routers, operations, and the ``auth`` of each.

An operation has its own ``auth``, or its router's, or the API's; ``auth=None`` is nobody's. What answers nothing is refused with 401.
"""

import ast

from invariants.facts.web import Mount, Router
from invariants.frontends.python.asking import asked
from invariants.frontends.python.registering import Facts, Registrations, Spot, applied, imports, made
from invariants.frontends.python.scopes import Function, Scope
from invariants.frontends.python.symbols import argument, callee, constant, elements, held, keyword
from invariants.frontends.python.syntax import Module

TRIGGERS = (b"ninja",)
VERBS = ("get", "post", "put", "patch", "delete")
NOBODY = "ninja.auth.None"
"""What ``auth=None`` asks."""
SAID, INHERITED = 0, 1
"""The ranks of what an operation or a registration says itself, and of what a router has by itself."""
MAKERS = {"NinjaAPI", "NinjaExtraAPI", "Router"}


def read(module: Module) -> Facts:
    """The registrations of one file."""
    if imports(module, "ninja", "ninja_extra"):
        yield from Ninja(module).read()


class Ninja(Registrations):
    """The registrations of one file on Ninja's APIs and routers."""

    def __init__(self, module: Module) -> None:
        super().__init__(module, "ninja")
        self.asked: set[str] = set()
        """The functions that were said to ask others; one ``auth`` may be for many operations."""
        self.auths: dict[str, ast.expr | None] = {}

    def read(self) -> Facts:
        """APIs and routers, then what is registered on them."""
        for _, name, call, _ in made(self.module):
            if callee(call) in MAKERS:
                self.auths[name] = keyword(call, "auth")
                # even an API is served by the list of URLs that it is put into
                yield Router(self.module.place(call), name, "ninja", "router", "")
        self.taken_over()
        for node, scope in self.module.nodes:
            if isinstance(node, Function):
                yield from self.function(node, scope)
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "add_router":
                yield from self.mounted(node, held(node.func.value, scope), scope)
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "add_api_operation":
                yield from self.added(node, scope)
            elif isinstance(node, ast.Call) and (found := applied(node)) is not None:
                yield from self.operation(*found[:2], self.name(found[2], scope), scope)

    def taken_over(self) -> None:
        """What ``add_router(prefix, router, auth=...)`` says stands in the place of what the router says itself."""
        for node, scope in self.module.nodes:
            said = keyword(node, "auth") if isinstance(node, ast.Call) and callee(node) == "add_router" else None
            name = held(argument(node, 1, "router"), scope) if said is not None else ""  # type: ignore[arg-type]
            if name in self.auths and callee(said) != "NOT_SET":
                self.auths[name] = said

    def function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope) -> Facts:
        """A function that a decorator registers as an operation."""
        for place, each in enumerate(node.decorator_list):
            if isinstance(each, ast.Call) and isinstance(each.func, ast.Attribute):
                found = list(self.operation(each, each.func, self.module.scopes[node].name, scope))
                yield from found
                for one in found[:1]:
                    yield from self.decorated(Spot(each, scope, one.router, one.position), node, place, 1)

    def operation(self, call: ast.Call, func: ast.Attribute, handler: str, scope: Scope) -> Facts:
        """What a decorator registers."""
        router, at = held(func.value, scope), 1 if func.attr == "api_operation" else 0
        path = constant(argument(call, at, "path"), self.module.bindings)
        if func.attr in {*VERBS, "api_operation"} and router and (path is not None or router in self.auths):
            told = self.methods(call.args[0] if call.args else None) if at else [func.attr]
            spot = self.spot(call, scope, router)
            yield from self.endpoints(spot, told, _plain(path), handler)
            yield from self.guarded(spot, call, scope)

    def methods(self, node: ast.expr | None) -> list[str]:
        """The methods of an operation that lists them."""
        told = [constant(one, {}) for one in elements(node) or []]
        return [one for one in told if one] or ["ANY"]

    def added(self, call: ast.Call, scope: Scope) -> Facts:
        """``api.add_api_operation(path, methods, view)``."""
        view = argument(call, 2, "view_func")
        if isinstance(call.func, ast.Attribute) and view is not None:
            spot = self.spot(call, scope, held(call.func.value, scope))
            path = _plain(constant(argument(call, 0, "path"), self.module.bindings))
            yield from self.endpoints(spot, self.methods(argument(call, 1, "methods")), path, self.name(view, scope))
            yield from self.guarded(spot, call, scope)

    def guarded(self, spot: Spot, call: ast.Call, scope: Scope) -> Facts:
        """What an operation is guarded by: its own ``auth``, or its router's where it says none."""
        said = keyword(call, "auth") if callee(keyword(call, "auth")) != "NOT_SET" else None
        auth = said if said is not None else self.auths.get(spot.router)
        if auth is not None:
            yield from self.asking(spot, auth, scope, INHERITED if said is None else SAID)

    def asking(self, spot: Spot, auth: ast.expr, scope: Scope, rank: int) -> Facts:
        """``auth``, or one of several; nobody is asked where it is None."""
        listed = elements(auth, self.module.bindings)
        if listed == []:
            yield self.use(spot, "option", auth, own=True, rank=rank, name=NOBODY)
            return
        told = [self.asks(each, scope) for each in ([auth] if listed is None else listed)]
        name = self.name(auth, scope)
        if len(told) > 1 or told[0] != name or self.is_function(auth, name):
            name = f"({auth.lineno}:{auth.col_offset + 1}).auth"
            yield from asked(self.module.place(auth), name, told, 401) if name not in self.asked else ()
            self.asked.add(name)
        yield self.use(spot, "option", auth, own=True, rank=rank, name=name)

    def is_function(self, node: ast.expr, name: str) -> bool:
        """Whether an ``auth`` is a function of the repository's, which answers rather than refuses."""
        return not isinstance(node, ast.Call) and not self.module.dotted(name).startswith("ninja")

    def asks(self, node: ast.expr, scope: Scope) -> str:
        """The function that one ``auth`` asks: itself, or a method of its class."""
        name = self.name(node, scope)
        found = next((each for each, one in self.module.definitions if one.name == name), None)
        own = [each.name for each in found.body if isinstance(each, Function)] if isinstance(found, ast.ClassDef) else []
        return next((f"{name}.{each}" for each in ("__call__", "authenticate") if each in own), name)

    def mounted(self, call: ast.Call, router: str, scope: Scope) -> Facts:
        """A router put in, by itself or by its dotted name; the API's ``auth`` is for what has none of its own."""
        prefix, child = constant(argument(call, 0, "prefix"), self.module.bindings), argument(call, 1, "router")
        if child is None:
            return
        spot = self.spot(call, scope, router)
        name = constant(child, {}) or held(child, scope)
        yield Mount(self.module.place(call), router, spot.position, name, prefix, isolates=False)
        said = keyword(call, "auth") if callee(keyword(call, "auth")) != "NOT_SET" else None
        auth = said or self.auths.get(router)
        if auth is not None and self.auths.get(name) is None:
            yield from self.asking(spot, auth, scope, INHERITED if said is None else SAID)


def _plain(path: str | None) -> str | None:
    """A path without the kinds of its parameters: ``{int:id}`` as ``{id}``."""
    if path is None or "{" not in path:
        return path
    before, _, rest = path.partition("{")
    inside, _, after = rest.partition("}")
    return f"{before}{{{inside.rpartition(':')[2]}}}{_plain(after)}"
