"""UNION, INTERSECT, EXCEPT and DISTINCT, of rows some of which may not be there."""

from typing import Any

from invariants.replay.plpgsql.scope import Entry, here_of
from invariants.replay.plpgsql.values import MISSING, Unsure, Value, hashable


def union(left: list[Entry], right: list[Entry]) -> list[Entry]:
    """UNION ALL."""
    return [*left, *right]


def _keys(rows: list[Entry]) -> dict[Any, Value]:
    """Which rows there are for certain, and which perhaps."""
    found: dict[Any, Value] = {}
    for row in rows:
        key = hashable(list(row.values))
        if found.get(key) is not True:
            found[key] = True if row.here is True and not _is_vague(row) else row.here if row.here is not True else Unsure(_cause(row))
    return found


def _is_vague(row: Entry) -> bool:
    return any(isinstance(each, Unsure) for each in row.values)


def _cause(row: Entry) -> str:
    return next(each.cause for each in row.values if isinstance(each, Unsure))


def intersection(left: list[Entry], right: list[Entry]) -> list[Entry]:
    """INTERSECT."""
    known = _keys(right)
    vague = next((row for row in right if _is_vague(row)), None)
    return [Entry(row.values, here_of(row.here, mark)) for row in left if (mark := _found(row, known, vague)) is not False]


def difference(left: list[Entry], right: list[Entry]) -> list[Entry]:
    """EXCEPT."""
    known = _keys(right)
    vague = next((row for row in right if _is_vague(row)), None)
    kept = []
    for row in left:
        mark = _found(row, known, vague)
        if mark is not True:
            here = (
                row.here if mark is False else here_of(row.here, Unsure(mark.cause, MISSING if mark.guess is MISSING else not mark.guess))
            )
            kept.append(Entry(row.values, here))
    return kept


def _found(row: Entry, known: dict[Any, Value], vague: Entry | None) -> Value:
    """Whether a row is among the known ones."""
    if _is_vague(row):
        return Unsure(_cause(row), guess=False)
    mark = known.get(hashable(list(row.values)), False)
    if mark is False and vague is not None:
        return Unsure(_cause(vague), guess=False)
    return mark


def distinct(rows: list[Entry]) -> list[Entry]:
    """Rows alike once."""
    kept: dict[Any, Entry] = {}
    for row in rows:
        key = hashable(list(row.values))
        if key not in kept or (kept[key].here is not True and row.here is True):
            kept[key] = row
    return list(kept.values())
