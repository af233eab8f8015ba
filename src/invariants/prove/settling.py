"""What is done once every row is there: references that had to wait, and rows read again as triggers left them."""

from collections.abc import Iterable, Mapping, MutableMapping
from contextlib import suppress

from invariants.postgres.identifiers import quote
from invariants.prove.catalog import Catalog, Reference, Table
from invariants.prove.database import Database, Refused, literal
from invariants.prove.planning import Plans
from invariants.prove.rows import Row, read, selection
from invariants.prove.values import Who

Rows = MutableMapping[tuple[str, Who], list[Row]]


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
    try:
        database.run(f"savepoint late; {update}; set constraints all immediate; set constraints all deferred; release savepoint late")
    except Refused:
        database.run("rollback to savepoint late; release savepoint late")
        raise


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
