"""Queries inside expressions: EXISTS, IN, scalar and array subqueries."""

from collections.abc import Callable
from typing import Any

from invariants.postgres.grammar import pb
from invariants.postgres.tree import strings
from invariants.replay.errors import Failure
from invariants.replay.plpgsql import operators
from invariants.replay.plpgsql.evaluate import Expression, compiled
from invariants.replay.plpgsql.query import Query, compiled_query
from invariants.replay.plpgsql.scope import Entry, Scope
from invariants.replay.plpgsql.values import MISSING, Record, Unsure, Value, conjunction, disjunction, guess_of


def compiled_sublink(node: Any) -> Expression:
    """The value of a SubLink node."""
    query = compiled_query(node.subselect.select_stmt)
    if node.sub_link_type in {pb.ANY_SUBLINK, pb.ALL_SUBLINK}:
        return _compared(node, query)
    give = READERS[node.sub_link_type]
    return lambda scope: give(query(scope.below()).rows)


def exists(rows: list[Entry]) -> Value:
    """EXISTS: true once one row is certain."""
    return disjunction((lambda row=row: row.here) for row in rows)  # type: ignore[misc]


def scalar(rows: list[Entry]) -> Value:
    """The one value of the one row, NULL where there is none."""
    if all(row.here is True for row in rows):
        if len(rows) > 1:
            raise Failure("21000", "more than one row returned by a subquery used as an expression")
        return _value(rows[0]) if rows else None
    doubt = next(row.here for row in rows if isinstance(row.here, Unsure))
    guesses = [guess_of(_value(row)) for row in rows if guess_of(row.here) is True]
    unknown = any(guess_of(row.here) is MISSING for row in rows)
    return Unsure(doubt.cause, MISSING if unknown else guesses[0] if guesses else None)


def _value(row: Entry) -> Value:
    return row.values[0]


def array(rows: list[Entry]) -> Value:
    """ARRAY(SELECT ...)."""
    doubt = next((each for row in rows for each in (row.here, _value(row)) if isinstance(each, Unsure)), None)
    if doubt is None:
        return [_value(row) for row in rows]
    guesses = [guess_of(_value(row)) for row in rows if guess_of(row.here) is not False]
    unknown = MISSING in guesses or any(guess_of(row.here) is MISSING for row in rows)
    return Unsure(doubt.cause, MISSING if unknown else guesses)


READERS: dict[int, Callable[[list[Entry]], Value]] = {
    pb.EXISTS_SUBLINK: exists,
    pb.EXPR_SUBLINK: scalar,
    pb.ARRAY_SUBLINK: array,
}


def _compared(node: Any, query: Query) -> Expression:
    """value op ANY (SELECT ...), value IN (SELECT ...), value op ALL (SELECT ...)."""
    operand = compiled(node.testexpr)
    name = strings(node.oper_name)[-1] if node.oper_name else "="
    is_any = node.sub_link_type == pb.ANY_SUBLINK

    def value(scope: Scope) -> Value:
        left = operand(scope)
        rows = query(scope.below()).rows
        if is_any:
            return disjunction((lambda row=row: conjunction([lambda: row.here, lambda: _compare(name, left, row)])) for row in rows)  # type: ignore[misc]
        return conjunction((lambda row=row: disjunction([lambda: _absent(row), lambda: _compare(name, left, row)])) for row in rows)  # type: ignore[misc]

    return value


def _absent(row: Entry) -> Value:
    here = row.here
    return Unsure(here.cause, MISSING if here.guess is MISSING else not here.guess) if isinstance(here, Unsure) else not here


def _compare(name: str, left: Value, row: Entry) -> Value:
    right = Record(dict(enumerate(row.values))) if isinstance(left, Record) else row.values[0]  # type: ignore[arg-type]
    return operators.binary(name, left, right)
