"""Facts as rows of the store's tables, and back."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from typing import Any

from invariants.bodies import INSIDE, OUTLINE, Body
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
        relations = by_class()
        count = 0
        for count, fact in enumerate(facts, 1):  # noqa: B007  (it is what is answered)
            relation = relations.get(type(fact))
            held.add(self._fact(unit, fact, relation, places) if relation is not None else self._body(unit, fact))
            self._waiting += 1
            if self._waiting >= MANY:
                self.flush()
        if held:
            self._pending["held"] += [(name, unit) for name in sorted(held)]
        return count

    def add(self, table: str, row: tuple[Any, ...]) -> None:
        """One row."""
        self._pending[table].append(row)

    def _body(self, unit: int, body: Body) -> str:
        self._pending["body"].append((unit, *body, 0))
        return "body"

    def _fact(self, unit: int, fact: Any, relation: Relation, places: dict[Place, int]) -> str:
        """A fact as a row of its relation; the relation's name."""
        row = [unit, *fact]
        for column in relation.places:
            row[column + 1] = self._place(unit, row[column + 1], places)
        self._pending[relation.name].append(tuple(row))
        return relation.name

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
