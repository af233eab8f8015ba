"""The rights that roles have by membership (manual, section 22.3)."""

from collections import defaultdict
from collections.abc import Mapping
from functools import cached_property

from invariants.replay.catalog import Catalog


class Rights:
    """Of which roles each role of a catalog has the rights."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def held(self, role: int) -> frozenset[int]:
        """A role, and those whose rights it has by membership."""
        return frozenset(_closure(role, self._parents))

    def inherits(self, role: int) -> frozenset[int]:
        """A role, and those whose rights it has without SET ROLE: a role that does not inherit has its own alone."""
        roles = self._catalog.roles
        return frozenset(_closure(role, {member: each for member, each in self._parents.items() if roles[member].inherit}))

    @cached_property
    def _parents(self) -> Mapping[int, set[int]]:
        parents: dict[int, set[int]] = defaultdict(set)
        for membership in self._catalog.memberships:
            parents[membership.member].add(membership.role)
        return parents


def _closure(oid: int, parents: Mapping[int, set[int]]) -> set[int]:
    reached, waiting = {oid}, [oid]
    while waiting:
        new = parents.get(waiting.pop(), set()) - reached
        reached |= new
        waiting += new
    return reached
