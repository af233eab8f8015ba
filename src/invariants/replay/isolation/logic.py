"""Tests of truth: AND, OR, NOT, IS NULL, IS TRUE, CASE, COALESCE, NULLIF (manual, sections 9.1, 9.2 and 9.18)."""

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from invariants.postgres.grammar import pb
from invariants.postgres.tree import cost, strings, walk
from invariants.replay.isolation import compiling, truth
from invariants.replay.isolation.collated import UNTOLD, is_plain
from invariants.replay.isolation.compiling import Expression, Made, Test, expression, test
from invariants.replay.isolation.context import Context
from invariants.replay.isolation.meetings import standing
from invariants.replay.isolation.naming import constant
from invariants.replay.isolation.scopes import Frame
from invariants.replay.isolation.truth import Truth
from invariants.replay.isolation.values import ERROR, NULL, Json, Many, Nothing, Unknown, Value

IS = {
    pb.IS_TRUE: (truth.TRUE, False),
    pb.IS_NOT_TRUE: (truth.TRUE, True),
    pb.IS_FALSE: (truth.FALSE, False),
    pb.IS_NOT_FALSE: (truth.FALSE, True),
    pb.IS_UNKNOWN: (truth.NULL, False),
    pb.IS_NOT_UNKNOWN: (truth.NULL, True),
}
"""Which truth each boolean test asks for, and whether it wants another."""


def bool_expr(node: Any) -> Test:
    """AND, OR, NOT. What is cheap is asked first: nothing else changes by the order."""
    if node.boolop == pb.NOT_EXPR:
        negated = test(node.args[0])
        return lambda context, frame: truth.negated(negated(context, frame))
    arguments = Made(sorted(node.args, key=cost), _Argument)
    if node.boolop == pb.AND_EXPR:
        return lambda context, frame: _conjunction(arguments, context, frame)
    return lambda context, frame: _disjunction(arguments, context, frame)


def required(node: Any) -> Test | None:
    """AND that has to be true, so that each of its sides has to; None for OR and NOT."""
    if node.boolop != pb.AND_EXPR:
        return None
    sides = Made(sorted(node.args, key=cost), compiling.required)

    def tested(context: Context, frame: Frame) -> Truth:
        said = truth.TRUE
        for each in sides:
            if not said & truth.TRUE:
                break
            context.world.effort.ask()
            said = truth.both(said, each(context, frame))
        return said

    return tested


class _Argument:
    """One side of an AND or OR."""

    def __init__(self, node: Any) -> None:
        self._node = node

    @cached_property
    def test(self) -> Test:
        """It as a test."""
        return test(self._node)

    @cached_property
    def _calls(self) -> frozenset[str]:
        return frozenset(strings(each.funcname)[-1] for each in walk(self._node, has_leaves=False) if isinstance(each, pb.FuncCall))

    def may_fail(self, context: Context) -> bool:
        """Whether it reads a setting, or calls what may fail: PostgreSQL may ask it first, or to plan the query."""
        return "current_setting" in self._calls or context.tenancy.fails(self._calls)


def _conjunction(arguments: Iterable[_Argument], context: Context, frame: Frame) -> Truth:
    """AND of tests; once one is surely false, only those that may fail are still asked."""
    said = truth.TRUE
    for each in arguments:
        context.world.effort.ask()
        if said != truth.FALSE or each.may_fail(context):
            said = truth.both(said, each.test(context, frame))
    return said


def _disjunction(arguments: Iterable[_Argument], context: Context, frame: Frame) -> Truth:
    """OR of tests; once one is surely true, only those that may fail are still asked."""
    said = truth.FALSE
    for each in arguments:
        context.world.effort.ask()
        if said != truth.TRUE or each.may_fail(context):
            said = truth.either(said, each.test(context, frame))
    return said


def null_test(node: Any) -> Test:
    """IS NULL, IS NOT NULL."""
    inner = expression(node.arg)
    wants_null = node.nulltesttype == pb.IS_NULL

    def tested(context: Context, frame: Frame) -> Truth:
        is_null = _is_null(context, inner(context, frame))
        return is_null if wants_null else truth.negated(is_null)

    return tested


