"""Sub-queries in expressions: EXISTS, IN, ANY, ALL, a scalar, an ARRAY."""

from collections.abc import Callable, Sequence
from typing import Any

from invariants.postgres.grammar import pb, unwrap
from invariants.postgres.tree import strings
from invariants.replay.isolation import truth
from invariants.replay.isolation.comparisons import comparison, opposite
from invariants.replay.isolation.compiling import Expression, Test, expression, present
from invariants.replay.isolation.context import Context
from invariants.replay.isolation.meetings import found
from invariants.replay.isolation.members import Comparison, any_member, scalar
from invariants.replay.isolation.queries import Draw, compiled, is_there
from invariants.replay.isolation.scopes import Frame
from invariants.replay.isolation.truth import Truth
from invariants.replay.isolation.values import ERROR, NULL, Drawn, Many, Unknown, Value, Var
from invariants.replay.isolation.volatility import asked
from invariants.replay.isolation.world import Infeasible, NoRow


def sub_link(node: Any, *, is_required: bool = False) -> Test | None:
    """EXISTS, and comparisons with a sub-query; None for one that is a value."""
    if node.sub_link_type == pb.EXISTS_SUBLINK:
        return _exists(node, is_required=is_required)
    if node.sub_link_type == pb.ANY_SUBLINK:
        operator = strings(node.oper_name)[-1] if node.oper_name else "="
        if operator == "=" and node.testexpr.HasField("row_expr"):
            return _any_row(node, is_required=is_required)
        return _any(node, operator, is_required=is_required)
    if node.sub_link_type == pb.ALL_SUBLINK:
        found = _any(node, opposite(strings(node.oper_name)[-1]), is_required=False)
        return lambda context, frame: truth.negated(found(context, frame))
    return None


def _exists(node: Any, *, is_required: bool) -> Test:
    """Whether there is such a row: the world says, once for each query and row it is asked about, unless it is volatile."""
    select = unwrap(node.subselect)[1]
    draw, is_sure = compiled(select), is_there(select)
    query, what = node.subselect.SerializeToString(), asked(node.subselect)

    def tested(context: Context, frame: Frame) -> Truth:
        key = ("exists", query, context.moment, *_around(frame))
        kept = context.world.kept
        if key not in kept or context.tenancy.volatility.changes(what):
            kept[key] = truth.FALSE
            if is_sure or context.world.holds(is_required=is_required):
                kept[key] = _found(draw, context, frame, may_be_empty=is_sure)
            elif (table := _table(context, node.subselect)) is not None:
                context.world.absent.append((table, lambda: draw(context, frame).is_sure))
        said = kept[key]
        assert isinstance(said, int)
        return said

    return tested


def _found(draw: Draw, context: Context, frame: Frame, *, may_be_empty: bool) -> Truth:
    """Whether a row is found; where nobody supposed so, a function in its place may have returned an empty set."""
    try:
        return truth.TRUE if draw(context, frame).is_sure else truth.TRUE | truth.FALSE
    except NoRow:
        if may_be_empty:
            return truth.FALSE
        raise


def _table(context: Context, subselect: Any) -> int | None:
    """The one table that a query asks as the statement begins, where it asks one then."""
    _, select = unwrap(subselect) if context.moment is None else ("", None)
    if not isinstance(select, pb.SelectStmt) or len(select.from_clause) != 1:
        return None
    kind, node = unwrap(select.from_clause[0])
    relation = context.relation(node) if kind == "range_var" else None
    return None if relation is None else relation.oid


def _around(frame: Frame) -> list[object]:
    """What a query stands in: the same query about another row is another."""
    return [each for level in frame.levels() for each in (*(item.column for item in level.items), *((level,) if level.names else ()))]


