"""Expressions and queries as PostgreSQL normalises them: giving it the replay's own texts must change nothing."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from differential.state import Run, searching
from invariants.postgres.identifiers import quote
from invariants.replay.catalog import Catalog

QUERY = Path(__file__).with_name("texts.sql").read_text()


def differences(run: Run, catalog: Catalog) -> list[str]:
    """The texts that PostgreSQL understands otherwise than those that it has, whether in a transaction or not."""
    run("begin")
    with searching(run, ""):
        before = {tuple(row[:3]): row[3] for row in run(QUERY)}
    found = []
    run("savepoint texts")
    run("set local search_path = public, pg_temp")
    for statement in restated(catalog):
        run("savepoint one")
        try:
            run(statement)
        except Exception as error:  # noqa: BLE001  (whatever it refuses is a difference)
            found.append(f"PostgreSQL refuses {statement}: {error}")
            run("rollback to one")
    with searching(run, ""):
        after = {tuple(row[:3]): row[3] for row in run(QUERY)}
    run("rollback to texts")
    return found + [
        f"{key}: PostgreSQL has {before.get(key)}, the replay {after.get(key)}" for key in before if before[key] != after.get(key)
    ]


def restated(catalog: Catalog) -> Iterator[str]:
    """Statements that say again what is there, in the replay's words."""
    yield from _policies(catalog)
    yield from _columns(catalog)
    yield from _checks(catalog)
    yield from _views(catalog)


def _name(catalog: Catalog, oid: int) -> str:
    relation = catalog.relations[oid]
    return f"{quote(catalog.schemas[relation.schema].name)}.{quote(relation.name)}"


def _policies(catalog: Catalog) -> Iterator[str]:
    for each in catalog.policies:
        using = "" if each.using is None else f" using ({each.using})"
        check = "" if each.check is None else f" with check ({each.check})"
        if using or check:
            yield f"alter policy {quote(each.name)} on {_name(catalog, each.table)}{using}{check}"


def _columns(catalog: Catalog) -> Iterator[str]:
    for table in catalog.relations:
        if table.kind not in {"table", "partitioned"}:
            continue
        for column in table.columns:
            if column.default is not None and not column.generated and not column.identity:
                yield f"alter table only {_name(catalog, table.oid)} alter {quote(column.name)} set default {column.default}"


def _checks(catalog: Catalog) -> Iterator[str]:
    for each in catalog.constraints:
        if each.kind == "check" and each.table and not each.inherited and not _has_children(catalog, each.table):
            name = quote(each.name)
            table = _name(catalog, each.table)
            options = ("" if each.validated else " not valid") + (" no inherit" if each.no_inherit else "")
            yield f"alter table {table} drop constraint {name}"
            yield f"alter table {table} add constraint {name} check ({each.expression}){options}"


def _has_children(catalog: Catalog, table: int) -> bool:
    return any(table in each.parents for each in catalog.relations)


def _views(catalog: Catalog) -> Iterator[str]:
    for each in catalog.relations:
        if each.kind == "view":
            yield f"create or replace view {_name(catalog, each.oid)} ({_columns_of(each)}) as {each.definition}"


def _columns_of(view: Any) -> str:
    return ", ".join(quote(column.name) for column in view.columns)
