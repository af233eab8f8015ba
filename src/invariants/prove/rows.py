"""A row that is there, and the statements that make and find rows."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from invariants.postgres.identifiers import quote
from invariants.prove.catalog import Reference, Table
from invariants.prove.database import literal, names
from invariants.prove.values import Who


class Row(NamedTuple):
    """A row that is there."""

    table: str
    who: Who
    values: Mapping[str, str | None]
    """Every column, as text."""
    place: str
    """Its ctid, behind the oid of the table that holds it."""


class Seeds(NamedTuple):
    """The rows that an attack is after."""

    rows: Mapping[tuple[str, Who], Sequence[Row]]
    spares: Mapping[tuple[str, Who], Sequence[dict[str, str | None]]]
    """Rows that could be inserted, and are not there."""
    faults: Mapping[str, str]
    """The tables that could not be seeded, and why."""
    script: Sequence[str]
    """The statements that seeded."""


def read(table: Table, who: Who, texts: Sequence[str]) -> Row:
    """A row from its place and its texts, as :func:`selection` asks for them."""
    place, *values = texts
    return Row(table.name, who, dict(zip((column.name for column in table.columns), values, strict=True)), place)


def insertion(table: Table, values: Mapping[str, str | None]) -> str:
    """An INSERT of one row."""
    if not values:
        return f"insert into {table.sql} default values"
    override = " overriding system value" if any(table.column(name).filled == "identity" for name in values) else ""
    return f"insert into {table.sql} ({names(values)}){override} values ({', '.join(map(literal, values.values()))})"


def selection(table: Table, values: Mapping[str, str | None]) -> str:
    """The place and the texts of the rows with these values."""
    columns = ", ".join(f"{quote(column.name)}::text" for column in table.columns)
    return f"select tableoid::text || ctid::text, {columns} from {table.sql} where {condition(values)}"


def condition(values: Mapping[str, str | None]) -> str:
    """The condition that columns have these values."""
    parts = [f"{quote(name)} is null" if text is None else f"{quote(name)} = {literal(text)}" for name, text in values.items()]
    return " and ".join(parts) or "true"


def led_to(reference: Reference, row: Row) -> dict[str, str | None]:
    """What a row that refers to another one holds."""
    return {name: row.values[other] for name, other in zip(reference.columns, reference.target_columns, strict=True)}


def belonging(rows: Sequence[Row], ties: Sequence[str]) -> str:
    """The condition that columns have what ties these rows to their tenant: several values, where they hang off several rows of his."""
    found = list(dict.fromkeys(condition({name: row.values[name] for name in ties}) for row in rows))
    return found[0] if len(found) == 1 else " or ".join(f"({each})" for each in found)
