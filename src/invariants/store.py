"""Facts in SQLite, which is the cache.

A store is a database of the run's own, read from the cache whole and written back whole when something was added: a run never waits for
another, and one that is killed leaves the last whole file. Facts are kept in units: those of one file, or of one replayed database.
A snapshot is a set of units; views show only those that are active.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from functools import cache
from hashlib import blake2b
from itertools import chain, groupby
from operator import itemgetter
from pathlib import Path
from sys import intern
from time import thread_time
from typing import Any, NamedTuple, TypeVar

from invariants import eviction, readings, vocabulary
from invariants.authorizer import authorized, complaint
from invariants.bodies import Body, opened, unpacked
from invariants.cache import Cache
from invariants.connection import connected
from invariants.facts.place import Place
from invariants.readings import Reading
from invariants.relations import named, relations
from invariants.rows import Rows, by_class, packs, restored
from invariants.shown import Shown

UNITS = """
create table main.unit (id integer primary key autoincrement, path text not null, content text not null, digest text not null,
                        facts integer not null, unused integer not null, unique (path, content, digest)) strict;
create table main.part (unit integer not null, part integer not null, primary key (unit, part)) strict, without rowid;
create table main.body (unit integer not null, function_name text, names text not null, content blob not null,
                        told integer not null) strict;
create table main.place (id integer primary key, unit integer not null, file text not null, line integer not null,
                         start integer not null, end_line integer not null, stop integer not null) strict;
