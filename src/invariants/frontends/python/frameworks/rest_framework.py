"""Django REST framework: routers and what they make of view sets, permissions of classes, functions and settings.

A class has the permissions that it lists, or those of its base, or those of the settings; an empty list lets everybody in.
"""

import ast
from collections.abc import Iterator

from invariants.facts.code import Decorator
from invariants.facts.web import Endpoint, Mount, Router, Setting
from invariants.frontends.python.frameworks.django import shown
from invariants.frontends.python.registering import Facts, Registrations, Spot, imports, made
from invariants.frontends.python.scopes import Function, Scope
from invariants.frontends.python.symbols import argument, callee, constant, elements, held, keyword, named, symbol
from invariants.frontends.python.syntax import Module, assigned

TRIGGERS = (b"rest_framework", b"permission_classes", b"REST_FRAMEWORK")
ROUTERS = {"DefaultRouter", "SimpleRouter", "NestedSimpleRouter", "NestedDefaultRouter", "ExtendedSimpleRouter", "ExtendedDefaultRouter"}
STANDARD = {
    "list": ("GET", False),
    "create": ("POST", False),
    "retrieve": ("GET", True),
    "update": ("PUT", True),
    "partial_update": ("PATCH", True),
    "destroy": ("DELETE", True),
}
"""The actions of a view set: their method, and whether they are about one object."""
MIXINS = {
    "ListModelMixin": ("list",), "CreateModelMixin": ("create",), "RetrieveModelMixin": ("retrieve",), "DestroyModelMixin": ("destroy",),
    "UpdateModelMixin": ("update", "partial_update"), "ModelViewSet": tuple(STANDARD), "ReadOnlyModelViewSet": ("list", "retrieve"),
}  # fmt: skip
VIEWS = ("APIView", "ViewSet", "ViewSetMixin", "GenericAPIView")
DEFAULT = "rest_framework.settings.DEFAULT_PERMISSION_CLASSES"
INSTEAD = "rest_framework.decorators.permission_classes"
"""Says that a method has permissions of its own, in the place of its class's."""
BARE = ".bare"
"""What is said after a view set's name, where paths end without a slash."""
HERE = ""
"""The prefix of a view set by itself."""
EVERYBODY = "rest_framework.permissions.AllowAny"


def read(module: Module) -> Facts:
    """The registrations of one file."""
    yield from _settings(module)
    if imports(module, "rest_framework", "rest_framework_nested") or b"permission_classes" in module.content or b"router" in module.content:
        yield from _permissions(module)
        yield from Routers(module).read()


def _settings(module: Module) -> Iterator[Setting]:
    """The permissions of whatever lists none itself."""
    said = module.bindings.get("REST_FRAMEWORK")
    if isinstance(said, ast.Dict):
        for key, value in zip(said.keys, said.values, strict=True):
            if isinstance(key, ast.Constant) and key.value == "DEFAULT_PERMISSION_CLASSES":
                for position, each in enumerate(elements(value, module.bindings) or [value]):
                    name = constant(each, module.bindings) or symbol(each)
                    yield Setting(module.place(each), "rest_framework", "DEFAULT_PERMISSION_CLASSES", position, name)


def _permissions(module: Module) -> Iterator[Decorator]:
    """The permissions of classes and functions, as what stands on them."""
    for node, scope in module.definitions:
        if isinstance(node, ast.ClassDef):
            yield from _of_class(module, node, scope)
        elif isinstance(node, Function):
            yield from _of_function(module, node, scope)


def _of_class(module: Module, node: ast.ClassDef, scope: Scope) -> Iterator[Decorator]:
    told = [value for each in node.body for name, value in assigned(each) if name == "permission_classes"]
    asks = any(isinstance(each, Function) and each.name in {"get_permissions", "check_permissions"} for each in node.body)
    if told:
        yield from listed(module, told[-1], scope, scope.name)
    elif asks:
        yield Decorator(module.head(node), scope.name, 0, f"{scope.name}.get_permissions", True)
    elif any(symbol(each).rpartition(".")[2].endswith(VIEWS) and _is_foreign(module, each) for each in node.bases):
        yield Decorator(module.head(node), scope.name, 0, DEFAULT, False)


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
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitAnd):
        yield from _permission(module, node.left, scope, name, position)
        yield from _permission(module, node.right, scope, name, position)
    else:
        yield Decorator(module.place(node), name, position, named(node, scope) or module.text(node), isinstance(node, ast.Call))


