"""Who evaluates an expression, in which world, and with whose rights."""

from typing import NamedTuple

from invariants.postgres.grammar import pb
from invariants.replay import objects as o
from invariants.replay.isolation.tenancy import Tenancy
from invariants.replay.isolation.world import RIGHTS, World

DEEPEST = 12
"""Calls within calls that are followed."""


class Context(NamedTuple):
    """One evaluation. ``executor`` is the role whose rights hold: the session's, or the owner of a definer function or view."""

    world: World
    tenancy: Tenancy
    role: str
    """The session's role; ``public`` where nobody knows it."""
    executor: int | None
    path: tuple[str, ...] = ("public",)
    """The schemas that unqualified names are looked up in."""
    is_pinned: bool = True
    """Whether they are looked up in that order whatever the session's own path is."""
    depth: int = 0
    moment: object = None
    """When tables are read: as the statement begins, or in a call of a volatile function, which sees what others wrote since."""

    def deeper(self, executor: int | None, path: tuple[str, ...], *, is_pinned: bool, is_later: bool = False) -> "Context":
        """The same, inside a call."""
        moment = object() if is_later else self.moment
        return Context(self.world, self.tenancy, self.role, executor, path, is_pinned, self.depth + 1, moment)

    def relation(self, node: pb.RangeVar) -> o.Relation | None:
        """The relation that a name in FROM means."""
        return self.tenancy.relation((node.schemaname,) if node.schemaname else self.path, node.relname)

    def is_ambiguous(self, node: pb.RangeVar) -> bool:
        """Whether it depends on the session's path which relation that is."""
        if self.is_pinned or node.schemaname:
            return False
        return sum(self.tenancy.relation((schema,), node.relname) is not None for schema in self.path) > 1

    def functions(self, parts: tuple[str, ...], count: int) -> tuple[o.Function, ...]:
        """The functions that a call may mean: by name and number of arguments."""
        return self.tenancy.functions(parts[-2:-1] or self.path, parts[-1], count)

    def is_subject(self, table: o.Relation) -> bool:
        """Whether row security filters what the executor sees of a table (manual, section 5.9)."""
        if not table.rls_enabled:
            return False
        self.world.asks_role |= RIGHTS
        return is_bound(self.tenancy, table, self.executor)


def is_bound(tenancy: Tenancy, table: o.Relation, executor: int | None) -> bool:
    """Whether the row security of a table holds for a role."""
    role = tenancy.catalog.roles.get(executor) if executor is not None else None
    if role is None:
        return True
    if role.superuser or role.bypass_rls:
        return False
    return table.rls_forced or table.owner not in tenancy.held(role.oid)