"""
PLACE = "file, line, start, end_line, stop"
BODY = "function_name, names, content"
AMONG = "unit in (select value from json_each(?1))"
T = TypeVar("T")


class Unit(NamedTuple):
    """What facts were read from: a path and its content, by a frontend of this digest."""

    path: str
    content: str
    digest: str

    def __str__(self) -> str:
        """As a part of keys."""
        return "\0".join(self)


class QueryError(Exception):
    """A query that SQLite refuses, that asks for what is not allowed, or that takes too long."""


@cache
def schema() -> str:
    """The DDL of every table."""
    made = "".join(f"{statement};\n" for relation in relations() for statement in relation.ddl())
    return UNITS + readings.TABLE + vocabulary.TABLES + made


class Store:
    """Facts of one repository."""

    def __init__(self, kept: Cache | None = None) -> None:
        self._cache = kept
        self.notes: list[str] = []
        self._connection = connected(kept, schema())
        there = self._rows("select path, content, digest, id from main.unit")
        self._ids: dict[tuple[str, str, str], int] = {row[:3]: row[3] for row in there}
        self._parts: dict[int, set[int]] = defaultdict(set)
        for number, part in self._rows("select unit, part from main.part"):
            self._parts[number].add(part)
        self._added = Rows(self._connection)
        self._paths: dict[int, str] = {row[3]: row[0] for row in there}
        # never the number of a unit that was dropped: what was answered of that one is no answer of another
        self._next_unit: int = self._rows("select coalesce(max(seq), 0) + 1 from main.sqlite_sequence")[0][0]
        self._shown = Shown(self._connection)
        self._used: set[int] = set()
        self._changed = self._worded = False
        self._settled: list[tuple[str, tuple[Any, ...], tuple[Any, ...]]] = []
        """What was filled in: the statement, and its values to empty it again and to fill it in."""
        self._judged: dict[str, str] = {}

    @classmethod
    def of(cls, root: Path, *, cached: bool = True) -> "Store":
        """The store of a repository; ``cached=False`` neither reads nor leaves anything."""
        return cls(Cache.of(root, blake2b(f"{schema()}{vocabulary.text()}".encode(), digest_size=16).hexdigest()) if cached else None)

    @property
    def path(self) -> Path | None:
        """The file that it is kept in."""
        return self._cache.path if self._cache else None

    def __contains__(self, unit: Unit) -> bool:
        return unit in self._ids

    def add(self, unit: Unit, facts: Iterable[Any], parts: Iterable[Unit] = ()) -> None:
        """Keep the facts of a unit that is not there yet. Its parts are units that are shown wherever it is shown."""
        number = self._ids[unit] = self._next_unit
        self._paths[number], self._next_unit = unit.path, number + 1
        self._added.add("unit", (number, *unit, self._added.put(number, facts), 0))
        for part in parts:
            self._parts[number].add(self._ids[part])
            self._added.add("part", (number, self._ids[part]))
        self._changed = True

    def _unpack(self, wanted: AbstractSet[str]) -> None:
        """Tell what is packed in the units that are shown, row by row, where any of these relations have it."""
        for pieces in (pieces for pieces, names in packs().items() if not names.isdisjoint(wanted)):
            self._added.flush()
            rows = self._bodies(self._shown.all, f"not told and {pieces} and {AMONG}")
            for unit, bodies in groupby(rows, key=itemgetter(0)):
                self._added.put(unit, (fact for _, *body in bodies for fact in unpacked(self._paths[unit], Body(*body))))
            if rows:
                self._added.flush()
                told = f"update main.body set told = 1 where {pieces} and unit = ?"  # noqa: S608
                self._connection.executemany(told, {(unit,) for unit, *_ in rows})
                self._changed = True

    def activate(self, units: Iterable[Unit], base: Iterable[Unit] = ()) -> None:
        """Show the facts of these units, and no others, to whoever asks from now on; those of a base under names of their own."""
        self.show(self.numbers(units), self.numbers(base))

    def show(self, active: AbstractSet[int], base: AbstractSet[int] = frozenset()) -> None:
        """The same, by the numbers of the units."""
        self._unsettle()
        self._used |= active | base
        self._shown.show("active", active)
        self._shown.show("base", base)
        self._worded = False

    def append(self, unit: Unit) -> None:
        """Show one more unit, of which the vocabulary says nothing."""
        numbers = self.numbers([unit])
        self._used |= numbers
        self._shown.show("active", self._shown.active | numbers)

    def numbers(self, units: Iterable[Unit]) -> frozenset[int]:
        """The numbers of units and of their parts."""
        found = frozenset(self._ids[unit] for unit in units)
        return found.union(*(self._parts[each] for each in found & self._parts.keys()))

    def remember(self, reading: Reading) -> None:
        """Keep what a snapshot came to, as the latest."""
        self._changed |= readings.keep(self._connection, reading)

    def readings(self, files: bytes) -> Iterator[Reading]:
        """What snapshots with these files came to, the latest first; none of which a unit is gone."""
        return (each for each in readings.kept(self._connection, files) if each.units <= self._paths.keys())

    def _ready(self) -> None:
        """Have what is to be shown in place, now that somebody asks."""
        self._added.flush()
        self._shown.settle()

    def facts(self, *classes: type[Any], within: Collection[str] | None = None) -> dict[str, list[Any]]:
        """The active facts of these classes, by the path of the unit they are kept under; ``within`` some of these paths only."""
        shown = self._shown.active
        self._unpack({by_class()[each].name for each in classes})
        return self._held(shown if within is None else {number for number in shown if self._paths[number] in within}, classes)

    def columns(self, fact: type[Any], *names: str) -> list[Any]:
        """Some columns of the active facts of a class, row by row, without where they stand: to tell that takes most of the time."""
        self._added.flush()
        relation = by_class()[fact].name
        shown = self._among(relation, self._shown.active)
        return self._rows(f"select {', '.join(names)} from main.{relation} where {AMONG} order by rowid", (shown,))  # noqa: S608

    def held(self, units: AbstractSet[int], fact: type[T]) -> Iterator[T]:
        """The facts of a class that these units hold, active or not."""
        return chain.from_iterable(self._held(units, [fact]).values())

    def kept(self, units: Iterable[Unit], *classes: type[Any]) -> dict[str, list[Any]]:
        """The facts of these classes and units, active or not, and all that are packed, by path; what functions do inside stays packed."""
        numbers = self.numbers(units)
        if not numbers:
            return {}
        found = self._held(numbers, classes)
        for unit, *body in self._bodies(numbers, AMONG):
            found[self._paths[unit]] += opened(self._paths[unit], [Body(*body)])
        return found

    def _bodies(self, units: AbstractSet[int], condition: str) -> list[Any]:
        """The functions of units, packed."""
        return self._rows(f"select unit, {BODY} from main.body where {condition} order by rowid", (self._among("body", units),))  # noqa: S608

    def _among(self, relation: str, units: AbstractSet[int]) -> str:
        """Those of the units that have rows of a relation, as a list."""
        held = self._rows("select unit from main.held where relation = ?", (relation,))
        return f"[{','.join(str(number) for (number,) in held if number in units)}]"

    def _held(self, units: AbstractSet[int], classes: Iterable[type[Any]]) -> dict[str, list[Any]]:
        """The facts of these classes and units, by path; most units have none of most classes."""
        self._added.flush()
        found: dict[str, list[Any]] = defaultdict(list)
        for fact in classes:
            relation = by_class()[fact]
            shown = self._among(relation.name, units)
            wanted = (f"select {relation.columns[number].name} from main.{relation.name} where {AMONG}" for number in relation.places)  # noqa: S608
            places = self._placed(" union ".join(wanted), shown)
            for unit, *row in self._rows(f"select * from main.{relation.name} where {AMONG} order by rowid", (shown,)):  # noqa: S608
                found[self._paths[unit]].append(restored(relation, row, places))
        return found

    def places(self, numbers: Iterable[int]) -> dict[int, Place]:
        """The places that a rule's ``at`` refers to."""
        return self._placed("select value from json_each(?1)", f"[{','.join(map(str, numbers))}]")

    def _placed(self, wanted: str, among: str) -> dict[int, Place]:
        rows = self._rows(f"select id, {PLACE} from main.place where id in ({wanted})", (among,))  # noqa: S608
        return {number: Place(intern(file), *rest) for number, file, *rest in rows}

    def settle(self, relation: str, values: Iterable[tuple[int, dict[str, Any]]]) -> None:
        """Fill in columns of active rows that are only known now, each row told by its ``at``; the next activation empties them again."""
        self._ready()
        for at, columns in values:
            marks = ", ".join(f"{name} = ?" for name in columns)
            [before] = self._rows(f"select {', '.join(columns)} from main.{relation} where at = ? and unit in temp.active", (at,))  # noqa: S608
            update = f"update main.{relation} set {marks} where at = ?"  # noqa: S608
            self._settled.append((update, (*before, at), (*columns.values(), at)))
            self._connection.execute(update, self._settled[-1][-1])
            self._judged[relation] = f"{self._judged.get(relation, '')} {at} {columns}"
            self._worded = False

    def _unsettle(self) -> None:
        self._empty()
        self._worded = self._worded and not self._settled
        self._settled.clear()
        self._judged.clear()

    def _empty(self) -> None:
        """Take out what was filled in."""
        for update, before, _ in reversed(self._settled):
            self._connection.execute(update, before)

    def _written(self, kept: Cache) -> str | None:
        """Write everything but what was filled in into the cache; what hindered that."""
        self._empty()
        problem = self._connection.keep(kept)
        for update, _, after in self._settled:
            self._connection.execute(update, after)
        return problem

    def ask(self, query: str, seconds: float = 20.0) -> tuple[list[str], list[tuple[Any, ...]]]:
        """The columns and rows that a query answers; it can only read, and not for longer than ``seconds``."""
        self._connection.show(query)
        self._unpack(named(query))
        self._ready()
        self._word()
        with self._guarded(seconds):
            try:
                cursor = self._connection.execute(query)
                rows = cursor.fetchall()
            except (sqlite3.Error, sqlite3.Warning) as error:
                raise QueryError(complaint(error, seconds)) from error
        if cursor.description is None:
            raise QueryError("it is not a query")
        return [each[0] for each in cursor.description], rows

    @contextmanager
    def _guarded(self, seconds: float) -> Iterator[None]:
        end = thread_time() + seconds  # a machine that is busy with other work fails no rule
        self._connection.set_authorizer(authorized)
        self._connection.set_progress_handler(lambda: thread_time() > end, 20_000)
        try:
            yield
        finally:
            self._connection.set_progress_handler(None, 0)
            self._connection.set_authorizer(None)

    def save(self) -> None:
        """Write the cache, if anything was added; whatever hinders it becomes a note."""
        if self._cache is None or not self._changed:
            return
        self._added.flush()
        gone = eviction.evict(self._connection, self._paths.keys() - self._used)
        self._ids = {unit: number for unit, number in self._ids.items() if number not in gone}
        problem = self._written(self._cache)
        if problem:
            self.notes.append(problem)
        self._changed = False

    def _word(self) -> None:
        """Have the vocabulary answer for what is active."""
        if not self._worded:
            self._changed |= vocabulary.answer(self._connection, self._judged)
            self._worded = True

    def _rows(self, query: str, values: tuple[Any, ...] = ()) -> list[Any]:
        return self._connection.execute(query, values).fetchall()
