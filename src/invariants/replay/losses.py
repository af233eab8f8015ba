"""What a statement takes away: tables, columns and names that running code relies on, and values that no longer fit.

A statement's changes are told by the catalog before and after it, whatever wrote them: a cascade, a ``DO`` block, Django.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from invariants.facts.place import Place
from invariants.postgres.grammar import parse_one
from invariants.replay.catalog import Catalog
from invariants.replay.objects import Column, Relation, Schema

TABLES = frozenset({"table", "partitioned", "foreign"})
VIEWS = frozenset({"view", "materialized"})
TYPE = re.compile(r"(?P<name>[^(\[]+?)(?:\((?P<size>\d+)(?:,(?P<scale>\d+))?\))?(?P<rest> with(?:out)? time zone)?(?P<array>(?:\[\])*)")
WIDER = {
    "smallint": {"integer", "bigint", "numeric"},
    "integer": {"bigint", "numeric"},
    "bigint": {"numeric"},
    "real": {"double precision"},
    "character": {"character varying", "text"},
    "character varying": {"text"},
    "text": {"character varying"},
}
"""Types that hold whatever another holds, where neither has a limit."""


class Loss(NamedTuple):
    """What is lost, of which table or view; ``column`` is empty where it is the whole."""

    at: Place
    table: str
    column: str
    is_view: bool
    message: str


def found(catalog: Catalog, mark: int, at: Place) -> Iterator[Loss]:
    """What the changes since ``mark`` in the journal have taken away."""
    before = catalog.journal.before(mark)
    schemas = {each.oid: each.name for each in before if isinstance(each, Schema)}
    yield from _moved(catalog, schemas, at)
    for old in before:
        if isinstance(old, Relation) and old.kind in TABLES | VIEWS and old.persistence != "temporary":
            schema = schemas.get(old.schema) or catalog.schemas[old.schema].name
            yield from _of(catalog, old, f"{schema}.{old.name}", at)


def truncated(body: str, at: Place) -> Iterator[Loss]:
    """The tables that a TRUNCATE empties."""
    for each in parse_one(body).node.relations:
        name = f"{each.range_var.schemaname or 'public'}.{each.range_var.relname}"
        yield Loss(at, name, "", False, f"it empties {name}")


def _moved(catalog: Catalog, schemas: dict[int, str], at: Place) -> Iterator[Loss]:
    """What a renamed schema takes along."""
    for oid, name in schemas.items():
        now = catalog.schemas.get(oid)
        if now is not None and now.name != name:
            for each in catalog.relations:
                if each.schema == oid and each.kind in TABLES | VIEWS:
                    yield Loss(at, f"{name}.{each.name}", "", False, f"it renames {name}.{each.name} to {now.name}.{each.name}")


def _of(catalog: Catalog, old: Relation, name: str, at: Place) -> Iterator[Loss]:
    new = catalog.relations.get(old.oid)
    is_view = old.kind in VIEWS
    if new is None:
        yield Loss(at, name, "", is_view, f"it drops {name}")
        return
    now = f"{catalog.schemas[new.schema].name}.{new.name}"
    if (old.schema, old.name) != (new.schema, new.name):
        yield Loss(at, name, "", is_view, f"it renames {name} to {now}")
    if not is_view and new.columns is not old.columns:
        columns = {column.number: column for column in new.columns}
        for column in old.columns:
            yield from (Loss(at, name, column.name, False, said) for said in _column(name, column, columns.pop(column.number, None)))
        for added in columns.values():
            if added.not_null and not _is_filled(added):
                yield Loss(at, name, "", False, f"it adds {name}.{added.name}, which is NOT NULL and has no default")


def _column(table: str, old: Column, new: Column | None) -> Iterator[str]:
    if new is None:
        yield f"it drops {table}.{old.name}"
        return
    if new.name != old.name:
        yield f"it renames {table}.{old.name} to {new.name}"
    if new.not_null and not old.not_null and not _is_filled(new):
        yield f"it makes {table}.{old.name} NOT NULL, which has no default"
    if new.type_name != old.type_name and not is_wider(old.type_name, new.type_name):
        yield f"it changes {table}.{old.name} from {old.type_name} to {new.type_name}, which may not hold what the other held"


def _is_filled(column: Column) -> bool:
    """PostgreSQL fills it in by itself."""
    return column.default is not None or bool(column.generated or column.identity or column.sequence)


def is_wider(old: str, new: str) -> bool:
    """A type that holds every value of another, and shows it alike."""
    one, other = TYPE.fullmatch(old), TYPE.fullmatch(new)
    if one is None or other is None or one["array"] != other["array"] or one["rest"] != other["rest"]:
        return False
    if other["size"] is None:
        return one["name"] == other["name"] or other["name"] in WIDER.get(one["name"], ())
    is_alike = one["name"] == other["name"] and one["size"] is not None
    return (
        is_alike
        and int(one["size"]) - int(one["scale"] or 0) <= int(other["size"]) - int(other["scale"] or 0)
        and (int(one["scale"] or 0) <= int(other["scale"] or 0))
    )
