"""What is done once rows are there: those that triggers made, references that had to wait, and rows read again as triggers left them."""

from collections.abc import Collection, Iterable, Mapping, MutableMapping, Sequence
from contextlib import suppress

from invariants.postgres.identifiers import quote
from invariants.prove.catalog import Catalog, Reference, Table
from invariants.prove.database import Database, Refused, literal
from invariants.prove.faults import DUPLICATE
from invariants.prove.planning import Plans, Values
from invariants.prove.rows import Row, condition, read, selection
from invariants.prove.values import Who

Rows = MutableMapping[tuple[str, Who], list[Row]]


def adopted(
    database: Database, table: Table, values: Values, refused: Refused, owners: Sequence[str], taken: Collection[str], script: list[str]
) -> Sequence[str]:
    """The row whose key stands in the way of these values and that is nobody's yet, with what says whose it is."""
    key = next((each.columns for each in table.keys if each.name == refused.constraint), ())
    if refused.code != DUPLICATE or not key or any(values.get(name) is None for name in key):
        raise refused
    asked = selection(table, {name: values[name] for name in key})
    rows = database.run(asked)
    if not rows or rows[0][0] in taken:
        raise refused
    held = read(table, "", rows[0]).values
    if empty := {name: values[name] for name in owners if values.get(name) is not None and held[name] is None}:
        pairs = ", ".join(f"{quote(name)} = {literal(text)}" for name, text in empty.items())
        script.append(_kept(database, f"update {table.sql} set {pairs} where {condition({name: values[name] for name in key})}", "own"))
        rows = database.run(asked)
    return rows[0]


def _kept(database: Database, statement: str, savepoint: str) -> str:
    """A statement that ran, or that left nothing behind."""
    try:
        database.run(f"savepoint {savepoint}; {statement}")
    except Refused:
        database.run(f"rollback to savepoint {savepoint}; release savepoint {savepoint}")
        raise
    database.run(f"release savepoint {savepoint}")
    return statement


def tie(database: Database, plans: Plans, rows: Rows, late: Iterable[tuple[Row, Reference]]) -> None:
    """Fill in the references that were left empty because their target was not there yet."""
    for row, reference in late:
        target = rows.get((reference.target, row.who)) or rows.get((reference.target, ""))
        if target and reference.target != row.table:
            with suppress(Refused):  # a reference that may be empty and has to be, such as one that a check forbids
                _tie(database, plans, row, reference, target[0])


def _tie(database: Database, plans: Plans, row: Row, reference: Reference, target: Row) -> None:
    keys = plans.tenancy.keys.get(row.table, ())
    changed = zip(reference.columns, reference.target_columns, strict=True)
    pairs = ", ".join(f"{quote(name)} = {literal(target.values[other])}" for name, other in changed if name not in keys)
    if not pairs:
        return
    table = plans.catalog.tables[row.table].sql
    update = f"update {table} set {pairs} where tableoid::text || ctid::text = {literal(row.place)}"
    _kept(database, f"{update}; set constraints all immediate; set constraints all deferred", "late")


def settle(database: Database, catalog: Catalog, rows: Rows) -> None:
    """Read every row again."""
    database.run("set constraints all immediate")
    for (name, who), own in rows.items():
        table = catalog.tables[name]
        found = [database.run(selection(table, _identified(table, row.values))) for row in own]
        rows[name, who] = [read(table, who, texts[0]) for texts in found if texts]


def _identified(table: Table, values: Mapping[str, str | None]) -> dict[str, str | None]:
    """What finds a row again."""
    columns = table.primary or next((key.columns for key in table.keys if key.columns and all(values[name] for name in key.columns)), ())
    if not columns:
        columns = tuple(column.name for column in table.columns if column.base not in {"json", "xml", "point"})
    return {name: values[name] for name in columns}
