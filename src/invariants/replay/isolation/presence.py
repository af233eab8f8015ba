"""What is there and what is not: a world in which a query finds nothing, though a row is there that it would find, is none."""

from collections.abc import Callable, Iterator

from invariants.replay.isolation.context import Context
from invariants.replay.isolation.meetings import found
from invariants.replay.isolation.rows import column
from invariants.replay.isolation.values import MINE, THEIRS, Row, Var
from invariants.replay.isolation.world import Infeasible, World


def contradicted(context: Context) -> bool:
    """Whether a query that was taken to find nothing surely finds a row that is there: not where others may be taken for it."""
    world = context.world
    if world.collations is not None:
        return False
    for table, finds in list(world.absent):
        for row in [*world.rows, *_parents(context, table, [*world.judged, *world.rows])]:
            if row.table.oid == table and _found(world, row, finds):
                return True
    return False


def _found(world: World, row: Row, finds: Callable[[], bool]) -> bool:
    world.given = row
    try:
        return finds()
    except Infeasible:
        return False
    finally:
        world.given = None


def _parents(context: Context, table: int, children: list[Row]) -> Iterator[Row]:
    """The rows of a table that foreign keys of rows that are there lead to."""
    for child in children:
        for columns, target, identifiers in context.tenancy.references(child.table):
            if target == table and len(columns) == 1:
                name = next(each.name for each in child.table.columns if each.number == columns[0])
                value = column(context, child, name)
                if isinstance(value, Var):
                    yield _parent(context, target, identifiers[0], value)


def _parent(context: Context, target: int, identifier: int, value: Var) -> Row:
    parent = context.tenancy.catalog.relations[target]
    return Row(parent, MINE if MINE in found(value).marks else THEIRS, parent.name, {identifier: value})
