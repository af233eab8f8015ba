"""Stores for tests."""

from pathlib import Path
from typing import Any

from hypothesis import strategies as some

from invariants.cache import Cache
from invariants.facts import db
from invariants.facts.place import Place
from invariants.relations import Column, Relation
from invariants.store import Store

AT = Place("a.sql", 1, 1, 1, 10)
WORDS = some.text(some.characters(exclude_categories=["Cs"]), max_size=20)
NUMBERS = some.integers(-(2**63), 2**63 - 1)
PLACES = some.builds(Place, WORDS, *[some.integers(1, 10**6)] * 4)


def values(column: Column) -> some.SearchStrategy[Any]:
    """What a column may hold."""
    kinds = {"text": WORDS, "integer": NUMBERS, "boolean": some.booleans(), "place": PLACES}
    strategy = some.sampled_from(column.values) if column.values else kinds[column.kind]
    return some.none() | strategy if column.nullable else strategy


def facts_of(relation: Relation) -> some.SearchStrategy[Any]:
    """Facts of a relation."""
    return some.builds(relation.fact, *map(values, relation.columns))


def table(name: str, at: Place = AT) -> db.Table:
    """A table of which only the name is told."""
    return db.Table(at, "main", name, "public", "table", "permanent", "postgres", False, False, at, at, at, "migration")


def names(store: Store) -> list[str]:
    """The names of the tables that a store shows."""
    return [name for (name,) in store.ask("select name from db_table order by name")[1]]


def kept(path: Path) -> Store:
    """A store that is kept in a file."""
    return Store(Cache(path, "schema"))
