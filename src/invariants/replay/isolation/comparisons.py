"""Comparisons: ``=`` and its kin, IN and ANY, LIKE, BETWEEN, and the operators of arrays and documents that ask for a member."""

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from functools import partial
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from invariants.postgres.grammar import pb, unwrap
from invariants.postgres.tree import strings
from invariants.replay.isolation import patterns, session, truth
from invariants.replay.isolation.compiling import Expression, Made, Test, expression, present
from invariants.replay.isolation.context import Context
from invariants.replay.isolation.members import Comparison, any_member, members
from invariants.replay.isolation.scopes import Frame
from invariants.replay.isolation.truth import Truth
from invariants.replay.isolation.values import ERROR, MINE, NULL, SESSION, THEIRS, Json, Nothing, Unknown, Value, Var
from invariants.replay.isolation.volatility import asked
from invariants.replay.isolation.world import found

NEGATED = {"<>": "=", "!=": "=", "!~~": "~~", "!~~*": "~~*", "!~": "~", "!~*": "~*", ">=": "<", "<=": ">"}
"""Operators that say the opposite of another."""
ORDERS = {"<", ">", "~~", "~~*", "~", "~*", "@@", "^@"}
MEMBERSHIP = {"?": False, "@>": False, "<@": True, "&&": False, "?|": False}
"""Operators that ask whether a set has a member, and whether the set stands on the right."""
COMPARED = {"=", *NEGATED, *ORDERS}
SIZES: Mapping[str, Callable[[Any, Any], bool]] = {"<": lt, ">": gt, "<=": le, ">=": ge, "=": eq, "<>": ne}
PLAIN_NUMBER = re.compile(r"-?\d{1,20}(\.\d{0,20})?")
QUOTED = re.compile(r'"([A-Za-z_][\w .:@-]*)"')
"""A JSON text without escapes, that is no number."""
LITERALS = {"true", "false", "null"}
LIKES = {pb.AEXPR_LIKE, pb.AEXPR_ILIKE, pb.AEXPR_SIMILAR}


def a_expr(node: Any, *, is_required: bool = False) -> Test | None:
    """The test that an operator makes; None where its result is no boolean."""
    if (schema := strings(node.name)[:-1]) not in ([], ["pg_catalog"]):
        why = f"it asks an operator of {schema[0]}, of which nobody knows what it says"
        return lambda context, _frame: _cannot_tell(context, context.world.doubt(why))
    return None if (made := _a_expr(node, is_required=is_required)) is None else _unless_remade(strings(node.name)[-1], made)


def required(node: Any) -> Test | None:
    """An operator that has to say true; None where it makes no difference to say so."""
    return a_expr(node, is_required=True) if node.kind in {pb.AEXPR_OP, pb.AEXPR_OP_ANY} else None


def _unless_remade(name: str, made: Test) -> Test:
    """The test, unless a migration made an operator of that name too: which is meant depends on the types and on the search path."""
    names = {name, NEGATED.get(name, name)}
    why = f"{name} is PostgreSQL's own and the repository's"

    def tested(context: Context, frame: Frame) -> Truth:
        if not names.isdisjoint(context.tenancy.operators):
            return _cannot_tell(context, context.world.doubt(why))
        return made(context, frame)

    return tested


def _a_expr(node: Any, *, is_required: bool) -> Test | None:
    """The same, of PostgreSQL's own operators."""
    if node.kind in {pb.AEXPR_OP, pb.AEXPR_OP_ANY, pb.AEXPR_OP_ALL, *LIKES} and node.HasField("lexpr"):
        return _operator(node, is_required=is_required)
    if node.kind == pb.AEXPR_IN:
        return _in(node)
    if node.kind in {pb.AEXPR_DISTINCT, pb.AEXPR_NOT_DISTINCT}:
        return _distinct(node)
    if node.kind in {pb.AEXPR_BETWEEN, pb.AEXPR_NOT_BETWEEN, pb.AEXPR_BETWEEN_SYM, pb.AEXPR_NOT_BETWEEN_SYM}:
        return _between(node)
    return None


