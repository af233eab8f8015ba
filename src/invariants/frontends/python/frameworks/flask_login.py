"""Flask-Login: what tells it who comes, and what switches it off."""

import ast
from collections.abc import Iterator

from invariants.facts.web import Setting
from invariants.frontends.python.registering import inherits
from invariants.frontends.python.scopes import Function, Scope
from invariants.frontends.python.symbols import callee, constant, keyword, named, symbol
from invariants.frontends.python.syntax import Module

GUARDS = ("login_required", "fresh_login_required")
LOADERS = {"request_loader", "header_loader"}
"""What decorates a function that finds somebody by what a request says; a ``user_loader`` is given what Flask itself signed."""


def read_login(module: Module) -> Iterator[Setting]:
    """Whatever of a file decides whom Flask-Login takes for somebody."""
    if b"LOGIN_DISABLED" in module.content:
        yield from _disabled(module)
    if b"_loader" in module.content:
        yield from _loaded(module)
    if b"anonymous_user" in module.content:
        yield from _anonymous(module)


def _disabled(module: Module) -> Iterator[Setting]:
    """``app.config["LOGIN_DISABLED"] = True``, or ``update(LOGIN_DISABLED=True)``: Flask-Login lets everybody by."""
    for node, _ in module.nodes:
        told = node.value if isinstance(node, ast.Assign) and _says(node.targets) else None
        told = keyword(node, "LOGIN_DISABLED") if isinstance(node, ast.Call) else told
        if isinstance(told, ast.expr) and not (isinstance(told, ast.Constant) and not told.value):
            yield from _instead(module, told, "`LOGIN_DISABLED`")


def _says(targets: list[ast.expr]) -> bool:
    return any(isinstance(each, ast.Subscript) and constant(each.slice, {}) == "LOGIN_DISABLED" for each in targets)


def _instead(module: Module, node: ast.expr, what: str) -> Iterator[Setting]:
    for name in GUARDS:
        yield Setting(module.place(node), "flask", f"override flask_login.{name}", 0, what)


def _loaded(module: Module) -> Iterator[Setting]:
    """``@manager.request_loader`` on a function, or called with one."""
    for node, scope in module.nodes:
        if isinstance(node, Function) and any(callee(each) in LOADERS for each in node.decorator_list):
            yield from _asked(module, node.decorator_list[0], module.scopes[node].name)
        elif isinstance(node, ast.Call) and callee(node) in LOADERS and node.args:
            yield from _asked(module, node, _given(module, node.args[0], scope))


def _given(module: Module, node: ast.expr, scope: Scope) -> str:
    return module.scopes[node].name if isinstance(node, ast.Lambda) else named(node, scope)


def _asked(module: Module, node: ast.expr, loader: str) -> Iterator[Setting]:
    for name in (*(f"flask_login.{each}" for each in GUARDS), "current_user"):
        yield Setting(module.place(node), "flask", f"asks {name}", 0, loader)


def _anonymous(module: Module) -> Iterator[Setting]:
    """``manager.anonymous_user = Guest``: a class of users, which may say of themselves that they are known."""
    for node, _ in module.nodes:
        if isinstance(node, ast.Assign) and any(isinstance(each, ast.Attribute) and each.attr == "anonymous_user" for each in node.targets):
            name = symbol(node.value)
            if not inherits(module, name, {"AnonymousUserMixin"}):
                yield from _instead(module, node.value, f"`{name}`, which nobody who is not known may be,")
