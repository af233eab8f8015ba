"""Snapshots that were read: each a set of units, found again where all that was looked at is as it was."""

import sys
from collections.abc import Sequence
from typing import NamedTuple

from invariants import reading, recalled
from invariants.finding import Rule
from invariants.looks import digest
from invariants.snapshots import Snapshot
from invariants.store import Store, Unit
from invariants.surroundings import ignores


class Side(NamedTuple):
    """A snapshot that was read, and its rules."""

    units: frozenset[int]
    """By their numbers in the store."""
    digest: str
    """What these are."""
    rules: Sequence[Rule] = ()

    def beside(self, store: Store, unit: Unit) -> "Side":
        """A side with one more unit."""
        return self._replace(units=self.units | store.numbers([unit]), digest=digest([self.digest, *unit]).hex())


def read(snapshot: Snapshot, store: Store) -> Side:
    """A snapshot as a side without rules, which is shown."""
    around = [reading.digest(), sys.version, *map(repr, ignores(snapshot.root))]
    found = recalled.units(snapshot, store, around, lambda watched: reading.parts(watched, store, around))
    store.show(found.numbers)
    return Side(frozenset(found.numbers), found.digest)
