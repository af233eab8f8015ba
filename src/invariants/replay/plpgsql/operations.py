"""Operators in expressions: comparisons, LIKE, IN, BETWEEN, ANY and ALL, concatenation."""

from collections.abc import Callable
from typing import Any

from invariants.postgres.grammar import pb
from invariants.postgres.tree import strings
from invariants.replay.plpgsql import arrays, operators, patterns
from invariants.replay.plpgsql.evaluate import Expression, compiled, unknown
from invariants.replay.plpgsql.scope import Scope
from invariants.replay.plpgsql.values import Json, Unsure, Value, cast_text, conjunction, lifted, negation


def compiled_operation(node: Any) -> Expression:
    """The value of an A_Expr node."""
    compile_ = OPERATIONS.get(node.kind)
    if compile_ is None:
        return unknown("operator")
    return compile_(node)


def _name(node: Any) -> str:
    return strings(node.name)[-1]


def _plain(node: Any) -> Expression:
    name = _name(node)
    right = compiled(node.rexpr)
    if not node.HasField("lexpr"):
        return _prefix(name, right)
    left = compiled(node.lexpr)
    if name == "||":
        return lambda scope: joined(left(scope), right(scope))
    return lambda scope: operators.binary(name, left(scope), right(scope))


def joined(left: Value, right: Value) -> Value:
    """||, known in part where its operands are."""
    if not isinstance(left, Unsure) and not isinstance(right, Unsure):
        return operators.concatenated(left, right)
    doubt = lifted(operators.concatenated, left, right)
    known = [each.pattern if isinstance(each, Unsure) else each for each in (left, right)]
    if any(each is None or isinstance(each, (list, Json)) for each in known):
        return doubt
    return Unsure(doubt.cause, doubt.guess, "".join(cast_text(each) for each in known))


def _prefix(name: str, operand: Expression) -> Expression:
    if name == "-":
        return lambda scope: lifted(lambda value: None if value is None else -value, operand(scope))
    return operand if name == "+" else unknown("operator")


def _quantified(node: Any) -> Expression:
    """op ANY (array), op ALL (array)."""
    name, left, right = _name(node), compiled(node.lexpr), compiled(node.rexpr)
    compare = operators.any_of if node.kind == pb.AEXPR_OP_ANY else operators.all_of

    def value(scope: Scope) -> Value:
        candidates = right(scope)
        if isinstance(candidates, str):
            candidates = arrays.parse(candidates)
        operand = left(scope)
        if isinstance(candidates, list):
            return compare(name, operand, arrays.flat(candidates))
        return lifted(lambda one, many: None if many is None else compare(name, one, arrays.flat(many)), operand, candidates)

    return value


def _in(node: Any) -> Expression:
    left = compiled(node.lexpr)
    items = [compiled(each) for each in node.rexpr.list.items]
    compare = operators.none_of if _name(node) == "<>" else (lambda value, candidates: operators.any_of("=", value, candidates))
    return lambda scope: compare(left(scope), [item(scope) for item in items])


def _between(node: Any) -> Expression:
    operand = compiled(node.lexpr)
    low, high = (compiled(each) for each in node.rexpr.list.items)
    negated = node.kind in {pb.AEXPR_NOT_BETWEEN, pb.AEXPR_NOT_BETWEEN_SYM}

    def value(scope: Scope) -> Value:
        it, first, last = operand(scope), low(scope), high(scope)
        found = conjunction([lambda: operators.binary(">=", it, first), lambda: operators.binary("<=", it, last)])
        return negation(found) if negated else found

    return value


def _like(node: Any) -> Expression:
    name, left, right = _name(node), compiled(node.lexpr), compiled(node.rexpr)
    return lambda scope: operators.binary(name, left(scope), right(scope))


def like_escape(pattern: Value, escape: Value) -> Value:
    """A LIKE pattern with another escape character, in terms of the backslash."""
    if pattern is None or escape is None:
        return None
    text = pattern.replace("\\", "\\\\") if escape != "\\" else pattern
    return text.replace(escape, "\\") if escape and escape != "\\" else text


def _similar(node: Any) -> Expression:
    left = compiled(node.lexpr)
    pattern = compiled(node.rexpr.func_call.args[0])
    negated = _name(node) == "!~"

    def matches(text: Value, shape: Value) -> Value:
        return None if text is None or shape is None else (patterns.similar(shape).match(cast_text(text)) is not None) is not negated

    return lambda scope: lifted(matches, left(scope), pattern(scope))


def _distinct(node: Any) -> Expression:
    left, right = compiled(node.lexpr), compiled(node.rexpr)
    if node.kind == pb.AEXPR_NOT_DISTINCT:
        return lambda scope: negation(operators.distinct(left(scope), right(scope)))
    return lambda scope: operators.distinct(left(scope), right(scope))


def _nullif(node: Any) -> Expression:
    left, right = compiled(node.lexpr), compiled(node.rexpr)

    def value(first: Value, second: Value) -> Value:
        return None if operators.equal(first, second) is True else first

    return lambda scope: lifted(value, left(scope), right(scope))


OPERATIONS: dict[int, Callable[[Any], Expression]] = {
    pb.AEXPR_OP: _plain,
    pb.AEXPR_OP_ANY: _quantified,
    pb.AEXPR_OP_ALL: _quantified,
    pb.AEXPR_DISTINCT: _distinct,
    pb.AEXPR_NOT_DISTINCT: _distinct,
    pb.AEXPR_NULLIF: _nullif,
    pb.AEXPR_IN: _in,
    pb.AEXPR_LIKE: _like,
    pb.AEXPR_ILIKE: _like,
    pb.AEXPR_SIMILAR: _similar,
    pb.AEXPR_BETWEEN: _between,
    pb.AEXPR_NOT_BETWEEN: _between,
    pb.AEXPR_BETWEEN_SYM: _between,
    pb.AEXPR_NOT_BETWEEN_SYM: _between,
}
