"""Django: lists of URLs, the views in them, middleware, and what views that are classes are guarded by.

A view answers every method, so that its routes are ``ANY`` here: which methods a class defines is told where all files are known.
The lists are routers: ``urlpatterns`` of a file, and lists that it is made of.
"""

import ast
from collections.abc import Iterator

from invariants.facts.web import Mount, Router, Setting
from invariants.frontends.python.asking import test_of
from invariants.frontends.python.frameworks.django_middleware import middleware
from invariants.frontends.python.frameworks.django_views import answering, decorated, put, required, somebody, tested
from invariants.frontends.python.patterns import covers, shown
from invariants.frontends.python.registering import Facts, Guarded, Registrations, Spot, imports
from invariants.frontends.python.scopes import DEFINITIONS, Scope
from invariants.frontends.python.symbols import argument, callee, constant, elements, keyword, symbol
from invariants.frontends.python.syntax import Module, assigned

TRIGGERS = (b"urlpatterns", b"ROOT_URLCONF", b"MIDDLEWARE", b"method_decorator")
PATHS = {"path", "re_path", "url"}
REMEDY = "Write the routes out as a list of path() and re_path()."
INSTEAD = "rest_framework.decorators.permission_classes"
"""Says that a view has permissions of its own, in the place of its class's."""
EVERYBODY = "rest_framework.permissions.AllowAny"
CONFIG = "app config "
"""Begins the name of the router of an application's configuration, which is looked up by its label."""
SITE = "django.contrib.admin.site"


def read(module: Module) -> Facts:
    """The registrations of one file."""
    yield from decorated(module)
    yield from tested(module)
    yield from answering(module)
    yield from _settings(module)
    yield from put(module)
    yield from required(module)
    yield from somebody(module)
    if b"urlpatterns" in module.content or imports(module, "django"):
        yield from Urls(module).read()


def _settings(module: Module) -> Facts:
    """What the settings say of the whole application: where its URLs begin, and its middleware."""
    root = constant(module.bindings.get("ROOT_URLCONF"), module.bindings)
    if root is None:
        return
    told = Registrations(module, "django")
    node = module.bindings["ROOT_URLCONF"]
    yield Router(module.place(node), "ROOT_URLCONF", "django", "app", "/")
    spot = told.spot(node, module.top, "ROOT_URLCONF")
    yield Mount(module.place(node), "ROOT_URLCONF", spot.position, f"{root}.urlpatterns", "", isolates=False)
    for position, each in enumerate(middleware(module)):
        name = constant(each.node, module.bindings) or ""
        yield Setting(module.place(each.node), "django", "MIDDLEWARE", position, name)
        pattern = "**" if each.is_sure else None
        yield told.use(spot, "middleware", each.node, own=False, rank=position, name=name, pattern=pattern)


def inside(node: ast.stmt) -> Iterator[ast.stmt]:
    """The statements in another one, in loops and branches, of what it defines none."""
    if not isinstance(node, DEFINITIONS):
        for name in ("body", "orelse", "finalbody"):
            yield from getattr(node, name, [])
        for each in getattr(node, "handlers", []):
            yield from each.body


