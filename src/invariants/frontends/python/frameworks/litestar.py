"""Litestar: handlers, controllers, routers and applications, each of which names what is in it; guards of every level add up."""

import ast
import re
from collections.abc import Iterator
from functools import cached_property

from invariants.facts.web import Kind, Mount, Router
from invariants.frontends.python.frameworks.litestar_auth import OPENED, excluding, is_opened, middleware, set_up
from invariants.frontends.python.putting import changed
from invariants.frontends.python.registering import Facts, Guarded, Registrations, Spot, answered, imports, inherits, lineage, made, placed
from invariants.frontends.python.scopes import Function, Scope
from invariants.frontends.python.symbols import argument, callee, constant, elements, held, keyword, named, symbol
from invariants.frontends.python.syntax import Module, assigned

TRIGGERS = (b"litestar",)
VERBS = ("get", "post", "put", "patch", "delete", "head")
MAKERS = {"Litestar": "app", "Router": "router"}
PARAMETER = re.compile(r"\{([^{}:]+)(?::[^{}]*)?\}")


def read(module: Module) -> Facts:
    """The registrations of one file."""
    if imports(module, "litestar", "starlite"):
        yield from excluding(module)
        yield from Litestar(module).read()


class Litestar(Registrations):
    """The registrations of one file. A handler is a router of its own, since whoever lists it serves it."""

    def __init__(self, module: Module) -> None:
        super().__init__(module, "litestar")
        self.marks: dict[str, dict[str, ast.expr]] = {}
        """What controllers say of all their handlers."""
        self.hooks: dict[str, ast.expr] = {}
        """What controllers run before those of their handlers that run nothing of their own."""

    def read(self) -> Facts:
        """Handlers and controllers, and the routers and applications that list them."""
        names = {
            id(value): held(ast.Name(target), scope) for scope in self.module.scopes.values() for target, value in scope.values.items()
        }
        kinds = {name: MAKERS[callee(call)] for _, name, call, _ in made(self.module) if callee(call) in MAKERS}
        yield from answered(self.module, kinds, "litestar")
        for node, scope in self.module.nodes:
            if isinstance(node, Function) and not isinstance(scope.node, ast.ClassDef):
                yield from self.alone(node, scope)
            elif isinstance(node, ast.ClassDef) and self.is_controller(node, scope):
                yield from self.controller(node, scope)
            elif isinstance(node, ast.Call) and callee(node) == "register" and isinstance(node.func, ast.Attribute) and node.args:
                yield from self.listed(held(node.func.value, scope), node.args[:1], scope)
            elif (
                isinstance(node, ast.Call)
                and callee(node) in MAKERS
                and self.module.dotted(symbol(node.func)).startswith(("litestar", "starlite"))
            ):
                yield from self.router(node, names.get(id(node), f"({node.lineno}:{node.col_offset + 1})"), scope)

    def alone(self, node: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope) -> Facts:
        """A handler that stands by itself."""
        if any(self.registers(each) for each in node.decorator_list):
            name = self.module.scopes[node].name
            yield Router(self.module.head(node), name, "litestar", "router", "")
            yield from self.handler(node, name, scope)

    def registers(self, node: ast.expr) -> bool:
        """Whether a decorator makes a handler."""
        name = self.module.dotted(symbol(node))
        return name.startswith(("litestar", "starlite")) and callee(node) in {*VERBS, "route", "websocket", "websocket_listener"}

    def handler(self, node: ast.FunctionDef | ast.AsyncFunctionDef, router: str, scope: Scope) -> Facts:
        """The routes of a handler: one for each of its paths."""
        for place, each in enumerate(node.decorator_list):
            if self.registers(each):
                call = each if isinstance(each, ast.Call) else ast.Call(each, [], [])
                word = callee(each)
                kind: Kind = "websocket" if word.startswith("websocket") else "http"
                told = [constant(one, {}) for one in elements(keyword(call, "http_method")) or []]
                methods = [word] if word in VERBS else ["GET"] if kind == "websocket" else [one for one in told if one] or ["ANY"]
                spot = self.spot(each, scope, router)
                for path in self.paths(argument(call, 0, "path")):
                    yield from self.endpoints(spot, methods, path, self.module.scopes[node].name, kind)
                yield from self.uses(spot, [*self.own(call, router), *self.provided(node, call, router)], own=True)
                yield from self.decorated(spot, node, place, 100)
                if self.is_opened(call, router):
                    yield self.use(spot, "decorator", each, own=True, rank=99, name=OPENED)

    def is_opened(self, call: ast.Call, router: str) -> bool:
        """Whether a handler or its controller says that whoever comes may come in."""
        said = {one.arg: one.value for one in call.keywords if one.arg}
        return is_opened(said, self.module) or is_opened(self.marks.get(router, {}), self.module)

    def own(self, call: ast.Call, router: str) -> Iterator[Guarded]:
        """What a handler puts before itself, but middleware that lets it by."""
        asking = [middleware(each, self.module) for each in elements(keyword(call, "middleware"), self.module.bindings) or []]
        paths = [each or "" for each in self.paths(argument(call, 0, "path"))]
        word = callee(call).upper()
        others = [each for each in asking if each.methods and word not in each.methods.split()]
        spared = [each.node for each in asking if self.is_opened(call, router) or each in others or any(map(each.spares, paths))]
        if keyword(call, "before_request") is None and router in self.hooks:
            yield "hook", self.hooks[router]
        yield from (each for each in self.guards(call) if each[1] not in spared)

    def provided(self, node: ast.FunctionDef | ast.AsyncFunctionDef, call: ast.Call, router: str) -> Iterator[Guarded]:
        """What fills the parameters of a handler, by their names: its own, its controller's, or what a router of this file provides."""
        around = [_providers(keyword(call, "dependencies"), self.module), self.providers.get(router, {}), self.providers.get("", {})]
        for each in self.module.scopes[node].parameters:
            found = next((told[each.arg] for told in around if each.arg in told), None)
            if found is not None:
                yield "dependency", found

    @cached_property
    def providers(self) -> dict[str, dict[str, ast.expr]]:
        """What the controllers of this file provide, by their names, and its routers together, as far as they agree."""
        found: dict[str, dict[str, ast.expr]] = {"": {}}
        for node, _ in self.module.nodes:
            if isinstance(node, ast.Call) and callee(node) in MAKERS:
                told = _providers(keyword(node, "dependencies"), self.module)
                both = {name for name in told if name in found[""] and ast.dump(told[name]) != ast.dump(found[""][name])}
                found[""] = {name: each for name, each in (found[""] | told).items() if name not in both}
            elif isinstance(node, ast.ClassDef):
                said = {
                    key: value for one in reversed(list(lineage(self.module, node))) for each in one.body for key, value in assigned(each)
                }
                found[self.module.scopes[node].name] = _providers(said.get("dependencies"), self.module)
        return found

    def paths(self, node: ast.expr | None) -> list[str | None]:
        """One path, or several."""
        listed = [node] if node is None or not isinstance(node, ast.List | ast.Tuple) else node.elts
        told = ["" if each is None else constant(each, self.module.bindings) for each in listed]
        return [each if each is None else _slashed(each) for each in told]

    def guards(self, call: ast.Call) -> Iterator[Guarded]:
        """What ``guards``, ``middleware`` and ``before_request`` name."""
        for each in elements(keyword(call, "middleware"), self.module.bindings) or []:
            yield "middleware", middleware(each, self.module).node
        if (hook := keyword(call, "before_request")) is not None:
            yield "hook", hook
        yield from _listed(keyword(call, "guards"), self.module)

    def controller(self, node: ast.ClassDef, scope: Scope) -> Facts:
        """A class of handlers under one path, with those of the classes that it stands on here."""
        name = self.module.scopes[node].name
        lines = list(lineage(self.module, node))
        said = {key: value for one in reversed(lines) for each in one.body for key, value in assigned(each)}
        said |= {key: value for key in ("guards", "middleware") for owner, value in changed(self.module, key) if owner == name}
        [prefix] = self.paths(said.get("path"))
        yield Router(self.module.head(node), name, "litestar", "router", prefix)
        self.marks[name] = {"opt": said["opt"]} if "opt" in said else {}
        spot = self.spot(node, scope, name)
        yield from self.uses(spot, _listed(said.get("guards"), self.module), own=False)
        for rank, listed in enumerate(elements(said.get("middleware"), self.module.bindings) or []):
            asks = middleware(listed, self.module)
            yield self.use(spot, "middleware", asks.node, own=False, rank=100 + rank, methods=asks.methods)._replace(excludes=asks.excludes)
        self.hooks |= {name: said["before_request"]} if "before_request" in said else {}
        handlers = {each.name: (each, one) for one in reversed(lines) for each in one.body if isinstance(each, Function)}
        for each, one in handlers.values():
            yield from self.handler(each, name, self.module.scopes[one])

    def is_controller(self, node: ast.ClassDef, scope: Scope) -> bool:
        """Whether a class is a controller: by the name of a base, or by those that it stands on here."""
        return any("Controller" in callee(each) for each in node.bases) or inherits(
            self.module, named(ast.Name(node.name), scope), {"Controller"}
        )

    def router(self, call: ast.Call, name: str, scope: Scope) -> Facts:
        """A router or an application, and what it lists."""
        kind = MAKERS[callee(call)]
        [prefix] = self.paths(keyword(call, "path") or (argument(call, 0, "path") if kind == "router" else None))
        yield Router(self.module.place(call), name, "litestar", kind, prefix)  # type: ignore[arg-type]
        yield from self.before(call, self.spot(call, scope, name))
        given = keyword(call, "route_handlers") or (argument(call, 0) if kind == "app" else None)
        listed = elements(given, self.module.bindings)
        if listed is None and given is not None:
            yield self.unread(given, "which handlers these are is decided at run time", "Write the handlers out as a list.")
            listed = [each for each in getattr(given, "elts", []) if not isinstance(each, ast.Starred)]
        yield from self.listed(name, listed or [], scope)

    def before(self, call: ast.Call, spot: Spot) -> Facts:
        """What stands before all that a router or an application lists; middleware may let some paths by."""
        asking = [middleware(each, self.module) for each in elements(keyword(call, "middleware"), self.module.bindings) or []]
        excluded = {id(each.node): (each.excludes, each.methods) for each in asking}
        for rank, (means, node) in enumerate(self.guards(call)):
            excludes, methods = excluded.get(id(node), ("", ""))
            yield self.use(spot, means, node, own=False, rank=rank, methods=methods)._replace(excludes=excludes)
        for rank, one in enumerate(set_up(call, self.module)):
            yield self.use(spot, "middleware", one.node, own=False, rank=100 + rank)._replace(excludes=one.excludes)

    def listed(self, name: str, handlers: list[ast.expr], scope: Scope) -> Facts:
        """Handlers, controllers and routers that are put into a router."""
        for each in handlers:
            spot = self.spot(each, scope, name)
            yield Mount(self.module.place(each), name, spot.position, _name_of(each, scope), "", isolates=False)


def _name_of(node: ast.expr, scope: Scope) -> str:
    """The symbol of what is put into a router; of a router that is made on the spot, where it stands."""
    return placed(node, scope) if callee(node) in MAKERS else held(node, scope)


def _providers(node: ast.expr | None, module: Module) -> dict[str, ast.expr]:
    """``{"user": Provide(current_user)}``: what is called for each name."""
    told = module.bindings.get(node.id, node) if isinstance(node, ast.Name) else node
    named = zip(told.keys, told.values, strict=True) if isinstance(told, ast.Dict) else ()
    found = {constant(key, module.bindings): each for key, each in named}
    return {name: each.args[0] if isinstance(each, ast.Call) and each.args else each for name, each in found.items() if name}


def _slashed(path: str) -> str:
    """A path that begins with a slash, its parameters without their kinds; the root is nothing that is put before others."""
    plain = PARAMETER.sub(r"{\1}", path).strip("/")
    return f"/{plain}" if plain else ""


def _listed(node: ast.expr | None, module: Module) -> Iterator[Guarded]:
    listed = elements(node, module.bindings)
    for each in [node] if listed is None and node is not None else listed or []:
        yield "dependency", each