class Routers(Registrations):
    """What routers make of the view sets that are registered on them."""

    def __init__(self, module: Module) -> None:
        super().__init__(module, "rest_framework")
        self.bare: set[str] = set()
        """Routers whose paths end without a slash."""

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
                yield Router(self.module.place(call), name, "rest_framework", "router", "")
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
        """A view set: its standard actions and its own; where its class is elsewhere, whatever it answers."""
        prefix, given = constant(argument(call, 0, "prefix"), self.module.bindings), argument(call, 1, "viewset")
        if given is None:
            return
        spot, name = self.spot(call, scope, router), symbol(given)
        node = next((one for one, each in self.module.definitions if each.name == name), None)
        actions = self.actions(node) if isinstance(node, ast.ClassDef) else None
        if actions is None or not isinstance(node, ast.ClassDef):
            yield Mount(self.module.place(call), router, spot.position, name + self.ending(router), prefix, isolates=False)
            yield from self.endpoints(spot, ["ANY"], self.under(router, prefix, ""), name)
            yield from self.endpoints(spot, ["ANY"], self.under(router, prefix, "{pk}/"), name)
            return
        yield from self.answered(spot, node, name, prefix, actions)

    def answered(self, spot: Spot, node: ast.ClassDef, name: str, prefix: str | None, actions: list[str]) -> Iterator[Endpoint]:
        """What a view set answers below a prefix: its standard actions, and its own."""
        for action in actions:
            method, one = STANDARD[action]
            path = self.under(spot.router, prefix, f"{{{self.lookup(node)}}}/" if one else "")
            yield from self.endpoints(spot, [method], path, name)
        yield from self.own(spot, node, name, prefix)

    def ending(self, router: str) -> str:
        """The view set as a router puts it in whose paths end without a slash."""
        return BARE if router in self.bare else ""

    def view_set(self, node: ast.ClassDef, scope: Scope) -> Facts:
        """A view set by itself: routers of other files put it in, and view sets of other files stand on it."""
        bases = [symbol(each) for each in node.bases]
        is_one = any(each.endswith("ViewSet") or each.rpartition(".")[2] in MIXINS for each in bases)
        if not (is_one or any(isinstance(each, Function) and "action" in map(callee, _calls(each)) for each in node.body)):
            return
        for ending in ("", BARE):
            name = scope.name + ending
            self.bare |= {name} if ending else set()
            spot = self.spot(node, self.module.top, name)
            yield Router(self.module.head(node), name, "rest_framework", "given", "")
            yield from self.answered(spot, node, scope.name, HERE, self.told(node))
            for base in node.bases:
                if not _is_foreign(self.module, base) and not any(each.name == symbol(base) for _, each in self.module.definitions):
                    yield Mount(self.module.head(node), name, spot.position, symbol(base) + ending, "", isolates=False)

    def told(self, node: ast.ClassDef) -> list[str]:
        """The standard actions of a class that this file tells."""
        own = {each.name for each in node.body if isinstance(each, Function)}
        for base in node.bases:
            inner = next((one for one, each in self.module.definitions if each.name == symbol(base)), None)
            own |= set(self.told(inner)) if isinstance(inner, ast.ClassDef) and inner is not node else set()
            own |= set(MIXINS.get(symbol(base).rpartition(".")[2], ()))
        return [each for each in STANDARD if each in own]

    def actions(self, node: ast.ClassDef) -> list[str] | None:
        """The standard actions of a class, by its methods and its mixins; None where it stands on a class from elsewhere."""
        own = {each.name for each in node.body if isinstance(each, Function)}
        for base in node.bases:
            last = symbol(base).rpartition(".")[2]
            inner = next((one for one, each in self.module.definitions if each.name == symbol(base)), None)
            inherited = self.actions(inner) if isinstance(inner, ast.ClassDef) else None
            if inherited is None and not _is_foreign(self.module, base):
                return None
            own |= set(inherited or MIXINS.get(last, ()))
        return [each for each in STANDARD if each in own]

    def lookup(self, node: ast.AST | None) -> str:
        """The name of the parameter that says which object."""
        body = node.body if isinstance(node, ast.ClassDef) else []
        said = {name: constant(value, {}) for each in body for name, value in assigned(each)}
        return said.get("lookup_url_kwarg") or said.get("lookup_field") or "pk"

    def own(self, spot: Spot, node: ast.AST | None, name: str, prefix: str | None) -> Iterator[Endpoint]:
        """The actions of a view set's own, which ``@action`` registers."""
        for each in node.body if isinstance(node, ast.ClassDef) else []:
            listed = each.decorator_list if isinstance(each, Function) else []
            call = next((one for one in listed if isinstance(one, ast.Call) and callee(one) == "action"), None)
            if call is not None and isinstance(each, Function):
                path = self.under(spot.router, prefix, self.below(call, node, each.name))
                told = [constant(one, {}) for one in elements(keyword(call, "methods"), self.module.bindings) or []]
                yield from self.endpoints(spot, [one for one in told if one] or ["GET"], path, f"{name}.{each.name}")
                yield from self.mapped(spot, node, f"{name}.{each.name}", path)

    def mapped(self, spot: Spot, node: ast.AST | None, action: str, path: str | None) -> Iterator[Endpoint]:
        """The other methods of an action: ``@newest.mapping.delete``. The action's permissions are theirs."""
        for each in node.body if isinstance(node, ast.ClassDef) else []:
            for one in each.decorator_list if isinstance(each, Function) else []:
                owner, _, method = symbol(one).rpartition(".mapping.")
                if owner and owner == action.rpartition(".")[2]:
                    yield from self.endpoints(spot, [method], path, action)

    def under(self, router: str, prefix: str | None, rest: str) -> str | None:
        """A path below the prefix of a view set, as its router ends it."""
        path = None if prefix is None else f"{prefix}/{rest}" if prefix else rest or "/"
        return path.removesuffix("/") if path is not None and router in self.bare else path

    def below(self, call: ast.Call, node: ast.AST | None, name: str) -> str:
        """The path of an action below its view set's."""
        detail = argument(call, 0, "detail")
        one = f"{{{self.lookup(node)}}}/" if isinstance(detail, ast.Constant) and detail.value is True else ""
        told = shown(constant(keyword(call, "url_path"), self.module.bindings), "re_path")
        return f"{one}{told or name}/"
