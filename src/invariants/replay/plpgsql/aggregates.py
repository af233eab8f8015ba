"""Aggregate functions over the rows of a group, some of which may not be there."""

from collections.abc import Callable
from decimal import Decimal
from functools import cmp_to_key
from typing import Any

from invariants.postgres.grammar import pb
from invariants.replay.errors import Failure
from invariants.replay.plpgsql import documents, operators
from invariants.replay.plpgsql.evaluate import Expression, compiled
from invariants.replay.plpgsql.scope import Scope
from invariants.replay.plpgsql.values import MISSING, Json, Unsure, Value, guess_of, hashable, text_of

Rows = list[tuple[Value, ...]]


def _present(rows: Rows) -> list[Value]:
    return [each[0] for each in rows if each[0] is not None]


def _sum(rows: Rows) -> Value:
    them = _present(rows)
    return sum(them[1:], them[0]) if them else None


def _average(rows: Rows) -> Value:
    them = _present(rows)
    return operators.divided(Decimal(sum(them)), Decimal(len(them))) if them else None


def _joined(rows: Rows) -> Value:
    them = [(value, separator) for value, separator in rows if value is not None]
    return (
        "".join((text_of(separator or "") if index else "") + text_of(value) for index, (value, separator) in enumerate(them))
        if them
        else None
    )


FUNCTIONS: dict[str, Callable[[Rows], Value]] = {
    "count": lambda rows: sum(1 for each in rows if not each or each[0] is not None),
    "sum": _sum,
    "avg": _average,
    "min": lambda rows: min(_present(rows), default=None),
    "max": lambda rows: max(_present(rows), default=None),
    "bool_and": lambda rows: all(_present(rows)) if _present(rows) else None,
    "every": lambda rows: all(_present(rows)) if _present(rows) else None,
    "bool_or": lambda rows: any(_present(rows)) if _present(rows) else None,
    "array_agg": lambda rows: [each[0] for each in rows] or None,
    "string_agg": _joined,
    "json_agg": lambda rows: Json([documents.to_json(each[0]) for each in rows]) if rows else None,
    "jsonb_agg": lambda rows: Json([documents.to_json(each[0]) for each in rows]) if rows else None,
    "json_object_agg": lambda rows: Json({text_of(key): documents.to_json(value) for key, value in rows}) if rows else None,
    "jsonb_object_agg": lambda rows: Json({text_of(key): documents.to_json(value) for key, value in rows}) if rows else None,
}


def compiled_aggregate(node: Any, name: str) -> Expression:
    """An aggregate as a function of the scope whose ``group`` it runs over."""
    arguments = [compiled(each) for each in node.args]
    order = [(compiled(each.sort_by.node), each.sort_by) for each in node.agg_order]
    condition = compiled(node.agg_filter) if node.HasField("agg_filter") else None
    distinct = node.agg_distinct

    def value(scope: Scope) -> Value:
        group = _group(scope)
        rows = [(tuple(each(member) for each in arguments), tuple(key(member) for key, _ in order), here) for member, here in group]
        if condition is not None:
            rows = [(*row[:2], _both(row[2], condition(member))) for row, (member, _) in zip(rows, group, strict=True)]
        rows = [row for row in rows if row[2] not in {False, None} or isinstance(row[2], Unsure)]
        doubt = next((each for row in rows for each in (*row[0], row[2]) if isinstance(each, Unsure)), None)
        if doubt is None:
            return FUNCTIONS[name](_arranged(rows, order, distinct=distinct))
        return Unsure(doubt.cause, _guessed(name, rows, order, distinct=distinct))

    return value


def _group(scope: Scope) -> list[tuple[Scope, Value]]:
    for each in scope.chain():
        if each.group is not None:
            return each.group
    raise Failure("42803", "aggregate functions are not allowed here")


def _both(here: Value, condition: Value) -> Value:
    if isinstance(here, Unsure) and condition is True:
        return here
    if isinstance(here, Unsure) and isinstance(condition, Unsure):
        return Unsure(here.cause, MISSING if MISSING in {here.guess, condition.guess} else here.guess and condition.guess)
    return condition


def _guessed(name: str, rows: list[Any], order: list[Any], *, distinct: bool) -> Value:
    guesses = [
        (tuple(guess_of(each) for each in values), tuple(guess_of(each) for each in keys), guess_of(here)) for values, keys, here in rows
    ]
    if any(here is MISSING or (here and MISSING in values) for values, _, here in guesses):
        return MISSING
    return FUNCTIONS[name](_arranged([each for each in guesses if each[2]], order, distinct=distinct))


def _arranged(rows: list[Any], order: list[Any], *, distinct: bool) -> Rows:
    """The arguments in the order of the aggregate's ORDER BY, those alike only once where it says DISTINCT."""
    if order:
        key = sort_key([sort for _, sort in order])
        rows = sorted(rows, key=lambda row: key(row[1]))
    values = [row[0] for row in rows]
    if distinct:
        values = list({hashable(list(each)): each for each in values}.values())
        if not order:
            values.sort(key=lambda value: PLAIN(value[0]))
    return values


def sort_key(sorts: list[Any]) -> Callable[[tuple[Value, ...]], Any]:
    """The key by which Python sorts rows as ORDER BY does."""
    return cmp_to_key(lambda first, second: _ordering(first, second, sorts))


def _ordering(first: tuple[Value, ...], second: tuple[Value, ...], sorts: list[Any]) -> int:
    """Which of two rows' sort keys comes first."""
    for left, right, sort in zip(first, second, sorts, strict=True):
        descending = sort.sortby_dir == pb.SORTBY_DESC
        nulls_first = sort.sortby_nulls == pb.SORTBY_NULLS_FIRST or (descending and sort.sortby_nulls != pb.SORTBY_NULLS_LAST)
        if left is None or right is None:
            found = (left is None) - (right is None)
            found = -found if nulls_first else found
        else:
            found = compare(left, right)
            found = -found if descending else found
        if found:
            return found
    return 0


def compare(left: Value, right: Value) -> int:
    """-1, 0 or 1; NULL last; what cannot be told is like everything."""
    if isinstance(left, Unsure) or isinstance(right, Unsure):
        return 0
    if left is None or right is None:
        return (left is None) - (right is None)
    return int(operators.BINARY[">"](left, right)) - int(operators.BINARY["<"](left, right))


PLAIN: Callable[[Value], Any] = cmp_to_key(compare)
"""The key that sorts values in ascending order."""
