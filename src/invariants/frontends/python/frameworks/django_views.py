"""Views of Django and its REST framework: what stands on them, in them, or is put into them from outside, and decides who comes in."""

import ast
from collections.abc import Iterator
from typing import Any

from invariants.facts.code import Alias, Constant, Decorator
from invariants.facts.web import Setting
from invariants.frontends.python.asking import asked, test_of
from invariants.frontends.python.imports import unwrapped
from invariants.frontends.python.putting import changed, targets
from invariants.frontends.python.scopes import Function, Scope
from invariants.frontends.python.symbols import argument, callee, constant, elements, keyword, named, symbol
from invariants.frontends.python.syntax import Module, assigned

AUTHENTICATION = "authentication_classes"
REQUIRED = "permission_required"
USERS = (
    "request.user",
    "django.contrib.auth.decorators.login_required",
    "django.contrib.auth.mixins.LoginRequiredMixin",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
)
"""What asks whether a request is somebody's."""
LISTS = {"permission_classes", AUTHENTICATION}
PUT = {
    *LISTS,
    "permission_required",
    "get_permission_required",
    "get_permissions",
    "get_authenticators",
    "has_permission",
    "test_func",
    "dispatch",
}
"""What decides who comes in, and is a class's own."""
METHODS = "get post put patch delete head options trace"


def decorated(module: Module) -> Iterator[Decorator]:
    """What ``method_decorator`` puts on the methods of a class; on ``dispatch``, it guards every one of them."""
    for node, scope in module.definitions:
        if isinstance(node, ast.ClassDef):
            methods = [each for each in node.body if isinstance(each, Function)]
            listed = [(each.name, one) for each in methods for one in each.decorator_list]
            named = [(constant(keyword(one, "name"), {}) or "", one) for one in node.decorator_list if isinstance(one, ast.Call)]
            for position, (method, each) in enumerate([*named, *listed]):
                if isinstance(each, ast.Call) and callee(each) == "method_decorator" and method:
                    target = scope.name if method == "dispatch" else f"{scope.name}.{method}"
                    yield from _listed_on(module, each, target, position)


def _listed_on(module: Module, call: ast.Call, target: str, position: int) -> Iterator[Decorator]:
    """What one ``method_decorator`` puts there: a decorator, or a list of them."""
    for given in elements(argument(call, 0), module.bindings) or call.args[:1]:
        test = test_of(unwrapped(given))
        yield Decorator(module.place(given), target, position, test or symbol(unwrapped(given)), isinstance(given, ast.Call) and not test)


def tested(module: Module) -> Iterator[Any]:
    """``user_passes_test(test)`` refuses whoever the test says no to: as a decorator, around a view, or under a name."""
    for node, scope in module.nodes if b"user_passes_test" in module.content else ():
        if isinstance(node, ast.Call) and (name := test_of(node)) and (test := argument(node, 0, "test_func")) is not None:
            asks = module.scopes[test].name if isinstance(test, ast.Lambda) else named(test, scope)
            yield from asked(module.place(node), name, [asks], 302, "request.user") if not _is_met(test, module) else ()
        for own, value in assigned(node) if isinstance(node, ast.Assign) else ():
            if name := test_of(value):
                yield Alias(module.place(value), own, name, called=False)
    for node, scope in module.definitions:
        for position, each in enumerate(getattr(node, "decorator_list", [])):
            if name := test_of(each):
                yield Decorator(module.place(each), scope.name, position, name, called=False)


def _is_met(test: ast.expr, module: Module) -> bool:
    """Whether a test asks whether there is a user: there is one for whoever comes."""
    told = next((node for node, scope in module.definitions if isinstance(test, ast.Name) and scope.name == test.id), test)
    if isinstance(told, Function):
        last = told.body[-1]
        body = last.value if isinstance(last, ast.Return) and len(told.body) == 1 else None
    else:
        body = told.body if isinstance(told, ast.Lambda) else None
    taken = told.args.args[:1] if isinstance(told, Function | ast.Lambda) else []
    return bool(taken) and body is not None and _is_presence(body, taken[0].arg)


def _is_presence(node: ast.expr, name: str) -> bool:
    match node:
        case ast.Call(func=ast.Name(id="bool" | "hasattr"), args=[ast.Name(id=asked), *_]):
            return asked == name
        case ast.Compare(left=ast.Name(id=asked), ops=[ast.IsNot() | ast.NotEq()], comparators=[ast.Constant(value=None)]):
            return asked == name
        case ast.BoolOp(op=ast.Or(), values=values):
            return any(_is_presence(each, name) for each in values)
    return isinstance(node, ast.Name) and node.id == name


def answering(module: Module) -> Iterator[Constant]:
    """The methods that a class names as those that it answers; where the list is made of others, it may be any."""
    for node, scope in module.definitions if b"http_method_names" in module.content else ():
        for name, value in (each for one in node.body for each in assigned(one)) if isinstance(node, ast.ClassDef) else ():
            if name == "http_method_names":
                told = [constant(each, module.bindings) for each in elements(value, module.bindings) or []]
                listed = METHODS if None in told or not told else " ".join(each.lower() for each in told if each)
                yield Constant(module.place(value), f"{scope.name}.{name}", listed)


