"""Permissions of Django REST framework that are put together by operators: ``(IsAuthenticated & ~IsBlocked) | HasToken``."""

import ast
from itertools import product

Several = list[ast.expr]
"""Permissions any of which is enough."""
MANY = 16


def asked_together(node: ast.expr, *, is_not: bool = False) -> list[Several]:
    """What is asked for, all of it; a ``~`` before a part stands before a single permission in the end, and twice is none."""
    match node:
        case ast.UnaryOp(op=ast.Invert(), operand=operand):
            return asked_together(operand, is_not=not is_not)
        case ast.BinOp(left=left, op=ast.BitAnd() | ast.BitOr() as op, right=right):
            first, second = asked_together(left, is_not=is_not), asked_together(right, is_not=is_not)
            if isinstance(op, ast.BitAnd) != is_not:
                return [*first, *second]
            return [[*one, *other] for one, other in product(first, second)] if len(first) * len(second) <= MANY else [[node]]
    return [[ast.copy_location(ast.UnaryOp(ast.Invert(), node), node) if is_not else node]]
