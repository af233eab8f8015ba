"""Answers that no row shows through, and that rows of another tenant make all the same: counts, sums, averages."""

from collections.abc import Iterable, Sequence
from typing import Any

from invariants.prove.database import Database, Refused
from invariants.prove.duel import DEPARTED, Attacker, Places
from invariants.prove.values import Who

UNBOUND = "set local session_replication_role = replica"
"""Neither triggers nor foreign keys are asked."""
BOUND = "set local session_replication_role = origin"


def influence(
    database: Database, attacker: Attacker, statement: str, victim: Who, places: Iterable[Places], refresh: str = ""
) -> str | None:
    """What a statement answers with and without the victim's rows; None where that is the same, or never the same twice."""
    hidden = [each.without(victim) for each in places]
    asked = f"rollback to savepoint attempt; {statement}"
    without = [DEPARTED, UNBOUND, *(each for each in hidden if each), BOUND, *([refresh] if refresh else []), *attacker.arrival, statement]
    try:
        rows, again = database.run(asked), database.run(asked)
        if _sorted(rows) != _sorted(again):
            return None
        after = database.run("; ".join(["rollback to savepoint attempt", *without]))
    except Refused:
        return None
    return None if _sorted(rows) == _sorted(after) else f"{_told(rows, after)}, without the other tenant's rows {_told(after, rows)}"


def _sorted(rows: Sequence[Sequence[Any]]) -> list[str]:
    return sorted(str(list(row)) for row in rows)


def _told(rows: Sequence[Sequence[Any]], others: Sequence[Sequence[Any]]) -> str:
    """The first row that the others do not have."""
    known = _sorted(others)
    row = next((row for row in rows if str(list(row)) not in known), None)
    return "no such row" if row is None else ", ".join(map(str, row))
