"""Stores for tests."""

from pathlib import Path

from invariants.cache import Cache
from invariants.facts import db
from invariants.facts.place import Place
from invariants.store import Store

AT = Place("a.sql", 1, 1, 1, 10)


def table(name: str, at: Place = AT) -> db.Table:
    """A table of which only the name is told."""
    return db.Table(at, "main", name, "public", "table", "permanent", "postgres", False, False, at, at, at, "migration")


def names(store: Store) -> list[str]:
    """The names of the tables that a store shows."""
    return [name for (name,) in store.ask("select name from db_table order by name")[1]]


def kept(path: Path) -> Store:
    """A store that is kept in a file."""
    return Store(Cache(path, "schema"))
