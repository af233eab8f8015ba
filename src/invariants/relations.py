"""Fact classes as relations: the declaration of a class read as DDL and as documentation."""

import re
from collections.abc import Collection, Iterator
from functools import cache
from types import ModuleType, NoneType
from typing import Annotated, Any, Literal, NamedTuple, get_args, get_origin

from invariants.facts import code, db, ddl, env, scope, settings, source, web
from invariants.facts.place import Place

Kind = Literal["text", "integer", "boolean", "place"]

DOMAINS: tuple[ModuleType, ...] = (source, ddl, db, settings, scope, code, web, env)
BASE = "base_"
"""What begins a relation's name where the base's facts are meant."""
SHOWN = {"": "active", BASE: "base"}
"""The sets of units that are shown, by what the names of relations begin with that show their facts."""
WORD = re.compile(r"\w+")
KINDS: dict[Any, Kind] = {str: "text", int: "integer", bool: "boolean", Place: "place"}
KEYS = (
    ("table_name", "policy_name", "constraint_name", "name"),
    ("name",),
    ("index_name",),
    ("object_name",),
    ("reader",),
    ("target",),
    ("grantee",),
    ("member",),
)
"""What rules join on: each is an index, of those of its columns that a relation has, where none before it has them."""


class Column(NamedTuple):
    """A field of a fact class."""

    name: str
    sentence: str
    kind: Kind
    nullable: bool
    values: tuple[str, ...]
    """The only values, where they are listed."""


class Relation(NamedTuple):
    """A fact class as a table."""

    name: str
    sentence: str
    fact: type[Any]
    columns: tuple[Column, ...]
    places: tuple[int, ...]
    """Which of the columns are places."""

    def ddl(self) -> Iterator[str]:
        """The statements that make its table; places and units are referred to by their ids."""
        columns = ", ".join(_column(each) for each in self.columns)
        yield f"create table main.{self.name} (unit integer not null, {columns}) strict"
        yield from indexes("main", self.name, [each.name for each in self.columns])

    def view(self, prefix: str) -> str:
        """The statement that shows its rows in the units of a set, with the file and line where each stands."""
        columns = ", ".join(f"t.{each.name}" for each in self.columns)
        rows = f"select {columns}, p.file, p.line from main.{self.name} as t left join main.place as p on p.id = t.at"  # noqa: S608
        return f"create temp view {prefix}{self.name} as {rows} where t.unit in (select id from temp.{SHOWN[prefix]})"  # noqa: S608


def indexes(schema: str, name: str, columns: Collection[str]) -> Iterator[str]:
    """The statements that make the indexes of a table."""
    covered: set[str] = set()
    for key in KEYS:
        own = [column for column in key if column in columns]
        if own and own[0] not in covered:
            covered |= set(own)
            yield f"create index {schema}.{name}_{own[0]} on {name} ({', '.join(own)})"


@cache
def relations() -> tuple[Relation, ...]:
    """Every relation, in the order of declaration."""
    return tuple(_relation(domain, fact) for domain in DOMAINS for fact in vars(domain).values() if _is_fact(domain, fact))


@cache
def shown() -> dict[str, tuple[Relation, str]]:
    """Every name that shows facts: its relation, and what it begins with."""
    return {prefix + relation.name: (relation, prefix) for relation in relations() for prefix in SHOWN}


def named(query: str) -> set[str]:
    """The names that show facts, of those that a query has; for SQLite, large letters and small ones are the same."""
    return set(WORD.findall(query.lower())) & shown().keys()


def _is_fact(domain: ModuleType, value: Any) -> bool:
    return isinstance(value, type) and value.__module__ == domain.__name__ and hasattr(value, "_fields")


def _relation(domain: ModuleType, fact: type[Any]) -> Relation:
    words = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in fact.__name__)
    name = domain.__name__.rpartition(".")[2] + words
    columns = tuple(_field(*each) for each in fact.__annotations__.items())
    places = tuple(number for number, column in enumerate(columns) if column.kind == "place")
    return Relation(name, fact.__doc__ or "", fact, columns, places)


def _field(name: str, annotation: Any) -> Column:
    if get_origin(annotation) is not Annotated:
        raise TypeError(f"{name} has no sentence")
    kind, sentence = get_args(annotation)
    members = get_args(kind)
    nullable = NoneType in members
    if nullable:
        kind = next(each for each in members if each is not NoneType)
    if get_origin(kind) is Literal:
        return Column(name, sentence, "text", nullable, get_args(kind))
    return Column(name, sentence, KINDS[kind], nullable, ())


def _column(column: Column) -> str:
    kind = "text" if column.kind == "text" else "integer"
    values = ("0", "1") if column.kind == "boolean" else tuple(map(repr, column.values))
    check = " or ".join(f"{column.name} = {value}" for value in values)  # SQLite makes a table of `in (...)` anew for every row
    return f"{column.name} {kind}{'' if column.nullable else ' not null'}{f' check ({check})' if check else ''}"
