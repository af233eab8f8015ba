"""Queries that are run to fill a relation: whether they may read what they read (ExecCheckPermissions).

What a query names is read by the user who runs it; what a view names by the owner of the view, by that user where it is a security invoker.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from invariants.replay import acl, privileges
from invariants.replay.catalog import Catalog
from invariants.replay.errors import Failure
from invariants.replay.machine import Handler, Machine
from invariants.replay.names import find_relation
from invariants.replay.objects import PUBLIC, Relation
from invariants.replay.records import replace
from invariants.replay.shelf import Use

READ = {"table": "table", "partitioned": "table", "foreign": "foreign table", "view": "view", "materialized": "materialized view"}
"""What a query reads, as messages call it."""
ON = {"", "true", "on", "1", "yes"}
READS_ALL = "pg_read_all_data"


def check(catalog: Catalog, uses: Iterable[Use], user: int) -> None:
    """Refuse a query that reads what it may not, or a materialized view that was never filled."""
    waiting, seen = [(user, frozenset(uses))], set()
    while waiting:
        asked = waiting.pop()
        if asked in seen:
            continue
        seen.add(asked)
        reader, named = asked
        for relation, columns in _read(catalog, named):
            _check(catalog, relation, columns, reader)
            if relation.kind == "view":
                waiting.append((user if is_invoker(relation) else relation.owner, relation.uses))


def is_invoker(view: Relation) -> bool:
    """Whether a view reads as its caller."""
    return dict(view.options).get("security_invoker", "false").lower() in ON


def _read(catalog: Catalog, uses: Iterable[Use]) -> Iterator[tuple[Relation, set[int]]]:
    """The relations that a query reads, and the columns that it names of each."""
    columns: dict[int, set[int]] = {}
    for use in sorted(uses):
        columns.setdefault(use.oid, set()).update({use.column} - {0})
    for oid, named in columns.items():
        relation = catalog.relations.get(oid)
        if relation is not None and relation.kind in READ:
            yield relation, named


def _check(catalog: Catalog, relation: Relation, columns: set[int], reader: int) -> None:
    what = f"{READ[relation.kind]} {relation.name}"
    if not _may_read(catalog, relation, columns, reader):
        raise Failure("42501", f"permission denied for {what}")
    if not relation.populated:
        raise Failure("55000", f"{what} has not been populated")


def _may_read(catalog: Catalog, relation: Relation, columns: set[int], reader: int) -> bool:
    """By a right on the whole, or on each of the columns; on any of them where none is named."""
    role, roles = catalog.roles[reader], acl.privileged(catalog, reader) | {PUBLIC}
    if role.superuser or role.external or any(each != PUBLIC and catalog.roles[each].name == READS_ALL for each in roles):
        return True
    if _selects(privileges.effective(catalog, "table", relation), roles):
        return True
    rights = [_selects(each.acl or (), roles) for each in relation.columns if each.number in columns or not columns]
    return all(rights) if columns else any(rights)


def _selects(held: acl.List, roles: set[int]) -> bool:
    return any(each.privilege == "select" and each.grantee in roles for each in held)


def _refresh(machine: Machine, node: Any) -> None:
    """REFRESH MATERIALIZED VIEW: its owner reads, and nobody where it is emptied."""
    catalog = machine.catalog
    view = find_relation(machine, node.relation)
    if view.kind != "materialized":
        raise Failure("0A000", f'"{view.name}" is not a materialized view')
    if node.concurrent:
        _check_concurrent(catalog, view)
    if not node.skip_data:
        check(catalog, view.uses, view.owner)
    catalog.relations.put(replace(view, populated=not node.skip_data))


def _check_concurrent(catalog: Catalog, view: Relation) -> None:
    """Refuse what has no rows to compare with, or no unique index that tells every row from the others."""
    if not view.populated:
        raise Failure("0A000", "CONCURRENTLY cannot be used when the materialized view is not populated")
    indexes = [each for each in catalog.indexes if each.table == view.oid]
    if not any(each.unique and each.valid and each.predicate is None and all(each.keys) for each in indexes):
        raise Failure("55000", f'cannot refresh materialized view "{view.name}" concurrently')


HANDLERS: dict[str, Handler] = {"refresh_mat_view_stmt": _refresh}
