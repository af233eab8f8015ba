"""Dropping the units of a store that have not been in use for longest."""

import sqlite3
from collections.abc import Collection, Iterator

from invariants.relations import relations

SPARE = 20_000
"""Facts of units that are not in use are kept up to this number, or to a quarter of those in use: every run reads and writes them all."""


def evict(connection: sqlite3.Connection, used: Collection[int]) -> set[int]:
    """Note which units are in use, and drop those for which there is no room; the ids of these."""
    rows = connection.execute("select id, facts, used from main.unit order by used desc, id desc").fetchall()
    latest = max((last for *_, last in rows), default=0) + 1
    gone = set(_crowded(rows, used))
    gone |= {unit for unit, part in connection.execute("select unit, part from main.part") if part in gone}
    connection.execute("begin")
    connection.executemany("update main.unit set used = ? where id = ?", ((latest, number) for number in used))
    if gone:
        _drop(connection, gone)
    connection.execute("commit")
    return gone


def _crowded(rows: Collection[tuple[int, int, int]], used: Collection[int]) -> Iterator[int]:
    budget = max(SPARE, sum(facts for number, facts, _ in rows if number in used) // 4)
    for number, facts, _ in rows:
        if number not in used:
            budget -= facts
            if budget < 0:
                yield number


def _drop(connection: sqlite3.Connection, units: Collection[int]) -> None:
    connection.execute("create temp table dropped (id integer primary key)")
    connection.executemany("insert into temp.dropped values (?)", ((number,) for number in units))
    for name in (*(relation.name for relation in relations()), "place", "held", "body", "part"):
        connection.execute(f"delete from main.{name} where unit in (select id from temp.dropped)")  # noqa: S608
    connection.execute("delete from main.unit where id in (select id from temp.dropped)")
    connection.execute("drop table temp.dropped")
