"""Django REST framework: routers and what they make of view sets, permissions of classes, functions and settings.

A class has the permissions that it lists, or those of its base, or those of the settings; an empty list lets everybody in.
"""

import ast
from collections.abc import Iterator

from invariants.facts.code import Constant, Decorator
from invariants.facts.web import Endpoint, Mount, Router
from invariants.frontends.python.frameworks.django import EVERYBODY, INSTEAD
from invariants.frontends.python.frameworks.django_views import told_by
from invariants.frontends.python.frameworks.rest_operators import asked_together
from invariants.frontends.python.frameworks.rest_permissions import BY, SUPER, TABLES, Told, names
from invariants.frontends.python.frameworks.rest_permissions import told as told_by_request
from invariants.frontends.python.frameworks.rest_settings import settings
from invariants.frontends.python.patterns import shown
from invariants.frontends.python.putting import changed
from invariants.frontends.python.registering import Facts, Registrations, Spot, imports, made
from invariants.frontends.python.scopes import Function, Scope
from invariants.frontends.python.symbols import argument, callee, constant, elements, held, keyword, named, symbol
from invariants.frontends.python.syntax import Module, assigned

TRIGGERS = (b"rest_framework", b"permission_classes", b"REST_FRAMEWORK")
ROUTERS = {"DefaultRouter", "SimpleRouter", "NestedSimpleRouter", "NestedDefaultRouter", "ExtendedSimpleRouter", "ExtendedDefaultRouter"}
VIEWS = ("APIView", "ViewSet", "ViewSetMixin", "GenericAPIView")
DEFAULT = "rest_framework.settings.DEFAULT_PERMISSION_CLASSES"
VIEWS_OF = "viewset:"
"""Begins what is said of a view set that is put into a router."""
BARE = " bare"
"""What is said after a view set's name, where paths end without a slash."""
LOOKUP = "{@}/"
"""Stands for the parameter that says which object."""


def read(module: Module) -> Facts:
    """The registrations of one file."""
    yield from settings(module)
    if imports(module, "rest_framework", "rest_framework_nested") or b"permission_classes" in module.content or b"router" in module.content:
        yield from _permissions(module)
        yield from told_by(module)
        yield from Routers(module).read()


def _permissions(module: Module) -> Iterator[Decorator]:
    """The permissions of classes and functions, as what stands on them."""
    for node, scope in module.definitions:
        if isinstance(node, ast.ClassDef):
            yield from _of_class(module, node, scope)
        elif isinstance(node, Function):
            yield from _of_function(module, node, scope)


def _of_class(module: Module, node: ast.ClassDef, scope: Scope) -> Iterator[Decorator]:
    told = [value for each in node.body for name, value in assigned(each) if name == "permission_classes"]
    told += [value for name, value in changed(module, "permission_classes") if name == scope.name]
    asks = [each for each in node.body if isinstance(each, Function) and each.name in {"get_permissions", "check_permissions"}]
    tables = {name: value for each in node.body for name, value in assigned(each)}
    if asks and (by := told_by_request(module, asks[0], tables) if asks[0].name == "get_permissions" else None) is not None:
        yield from _by_request(module, node, scope, by)
        if any(symbol(each).removeprefix("self.") in tables for each in ast.walk(asks[0]) if isinstance(each, ast.Attribute)):
            yield Decorator(module.head(node), f"{scope.name}{BY}{TABLES}", 0, f"{scope.name}.get_permissions", True)
        yield from _plain(module, node, scope, told, f"{scope.name}{BY}{SUPER}")
    elif asks:
        yield Decorator(module.head(node), scope.name, 0, f"{scope.name}.get_permissions", True)
    else:
        yield from _plain(module, node, scope, told, scope.name)


def _plain(module: Module, node: ast.ClassDef, scope: Scope, told: list[ast.expr], name: str) -> Iterator[Decorator]:
    """What a class lists; one of the framework's that lists nothing has what the settings say."""
    if told:
        yield from listed(module, told[-1], scope, name)
    elif any(symbol(each).rpartition(".")[2].endswith(VIEWS) and _is_foreign(module, each) for each in node.bases):
        yield Decorator(module.head(node), name, 0, DEFAULT, False)


def _by_request(module: Module, node: ast.ClassDef, scope: Scope, told: list[Told]) -> Iterator[Decorator]:
    """What a method of a class puts together for each action and method."""
    for each in told:
        name = names(scope.name, each.asked)
        if each.is_above:
            yield Decorator(module.head(node), name, 0, SUPER, called=False)
        elif each.listed is None:
            yield Decorator(module.head(node), name, 0, f"{scope.name}.get_permissions", called=True)
        else:
            yield from listed(module, each.listed, scope, name)


def _calls(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.Call]:
    return [each for each in node.decorator_list if isinstance(each, ast.Call)]


def _is_foreign(module: Module, base: ast.expr) -> bool:
    """Whether a class is the framework's own."""
    return module.dotted(symbol(base)).startswith("rest_framework.")


def _of_function(module: Module, node: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope) -> Iterator[Decorator]:
    """A function view: what ``permission_classes`` below ``api_view`` lists; and an action of a view set, which lists its own."""
    for place, each in enumerate(node.decorator_list):
        if not isinstance(each, ast.Call):
            continue
        if callee(each) == "api_view":
            told = next(
                (one for one in node.decorator_list[place + 1 :] if isinstance(one, ast.Call) and callee(one) == "permission_classes"), None
            )
            if told is None:
                yield Decorator(module.place(each), scope.name, place + 1, DEFAULT, False)
            else:
                yield from listed(module, told.args[0] if told.args else None, scope, scope.name)
        elif callee(each) == "action" and (own := keyword(each, "permission_classes")) is not None:
            yield Decorator(module.place(each), scope.name, place, INSTEAD, called=True)
            yield from listed(module, own, scope, scope.name)