def _operator(node: Any, *, is_required: bool) -> Test | None:
    name = strings(node.name)[-1]
    make = present if is_required and node.kind == pb.AEXPR_OP and name in COMPARED else expression
    left, right = make(node.lexpr), make(node.rexpr)
    if name in MEMBERSHIP and node.kind == pb.AEXPR_OP:
        return _membership(left, right, is_reversed=MEMBERSHIP[name])
    if name not in COMPARED:
        return None
    if name in SIZES and (numbers := [_number(each) for each in (node.lexpr, node.rexpr)]).count(None) == 0:
        said = truth.of(SIZES[name](*numbers))
        return lambda _context, _frame: said
    if unwrap(node.lexpr)[0] == "row_expr" and node.kind == pb.AEXPR_OP:
        return _rows(node, name)
    if node.kind == pb.AEXPR_OP_ANY:
        compare = comparison(name)
        return lambda context, frame: any_member(context, left(context, frame), right(context, frame), compare, is_required=is_required)
    if node.kind == pb.AEXPR_OP_ALL:
        against = comparison(opposite(name))
        return lambda context, frame: truth.negated(any_member(context, left(context, frame), right(context, frame), against))
    compare = comparison(name)
    return lambda context, frame: compare(context, left(context, frame), right(context, frame), is_required=is_required)


def _number(node: Any) -> Decimal | None:
    """The number that is written; None for anything else."""
    kind, value = unwrap(node)
    if kind == "a_expr" and value.kind == pb.AEXPR_OP and strings(value.name) == ["-"] and not value.HasField("lexpr"):
        number = _number(value.rexpr)
        return None if number is None else -number
    if kind != "a_const" or value.WhichOneof("val") not in {"ival", "fval"}:
        return None
    text = str(value.ival.ival) if value.HasField("ival") else value.fval.fval
    return Decimal(text) if PLAIN_NUMBER.fullmatch(text) else None


def opposite(name: str) -> str:
    """The operator that says the opposite."""
    reverse = {opposite: one for one, opposite in NEGATED.items()}
    return NEGATED.get(name) or {"=": "<>"}.get(name) or reverse[name]


def comparison(name: str) -> Comparison:
    """What an operator says of two values."""
    if name == "=":
        return _equal
    return partial(_opposite, comparison(NEGATED[name])) if name in NEGATED else partial(_ordered, name)


def _equal(context: Context, left: Value, right: Value, *, is_required: bool = False) -> Truth:
    """``=``."""
    left, right = _told(context, left, right), _told(context, right, left)
    return context.world.equal(left, right, is_required=is_required)


def _told(context: Context, value: Value, other: Value) -> Value:
    """A part of a document that is compared with a text in quotes, as that text: unless it is one that no text may be as well."""
    if not isinstance(value, Json) or not value.path or not isinstance(other, Var):
        return _unquoted(context, value) if isinstance(other, Json) and other.path and isinstance(value, Var) else value
    return session.claim(context, value) if _unquoted(context, other) is not other else value


def _unquoted(context: Context, value: Var) -> Var:
    """The text that a JSON text is; the constant itself, where it is none or reads like something else."""
    quoted = QUOTED.fullmatch(found(value).constant or "")
    return value if quoted is None or quoted[1] in LITERALS else context.world.constant(quoted[1])


def _opposite(positive: Comparison, context: Context, left: Value, right: Value, *, is_required: bool = False) -> Truth:  # noqa: ARG001
    """The opposite of what another operator says."""
    return truth.negated(positive(context, left, right))


def _ordered(name: str, context: Context, left: Value, right: Value, *, is_required: bool = False) -> Truth:
    """An order or a pattern. Values that may be anything may stand in any order; one of each, which is which is kept."""
    if isinstance(left, Nothing) or isinstance(right, Nothing):
        return context.world.equal(left, right)
    if not isinstance(left, Var) or not isinstance(right, Var):
        return _cannot_tell(context, left, right)
    one, other = found(left), found(right)
    if one is other and name in {"<", ">"}:
        return truth.FALSE
    if name not in {"<", ">"} and {THEIRS} & (one.marks | other.marks) and {SESSION, MINE} & (one.marks | other.marks):
        context.world.doubt(f"it likens {left.label} to {right.label}")
        return truth.TRUE | truth.FALSE
    if (doubt := _doubt(one, other)) is not None:
        context.world.doubt(doubt)
        return truth.TRUE | truth.FALSE
    if (is_so := patterns.fits(name, one, other)) is not None:
        return truth.of(is_so)
    key = (name, one, other)
    if key not in context.world.kept:
        context.world.kept[key] = context.world.holds(is_required=is_required)
    return truth.of(bool(context.world.kept[key]))


