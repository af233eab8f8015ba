"""Django's admin: sites, the classes that are registered with them, and the routes that these add in ``get_urls``.

A site asks who comes by before its own pages; what ``get_urls`` adds is asked only where ``admin_view`` is around it.
"""

import ast
from collections.abc import Iterator

from invariants.facts.web import Mount, Router, Setting
from invariants.frontends.python.frameworks.django import CONFIG, Urls
from invariants.frontends.python.frameworks.django import PATHS as CALLS
from invariants.frontends.python.registering import Facts, Registrations, inherits, made
from invariants.frontends.python.scopes import Function, Scope
from invariants.frontends.python.symbols import argument, callee, constant, elements, keyword, symbol
from invariants.frontends.python.syntax import Module, assigned

TRIGGERS = (b"get_urls", b"AdminSite", b"admin.register", b"site.register")
METHOD = "get_urls"
SITES = {"AdminSite"}
ASKED = "django.contrib.admin.site.admin_view"
MANY = 10**6
"""A place behind everything that a class registers itself."""
REMEDY = "Write the routes out as path() and re_path() in get_urls."


def read(module: Module) -> Facts:
    """The sites of a file, and the routes of its classes."""
    if not any(word in module.content for word in TRIGGERS):
        return
    yield from _sites(module)
    yield from _registered(module)
    for node, scope in module.definitions:
        if isinstance(node, ast.ClassDef):
            yield from _class(module, node, scope)


def _sites(module: Module) -> Facts:
    """``site = AdminSite(name="x")``: its own pages are one route."""
    told = Registrations(module, "django")
    for _, name, call, _ in made(module):
        if callee(call).endswith("AdminSite") or inherits(module, symbol(call.func), SITES):
            site = symbol(call.func)
            yield Router(module.place(call), name, "django", "router", "")
            spot = told.spot(call, module.top, name)
            yield from told.endpoints(spot, ["ANY"], "{?}", site)
            yield told.use(spot, "decorator", call, own=True, name=site)
            yield _added(module, call, name, site, "")


def _added(module: Module, node: ast.expr, router: str, name: str, prefix: str) -> Mount:
    """What a class adds to a site, by itself or by one that it stands on; one of a library's adds what the library asks for."""
    return Mount(module.place(node), router, MANY, f"{name}.{METHOD}", prefix, isolates=False, inherits=True)


def _registered(module: Module) -> Iterator[Mount]:
    """Classes that are registered with a site, by a decorator or a call: their routes are below the application and the model."""
    for defined, scope in module.definitions:
        for each in defined.decorator_list if isinstance(defined, ast.ClassDef) else ():
            if isinstance(each, ast.Call) and symbol(each.func) == "admin.register":
                yield from _below(module, each, symbol(keyword(each, "site")) or "admin.site", each.args, scope.name)
    for node, _ in module.nodes:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "register" and len(node.args) > 1:
            site, name = symbol(node.func.value), symbol(node.args[1])
            if name and (site.rpartition(".")[2].endswith("site") or name.endswith("Admin")):
                yield from _below(module, node, site, elements(node.args[0], module.bindings) or node.args[:1], name)


def _below(module: Module, call: ast.Call, site: str, models: list[ast.expr], name: str) -> Iterator[Mount]:
    for each in models:
        dotted = module.dotted(symbol(each))
        label = _label(module.path, dotted)
        model = dotted.rpartition(".")[2].lower()
        yield _added(module, call, site, name, f"{label}/{model}/" if label and model else "{?}/{?}/")


def _label(path: str, model: str) -> str:
    """The application of a model: the package of its module, as far as the import says it."""
    source, dots = model.rpartition(".")[0], len(model) - len(model.lstrip("."))
    parts = [*path.split("/")[: -dots or None], *source.strip(".").split(".")] if dots else source.split(".")
    package = parts[: parts.index("models")] if "models" in parts else []
    return package[-1] if package else ""


def _class(module: Module, node: ast.ClassDef, scope: Scope) -> Facts:
    """A class that adds routes, and those that it stands on; what mounts it is told where it is registered."""
    methods = {each.name: each for each in node.body if isinstance(each, Function)}
    if "has_permission" in methods and inherits(module, scope.name, SITES):
        yield Setting(module.head(node), "django", ASKED, 0, scope.name)
    if METHOD in methods:
        router = f"{scope.name}.{METHOD}"
        yield Router(module.head(methods[METHOD]), router, "django", "router", "")
        yield from Added(module, module.scopes[methods[METHOD]], scope.name).read()
        yield from (_added(module, base, router, symbol(base), "") for base in node.bases)
        if (label := _config(node)) is not None:
            yield Router(module.head(node), f"{CONFIG}{label}", "django", "router", "")
            yield Mount(module.head(node), f"{CONFIG}{label}", 0, router, "", isolates=False)


def _config(node: ast.ClassDef) -> str | None:
    """The label by which the configuration of an application is looked up: its own, or the end of the application's name."""
    if not node.name.endswith("Config"):
        return None
    told = {name: constant(value, {}) for each in node.body for name, value in assigned(each)}
    return told.get("label") or ((name := told.get("name")) and name.rpartition(".")[2]) or None


class Added(Urls):
    """The routes that a class adds in ``get_urls``."""

    def __init__(self, module: Module, scope: Scope, owner: str) -> None:
        super().__init__(module)
        self.scope = scope
        self.owner = owner

    def read(self) -> Facts:
        """Every route that is written in the method; one that makes a list of something else is said to."""
        inside = [node for node, scope in self.module.nodes if scope is self.scope and isinstance(node, ast.Call)]
        routes = [each for each in inside if callee(each) in CALLS and argument(each, 1, "view") is not None]
        for each in routes:
            yield from self.route(each, self.scope.name)
        if not routes and any(callee(each) != METHOD and symbol(each) != "super" for each in inside):
            assert isinstance(self.scope.node, Function)
            yield self.unread(self.scope.node, "which routes are added here is decided at run time", REMEDY)

    def name(self, node: ast.expr, scope: Scope) -> str:
        """A view or wrapper, of the class itself by the name that it has there."""
        found = super().name(node, scope)
        if found == "self.admin_view":
            return self.owner
        if found.endswith(".admin_view"):
            return ASKED
        return f"{self.owner}.{found.removeprefix('self.')}" if found.startswith("self.") else found
