"""Values that may be None: a variable of the environment that nobody sets, a header that nobody sends."""

import ast
from collections.abc import Callable

from invariants.frontends.python.scopes import Scope
from invariants.frontends.python.symbols import callee, keyword

DEEP = 5
"""So many variables are followed to what they were given."""
GETTERS = {"get", "getenv", "pop"}
SECURITY = {"Depends", "Security"}
SAID = {"Header", "Query", "Cookie", "Form", "Body"}
Value = Callable[[str, Scope], ast.expr | None]
"""What a name stands for, where that is one thing."""


def is_none(node: ast.expr | None) -> bool:
    """Whether an expression is None as it is written."""
    return isinstance(node, ast.Constant) and node.value is None


def is_empty(node: ast.expr) -> bool:
    """Whether an expression is an empty text as it is written."""
    return isinstance(node, ast.Constant) and node.value in {"", b""}


def is_text(node: ast.expr) -> bool:
    """Whether an expression is a text as it is written, which everybody can read in the code."""
    return isinstance(node, ast.Constant) and isinstance(node.value, str | bytes)


def is_written_out(node: ast.expr) -> bool:
    """Whether an expression is a value as it is written."""
    return isinstance(node, ast.Constant | ast.Dict | ast.List | ast.Tuple | ast.Set)


def is_something(node: ast.expr) -> bool:
    """Whether an expression is something that is true as it is written."""
    if isinstance(node, ast.Dict):
        return bool(node.keys)
    return bool(node.elts) if isinstance(node, ast.List | ast.Tuple | ast.Set) else isinstance(node, ast.Constant) and bool(node.value)


def may_be_none(node: ast.expr, scope: Scope, value: Value, depth: int = DEEP) -> bool:
    """Whether a value is None where nobody says it."""

    def one(inner: ast.expr) -> bool:
        return may_be_none(inner, scope, value, depth)

    match node:
        case ast.Name():
            known = value(node.id, scope) if depth else None
            return known is not None and may_be_none(known, scope, value, depth - 1)
        case ast.Call():
            return _may_answer_none(node, scope, value, depth)
        case ast.BoolOp(op=ast.Or(), values=values):
            return one(values[-1])
        case ast.BoolOp(values=values):
            return any(map(one, values))
        case ast.IfExp(body=body, orelse=orelse):
            return one(body) or one(orelse)
        case ast.Tuple(elts=elts) | ast.List(elts=elts) | ast.Set(elts=elts):
            return any(map(one, elts))
        case ast.NamedExpr(value=inner):
            return one(inner)
        case ast.Attribute(value=ast.Name(id="request"), attr="token" | "authorization"):
            return True  # what Sanic and Werkzeug read out of a header
    return is_none(node)


def _may_answer_none(call: ast.Call, scope: Scope, value: Value, depth: int) -> bool:
    """Whether a call answers None where there is nothing: one that gets something by its name, without another answer to fall back on."""
    name = callee(call.func) or (call.func.attr if isinstance(call.func, ast.Attribute) else "")
    if name in GETTERS and call.args:
        return _has_no_other(call, 1)
    if name == "getattr":
        return len(call.args) == 3 and is_none(call.args[2])
    if name in SECURITY and call.args and isinstance(call.args[0], ast.Name):
        scheme = value(call.args[0].id, scope) if depth else None
        said = keyword(scheme, "auto_error") if isinstance(scheme, ast.Call) else None
        return isinstance(said, ast.Constant) and said.value is False
    return name in SAID and (is_none(call.args[0]) if call.args else is_none(keyword(call, "default")))


def _has_no_other(call: ast.Call, place: int) -> bool:
    other = keyword(call, "default", "failobj") or (call.args[place] if len(call.args) > place else None)
    return other is None or is_none(other)