class Urls(Registrations):
    """The lists of URLs of one file."""

    def __init__(self, module: Module) -> None:
        super().__init__(module, "django")
        self.lists: set[str] = set()
        self.scope = module.top
        """Where names are looked up."""
        self.is_certain = True
        """What is being read is in its list whatever happens."""
        self.taken: dict[str, list[str]] = {}
        """The paths that views answer whatever happens, by the lists that they are in: the first that takes a path answers it."""

    def read(self) -> Facts:
        """Every list at the module's level that holds routes, and what is added to it."""
        for node in self.module.tree.body:
            self.is_certain = True
            yield from self.statement(node)
        self.is_certain = False
        for each, scope in self.module.nodes:
            if isinstance(each, ast.AugAssign | ast.Expr) and scope.parent is not None:
                yield from self.changed(each, scope)

    def statement(self, node: ast.stmt) -> Facts:
        for each in inside(node):
            self.is_certain = False
            yield from self.statement(each)
        for name, value in assigned(node):
            if name == "urlpatterns" or self.holds(value):
                yield from self.begun(name, value)
        yield from self.changed(node, self.module.top)

    def changed(self, node: ast.stmt, scope: Scope) -> Facts:
        """What is added to a list of the module, at its level or in a function."""
        added = node.target if isinstance(node, ast.AugAssign) else None
        call = node.value if isinstance(node, ast.Expr) else None
        if isinstance(node, ast.AugAssign) and isinstance(added, ast.Name):
            if added.id in self.lists or (scope.parent is None and self.holds(node.value)):
                yield from self.begun(added.id, node.value)
        elif isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in {"append", "extend", "insert"}:
            name = symbol(call.func.value)
            if name in self.lists and call.args and scope.owner(name) is None:
                self.is_certain = self.is_certain and call.func.attr != "insert"
                yield from self.entries(call.args[-1], name)

    def holds(self, node: ast.expr) -> bool:
        """Whether a list is one of URLs."""
        listed = elements(node) or []
        return any(isinstance(each, ast.Call) and callee(each) in PATHS for each in listed) or (
            isinstance(node, ast.BinOp) and (self.holds(node.left) or self.holds(node.right))
        )

    def begun(self, name: str, value: ast.expr) -> Facts:
        if name not in self.lists:
            self.lists.add(name)
            yield Router(self.module.place(value), name, "django", "router", "")
        yield from self.entries(value, name)

    def entries(self, node: ast.expr, router: str) -> Facts:
        """What a list holds: one route or list after the other."""
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            yield from self.entries(node.left, router)
            yield from self.entries(node.right, router)
        elif isinstance(node, ast.List | ast.Tuple):
            for each in node.elts:
                yield from self.entries(each.value if isinstance(each, ast.Starred) else each, router)
        elif isinstance(node, ast.IfExp):
            self.is_certain = False
            yield from self.entries(node.body, router)
            yield from self.entries(node.orelse, router)
        elif isinstance(node, ast.Call) and callee(node) in PATHS:
            yield from self.route(node, router)
        elif isinstance(node, ast.Call) and callee(node) == "i18n_patterns":
            for each in node.args:
                yield from self.entries(each, router)
        elif isinstance(node, ast.Call) and callee(node) in {"static", "staticfiles_urlpatterns", "format_suffix_patterns"}:
            yield from self.entries(node.args[0], router) if callee(node) == "format_suffix_patterns" and node.args else ()
        elif symbol(node):
            spot = self.spot(node, self.module.top, router)
            name = self.listed(node) if symbol(node).endswith(".urls") else symbol(node)
            yield Mount(self.module.place(node), router, spot.position, name, "", isolates=False)
        else:
            yield self.unread(node, "which routes these are is decided at run time", REMEDY)

    def route(self, call: ast.Call, router: str) -> Facts:
        """``path`` or ``re_path``: a view, or a list of its own under a prefix."""
        path = shown(constant(argument(call, 0, "route", "regex"), self.module.bindings), callee(call))
        view = argument(call, 1, "view")
        if view is None:
            return
        if isinstance(view, ast.Attribute) and view.attr == "urls":
            yield from self.others(call, view.value, router, path)
        elif isinstance(view, ast.Call) and callee(view) == "include":
            yield from self.included(call, view, router, path)
        elif not self.is_taken(call, router):
            yield from self.answered(call, view, router, path)

    def is_taken(self, call: ast.Call, router: str) -> bool:
        """Whether another view answers whatever this one would."""
        said = constant(argument(call, 0, "route", "regex"), self.module.bindings)
        known = self.taken.setdefault(router, [])
        if said is None or any(covers(each, f"{callee(call)} {said}") for each in known):
            return said is not None
        known += [f"{callee(call)} {said}"] if self.is_certain else []
        return False

    def others(self, call: ast.Call, node: ast.expr, router: str, path: str | None) -> Facts:
        """The routes of something that has them itself; of the admin's own site, which is no file's, also its pages."""
        spot = self.spot(call, self.scope, router)
        yield Mount(self.module.place(call), router, spot.position, symbol(node), path, isolates=False)
        if self.module.dotted(symbol(node)).replace(".gis.", ".").replace("sites.site", "site") == SITE:
            pages = self.spot(call, self.scope, router)
            yield from self.endpoints(pages, ["ANY"], path if path is None else f"{path}{{?}}", SITE)
            yield self.use(pages, "decorator", node, own=True, name=SITE)

    def answered(self, call: ast.Call, view: ast.expr, router: str, path: str | None) -> Facts:
        """A view, with what is around it."""
        guards, inner = _peeled(view)
        spot = self.spot(call, self.scope, router)
        for method, handler in self.answers(inner):
            yield from self.endpoints(spot, [method], path, handler)
        for rank, (means, node) in enumerate(guards):
            yield self.use(spot, means, node, own=True, rank=rank, name=test_of(node))
        if isinstance(inner, ast.Call) and (said := keyword(inner, "permission_classes")) is not None:
            yield from self.permitted(spot, said, len(guards))

    def permitted(self, spot: Spot, said: ast.expr, rank: int) -> Facts:
        """The permissions that a view is given where it is registered, in the place of its class's; an empty list is everybody's."""
        yield self.use(spot, "decorator", said, own=True, rank=rank, name=INSTEAD)
        listed = elements(said, self.module.bindings)
        if not listed:
            yield self.use(spot, "decorator", said, own=True, rank=rank + 1, name=EVERYBODY if listed == [] else "")
        yield from self.uses(spot, (("decorator", each) for each in listed or []), own=True, start=rank + 1)

    def answers(self, view: ast.expr) -> Iterator[tuple[str, str]]:
        """The methods of a route and what answers each: of a view set, those that ``as_view({"get": "list"})`` names."""
        told = argument(view, 0, "actions") if isinstance(view, ast.Call) and callee(view) == "as_view" else None
        if not isinstance(told, ast.Dict):
            yield "ANY", self.viewed(view)
            return
        for key, value in zip(told.keys, told.values, strict=True):
            verb, method = constant(key, self.module.bindings), constant(value, self.module.bindings)
            yield verb.upper() if verb else "ANY", f"{self.viewed(view)}.{method}" if verb and method else self.viewed(view)

    def viewed(self, node: ast.expr) -> str:
        """The view: a function, a class, or a dotted name in a string."""
        if isinstance(node, ast.Call) and callee(node) in {"as_view", "as_asgi"} and isinstance(node.func, ast.Attribute):
            return symbol(node.func.value)
        return constant(node, self.module.bindings) or self.name(node, self.scope)

    def included(self, call: ast.Call, view: ast.Call, router: str, path: str | None) -> Facts:
        """``include`` of a module by its name or itself, of a list, or of a list with its namespace."""
        given = argument(view, 0, "arg")
        named = self.module.bindings.get(given.id) if isinstance(given, ast.Name) else None
        given = named if isinstance(named, ast.Tuple) else given
        inner = given.elts[0] if isinstance(given, ast.Tuple) and given.elts else given
        spot = self.spot(call, self.module.top, router)
        at = self.module.place(call)
        if inner is None:
            return
        if isinstance(inner, ast.List) or (isinstance(inner, ast.BinOp) and self.holds(inner)):
            name = f"({inner.lineno}:{inner.col_offset + 1})"
            yield Router(self.module.place(inner), name, "django", "router", "")
            yield from self.entries(inner, name)
        else:
            dotted = constant(inner, {}) or ""
            name = f"{dotted}.urlpatterns" if dotted else self.configured(inner) or self.listed(inner)
        if name:
            yield Mount(at, router, spot.position, name, path, isolates=False)
        else:
            yield self.unread(call, "which routes are included here is decided at run time", REMEDY)

    def configured(self, node: ast.expr) -> str:
        """The routes of an application's configuration, which is looked up by its label: ``apps.get_app_config("shop").urls[0]``."""
        told = node.value if isinstance(node, ast.Subscript) else node
        holder = told.value if isinstance(told, ast.Attribute) and told.attr == "urls" else None
        if isinstance(holder, ast.Attribute) and symbol(holder).startswith("self."):
            given = (each for each, _ in self.module.nodes if isinstance(each, ast.Assign))
            holder = next((each.value for each in given if symbol(each.targets[0]) == symbol(holder)), None)
        label = constant(argument(holder, 0), {}) if isinstance(holder, ast.Call) and callee(holder) == "get_app_config" else None
        return f"{CONFIG}{label}" if label else ""

    def listed(self, node: ast.expr) -> str:
        """The symbol of what is included: a list of this file, a router's ``urls``, or a module that is imported."""
        name = symbol(node)
        root = name.removesuffix(".urls")
        if (
            isinstance(node, ast.Attribute)
            and node.attr == "urls"
            and (root not in self.module.imported or root.endswith(("router", "api")))
        ):
            return root
        is_module = root in self.module.imported and not name.endswith(("patterns", "_urls", "routes"))
        return f"{name}.urlpatterns" if is_module else name


def _peeled(node: ast.expr) -> tuple[list[Guarded], ast.expr]:
    """The wrappers around a view, the outermost first, and the view itself."""
    guards: list[Guarded] = []
    while isinstance(node, ast.Call) and callee(node) not in {"as_view", "as_asgi"} and node.args:
        guards.append(("wrapper", node.func))
        node = node.args[0]
    return guards, node
