"""The views of views.sql, answered once and kept as tables: they stand on one another, many deep, and every rule reads them.

An answer is kept together with what it was made from - the view's text and the units whose facts it can see - and stands for as long as
these stay the same. So a run in which no migration changed answers nothing again, whatever else has changed.
"""

import re
import sqlite3
from collections.abc import Iterator, Mapping
from functools import cache
from hashlib import blake2b
from itertools import takewhile
from pathlib import Path
from typing import NamedTuple

from invariants.connection import Database
from invariants.relations import BASE, SHOWN, indexes, shown

VIEWS = Path(__file__).with_name("views.sql")
DECLARED = re.compile(r"create temp view (\w+) as")
WORD = re.compile(r"(?:temp\.)?\w+")
TABLES = """
create table main.held (relation text not null, unit integer not null, primary key (relation, unit)) strict, without rowid;
create table main.answer (name text primary key, key text not null) strict;
"""
"""Which relations a unit has facts of; which answers are kept, each with what it was made from."""


class View(NamedTuple):
    """A view of the vocabulary."""

    name: str
    query: str
    sources: frozenset[str]
    """The relations whose facts it sees, by itself or through other views."""

    @property
    def sentence(self) -> str:
        """What a row of it is: the comment that its query begins with."""
        comment = takewhile(lambda line: line.startswith("--"), self.query.strip().split("\n"))
        return " ".join(line.removeprefix("--").strip() for line in comment)


@cache
def text() -> str:
    """All of them, as they are written down."""
    return VIEWS.read_text(encoding="utf-8")


@cache
def views() -> tuple[View, ...]:
    """The views in the order in which they stand on one another."""
    known = {name: frozenset({name}) for name in _shown()}
    found = []
    for name, query in zip(DECLARED.findall(text()), DECLARED.split(text())[2::2], strict=True):
        sources = frozenset().union(*(known[word] for word in set(WORD.findall(query)) & known.keys()))
        known[name] = sources
        found.append(View(name, query, sources))
    return tuple(found)


def _shown() -> Iterator[str]:
    """What views stand on: the sets of units that are shown, and the relations that show their facts."""
    yield from (f"temp.{units}" for units in SHOWN.values())
    yield from shown()


def compares(text: str) -> bool:
    """Whether a query can see that there is a base: its facts, what is told of a change, or which units are shown."""
    return not _comparing().isdisjoint(WORD.findall(text.lower()))


@cache
def _comparing() -> frozenset[str]:
    """The names through which that is seen."""
    sources = {view.name: view.sources for view in views()} | {name: frozenset({name}) for name in _shown()}
    return frozenset(name for name, seen in sources.items() if any(each.startswith((BASE, "scope_", "temp.")) for each in seen))


def answer(connection: Database, judged: Mapping[str, str]) -> bool:
    """Make every view a table that answers for what is shown; whether any was not one already.

    ``judged`` tells, by relation, what was filled in of its facts since they were kept.
    """
    seen = dict(_seen(connection))
    seen |= {name: f"{seen.get(name, '')} {what}" for name, what in judged.items()}
    kept = dict(connection.execute("select name, key from main.answer"))
    stale = [(view, key) for view in views() if kept.get(view.name) != (key := _key(view, seen))]
    connection.execute("begin")  # else each statement goes through all pages that are held
    with connection:
        for view, key in stale:
            connection.show(view.query)
            _fill(connection, view, is_there=view.name in kept)
            connection.execute("insert or replace into main.answer values (?, ?)", (view.name, key))
    return bool(stale)


def _fill(connection: Database, view: View, *, is_there: bool) -> None:
    """Have a view's table hold what it answers now. One that is there is kept: to make tables and indexes takes longer than most rows."""
    if is_there:
        connection.execute(f"delete from main.{view.name}")  # noqa: S608
        connection.execute(f"insert into main.{view.name} {view.query}")
    else:
        connection.execute(f"create table main.{view.name} as {view.query}")
        for index in _indexes(connection, view.name):
            connection.execute(index)


def _seen(connection: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    """The units whose facts each relation shows, and all that are shown."""
    for prefix, units in SHOWN.items():
        ids = f"select id from temp.{units} order by id"  # noqa: S608
        held = f"select relation, unit from main.held where unit in ({ids}) order by relation, unit"  # noqa: S608
        each = connection.execute(f"select relation, json_group_array(unit) from ({held}) group by relation")  # noqa: S608
        yield from ((prefix + relation, numbers) for relation, numbers in each)
        yield f"temp.{units}", connection.execute(f"select json_group_array(id) from ({ids})").fetchone()[0]  # noqa: S608


def _key(view: View, seen: Mapping[str, str]) -> str:
    parts = [view.query, *(f"{source} {seen.get(source, '')}" for source in sorted(view.sources))]
    return blake2b("\0".join(parts).encode(), digest_size=16).hexdigest()


def _indexes(connection: sqlite3.Connection, name: str) -> Iterator[str]:
    yield from indexes("main", name, [row[1] for row in connection.execute(f"pragma main.table_info({name})")])
