"""Answers of functions that are true or false, and depend on something."""

import ast

from invariants.frontends.python.symbols import callee

COMPARING = {"compare_digest", "constant_time_compare"}
"""What says whether two values are the same."""


def is_verdict(node: ast.expr | None) -> bool:
    """Whether what is returned is true or false, and depends on something."""
    if isinstance(node, ast.UnaryOp):
        return isinstance(node.op, ast.Not)
    if isinstance(node, ast.BoolOp):
        return any(is_verdict(each) for each in node.values)
    if isinstance(node, ast.Attribute | ast.Call) and callee(node).startswith(("is_", "has_", "can_")):
        return True
    is_answer = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"bool", "all", "any"}
    return isinstance(node, ast.Compare) or is_answer or (isinstance(node, ast.Call) and callee(node) in COMPARING)
