"""Facts as rows of the store's tables, and back."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import groupby, islice
from typing import Any

from invariants.bodies import INSIDE, OUTLINE
from invariants.facts.place import Place
from invariants.relations import BASE, Relation, relations

MANY = 4_000
"""So many facts wait at most for being written at once."""
PIECES = {"function_name is not null": INSIDE, "function_name is null": OUTLINE}
"""The facts that are packed, by which pieces have them."""


class Rows:
    """Rows on their way into a store."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._pending: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
        self._waiting = 0
        self._next_place: int = connection.execute("select coalesce(max(id), 0) + 1 from main.place").fetchone()[0]

    def put(self, unit: int, facts: Iterable[Any]) -> int:
        """Add facts to a unit; how many there were."""
        places: dict[Place, int] = {}
        held: set[str] = set()
        count = 0
        for kind, same in groupby(facts, type):
            while some := list(islice(same, MANY)):
                name, rows = self._rows(unit, some, by_class().get(kind), places)
                self._pending[name] += rows
                held.add(name)
                count += len(rows)
                self._waiting += len(rows)
                if self._waiting >= MANY:
                    self.flush()
        if held:
            self._pending["held"] += [(name, unit) for name in sorted(held)]
        return count

    def add(self, table: str, row: tuple[Any, ...]) -> None:
        """One row."""
        self._pending[table].append(row)

    def _rows(
        self, unit: int, facts: Sequence[Any], relation: Relation | None, places: dict[Place, int]
    ) -> tuple[str, list[tuple[Any, ...]]]:
        """Facts of a kind as rows of their relation, and its name; what is packed has none."""
        if relation is None:
            return "body", [(unit, *each, 0) for each in facts]
        if relation.places == (0,):
            return relation.name, [(unit, self._place(unit, place, places), *rest) for place, *rest in facts]
        return relation.name, [self._row(unit, each, relation, places) for each in facts]

    def _row(self, unit: int, fact: Any, relation: Relation, places: dict[Place, int]) -> tuple[Any, ...]:
        row = [unit, *fact]
        for column in relation.places:
            row[column + 1] = self._place(unit, row[column + 1], places)
        return tuple(row)

    def _place(self, unit: int, place: Place, known: dict[Place, int]) -> int:
        number = known.get(place)
        if number is None:
            number = known[place] = self._next_place
            self._next_place += 1
            self._pending["place"].append((number, unit, *place))
        return number

    def flush(self) -> None:
        """Write what waits."""
        if not self._pending:
            return
        self._connection.execute("begin")
        for name, rows in self._pending.items():
            marks = ", ".join("?" * len(rows[0]))
            self._connection.executemany(f"insert into main.{name} values ({marks})", rows)  # noqa: S608
        self._connection.execute("commit")
        self._pending.clear()
        self._waiting = 0


def restored(relation: Relation, row: list[Any], places: dict[int, Place]) -> Any:
    """A row of a relation's table as a fact."""
    for number, column in enumerate(relation.columns):
        if column.kind == "place":
            row[number] = places[row[number]]
        elif column.kind == "boolean":
            row[number] = None if row[number] is None else bool(row[number])
    return relation.fact(*row)


@cache
def by_class() -> dict[type[Any], Relation]:
    """The relation of each class of facts."""
    return {relation.fact: relation for relation in relations()}


@cache
def packs() -> dict[str, frozenset[str]]:
    """The relations whose rows are packed until somebody asks for them, by which of the pieces have them."""
    names = {kind: relation.name for kind, relation in by_class().items()}
    return {pieces: frozenset(prefix + names[kind] for kind in kinds for prefix in ("", BASE)) for pieces, kinds in PIECES.items()}
