"""The SQLite database of one run: what the cache holds, or nothing yet, and the functions that queries may use besides SQLite's own."""

import sqlite3
from contextlib import closing
from errno import EIO
from pathlib import Path
from typing import Any

from invariants.authorizer import LONGEST
from invariants.cache import Cache
from invariants.relations import named, shown

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


class Database(sqlite3.Connection):
    """A database that no file keeps."""

    is_whole = False
    """It is in memory as one piece, as the cache holds it; otherwise SQLite keeps what there is no room for in a file of its own."""

    shown: frozenset[str] = frozenset()
    """The names of relations that are in place."""

    def show(self, query: str) -> None:
        """Have the relations that a query names in place. There are hundreds, and most runs ask for few of them."""
        for name in named(query) - self.shown:
            relation, prefix = shown()[name]
            self.execute(relation.view(prefix))
            self.shown |= {name}

    def keep(self, kept: Cache) -> str | None:
        """Write it into the cache; what hindered that."""
        return kept.put(self.serialize()) if self.is_whole else kept.write(self._copy)

    def _copy(self, target: Path) -> None:
        try:
            with closing(sqlite3.connect(target, isolation_level=None)) as file:
                file.execute("pragma synchronous = off")
                file.execute("pragma journal_mode = off")
                self.backup(file)
        except sqlite3.Error as error:
            raise OSError(EIO, str(error)) from error


def connected(kept: Cache | None, schema: str) -> Database:
    """The database that a cache keeps; where there is none, an empty one of this schema."""
    connection = sqlite3.connect("", isolation_level=None, factory=Database)
    connection.execute(f"pragma cache_size = -{ROOM}")
    connection.execute("pragma journal_mode = memory")
    content = kept.read() if kept else None
    if content:
        connection.deserialize(content)
        connection.is_whole = True
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST)
    connection.execute("pragma temp_store = memory")
    connection.execute("pragma trusted_schema = off")
    for arguments in (1, 2):
        connection.create_aggregate("group_concat", arguments, Sorted)  # type: ignore[arg-type]
    if not content:
        connection.executescript(schema)
    return connection
