"""Which units snapshots came to, kept by what was seen of them."""

import sqlite3
from array import array
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from typing import NamedTuple

KEPT = 6
"""So many are kept: a change and its base, and what their code is, of this run and of the one before."""
TABLE = """
create table main.reading (files blob not null, seen blob not null, contents blob not null, units blob not null,
                           digest text not null) strict;
"""


class Reading(NamedTuple):
    """What was seen of a snapshot, the numbers of its units, and what these are."""

    look: tuple[bytes, bytes, bytes]
    units: AbstractSet[int]
    digest: str


def keep(connection: sqlite3.Connection, reading: Reading) -> bool:
    """Keep one as the latest, and those before it for which there is room; whether it was not there yet."""
    known = connection.execute("delete from main.reading where files = ? and seen = ? and contents = ?", reading.look).rowcount
    row = (*reading.look, array("I", reading.units).tobytes(), reading.digest)
    connection.execute("insert into main.reading values (?, ?, ?, ?, ?)", row)
    older = "select rowid from main.reading order by rowid desc limit -1 offset ?"
    connection.execute(f"delete from main.reading where rowid in ({older})", (KEPT,))  # noqa: S608
    return not known


def kept(connection: sqlite3.Connection, files: bytes) -> Iterator[Reading]:
    """Those of snapshots with these files, the latest first."""
    rows = connection.execute("select * from main.reading where files = ? order by rowid desc", (files,)).fetchall()
    for was, seen, contents, units, digest in rows:
        yield Reading((was, seen, contents), frozenset(array("I", units)), digest)
