"""Which units a store shows: the active ones, and those of a base. They are put in place once somebody asks, and not before."""

import sqlite3
from collections.abc import Set as AbstractSet

SETS = ("active", "base")
LISTED = "select value from json_each(?)"


class Shown:
    """Two sets of units, each a table that the relations' views look at."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._there: dict[str, AbstractSet[int]] = dict.fromkeys(SETS, frozenset())
        self._wanted = dict(self._there)
        for name in SETS:
            connection.execute(f"create temp table {name} (id integer primary key)")

    @property
    def active(self) -> AbstractSet[int]:
        """The units that are active."""
        return self._wanted["active"]

    @property
    def all(self) -> AbstractSet[int]:
        """The units of both sets."""
        return frozenset().union(*self._wanted.values())

    def show(self, name: str, units: AbstractSet[int]) -> None:
        """Show these units, and no others, from now on."""
        self._wanted[name] = units

    def settle(self) -> None:
        """Have what is to be shown in place."""
        for name, wanted in self._wanted.items():
            if (there := self._there[name]) is not wanted:
                self._connection.execute(f"delete from temp.{name} where id in ({LISTED})", (_list(there - wanted),))  # noqa: S608
                self._connection.execute(f"insert into temp.{name} {LISTED}", (_list(wanted - there),))
                self._there[name] = wanted


def _list(units: AbstractSet[int]) -> str:
    return f"[{','.join(map(str, units))}]"