def _is_null(context: Context, value: Value) -> Truth:
    if value is ERROR:
        return truth.ERROR
    if isinstance(value, Unknown):
        context.world.doubt(value.why)
        return truth.TRUE | truth.FALSE
    if isinstance(value, Json):
        return truth.of(context.world.choose((False, True)))
    return truth.of(value is NULL)


def boolean_test(node: Any) -> Test:
    """IS [NOT] TRUE, FALSE, UNKNOWN."""
    inner = test(node.arg)
    kind = node.booltesttype
    return lambda context, frame: is_said(inner(context, frame), kind)


def is_said(said: Truth, kind: int) -> Truth:
    """What such a test makes of what is said."""
    wanted, is_negated = IS[kind]
    others = said & ~wanted & truth.ANY
    answer = (truth.TRUE if said & wanted else 0) | (truth.FALSE if others else 0) | (said & truth.ERROR)
    return truth.negated(answer) if is_negated else answer


def case_test(node: Any) -> Test:
    """CASE that answers a boolean."""
    branches = Made(node.args, lambda each: (_when(node, each.case_when), test(each.case_when.result)))
    otherwise = test(node.defresult) if node.HasField("defresult") else None

    def tested(context: Context, frame: Frame) -> Truth:
        answer = 0
        for when, result in branches:
            context.world.effort.ask()
            said = when(context, frame)
            answer |= said & truth.ERROR
            if said & truth.TRUE:
                answer |= result(context, frame)
            if said in {truth.TRUE, truth.ERROR}:
                return answer
        return answer | (otherwise(context, frame) if otherwise else truth.NULL)

    return tested


def case_expr(node: Any) -> Expression:
    """CASE that answers a value."""
    branches = Made(node.args, lambda each: (_when(node, each.case_when), expression(each.case_when.result)))
    otherwise = expression(node.defresult) if node.HasField("defresult") else None

    def evaluated(context: Context, frame: Frame) -> Value:
        for when, result in branches:
            context.world.effort.ask()
            said = when(context, frame)
            if said == truth.TRUE:
                return result(context, frame)
            if said == truth.ERROR:
                return ERROR
            if said & (truth.TRUE | truth.ERROR):
                return context.world.unsure()
        return otherwise(context, frame) if otherwise else NULL

    return of_several(node, evaluated)


def of_several(node: Any, made: Expression) -> Expression:
    """What several values stand behind: nobody follows which of them says what it is compared under."""
    return made if is_plain(node) else _untold(made)


def untold(node: Any) -> Expression:
    """One of several values that stand beside each other."""
    return _untold(expression(node))


def _untold(made: Expression) -> Expression:
    def evaluated(context: Context, frame: Frame) -> Value:
        value = made(context, frame)
        return value if context.world.collations is None else standing(value, UNTOLD)

    return evaluated


def _when(node: Any, when: Any) -> Test:
    """The condition of a branch; ``CASE x WHEN y`` compares."""
    if not node.HasField("arg"):
        return test(when.expr)
    subject, against = expression(node.arg), expression(when.expr)
    return lambda context, frame: context.world.equal(subject(context, frame), against(context, frame))


def coalesce_expr(node: Any) -> Expression:
    """COALESCE: the first that is not NULL; what comes after is not evaluated."""
    arguments = Made(node.args, expression)

    def evaluated(context: Context, frame: Frame) -> Value:
        for each in arguments:
            context.world.effort.ask()
            value = each(context, frame)
            if value is not NULL:
                return value
        return NULL

    return of_several(node, evaluated)


def present_nullif(node: Any, is_filled: bool) -> Expression | None:
    """NULLIF that must not be NULL, so that what it is of must not either; None for any other operator."""
    if node.kind != pb.AEXPR_NULLIF:
        return None
    return nullif(node, compiling.present(node.lexpr, is_filled=is_filled or constant(node.rexpr) == ""))


def nullif(node: Any, value: Expression | None = None) -> Expression:
    """NULLIF(a, b): NULL where they are equal."""
    value, other = value or expression(node.lexpr), expression(node.rexpr)

    def evaluated(context: Context, frame: Frame) -> Value:
        left, right = value(context, frame), other(context, frame)
        if isinstance(left, Nothing | Unknown | Many | Json):
            return left
        same = context.world.equal(left, right)
        return NULL if same == truth.TRUE else left if truth.sure(same) else context.world.unsure()

    return of_several(node, evaluated)
