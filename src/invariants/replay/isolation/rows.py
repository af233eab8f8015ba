"""Rows of tables in a world, and the values of their columns."""

from functools import partial
from typing import Any, NamedTuple

from invariants.replay import objects as o
from invariants.replay.isolation.context import Context
from invariants.replay.isolation.identities import identified
from invariants.replay.isolation.meetings import found
from invariants.replay.isolation.naming import lists_references
from invariants.replay.isolation.scopes import Item
from invariants.replay.isolation.tenancy import Table, Tenancy
from invariants.replay.isolation.values import FREE, MINE, NULL, SESSION, THEIRS, Row, Value, Var
from invariants.replay.signatures import SYSTEM

NEW = "new"
"""The side of a row that is being written into another tenant: whoever writes it fills in the rest."""
OTHER = {MINE: THEIRS, THEIRS: MINE, NEW: MINE}
WRITTEN_BY_USERS = {"raw_user_meta_data"}
"""A column of auth.users that a Supabase user sets for himself."""
WRITTEN_FOR_USERS = {"raw_app_meta_data"}


def column(context: Context, row: Row, name: str) -> Value | None:
    """The value of a column of a row; None where the table has no such column."""
    known = context.tenancy.table(row.table).columns.get(name)
    if known is None:
        return _of_system(context, row, name) if name in SYSTEM else None
    if known.number not in row.seen:
        row.seen[known.number] = _value(context, row, known)
    return row.seen[known.number]


def _of_system(context: Context, row: Row, name: str) -> Value:
    """What PostgreSQL itself notes of a row: it is there, and says nothing of whose it is."""
    kept, key = context.world.kept, ("system", row, name)
    if key not in kept:
        kept[key] = Var(f"{row.name}.{name}", doubt=f"nobody knows the {name} of a row")
    value = kept[key]
    assert isinstance(value, Var)
    return value


def _value(context: Context, row: Row, column: o.Column) -> Value:
    if not column.not_null and not context.world.choose((True, False)):
        return NULL
    made = _made(context.tenancy, row.table, row.side, column)
    label = f"{row.name}.{column.name}"
    var = Var(label, made.marks, made.bars, None, made.is_key, False, made.is_reference, made.is_free, made.names)
    var.row, var.number = row, column.number
    if made.is_other:
        var.doubt = f"{label} names a tenant too, beside the key"
    if context.world.collations is not None:
        var.under = context.world.collations.of(column)
    return var


class _Made(NamedTuple):
    """What is so of a column in every row of one side."""

    marks: frozenset[str]
    bars: frozenset[str]
    is_key: bool
    is_reference: bool
    is_free: bool
    names: int
    is_other: bool


def _made(tenancy: Tenancy, table: o.Relation, side: str, column: o.Column) -> _Made:
    key = ("made", table.oid, side, column.number)
    made: _Made | None = tenancy.parts.get(key)
    if made is None:
        known, number, marks = tenancy.table(table), column.number, _marks(side, tenancy.table(table), column)
        is_reference = number in known.references
        is_free = side != NEW and not (marks or is_reference or number in known.others | known.unique or lists_references(column))
        names = identified(tenancy, table).get(number, 0)
        made = _Made(marks, _bars(side, known, column), number in known.keys, is_reference, is_free, names, number in known.others)
        tenancy.parts[key] = made
    return made


def _marks(side: str, known: Table, column: o.Column) -> frozenset[str]:
    """What the column says of whose row it is."""
    if column.name in WRITTEN_BY_USERS:
        return frozenset({FREE})
    if column.name in WRITTEN_FOR_USERS and side == MINE:
        return frozenset({SESSION})
    if column.number in known.keys:
        return frozenset({MINE if side == MINE else THEIRS})
    if side == NEW:
        decides = known.bound if known.keys else known.identifiers
        return frozenset({THEIRS}) if column.number in decides else frozenset()
    return frozenset({side}) if column.number in known.identifiers else frozenset()


def _bars(side: str, known: Table, column: o.Column) -> frozenset[str]:
    """What the column never holds: what identifies the other side. A row that is being written may hold anything else."""
    if column.number in known.others:
        return frozenset()
    return frozenset({OTHER[side]}) if side != NEW or _marks(side, known, column) else frozenset()


def item(context: Context, row: Row, name: str) -> Item:
    """A row as an entry of FROM."""
    known = context.tenancy.table(row.table)
    return Item(name, partial(column, context, row), known.schema if name == row.table.name else "", known.names)


def holds(row: Row, mark: str, numbers: frozenset[int]) -> bool:
    """Whether one of the columns that were looked at turned out to be what the mark says."""
    seen: Any = row.seen.items()
    return any(isinstance(value, Var) and mark in found(value).marks for number, value in seen if number in numbers)
