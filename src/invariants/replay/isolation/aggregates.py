"""Aggregates: what a query makes of all its rows, which is one row even where there are none (manual, sections 4.2.7 and 7.2.3)."""

from collections.abc import Iterable, Iterator
from typing import Any

from invariants.postgres.grammar import pb
from invariants.postgres.tree import strings, walk
from invariants.replay.isolation.compiling import Expression, expression
from invariants.replay.isolation.context import Context
from invariants.replay.isolation.scopes import Frame
from invariants.replay.isolation.standard import AGGREGATES
from invariants.replay.isolation.values import NULL, Drawn, Many, Value, Var

COUNTS = {"count", "regr_count"}
RANKS = {"rank", "dense_rank", "percent_rank", "cume_dist"}
"""Aggregates that say where a row would stand among the others; of no others they say so too."""
OF_ONE = {"max", "min", "bool_or"}
"""Aggregates that answer what one of the rows has."""
LISTS = {"array_agg", "jsonb_agg", "json_agg"}


def is_own(call: Any) -> bool:
    """Whether a call is one of PostgreSQL's own aggregates, over all rows that a query makes one of."""
    *schema, name = strings(call.funcname)
    return name in AGGREGATES and schema in ([], ["pg_catalog"]) and not call.HasField("over")


def called(select: Any) -> list[Any]:
    """The calls of a query that see all its rows together, if they are of aggregates; those in queries inside it are theirs."""
    nodes = [*select.target_list, *select.sort_clause, *select.distinct_clause, *select.window_clause, select.having_clause]
    return [each for node in nodes for each in walk(node, apart=pb.SelectStmt) if isinstance(each, pb.FuncCall)]


def is_one(select: Any) -> bool:
    """Whether a query makes one row of all: it answers one even where there is none, if HAVING lets it."""
    if select.group_clause:
        return all(each.WhichOneof("node") == "grouping_set" and _is_empty(each.grouping_set) for each in select.group_clause)
    return select.HasField("having_clause") or any(map(is_own, called(select)))


def _is_empty(group: Any) -> bool:
    return bool(group.kind == pb.GROUPING_SET_EMPTY)


def unfollowed(select: Any) -> str:
    """What a query does with its rows that is not followed: it groups them in several ways, or a query inside it asks all of them."""
    if any(isinstance(each, pb.GroupingSet) and not _is_empty(each) for node in select.group_clause for each in walk(node)):
        return "a query that groups its rows in several ways"
    inner = (each for node in (*select.target_list, *select.sort_clause, select.having_clause) for each in walk(node))
    if any(_asks_around(each) for each in inner if isinstance(each, pb.SelectStmt)):
        return "a query inside another that may ask all of its rows"
    return ""


def _asks_around(select: Any) -> bool:
    """Whether an aggregate in a query may be of the query around it: one that names only columns from there is."""
    own = set(_names(select.from_clause))
    for call in (each for each in walk(select) if isinstance(each, pb.FuncCall) and is_own(each)):
        columns = [strings(each.fields) for each in walk(call) if isinstance(each, pb.ColumnRef)]
        if columns and not any(len(parts) > 1 and parts[-2] in own for parts in columns):
            return True
    return False


def _names(sources: Iterable[Any]) -> Iterator[str]:
    """The names that entries of FROM go by."""
    for each in (each for node in sources for each in walk(node)):
        if isinstance(each, pb.RangeVar):
            yield each.relname
        elif isinstance(each, pb.Alias):
            yield each.aliasname


def are_several(select: Any) -> bool:
    """Whether a query asks its rows more than one thing, so that one row says the one and another the other."""
    asked = {each.SerializeToString() for each in called(select) if is_own(each) and strings(each.funcname)[-1] not in COUNTS}
    return len(asked) > 1


def unfiltered(select: Any) -> Any:
    """A query whose one aggregate has a FILTER, as one that asks it in WHERE."""
    if len(select.target_list) != 1 or select.group_clause or select.HasField("having_clause"):
        return select
    asked = pb.SelectStmt()
    asked.CopyFrom(select)
    calls = [each for each in called(asked) if is_own(each)]
    if len(calls) != 1 or not calls[0].HasField("agg_filter"):
        return select
    arms = [each for each in (select.where_clause, calls[0].agg_filter) if each.WhichOneof("node")]
    asked.where_clause.CopyFrom(pb.Node(bool_expr=pb.BoolExpr(boolop=pb.AND_EXPR, args=arms)))
    calls[0].ClearField("agg_filter")
    return asked


def of_none(context: Context, name: str) -> Value:
    """What an aggregate answers of no rows: nothing, but for a count."""
    if name in RANKS:
        return context.world.doubt(f"{name} was not followed")
    return context.world.constant("0") if name in COUNTS else NULL


def of_several(context: Context, name: str) -> Value:
    """What an aggregate answers of rows that others are asked for too."""
    return Var("how many there are") if name in COUNTS else context.world.doubt(f"{name} beside other aggregates was not followed")


def aggregate(node: Any) -> Expression:
    """An aggregate over rows of which one was drawn: what it says of that one, where that is all it says."""
    name = strings(node.funcname)[-1]
    of_drawn = _of_drawn(node, name)

    def evaluated(context: Context, frame: Frame) -> Value:
        return of_drawn(context, frame) if frame.answers is None else frame.answers(context, name)

    return evaluated


def _of_drawn(node: Any, name: str) -> Expression:
    arguments = [expression(each) for each in node.args]
    if name in COUNTS:
        return lambda _context, _frame: Var("how many there are")
    if len(arguments) == 1 and not node.HasField("agg_filter") and not node.agg_within_group:
        if name in OF_ONE:
            return arguments[0]
        if name in LISTS:
            return lambda context, frame: Many(draw=lambda: _member(arguments[0], context, frame))
    return lambda context, _frame: context.world.doubt(f"{name} was not followed")


def _member(argument: Expression, context: Context, frame: Frame) -> Drawn:
    """A member of a list of what all rows have: that of any of them, another each time."""
    other, is_sure = (frame, False) if frame.again is None else frame.again()
    return Drawn((("", argument(context, other)),), is_sure)


def windowed(node: Any) -> Expression:
    """A call over a window: it sees the rows beside each."""
    name = strings(node.funcname)[-1]
    if name == "count":
        return lambda _context, _frame: Var("how many there are")
    return lambda context, _frame: context.world.doubt(f"{name} over other rows was not followed")
