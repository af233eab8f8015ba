"""The SQLite database of one run: what the cache holds, or nothing yet, and the functions that queries may use besides SQLite's own."""

import sqlite3
from typing import Any

from invariants.authorizer import LONGEST
from invariants.cache import Cache

ROOM = 32 * 1024
"""So many kilobytes of a store are held in memory; what is beyond that, SQLite puts into a file of its own, which nobody sees."""


class Sorted:
    """``group_concat`` whose answer does not depend on the order in which rows come."""

    def __init__(self) -> None:
        self._values: list[str] = []
        self._separator = ", "

    def step(self, value: Any, separator: str = ", ") -> None:
        self._separator = separator
        if value is not None:
            self._values.append(str(value))

    def finalize(self) -> str | None:
        return self._separator.join(sorted(self._values)) if self._values else None


def connected(kept: Cache | None, schema: str) -> sqlite3.Connection:
    """The database that a cache keeps; where there is none, an empty one of this schema."""
    connection = sqlite3.connect("", isolation_level=None)
    connection.execute(f"pragma cache_size = -{ROOM}")
    connection.execute("pragma journal_mode = memory")
    content = kept.read() if kept else None
    if content:
        connection.deserialize(content)
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST)
    connection.execute("pragma temp_store = memory")
    connection.execute("pragma trusted_schema = off")
    for arguments in (1, 2):
        connection.create_aggregate("group_concat", arguments, Sorted)  # type: ignore[arg-type]
    if not content:
        connection.executescript(schema)
    return connection
