"""Parameters that a framework fills by a call: ``user = Depends(current_user)``, ``user: Annotated[User, Security(current_user)]``.

Such a call runs before the function does, so that it is the function's first step.
"""

import ast

from invariants.frontends.python.functions import kind
from invariants.frontends.python.scopes import Scope
from invariants.frontends.python.symbols import argument, callee, elements, named

INJECTORS = {"Depends", "Security"}


def marker(node: ast.arg, scope: Scope) -> ast.Call | None:
    """The call that says what fills a parameter."""
    if isinstance(scope.node, ast.Module | ast.ClassDef):
        return None
    said = annotated(node.annotation)
    default = default_of(node, scope.node.args)
    return next((each for each in [default, said] if is_marker(each)), None)  # type: ignore[return-value]


def is_marker(node: ast.expr | None) -> bool:
    """Whether an expression is ``Depends(...)`` or ``Security(...)``."""
    return isinstance(node, ast.Call) and callee(node) in INJECTORS


def annotated(node: ast.expr | None) -> ast.expr | None:
    """The marker in ``Annotated[T, Depends(f)]``."""
    if isinstance(node, ast.Subscript) and callee(node) == "Annotated":
        return next((each for each in elements(node.slice) or [] if is_marker(each)), None)
    if isinstance(node, ast.BinOp):
        return annotated(node.left) or annotated(node.right)
    return None


def target(call: ast.Call, annotation: ast.expr | None = None) -> ast.expr | None:
    """What a marker calls: what it is given, or the parameter's type."""
    return argument(call, 0, "dependency") or kind(annotation)[0]


def dependency(node: ast.arg, scope: Scope) -> str:
    """The symbol that fills a parameter; empty where none does."""
    found = marker(node, scope)
    return named(target(found, node.annotation), scope.parent or scope) if found else ""


def default_of(node: ast.arg, own: ast.arguments) -> ast.expr | None:
    """The default of a parameter."""
    positional = [*own.posonlyargs, *own.args]
    if node in positional:
        place = positional.index(node) - len(positional) + len(own.defaults)
        return own.defaults[place] if place >= 0 else None
    return dict(zip(own.kwonlyargs, own.kw_defaults, strict=True)).get(node)
