"""Definitions as PostgreSQL writes them back: pg_get_constraintdef, pg_get_indexdef and their like.

Where an expression is part of one, PostgreSQL writes it in its own way, with casts and parentheses: then only a guess is given.
"""

from typing import Any

from invariants.postgres.identifiers import quote
from invariants.replay import objects as o
from invariants.replay.catalog import Catalog
from invariants.replay.plpgsql import finding
from invariants.replay.plpgsql.values import Unsure, Value

EXPRESSION = "how PostgreSQL writes an expression back is not told here"


def constraint(catalog: Catalog, it: o.Constraint) -> Value:
    """pg_get_constraintdef."""
    if it.kind in {"check", "exclusion"}:
        return Unsure(EXPRESSION, f"CHECK (({it.expression}))" if it.kind == "check" else "EXCLUDE")
    table = catalog.relations[it.table]
    columns = _columns(table, it.columns)
    ending = (" DEFERRABLE" if it.deferrable else "") + ("" if it.validated else " NOT VALID")
    if it.kind != "foreign":
        return f"{'PRIMARY KEY' if it.kind == 'primary' else 'UNIQUE'} ({columns}){ending}"
    target = catalog.relations[it.target]
    actions = "".join(
        f" ON {event} {action.upper()}" for event, action in (("UPDATE", it.on_update), ("DELETE", it.on_delete)) if action != "no action"
    )
    written = finding.written(catalog, target.schema, target.name)
    return f"FOREIGN KEY ({columns}) REFERENCES {written}({_columns(target, it.target_columns)}){actions}{ending}"


def _columns(table: o.Relation, numbers: tuple[int, ...]) -> str:
    names = {column.number: column.name for column in table.columns}
    return ", ".join(quote(names[each]) for each in numbers if each in names)


def index(catalog: Catalog, it: o.Index) -> Value:
    """pg_get_indexdef."""
    relation, table = catalog.relations[it.oid], catalog.relations[it.table]
    where = f"{quote(catalog.schemas[table.schema].name)}.{quote(table.name)}"
    names = {column.number: quote(column.name) for column in table.columns}
    expressions = iter(it.expressions)
    keys = ", ".join(names.get(each) or f"({next(expressions, '')})" for each in it.keys)
    text = f"CREATE {'UNIQUE ' if it.unique else ''}INDEX {quote(relation.name)} ON {where} USING {it.method} ({keys})"
    if it.predicate is not None:
        text += f" WHERE ({it.predicate})"
    return Unsure(EXPRESSION, text, text) if it.expressions or it.predicate is not None else text


def by_oid(catalog: Catalog, kind: str, oid: Any) -> Value:
    """The definition of an object of a kind; NULL where there is none of that number."""
    found = getattr(catalog, kind).get(int(oid))
    if found is None:
        return None
    if kind == "constraints":
        return constraint(catalog, found)
    if kind == "indexes":
        return index(catalog, found)
    return Unsure(EXPRESSION, found.source if kind == "functions" else getattr(found, "definition", ""))
