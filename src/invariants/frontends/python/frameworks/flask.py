"""Flask and Quart: routes, blueprints, hooks before requests, views that are classes, and Flask-RESTful's resources.

A hook before requests stands before every route of its blueprint and of the blueprints in it, wherever it is registered. A decorator
guards what it stands on only below ``route``, which registers what it is given.
"""

import ast
import re
from collections.abc import Iterator
from functools import cached_property

from invariants.facts.code import Decorator
from invariants.facts.web import SLASHES, Mount, Router, Setting
from invariants.frontends.python.frameworks.flask_hooks import dropped
from invariants.frontends.python.frameworks.flask_login import read_login
from invariants.frontends.python.frameworks.flask_views import LISTS, VERBS, Views, listed
from invariants.frontends.python.imports import unwrapped
from invariants.frontends.python.registering import (
    Covers,
    Facts,
    Guarded,
    Spot,
    answered,
    applied,
    imports,
    inherits,
    made,
    peeled,
    rounds,
    unrolled,
)
from invariants.frontends.python.scopes import Function, Scope
from invariants.frontends.python.symbols import argument, callee, constant, elements, held, joined, keyword, path, symbol
from invariants.frontends.python.syntax import Module, assigned

TRIGGERS = (b"flask", b"quart", b".route(")
OTHERS = "fastapi starlette sanic aiohttp litestar ninja bottle django rest_framework click typer".split()
VIEWS = "view_functions"
"""What Flask looks the functions of its endpoints up in."""
APPS = {"Flask", "Quart", "OpenAPI", "APIFlask"}
BLUEPRINTS = {"Blueprint", "APIBlueprint", "Api", "Namespace", "SmorestBlueprint"}
HOOKS = {"before_request", "before_app_request"}
PULLERS = {"url_value_preprocessor", "app_url_value_preprocessor"}
"""Hooks before those, whose answers nobody takes: they turn away by an error."""
NOTHING = "flask.views.View.decorators"
"""What a class has that decorates its methods with nothing, whatever its base does."""
PREFIXES = ("url_prefix", "path", "prefix")
REMEDY = "Write the registration out, one call for each."
STRICT = "strict_slashes"
PARAMETER = re.compile(r"<(?:[^<>:]+:)?([^<>:]+)>")


def read(module: Module) -> Facts:
    """The registrations of one file."""
    own = any(each.partition(".")[0].startswith(("flask", "quart", "apiflask")) for each in module.imported.values())
    if own or (not imports(module, *OTHERS) and b".route(" in module.content):
        yield from read_login(module)
        yield from Flask(module, own=own).read()
        yield from _lenient(module)


def _lenient(module: Module) -> Facts:
    """`strict_slashes=False` of a route, and `app.url_map.strict_slashes = False`."""
    for node, _ in module.nodes if STRICT.encode() in module.content else ():
        if isinstance(node, ast.Call) and (told := keyword(node, STRICT)) is not None:
            said = [told]
        else:
            is_set = isinstance(node, ast.Assign) and any(callee(each) == STRICT for each in node.targets)
            said = [node.value] if isinstance(node, ast.Assign) and is_set else []
        yield from (Setting(module.place(each), "flask", SLASHES, 0, "") for each in said if getattr(each, "value", None) is False)


