"""Conditions in plainer words: ``ok is True`` as ``ok``, a chain of comparisons one by one, and what holds whoever comes as that."""

import ast
from copy import deepcopy

from invariants.frontends.python.certain import known
from invariants.frontends.python.origins import Origins
from invariants.frontends.python.symbols import callee

PROXY = "LocalProxy"
"""What is always there, whatever it stands for."""


def reworded(test: ast.expr, origins: Origins) -> ast.expr:
    """A condition that is met by the same, or the condition itself."""
    if (said := known(test, origins)) is not None:
        return ast.copy_location(ast.Constant(said), test)
    match test:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="operator"), attr="truth"), args=[inner]):
            return inner
        case ast.Call(func=ast.Attribute(value=ast.Name(id="operator"), attr="not_"), args=[inner]):
            return _no(inner, test)
        case ast.Compare(left=left, ops=[op, _, *_], comparators=[middle, *others]):
            first, rest = ast.Compare(left, [op], [middle]), ast.Compare(middle, test.ops[1:], others)
            return ast.copy_location(ast.BoolOp(ast.And(), [marked(ast.copy_location(each, test)) for each in (first, rest)]), test)
        case ast.Compare(left=left, ops=[op], comparators=[ast.Constant(value=True)]) if not isinstance(left, ast.Constant):
            return left if isinstance(op, ast.Eq | ast.Is) else _no(left, test) if isinstance(op, ast.NotEq | ast.IsNot) else test
        case ast.Compare(left=ast.Name(id=name), ops=[ast.Is() | ast.IsNot() as op], comparators=[ast.Constant(value=None)]):
            is_there = callee(origins.value(name)) == PROXY
            return ast.copy_location(ast.Constant(isinstance(op, ast.IsNot)), test) if is_there else test
    return test


def marked(node: ast.expr) -> ast.expr:
    """A part that is not written so in the file."""
    node.is_restated = True  # type: ignore[attr-defined]
    return node


class Unnamed(ast.NodeTransformer):
    """Takes parts of things in the place of what gives them a name, and the name in the place of what is made there."""

    def visit_NamedExpr(self, node: ast.NamedExpr) -> ast.AST:
        return self.visit(node.value if isinstance(node.value, ast.Attribute) else node.target)  # type: ignore[no-any-return]


def without_names(test: ast.expr) -> ast.expr:
    """A condition as it would be if nothing were given a name in it: ``(user := request.user) is None``, ``(user := found()) is None``."""
    return Unnamed().visit(deepcopy(test))  # type: ignore[no-any-return]


def _no(node: ast.expr, test: ast.expr) -> ast.expr:
    return ast.copy_location(ast.UnaryOp(ast.Not(), node), test)
