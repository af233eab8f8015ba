"""Sanic: routes, blueprints, groups, and what runs on every request."""

import ast
import re
from typing import Any

from invariants.facts.web import Mount, Router
from invariants.frontends.python.registering import (
    Facts,
    Guarded,
    Registrations,
    Spot,
    answered,
    applied,
    imports,
    lineage,
    made,
    peeled,
    placed,
    rounds,
    unrolled,
)
from invariants.frontends.python.scopes import Function, Scope
from invariants.frontends.python.symbols import argument, callee, constant, elements, held, joined, keyword, symbol
from invariants.frontends.python.syntax import Bindings, Module, assigned

TRIGGERS = (b"sanic",)
VERBS = ("get", "post", "put", "patch", "delete", "head", "options")
GROUPS = ("Blueprint.group", "BlueprintGroup")
PARAMETER = re.compile(r"<([^<>:]+)(?::[^<>]*)?>")


def read(module: Module) -> Facts:
    """The registrations of one file."""
    if imports(module, "sanic"):
        yield from Sanic(module).read()


class Sanic(Registrations):
    """The registrations of one file on Sanic's applications and blueprints."""

    def __init__(self, module: Module) -> None:
        super().__init__(module, "sanic")
        self.groups: set[str] = set()
        self.loops = unrolled(module)

    def read(self) -> Facts:
        """Applications and blueprints, then what is registered on them."""
        for _, name, call, scope in made(self.module):
            yield from self.router(name, call, scope)
        kinds = {"Sanic": "app", "Blueprint": "router"}
        yield from answered(
            self.module, {name: kinds[callee(call)] for _, name, call, _ in made(self.module) if callee(call) in kinds}, "sanic"
        )
        known = {id(call) for _, _, call, _ in made(self.module)}
        for node, scope in self.module.nodes:
            if isinstance(node, ast.Call) and symbol(node).endswith(GROUPS) and id(node) not in known:
                yield from self.group(placed(node, scope), node, scope)
            if isinstance(node, Function):
                yield from self.function(node, scope)
            elif isinstance(node, ast.ClassDef):
                yield from self.attached(node, scope)
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                yield from self.call(node, node.func, scope)
            elif isinstance(node, ast.Call) and (found := applied(node)) is not None:
                yield from self.hooked(*found, scope)
                yield from self.decorating(*found, scope)

    def router(self, name: str, call: ast.Call, scope: Scope) -> Facts:
        """An application, a blueprint, a copy of one, or a group of them."""
        if callee(call) in {"Sanic", "Blueprint"}:
            kind: Any = "app" if callee(call) == "Sanic" else "router"
            yield Router(self.module.place(call), name, "sanic", kind, self.prefix(call, "router"))
        elif symbol(call).endswith(GROUPS):
            yield from self.group(name, call, scope)
        elif callee(call) == "copy" and constant(argument(call, 0, "name"), self.module.bindings) is not None:
            yield from self.copied(name, call, scope)

    def prefix(self, call: ast.Call, level: str) -> str | None:
        """The version that a blueprint or a registration says, and what it puts before paths."""
        said = keyword(call, "url_prefix")
        return joined(self.version(call, level), constant(said, self.module.bindings) if said is not None else "")

    def version(self, node: ast.Call | ast.ClassDef, level: str) -> str | None:
        """The version that is said, and what goes before it; null where it cannot be told."""
        said = {each.arg: each.value for each in node.keywords}
        version = _number(said.get("version"), self.module.bindings) if "version" in said else ""
        before = constant(said["version_prefix"], self.module.bindings) if "version_prefix" in said else ""
        marks = [
            f"<{level}.version={version}>" if version else "",
            f"<{level}.version_prefix={before}>" if before not in {"", "/v"} else "",
        ]
        return None if version is None or before is None else "".join(marks)

    def copied(self, name: str, call: ast.Call, scope: Scope) -> Facts:
        """``bp.copy(name, version=2)``: the routes of a blueprint once more."""
        assert isinstance(call.func, ast.Attribute)
        yield Router(self.module.place(call), name, "sanic", "given", "")
        spot, replaces = self.spot(call, scope, name), keyword(call, "url_prefix") is not None
        child, prefix = held(call.func.value, scope), self.prefix(call, "mount")
        yield Mount(self.module.place(call), name, spot.position, child, prefix, isolates=False, replaces=replaces)

    def group(self, name: str, call: ast.Call, scope: Scope) -> Facts:
        """Blueprints under one prefix."""
        yield Router(self.module.place(call), name, "sanic", "router", joined("<group>", self.prefix(call, "group")))
        self.groups.add(name)
        given = call.args if callee(call) == "group" else []
        yield from self.grouped(name, [one for each in given for one in elements(each) or [each]], scope)

    def grouped(self, name: str, blueprints: list[ast.expr], scope: Scope) -> Facts:
        """Blueprints that are put into a group."""
        for each in blueprints:
            spot = self.spot(each, scope, name)
            yield Mount(self.module.place(each), name, spot.position, placed(each, scope), "", isolates=False)

    def function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope) -> Facts:
        """A function that decorators register, as a route or as what runs on every request."""
        handler = self.module.scopes[node].name
        for place, each in enumerate(node.decorator_list):
            func = each.func if isinstance(each, ast.Call) else each
            router = held(func.value, scope) if isinstance(func, ast.Attribute) else ""
            if not isinstance(func, ast.Attribute) or not router:
                continue
            if func.attr == "on_request" or (func.attr == "middleware" and _is_before(each)):
                use = self.use(self.spot(each, scope, router), "hook", each, own=False, name=handler)
                yield use._replace(function_name="", step=None)
            elif isinstance(each, ast.Call) and func.attr in {*VERBS, "route", "websocket"}:
                spot = self.spot(each, scope, router)
                kind: Any = "websocket" if func.attr == "websocket" else "http"
                yield from self.endpoints(spot, self.methods(each, func.attr), self.path(each), handler, kind)
                yield from self.decorated(spot, node, place, 0)

    def decorating(self, call: ast.Call, func: ast.Attribute, handler: ast.expr, scope: Scope) -> Facts:
        """``app.get(path)(handler)``: a decorator that is called at once."""
        router = held(func.value, scope)
        if func.attr in {*VERBS, "route", "websocket"} and router:
            spot = self.spot(call, scope, router)
            yield from self.endpoints(spot, self.methods(call, func.attr), self.path(call), self.name(handler, scope))

    def methods(self, call: ast.Call, word: str) -> list[str]:
        if word in VERBS:
            return [word]
        told = [constant(each, {}) for each in elements(keyword(call, "methods"), self.module.bindings) or []]
        return [each for each in told if each] or ["GET"]

    def path(self, call: ast.Call) -> str | None:
        """A path with its parameters as ``{name}``."""
        found = constant(argument(call, 0, "uri"), self.module.bindings)
        if found is None:
            return None
        return joined(self.version(call, "route"), _slashed(found))

    def call(self, node: ast.Call, func: ast.Attribute, scope: Scope) -> Facts:
        """A registration by a call."""
        router = held(func.value, scope)
        if func.attr == "blueprint" and node.args:
            yield from self.mounted(node, router, scope)
        elif func.attr in {"append", "extend", "insert"} and router in self.groups and node.args:
            yield from self.grouped(router, elements(node.args[-1], self.module.bindings) or [node.args[-1]], scope)
        elif (
            func.attr in {"register_middleware", "on_request", "middleware"}
            and node.args
            and _is_function(node.args[0])
            and _is_before(node)
        ):
            yield self.use(self.spot(node, scope, router), "hook", node.args[0], own=False)
        elif func.attr in {"add_route", "add_websocket_route"}:
            yield from self.added(node, router, scope)
        elif func.attr == "add" and router.endswith(".router"):
            yield self.unread(node, "which route is added here is decided at run time", "Register it with add_route(handler, path).")

    def hooked(self, call: ast.Call, func: ast.Attribute, given: ast.expr, scope: Scope) -> Facts:
        """``app.middleware("request")(hook)``."""
        if func.attr in {"middleware", "on_request"} and _is_before(call):
            yield self.use(self.spot(call, scope, held(func.value, scope)), "hook", given, own=False)

    def mounted(self, node: ast.Call, router: str, scope: Scope) -> Facts:
        """Blueprints that are put in, once for each round of a loop over a list."""
        turns = rounds(self.loops, [node.args[0]], scope)
        for values in [{}] if turns is None else turns:
            known = {**self.module.bindings, **values}
            one = values.get(node.args[0].id, node.args[0]) if isinstance(node.args[0], ast.Name) else node.args[0]
            for each in elements(one, known) or [one]:
                spot, replaces = self.spot(node, scope, router), keyword(node, "url_prefix") is not None
                name = placed(each, scope) if symbol(each).endswith(GROUPS) else held(each, scope)
                prefix = self.prefix(node, "mount")
                yield Mount(self.module.place(node), router, spot.position, name, prefix, isolates=False, replaces=replaces)

    def added(self, node: ast.Call, router: str, scope: Scope) -> Facts:
        """``add_route(handler, path)``, where the handler may be a class of methods."""
        given, spot = argument(node, 0, "handler"), self.spot(node, scope, router)
        path = constant(argument(node, 1, "uri"), self.module.bindings)
        path = path if path is None else joined(self.version(node, "route"), _slashed(path))
        if callee(given) == "as_view" and isinstance(given, ast.Call) and isinstance(given.func, ast.Attribute):
            name = symbol(given.func.value)
            own = next((one for one, each in self.module.definitions if each.name == name), None)
            if isinstance(own, ast.ClassDef):
                yield from self.viewed(spot, own, path)
        elif given is not None:
            guards, inner = peeled(given)
            yield from self.endpoints(spot, self.methods(node, ""), path, self.name(inner or given, scope))
            yield from self.uses(spot, guards, own=True)

    def attached(self, node: ast.ClassDef, scope: Scope) -> Facts:
        """A class of methods that says itself where it is served: ``class Page(HTTPMethodView, attach=app, uri="/page")``."""
        said = {each.arg: each.value for each in node.keywords if each.arg}
        if "attach" in said:
            spot = self.spot(said["attach"], scope, held(said["attach"], scope))
            path = constant(said.get("uri"), self.module.bindings)
            yield from self.viewed(spot, node, path if path is None else joined(self.version(node, "route"), _slashed(path)))

    def viewed(self, spot: Spot, node: ast.ClassDef, path: str | None) -> Facts:
        """The methods of a class, behind the decorators that it lists."""
        lines = list(lineage(self.module, node))
        name = self.module.scopes[node].name
        for verb in dict.fromkeys(each.name for one in lines for each in one.body if isinstance(each, Function) and each.name in VERBS):
            yield from self.endpoints(spot, [verb], path, f"{name}.{verb}")
        said = {key: value for one in reversed(lines) for each in one.body for key, value in assigned(each)}
        listed: list[Guarded] = [("decorator", each) for each in elements(said.get("decorators"), self.module.bindings) or []]
        yield from self.uses(spot, reversed(listed), own=True)


def _number(node: ast.expr | None, known: Bindings) -> str | None:
    """A version, which may be a number or a string; empty where there is none, null where it cannot be told."""
    node = known.get(node.id, node) if isinstance(node, ast.Name) else node
    if isinstance(node, ast.Constant) and node.value is None:
        return ""
    said = node.value if isinstance(node, ast.Constant) and isinstance(node.value, int | float | str) else None
    return None if said is None else str(said).strip("/").lstrip("v")


def _slashed(path: str) -> str:
    """A path with its parameters as ``{name}``, without a slash at its end."""
    plain = PARAMETER.sub(r"{\1}", path).strip("/")
    return f"/{plain}" if plain else ""


def _is_function(node: ast.expr) -> bool:
    return isinstance(node, ast.Name | ast.Attribute)


def _is_before(node: ast.expr) -> bool:
    """Whether a middleware runs before the handler, as it does unless it says ``response``."""
    given = [*node.args, *(each.value for each in node.keywords)] if isinstance(node, ast.Call) else []
    return not any(isinstance(each, ast.Constant) and each.value == "response" for each in given)