class Flask(Views):
    """The registrations of one file on Flask's applications and blueprints."""

    def __init__(self, module: Module, *, own: bool) -> None:
        super().__init__(module, "flask")
        self.own = own
        self.loops = unrolled(module)
        self.apps: set[str] = set()
        self.adding = {"add_resource", *_wrappers(module)}
        self.dropped = dropped(module)

    @cached_property
    def put(self) -> set[str]:
        """The last words of endpoints in whose place other functions are put later; an empty one, where that may be any."""
        nodes = [node for node, _ in self.module.nodes if isinstance(node, ast.Assign)] if VIEWS.encode() in self.module.content else []
        keys = [one.slice for node in nodes for one in node.targets if isinstance(one, ast.Subscript) and callee(one.value) == VIEWS]
        return {(constant(each, self.module.bindings) or "").rpartition(".")[2] for each in keys}

    def read(self) -> Facts:
        """Routers, then what is registered on them."""
        for _, name, call, scope in made(self.module):
            yield from self.router(name, call, scope)
        yield from self.handed_out(self.apps)
        blueprints = {name: "router" for _, name, call, _ in made(self.module) if callee(call) == "Blueprint"}
        yield from answered(self.module, blueprints | dict.fromkeys(self.apps, "app"), "flask")
        for node, scope in self.module.nodes:
            if isinstance(node, Function):
                yield from self.function(node, scope)
            elif isinstance(node, ast.ClassDef):
                yield from self.declared(node, scope)
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                yield from self.call(node, node.func, scope)
            elif isinstance(node, ast.Call) and (found := applied(node)) is not None:
                yield from self.decorating(*found, scope)

    def router(self, name: str, call: ast.Call, scope: Scope) -> Facts:
        """An application, a blueprint, or a Flask-RESTful API on either."""
        kind = next((each for each in (*APPS, *BLUEPRINTS) if inherits(self.module, callee(call), {each})), "")
        if kind in APPS or kind in BLUEPRINTS:
            self.apps |= {name} if kind in APPS else set()
            said = keyword(call, *PREFIXES)
            prefix = "" if said is None else braced(path(said, self.module.bindings))
            if kind == "Namespace" and said is None:
                prefix = joined("/", constant(argument(call, 0, "name"), self.module.bindings))
            yield Router(self.module.place(call), name, "flask", "app" if kind in APPS else "router", prefix)
            spot = self.spot(call, scope, name)
            yield from self.uses(spot, listed(keyword(call, "decorators"), self.module), own=False)
            parent = argument(call, 0, "app") if kind == "Api" else None
            if parent is not None:
                on = held(parent, scope)
                yield Mount(self.module.place(call), on, self.spot(call, scope, on).position, name, "", isolates=False)

    def function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope) -> Facts:
        """A function that decorators register, as a route or as a hook."""
        handler = self.module.scopes[node].name
        for place, each in enumerate(node.decorator_list):
            call = each if isinstance(each, ast.Call) else None
            func = call.func if call else each
            if not isinstance(func, ast.Attribute) or not symbol(func.value):
                continue
            router = held(func.value, scope)
            if func.attr in HOOKS or (func.attr in PULLERS and not _answers(node)):
                yield from self.hooks(each, scope, handler, node.decorator_list[place + 1 :])
            elif call and self.routes(func, call):
                spot = self.spot(each, scope, router)
                told = constant(keyword(call, "endpoint"), self.module.bindings) or node.name
                is_put = bool(self.put & {told, ""})
                yield from self.endpoints(spot, self.methods(call, func.attr), self.path(call, 0), f"{VIEWS}.{told}" if is_put else handler)
                yield from self.decorated(spot, node, place, 0) if not is_put else ()

    def decorating(self, call: ast.Call, func: ast.Attribute, handler: ast.expr, scope: Scope) -> Facts:
        """``app.route(path)(handler)``: a decorator that is called at once."""
        if symbol(func.value) and self.routes(func, call):
            spot = self.spot(call, scope, held(func.value, scope))
            guards, inner = peeled(handler)
            yield from self.endpoints(spot, self.methods(call, func.attr), self.path(call, 0), self.name(inner or handler, scope))
            yield from self.uses(spot, guards, own=True)

    def routes(self, func: ast.Attribute, call: ast.Call) -> bool:
        """Whether a call registers a route: ``route`` with a path, or a method's name with one."""
        said = constant(argument(call, 0, "rule"), self.module.bindings)
        is_path = said is None or said == "" or said.startswith("/")
        return (func.attr == "route" and is_path and bool(call.args or call.keywords)) or (
            self.own and func.attr in VERBS and said is not None and is_path
        )

    def path(self, call: ast.Call, position: int) -> str | None:
        """A path with its parameters as ``{name}``."""
        return braced(path(argument(call, position, "rule"), self.module.bindings))

    def methods(self, call: ast.Call, word: str) -> list[str]:
        if word in VERBS:
            return [word]
        said = keyword(call, "methods")
        told = [constant(each, self.module.bindings) for each in elements(said, self.module.bindings) or []]
        return [each for each in told if each] or (["ANY"] if said else ["GET"])

    def hooks(self, node: ast.expr, scope: Scope, name: str, decorators: list[ast.expr]) -> Facts:
        """A function before every request, after what decorates it; before those of the whole application where a blueprint says so."""
        func = node.func if isinstance(node, ast.Call) else node
        assert isinstance(func, ast.Attribute)
        for each, told in [*((each, self.name(each, scope)) for each in decorators), (node, name)]:
            use = self.use(self.spot(node, scope, held(func.value, scope)), "hook", each, own=False, name=told)
            covers: Covers = "none" if use.router in self.dropped else use.covers
            yield use._replace(function_name="", step=None, escapes="_app_" in f"_{func.attr}", covers=covers)

    def defined(self, node: ast.expr, scope: Scope) -> ast.AST | None:
        """A function of this file."""
        return next((one for one, inner in self.module.definitions if inner.name == self.name(node, scope)), None)

    def declared(self, node: ast.ClassDef, scope: Scope) -> Facts:
        """A class of views: what it decorates its methods with, and the routes that decorators give it."""
        name = self.module.scopes[node].name
        guards = list(self.shared(node))
        if not guards and any(said in LISTS for each in node.body for said, _ in assigned(each)):
            yield Decorator(self.module.head(node), name, 0, NOTHING, called=False)
        for position, (_, each) in enumerate(guards):
            yield Decorator(self.module.place(each), name, position, self.name(unwrapped(each), scope), isinstance(each, ast.Call))
        for each in node.decorator_list:
            if isinstance(each, ast.Call) and isinstance(each.func, ast.Attribute) and each.func.attr == "route":
                yield from self.resource(self.spot(each, scope, held(each.func.value, scope)), node, name, [self.path(each, 0)])

    def resource(
        self, spot: Spot, node: ast.ClassDef | None, name: str, paths: list[str | None], guards: list[Guarded] | None = None
    ) -> Facts:
        """A class whose methods answer: its routes, and what stands before all of them."""
        own = list(dict.fromkeys(self.answering(node))) if node else []
        said = [value for each in node.body for told, value in assigned(each) if told == "methods"] if node and not own else []
        listed = [constant(each, self.module.bindings) for each in elements(said[-1], self.module.bindings) or []] if said else []
        for each in paths:
            for verb in own:
                yield from self.endpoints(spot, [verb], each, f"{name}.{verb}")
            if not own:
                yield from self.endpoints(spot, [one for one in listed if one] or ["ANY"], each, name)
        told = [*self.shared(node), *self.dispatched(node)] if node else []
        yield from self.uses(spot, [*(guards or []), *told], own=True)

    def call(self, node: ast.Call, func: ast.Attribute, scope: Scope) -> Facts:
        """A registration by a call."""
        router = held(func.value, scope)
        if node.args and (func.attr in HOOKS or (func.attr in PULLERS and not _answers(self.defined(node.args[0], scope)))):
            given = node.args[0]
            own = self.defined(given, scope)
            yield from self.hooks(node, scope, self.name(given, scope), own.decorator_list if isinstance(own, Function) else [])
        elif func.attr in {"register_blueprint", "add_namespace"}:
            yield from self.mounted(node, router, scope)
        elif func.attr == "add_url_rule":
            yield from self.ruled(node, router, scope)
        elif func.attr == "add" and router.endswith(".url_map"):
            yield self.unread(
                node, "which rule is added here is decided at run time", "Register it with add_url_rule(path, view_func=view)."
            )
        elif func.attr in self.adding and node.args and not any(isinstance(each, ast.Starred) for each in node.args):
            name, paths = symbol(node.args[0]), [braced(constant(each, self.module.bindings)) for each in node.args[1:]]
            yield from self.resource(self.spot(node, scope, router), self.classed(name), name, paths)

    def mounted(self, node: ast.Call, router: str, scope: Scope) -> Facts:
        """A blueprint put in, once for each round of a loop over a list."""
        is_space = isinstance(node.func, ast.Attribute) and node.func.attr == "add_namespace"
        child, said = argument(node, 0, "blueprint", "ns"), argument(node, 1, *PREFIXES) if is_space else keyword(node, *PREFIXES)
        turns = rounds(self.loops, [child, said], scope)
        if child is None or turns is None:
            yield self.unread(node, "which blueprints are put in here is decided at run time", REMEDY)
            return
        for values in turns:
            one = values.get(child.id, child) if isinstance(child, ast.Name) else child
            if isinstance(one, ast.Starred):
                yield self.unread(one, "which other blueprints are put in here is decided at run time", REMEDY)
                continue
            prefix = "" if said is None else braced(path(said, {**self.module.bindings, **values}))
            spot = self.spot(node, scope, router)
            yield Mount(self.module.place(node), router, spot.position, held(one, scope), prefix, isolates=False, replaces=said is not None)

    def ruled(self, node: ast.Call, router: str, scope: Scope) -> Facts:
        """``add_url_rule``: a function, or a view made of a class, in whatever it is wrapped in."""
        given = argument(node, 2, "view_func")
        guards, inner = peeled(given)
        spot, where = self.spot(node, scope, router), self.path(node, 0)
        if isinstance(inner, ast.Call) and callee(inner) == "as_view" and isinstance(inner.func, ast.Attribute):
            name = symbol(inner.func.value)
            yield from self.resource(spot, self.classed(name), name, [where], guards)
        elif inner is not None:
            yield from self.endpoints(spot, self.methods(node, ""), where, self.name(inner, scope))
            yield from self.uses(spot, guards, own=True)


def _answers(node: ast.AST | None) -> bool:
    """Whether a function answers anything, or may."""
    return node is None or any(isinstance(each, ast.Return) and each.value is not None for each in ast.walk(node))


def _wrappers(module: Module) -> Iterator[str]:
    """The methods of an API's class that hand a resource on to ``add_resource``, with the paths that they are given."""
    for node, scope in module.definitions:
        for each in node.body if isinstance(node, ast.ClassDef) and inherits(module, scope.name, {"Api"}) else []:
            calls = [one for one in ast.walk(each) if isinstance(one, ast.Call) and symbol(one.func) == "self.add_resource"]
            taken = each.args.vararg.arg if isinstance(each, Function) and each.args.vararg else ""
            handed = [symbol(one.value) for call in calls for one in call.args if isinstance(one, ast.Starred)]
            if isinstance(each, Function) and taken and handed == [taken]:
                yield each.name


def braced(text: str | None) -> str | None:
    """A path with ``<int:id>`` written ``{id}``."""
    return None if text is None else PARAMETER.sub(r"{\1}", text)