def _doubt(one: Var, other: Var) -> str | None:
    """Why two values cannot be ordered: one of them was computed from what cannot be told."""
    return next((each.doubt for each in (one, other) if each.doubt and SESSION not in each.marks), None)


def _cannot_tell(context: Context, *values: Value) -> Truth:
    unknown = next((each for each in values if isinstance(each, Unknown)), None)
    context.world.doubt(unknown.why if unknown is not None else "it compares arrays or documents")
    return truth.ANY


def _in(node: Any) -> Test:
    """``x IN (a, b)``; NOT IN carries ``<>``."""
    subject = _repeated(node.lexpr)
    listed = Made(node.rexpr.list.items, expression)
    is_negated = strings(node.name)[-1] == "<>"

    def tested(context: Context, frame: Frame) -> Truth:
        value, said = subject(context, frame), truth.FALSE
        for each in listed:
            context.world.effort.ask()
            said = truth.either(said, _equal(context, next(value), each(context, frame)))
            if said == truth.TRUE:
                break
        return truth.negated(said) if is_negated else said

    return tested


def _repeated(node: Any) -> Callable[[Context, Frame], Iterator[Value]]:
    """What is compared with one after another: PostgreSQL may write it once for each, so that what is volatile is asked each time."""
    subject, what = expression(node), asked(node)

    def values(context: Context, frame: Frame) -> Iterator[Value]:
        value = subject(context, frame)
        while True:
            yield value
            if context.tenancy.volatility.changes(what):
                value = subject(context, frame)

    return values


def _distinct(node: Any) -> Test:
    """IS [NOT] DISTINCT FROM: NULL is a value like any other."""
    left, right = expression(node.lexpr), expression(node.rexpr)
    is_distinct = node.kind == pb.AEXPR_DISTINCT

    def tested(context: Context, frame: Frame) -> Truth:
        one, other = left(context, frame), right(context, frame)
        same = truth.of(one is other) if NULL in (one, other) and ERROR not in (one, other) else _equal(context, one, other)
        return truth.negated(same) if is_distinct else same

    return tested


def _between(node: Any) -> Test:
    """BETWEEN: ``>=`` the one and ``<=`` the other, which is ``=`` where the two are one."""
    subject = _repeated(node.lexpr)
    low, high = (expression(each) for each in node.rexpr.list.items)
    bounds, what = [each.SerializeToString() for each in node.rexpr.list.items], asked(node)
    is_one = bounds[0] == bounds[1]
    least, most = comparison(">="), comparison("<=")
    is_negated = node.kind in {pb.AEXPR_NOT_BETWEEN, pb.AEXPR_NOT_BETWEEN_SYM}

    def tested(context: Context, frame: Frame) -> Truth:
        value = subject(context, frame)
        if is_one and not context.tenancy.volatility.changes(what):
            said = context.world.equal(next(value), low(context, frame))
            return truth.negated(said) if is_negated else said
        said = truth.both(least(context, next(value), low(context, frame)), most(context, next(value), high(context, frame)))
        return truth.negated(said) if is_negated else said

    return tested


def _rows(node: Any, name: str) -> Test | None:
    """``(a, b) = (c, d)``: each pair is equal."""
    kind, right = unwrap(node.rexpr)
    left = node.lexpr.row_expr
    if kind != "row_expr" or name not in {"=", "<>"} or len(left.args) != len(right.args):
        return None
    pairs = [(expression(one), expression(other)) for one, other in zip(left.args, right.args, strict=True)]

    def tested(context: Context, frame: Frame) -> Truth:
        said = truth.TRUE
        for one, other in pairs:
            context.world.effort.ask()
            said = truth.both(said, context.world.equal(one(context, frame), other(context, frame)))
        return said if name == "=" else truth.negated(said)

    return tested


def _membership(left: Expression, right: Expression, *, is_reversed: bool) -> Test:
    """Whether a set holds one of a value's members: for arrays and documents of one member it is what ``@>``, ``?`` and ``&&`` ask."""
    whole, part = (right, left) if is_reversed else (left, right)

    def tested(context: Context, frame: Frame) -> Truth:
        container, wanted = whole(context, frame), part(context, frame)
        parts = members(context, wanted)
        if parts is None or len(parts) != 1:
            return _cannot_tell(context, wanted)
        return any_member(context, parts[0], container, comparison("="))

    return tested
