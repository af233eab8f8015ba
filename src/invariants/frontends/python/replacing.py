"""Functions that are something else than they are written to be: put in their place while the module is imported, or one of two."""

import ast
from collections.abc import Iterable, Iterator

from invariants.facts.web import Setting
from invariants.frontends.python.scopes import Function
from invariants.frontends.python.symbols import callee, constant, symbol
from invariants.frontends.python.syntax import Module

WORDS = (b"setattr(", b"globals()[", b".__code__")
UNTOLD = "(one of several)"


def replaced(module: Module) -> Iterator[Setting]:
    """What is called in the place of each, as a setting; of several under one name it is not told which."""
    for node in module.tree.body:
        if isinstance(node, ast.If | ast.Try):
            for name in sorted(_either(node)):
                yield Setting(module.place(node), "python", f"override {name}", 0, UNTOLD)
        elif any(each in module.content for each in WORDS) and isinstance(node, ast.Assign | ast.Expr) and (name := _changed(node)):
            given = node.value.args[2] if isinstance(node.value, ast.Call) and len(node.value.args) > 2 else node.value
            inner = given.args[0] if isinstance(given, ast.Call) and callee(given) == "staticmethod" and given.args else given
            yield Setting(module.place(node), "python", f"override {name}", 0, symbol(inner) or UNTOLD)


def _changed(node: ast.Assign | ast.Expr) -> str:
    """The name in whose place something is put; empty where nothing is."""
    if isinstance(node, ast.Expr):
        call = node.value
        is_set = isinstance(call, ast.Call) and callee(call) == "setattr" and len(call.args) == 3
        name = constant(call.args[1], {}) if is_set else None  # type: ignore[attr-defined]
        return f"{symbol(call.args[0])}.{name}" if name else ""  # type: ignore[attr-defined]
    match node.targets[0]:
        case ast.Subscript(value=ast.Call(func=ast.Name(id="globals")), slice=ast.Constant(value=str(name))):
            return name
        case ast.Attribute(value=ast.Name(id=name), attr="__code__"):
            return name
    return ""


def _either(node: ast.If | ast.Try) -> set[str]:
    """The functions that are defined by more than one way through a statement of the module's."""
    others = [node.orelse] if isinstance(node, ast.If) else [each.body for each in node.handlers]
    return _defined(node.body) & {name for each in others for name in _defined(each)}


def _defined(body: Iterable[ast.stmt]) -> set[str]:
    return {each.name for each in body if isinstance(each, Function)}