def somebody(module: Module) -> Iterator[Setting]:
    """A function that says who a request is of (``request.user = User(name=...)``), and makes somebody up instead of looking them up."""
    for node, scope in module.nodes if b"request.user =" in module.content else ():
        if isinstance(node, ast.Assign) and any(symbol(each) == "request.user" for each in node.targets) and _is_made(node.value):
            for name in USERS:
                yield Setting(module.place(node), "django", f"asks {name}", 0, scope.name)


def _is_made(node: ast.expr) -> bool:
    """Whether an expression makes an object of a class of users."""
    name = callee(node) if isinstance(node, ast.Call) else ""
    return name[:1].isupper() and not name.startswith(("Anonymous", "SimpleLazy", "Lazy"))


def told_by(module: Module) -> Iterator[Setting]:
    """The classes that tell who comes, by the views that list them."""
    for node, scope in module.definitions:
        value = _listed(module, node, scope)
        for position, name in enumerate(_names(value, scope, module) if value is not None else []):
            yield Setting(module.place(node), "rest_framework", f"authentication {scope.name}", position, name)
    for call, scope in module.nodes if AUTHENTICATION.encode() in module.content else ():
        if isinstance(call, ast.Call) and callee(call) == "as_view" and (said := keyword(call, AUTHENTICATION)) is not None:
            for position, name in enumerate(_names(said, scope, module)):
                yield Setting(module.place(call), "rest_framework", "authentication as_view", position, name)


def _names(node: ast.expr, scope: Scope, module: Module) -> list[str]:
    """What a list holds; an empty name, where that is nothing."""
    listed = elements(node, module.bindings)
    return [named(node, scope)] if listed is None else [named(each, scope) for each in listed] or [""]


def _listed(module: Module, node: ast.AST, scope: Scope) -> ast.expr | None:
    """The list of a class, what its method answers, what is put there later, or what stands on a function."""
    if isinstance(node, ast.ClassDef):
        asks = [each for each in node.body if isinstance(each, Function) and each.name == "get_authenticators"]
        told = [value for each in node.body for name, value in assigned(each) if name == AUTHENTICATION]
        later = [value for name, value in changed(module, AUTHENTICATION) if name == scope.name]
        return next((each for each in (*map(always, asks), *later[-1:], *told[-1:]) if each is not None), None)
    marks = [each for each in getattr(node, "decorator_list", []) if isinstance(each, ast.Call)]
    listed = [each.args[0] for each in marks if callee(each) == AUTHENTICATION and each.args]
    return next(iter(listed), None) or next((keyword(each, AUTHENTICATION) for each in marks if callee(each) == "action"), None)


def always(node: ast.FunctionDef | ast.AsyncFunctionDef) -> ast.expr | None:
    """The list that a method answers with, where it does nothing else."""
    last = node.body[-1]
    told = last.value if isinstance(last, ast.Return) else None
    is_plain = len(node.body) == 1 or (len(node.body) == 2 and isinstance(node.body[0], ast.Expr))
    return told if is_plain and isinstance(told, ast.List | ast.Tuple) else None


def required(module: Module) -> Iterator[Setting]:
    """The permissions that classes ask for (``permission_required``), which may be none."""
    for node, scope in module.definitions if REQUIRED.encode() in module.content else ():
        if isinstance(node, ast.ClassDef):
            asks = [each for each in node.body if isinstance(each, Function) and each.name == f"get_{REQUIRED}"]
            told = [value for each in node.body for name, value in assigned(each) if name == REQUIRED]
            value = next((each for each in (*map(always, asks), *told[-1:]) if each is not None), None)
            if value is not None:
                yield Setting(module.place(value), "django", f"{REQUIRED} {scope.name}", 0, asked_for(module, value))
    for call, _ in module.nodes if REQUIRED.encode() in module.content else ():
        if isinstance(call, ast.Call) and callee(call) == "as_view" and (said := keyword(call, REQUIRED)) is not None:
            yield Setting(module.place(call), "django", f"{REQUIRED} as_view", 0, asked_for(module, said))


def asked_for(module: Module, node: ast.expr) -> str:
    """What stands for permissions; empty where there are none."""
    return "" if elements(node, module.bindings) == [] else module.text(node)


def put(module: Module) -> Iterator[Setting]:
    """What is put into classes from outside; a list that the module puts into its own class at once is as good as one that stands there."""
    if not any(f".{each} =".encode() in module.content or f'"{each}"'.encode() in module.content for each in PUT):
        return
    top = set(map(id, module.tree.body))
    own = {scope.name for node, scope in module.definitions if isinstance(node, ast.ClassDef)}
    for node, _ in module.nodes:
        for target, value in targets(node):
            owner, _, last = target.rpartition(".")
            if last in PUT and owner not in {"", "self", "cls"} and not (last in LISTS and id(node) in top and owner in own):
                yield Setting(module.place(value), "django", f"put {owner}", 0, last)
