"""Expressions as they are once functions are seen through and constants folded: what a policy comes to."""

import re
from collections.abc import Mapping
from typing import Any

from invariants.postgres.grammar import GrammarError, pb, unwrap, write_expression
from invariants.postgres.tree import nodes, strings
from invariants.replay import objects as o
from invariants.replay.isolation.answered import answered, is_expression
from invariants.replay.isolation.compiling import tree_of
from invariants.replay.isolation.failing import called
from invariants.replay.isolation.tenancy import Tenancy

DEEPEST, MOST = 8, 24
"""How deep calls are seen through that bodies make, and how many at one depth: nobody reads what is longer."""
CONSTANT = re.compile(r"\b(true|false)\b\)*\s+(and|or)\b|\b(and|or)\s+\(*(true|false)\b", re.IGNORECASE)
"""A constant beside AND or OR."""


def folded(tenancy: Tenancy, text: str) -> str:
    """An expression with the bodies of simple SQL functions in the place of their calls, and constants folded."""
    try:
        if not _is_foldable(tenancy, text):
            return text
        holder = pb.ResTarget(val=tree_of(text))
        _inline(tenancy, holder)
        written = write_expression(holder.val)
        if CONSTANT.search(written) is None:
            return written
        _fold(holder)
        return write_expression(holder.val)
    except GrammarError:
        return text


def _is_foldable(tenancy: Tenancy, text: str) -> bool:
    """Whether there is a constant to fold, or a call to put an expression in the place of."""
    return CONSTANT.search(text) is not None or not tenancy.expressions.isdisjoint(called(text))


def _inline(tenancy: Tenancy, holder: Any) -> None:
    """Put bodies in the place of calls, and then of those in the bodies."""
    made = [holder]
    for _ in range(DEEPEST):
        calls = [node for each in made for node in nodes(each) if node.WhichOneof("node") == "func_call"]
        made = [node for node in calls if _replaced(tenancy, node)] if len(calls) <= MOST else []


def _replaced(tenancy: Tenancy, node: Any) -> bool:
    """Whether a call has a body, which then stands in its place."""
    body = _body(tenancy, node.func_call)
    if body is not None:
        node.CopyFrom(body)
    return body is not None


def _body(tenancy: Tenancy, call: Any) -> Any:
    """The expression that a call stands for; None where its body is more than one."""
    parts = [part for part in strings(call.funcname) if part != "pg_catalog"]
    function = tenancy.function(tuple(parts[:-1]) or ("public",), parts[-1], len(call.args))
    if function is None or len(call.args) != len(function.inputs) or not is_expression(function):
        return None
    if any(unwrap(each)[0] == "named_arg_expr" for each in call.args):
        return None
    holder = pb.ResTarget(val=answered(function.body))
    _substitute(holder, _arguments(function, call))
    return holder.val


def _arguments(function: o.Function, call: Any) -> Mapping[str, Any]:
    names = [each.name for each in function.arguments if each.mode in {"in", "inout", "variadic"}]
    given: dict[str, Any] = {}
    for number, (name, value) in enumerate(zip(names, call.args, strict=False), 1):
        given |= {f"${number}": value, name: value, f"{function.name}.{name}": value}
    return given


def _substitute(holder: Any, given: Mapping[str, Any]) -> None:
    if not given:
        return
    for node in list(nodes(holder)):
        kind, value = unwrap(node)
        name = f"${value.number}" if kind == "param_ref" else ".".join(strings(value.fields)) if _is_name(kind, value) else ""
        if name and name in given:
            node.CopyFrom(given[name])


def _is_name(kind: str, value: Any) -> bool:
    return kind == "column_ref" and all(unwrap(each)[0] == "string" for each in value.fields)


def _fold(holder: Any) -> None:
    """AND and OR with constants in them, from the inside out."""
    for node in reversed(list(nodes(holder))):
        kind, value = unwrap(node)
        if kind == "bool_expr" and value.boolop != pb.NOT_EXPR:
            decides = value.boolop == pb.OR_EXPR
            kept = [each for each in value.args if _constant(each) is not (not decides)]
            if any(_constant(each) is decides for each in kept):
                kept = [each for each in kept if _constant(each) is decides][:1]
            if len(kept) < len(value.args):
                _keep(node, kept or [value.args[0]])


def _keep(node: Any, kept: list[Any]) -> None:
    copies = [pb.Node.FromString(each.SerializeToString()) for each in kept]
    if len(copies) == 1:
        node.CopyFrom(copies[0])
    else:
        del node.bool_expr.args[:]
        node.bool_expr.args.extend(copies)


def _constant(node: Any) -> bool | None:
    """Whether a node is TRUE or FALSE; None for neither."""
    kind, value = unwrap(node)
    return bool(value.boolval.boolval) if kind == "a_const" and value.WhichOneof("val") == "boolval" else None
