"""Dropping the units of a store that have not been in use for longest."""

import sqlite3
from collections.abc import Collection

SPARE = 20_000
"""Facts of units that are not in use are kept up to this number, or to a quarter of those in use: every run reads and writes them all."""
CROWDED = """
with spare (id, total) as (select id, sum(facts) over (order by unused desc, id desc) from main.unit where unused),
     gone as (select id from spare where total > max(?, (select total(facts) from main.unit where not unused) / 4))
select id from gone union select unit from main.part where part in (select id from gone)
"""


def evict(connection: sqlite3.Connection, idle: Collection[int]) -> set[int]:
    """Note which units went out of use, these, or came back into it, and drop those for which there is no room; the ids of the dropped."""
    connection.execute("create temp table idle (id integer primary key)")
    connection.execute("insert into temp.idle select value from json_each(?)", (f"[{','.join(map(str, idle))}]",))
    connection.execute("begin")
    connection.execute("update main.unit set unused = 0 where unused and id not in (select id from temp.idle)")
    latest = "(select max(unused) + 1 from main.unit)"
    connection.execute(f"update main.unit set unused = {latest} where not unused and id in (select id from temp.idle)")  # noqa: S608
    gone = {number for (number,) in connection.execute(CROWDED, (SPARE,))}
    if gone:
        _drop(connection, gone)
    connection.execute("commit")
    connection.execute("drop table temp.idle")
    return gone


def _drop(connection: sqlite3.Connection, units: Collection[int]) -> None:
    connection.execute("create temp table dropped (id integer primary key)")
    connection.executemany("insert into temp.dropped values (?)", ((number,) for number in units))
    held = connection.execute("select distinct relation from main.held where unit in (select id from temp.dropped)").fetchall()
    for name in (*(name for (name,) in held), "place", "held", "part"):
        connection.execute(f"delete from main.{name} where unit in (select id from temp.dropped)")  # noqa: S608
    connection.execute("delete from main.unit where id in (select id from temp.dropped)")
    connection.execute("drop table temp.dropped")
