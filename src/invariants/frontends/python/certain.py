"""Conditions that hold whoever comes: what is written there is always true, or a text that is never the one it is held against."""

import ast

from invariants.frontends.python.origins import Origins
from invariants.frontends.python.symbols import callee

LAZY = {"map", "filter", "zip", "iter", "reversed"}
"""What answers with something that is true, whatever is in it."""
SHOWS = {"str", "repr", "format"}


def known(test: ast.expr, origins: Origins) -> bool | None:
    """Whether a condition always holds, or never; null of every other."""
    told = origins.value(test.id) if isinstance(test, ast.Name) else None
    match told if isinstance(told, ast.Tuple | ast.GeneratorExp | ast.Lambda) else test:
        case ast.Tuple(elts=elts) | ast.List(elts=elts) | ast.Set(elts=elts):
            return True if elts and not any(isinstance(each, ast.Starred) for each in elts) else None
        case ast.GeneratorExp() | ast.Lambda():
            return True
        case ast.Compare(left=left, ops=[ast.Eq() | ast.NotEq() as op], comparators=[ast.Constant(value="")]) if _is_text(_inside(left)):
            return isinstance(op, ast.NotEq)
        case ast.Call() if isinstance(test, ast.Call) and isinstance(test.func, ast.Name) and callee(test) in LAZY:
            return True
    return True if _is_text(_inside(test)) else None


def _inside(node: ast.expr) -> ast.expr:
    return node.value if isinstance(node, ast.NamedExpr) else node


def _is_text(node: ast.expr) -> bool:
    """Whether a text has something in it: it shows what is computed, or more is written in it."""
    if isinstance(node, ast.JoinedStr):
        return any(isinstance(each, ast.Constant) or _is_shown(each.value) for each in node.values)  # type: ignore[attr-defined]
    is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SHOWS
    return is_call and len(node.args) == 1 and _is_shown(node.args[0])  # type: ignore[attr-defined]


def _is_shown(node: ast.expr) -> bool:
    """Whether a value is true or false, or something else that no text is empty of."""
    return isinstance(node, ast.Compare | ast.UnaryOp) or (isinstance(node, ast.Call) and not isinstance(node.func, ast.Attribute))
