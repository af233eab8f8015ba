"""Which rows columns identify: those of the table itself by its primary key, those of another by a foreign key, as far as these lead."""

from collections.abc import Mapping

from invariants.replay import objects as o
from invariants.replay.isolation.tenancy import Tenancy

FARTHEST = 8
"""Tables whose primary key is a foreign key, one after another."""


def identified(tenancy: Tenancy, relation: o.Relation) -> Mapping[int, int]:
    """The table of which each column identifies a row: two numbers alike that count different things name nothing in common."""
    key = ("identified", relation.oid)
    if key not in tenancy.parts:
        tenancy.parts[key] = {number: _first(tenancy, table) for number, table in _named(tenancy, relation).items()}
    known: Mapping[int, int] = tenancy.parts[key]
    return known


def _named(tenancy: Tenancy, relation: o.Relation) -> dict[int, int]:
    primary = tenancy.primary.get(relation.oid, ())
    own = {primary[0]: relation.oid} if len(primary) == 1 else {}
    foreign = ((numbers, target, theirs) for numbers, target, theirs in tenancy.references(relation) if len(numbers) == 1)
    return own | {numbers[0]: target for numbers, target, theirs in foreign if tuple(theirs) == tenancy.primary.get(target, ())}


def _first(tenancy: Tenancy, table: int) -> int:
    """The table that a primary key is of, where it leads to others' from table to table."""
    for _ in range(FARTHEST):
        primary, relation = tenancy.primary.get(table, ()), tenancy.catalog.relations[table]
        further = _named(tenancy, relation).get(primary[0], table) if len(primary) == 1 else table
        if further == table:
            break
        table = further
    return table