def _any(node: Any, operator: str, *, is_required: bool) -> Test:
    value, draw, compare = (
        (present if is_required else expression)(node.testexpr),
        compiled(unwrap(node.subselect)[1]),
        comparison(operator),
    )
    query, what = node.subselect.SerializeToString(), asked(node.subselect)

    def tested(context: Context, frame: Frame) -> Truth:
        subject = value(context, frame)
        key = ("any", query, operator, context.moment, found(subject) if isinstance(subject, Var) else subject, *_around(frame))
        key = (*key, subject.under) if isinstance(subject, Var) else key
        kept = context.world.kept
        if key not in kept or isinstance(subject, Unknown) or context.tenancy.volatility.changes(what):
            kept[key] = any_member(context, subject, Many(draw=lambda: draw(context, frame)), compare, is_required=is_required)
            if kept[key] == truth.FALSE and (table := _table(context, node.subselect)) is not None:
                context.world.absent.append((table, lambda: _meets(context, subject, draw(context, frame), compare)))
        said = kept[key]
        assert isinstance(said, int)
        return said

    return tested


def _any_row(node: Any, *, is_required: bool) -> Test:
    """``(a, b) IN (SELECT ...)``: whether there is a row whose columns are equal, each to its own."""
    parts = [(present if is_required else expression)(each) for each in node.testexpr.row_expr.args]
    draw, query, what = compiled(unwrap(node.subselect)[1]), node.subselect.SerializeToString(), asked(node.subselect)

    def tested(context: Context, frame: Frame) -> Truth:
        values = [each(context, frame) for each in parts]
        same = [(found(each), each.under) if isinstance(each, Var) else each for each in values]
        key, kept = ("any row", query, context.moment, *same, *_around(frame)), context.world.kept
        is_unsure = any(isinstance(each, Unknown) for each in values) or context.tenancy.volatility.changes(what)
        if is_unsure or not isinstance(said := kept.get(key), int):
            said = kept[key] = _is_among(context, values, lambda: draw(context, frame), is_required=is_required)
        return said

    return tested


def _is_among(context: Context, values: Sequence[Value], draw: Callable[[], Drawn], *, is_required: bool) -> Truth:
    """Whether a row is among those that a query returns: what is not, is NULL where one of its columns is, or one that is returned."""
    if ERROR in values:
        return truth.ERROR
    if context.world.holds(is_required=is_required):
        return _met(context, values, draw())
    if not context.world.choose((False, True)):
        return truth.FALSE
    if NULL not in values and all(each is not NULL for _, each in draw().columns):
        raise Infeasible
    return truth.NULL


def _met(context: Context, values: Sequence[Value], drawn: Drawn) -> Truth:
    """What is said of a row that was drawn to be equal; where it cannot be, this is no world."""
    said, compare = truth.of(True) if drawn.is_sure else truth.TRUE | truth.FALSE, comparison("=")
    if len(drawn.columns) != len(values):
        context.world.doubt("it compares a row with columns that cannot be told")
        return truth.ANY
    for value, (_, column) in zip(values, drawn.columns, strict=True):
        said = truth.both(said, compare(context, value, column, is_required=True))
    if not said & truth.TRUE:
        raise Infeasible
    return said if said == truth.TRUE else truth.TRUE | truth.FALSE


def _meets(context: Context, subject: Value, drawn: Drawn, compare: Comparison) -> bool:
    """Whether a row that was drawn is surely there, and surely meets the comparison."""
    return drawn.is_sure and compare(context, subject, drawn.columns[0][1]) == truth.TRUE


def scalar_link(node: Any) -> Expression | None:
    """``(SELECT x ...)``: the value of its row, NULL where there is none; ``ARRAY(SELECT ...)``: a set."""
    _, select = unwrap(node.subselect)
    draw = compiled(select)
    if node.sub_link_type == pb.ARRAY_SUBLINK:
        return lambda context, frame: Many(draw=lambda: draw(context, frame))
    if node.sub_link_type != pb.EXPR_SUBLINK:
        return None
    is_sure = is_there(select)

    def evaluated(context: Context, frame: Frame) -> Value:
        if not is_sure and not context.world.choose((True, False)):
            return NULL
        try:
            return scalar(context, draw(context, frame))
        except NoRow:
            return NULL

    return evaluated
