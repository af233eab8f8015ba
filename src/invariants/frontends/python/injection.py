"""Parameters that a framework fills by a call: ``user = Depends(current_user)``, ``user: Annotated[User, Security(current_user)]``.

Such a call runs before the function does, so that it is the function's first step.
"""

import ast

from invariants.frontends.python.functions import default_of, kind
from invariants.frontends.python.scopes import Scope
from invariants.frontends.python.symbols import argument, callee, elements, named, symbol
from invariants.frontends.python.syntax import Module

INJECTORS = {"Depends", "Security"}
SAID = {"Header", "Query", "Cookie", "Body", "Form", "File", "Path"}
"""What says which part of a request a parameter is."""
LIBRARIES = set(
    "fastapi starlette pydantic typing sqlalchemy sqlmodel datetime uuid enum decimal pathlib redis httpx collections logging "
    "annotated_types typing_extensions dataclasses functools os".split()
)
"""Packages whose types are no dependencies, and whose functions answer with none."""


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
    """The marker in ``Annotated[T, Depends(f)]``; of several, and of what else says where a value comes from, the last counts."""
    if isinstance(node, ast.Subscript) and callee(node) == "Annotated":
        told = [each for each in elements(node.slice) or [] if isinstance(each, ast.Call) and callee(each) in {*INJECTORS, *SAID}]
        return told[-1] if told and is_marker(told[-1]) else None
    if isinstance(node, ast.BinOp):
        return annotated(node.left) or annotated(node.right)
    return None


def target(call: ast.Call, annotation: ast.expr | None = None) -> ast.expr | None:
    """What a marker calls: what it is given, or the parameter's type."""
    return argument(call, 0, "dependency") or kind(annotation)[0]


def dependency(node: ast.arg, scope: Scope) -> str:
    """The symbol that fills a parameter; empty where none does."""
    found = marker(node, scope)
    to = target(found, node.annotation) if found else None
    return written(to) if isinstance(to, ast.Lambda) else named(to, scope.parent or scope)


def written(node: ast.Lambda) -> str:
    """The name that a function has where it is written."""
    return f"({node.lineno}:{node.col_offset + 1})"


def filling(node: ast.arg, scope: Scope, module: Module) -> ast.Call | None:
    """The call of a function of the repository's that may answer with a marker: ``user: Annotated[User, current("admin")]``."""
    if isinstance(scope.node, ast.Module | ast.ClassDef) or marker(node, scope) or not is_filled(module):
        return None
    return beside(node.annotation, module) or made(default_of(node, scope.node.args), module)


def is_filled(module: Module) -> bool:
    """Whether FastAPI may fill parameters of a file."""
    return any(each.startswith("fastapi") for each in module.imported.values())


def beside(node: ast.expr | None, module: Module) -> ast.Call | None:
    """The first call of that kind that an annotation says something by."""
    if isinstance(node, ast.BinOp):
        return beside(node.left, module) or beside(node.right, module)
    told = elements(node.slice) or [] if isinstance(node, ast.Subscript) and callee(node) == "Annotated" else []
    return next((found for each in told[1:] if (found := made(each, module)) is not None), None)


def made(node: ast.expr | None, module: Module) -> ast.Call | None:
    """A call of what a file takes from another one, or has itself."""
    root = symbol(node).partition(".")[0] if isinstance(node, ast.Call) and not is_marker(node) else ""
    source = module.imported.get(root, "" if root in module.top.functions else "typing")
    return fills(node) if isinstance(node, ast.Call) and root and source.partition(".")[0] not in LIBRARIES else None


def fills(node: ast.Call) -> ast.Call:
    """A call whose answer is what fills a parameter, and not what is called for that."""
    node.is_filling = True  # type: ignore[attr-defined]
    return node
