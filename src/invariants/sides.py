"""Snapshots that were read: each a set of units, found again where all that was looked at is as it was."""

import sys
from collections.abc import Sequence
from typing import NamedTuple

from invariants import reading
from invariants.finding import Rule
from invariants.looks import Look, Watched, digest, files
from invariants.readings import Reading
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
    around = digest([reading.digest(), sys.version, *map(repr, ignores(snapshot.root))])
    side = _recalled(snapshot, store, around) or _fresh(snapshot, store, around)
    store.show(side.units)
    return side


def _recalled(snapshot: Snapshot, store: Store, around: bytes) -> Side | None:
    for kept in store.readings(files(snapshot) + around):
        listed, seen, contents = kept.look
        if Look(listed.removesuffix(around), seen, contents).is_of(snapshot):
            store.remember(kept)
            return Side(frozenset(kept.units), kept.digest)
    return None


def _fresh(snapshot: Snapshot, store: Store, around: bytes) -> Side:
    watched = Watched(snapshot)
    units = reading.units(watched, store)
    side = Side(store.numbers(units), digest(part for unit in units for part in unit).hex())
    look = Look.at(snapshot, watched.seen)
    store.remember(Reading((look.files + around, look.seen, look.contents), side.units, side.digest))
    return side