def listed(module: Module, node: ast.expr | None, scope: Scope, name: str) -> Iterator[Decorator]:
    """The permissions of a list, each as what stands on a view; an empty list is everybody's."""
    found = elements(node, module.bindings)
    if node is not None and found is None:
        yield Decorator(module.place(node), name, 0, named(node, scope) or module.text(node), False)
    elif node is not None and not found:
        yield Decorator(module.place(node), name, 0, EVERYBODY, False)
    for position, each in enumerate(found or []):
        yield from _permission(module, each, scope, name, position)


def _permission(module: Module, node: ast.expr, scope: Scope, name: str, position: int) -> Iterator[Decorator]:
    """One permission; of two of which both are asked, each."""
    for several in asked_together(node):
        said = " | ".join(ast.unparse(each) if isinstance(each, ast.UnaryOp) else named(each, scope) for each in several)
        yield Decorator(module.place(node), name, position, said or module.text(node), isinstance(node, ast.Call))


class Routers(Registrations):
    """What routers make of the view sets that are registered on them."""

    def __init__(self, module: Module) -> None:
        super().__init__(module, "rest_framework")
        self.bare: set[str] = set()
        """Routers whose paths end without a slash."""
        self.prefixes: dict[str, str | None] = {}

    def read(self) -> Facts:
        """Routers, then what is registered on them."""
        known = set()
        for defined, scope in self.module.definitions:
            if isinstance(defined, ast.ClassDef):
                yield from self.view_set(defined, scope)
        for _, name, call, _ in made(self.module):
            if callee(call) in ROUTERS or (callee(call).endswith("Router") and imports(self.module, "rest_framework")):
                known.add(name)
                if isinstance(said := keyword(call, "trailing_slash"), ast.Constant) and said.value is False:
                    self.bare.add(name)
                self.prefixes[name] = self.nested(call)
                yield Router(self.module.place(call), name, "rest_framework", "router", self.prefixes[name])
        for node, scope in self.module.nodes:
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                on = held(node.func.value, scope)
                if node.func.attr == "register" and (on in known or (len(node.args) >= 2 and "router" in on.lower())):
                    yield from self.registered(node, on, scope)
                elif node.func.attr in {"extend", "append"} and node.args:
                    yield from self.extended(node, on, scope)

    def extended(self, node: ast.Call, on: str, scope: Scope) -> Facts:
        """A router's registry put into another one's."""
        given = node.args[0]
        router = on.removesuffix(".registry")
        if isinstance(given, ast.Attribute) and given.attr == "registry":
            spot = self.spot(node, scope, router)
            yield Mount(self.module.place(node), router, spot.position, held(given.value, scope), "", isolates=False)
        elif router != on:
            yield self.unread(node, "which view sets are put in here is decided at run time", "Register each with router.register().")

    def registered(self, call: ast.Call, router: str, scope: Scope) -> Facts:
        """A view set that is put in; what it answers its class says, which may be another file's."""
        prefix, given = shown(constant(argument(call, 0, "prefix"), self.module.bindings), "re_path"), argument(call, 1, "viewset")
        if given is not None:
            spot = self.spot(call, scope, router)
            ending = BARE if router in self.bare else ""
            yield Mount(self.module.place(call), router, spot.position, f"{VIEWS_OF}{symbol(given)}{ending}", prefix, isolates=False)

    def nested(self, call: ast.Call) -> str | None:
        """What stands before a router below another one: ``NestedSimpleRouter(router, "books", lookup="book")``."""
        if not callee(call).startswith("Nested"):
            return ""
        under, lookup = (constant(each, self.module.bindings) for each in (argument(call, 1, "parent_prefix"), keyword(call, "lookup")))
        above = self.prefixes.get(symbol(argument(call, 0, "parent_router")), "")
        return None if under is None or above is None else f"{above}{under}/{{{lookup or 'nested_1'}_pk}}/"

    def view_set(self, node: ast.ClassDef, scope: Scope) -> Facts:
        """What a class says of itself: the parameter that tells which object, and its actions beside the standard ones."""
        for each in node.body:
            for name, value in assigned(each):
                if name in {"lookup_field", "lookup_url_kwarg"} and (told := constant(value, {})) is not None:
                    yield Constant(self.module.place(value), f"{scope.name}.{name}", told)
        adding = [(each, call) for each in node.body if isinstance(each, Function) for call in _calls(each) if callee(call) == "action"]
        if adding:
            yield Router(self.module.head(node), scope.name, "rest_framework", "given", "")
        for method, call in adding:
            yield from self.own(self.spot(method, self.module.top, scope.name), node, call, method.name)

    def own(self, spot: Spot, node: ast.ClassDef, call: ast.Call, name: str) -> Iterator[Endpoint]:
        """An action of a class's own, which ``@action`` registers, with those that ``@name.mapping.delete`` adds."""
        detail = argument(call, 0, "detail")
        said = shown(constant(keyword(call, "url_path"), self.module.bindings), "re_path")
        path = f"{LOOKUP if isinstance(detail, ast.Constant) and detail.value is True else ''}{said or name}/"
        told = [constant(one, {}) for one in elements(keyword(call, "methods"), self.module.bindings) or []]
        marks = [symbol(one) for each in node.body if isinstance(each, Function) for one in each.decorator_list]
        mapped = [each.removeprefix(f"{name}.mapping.") for each in marks if each.startswith(f"{name}.mapping.")]
        yield from self.endpoints(spot, [*([one for one in told if one] or ["GET"]), *mapped], path, f"{spot.router}.{name}")
