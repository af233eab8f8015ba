"""What snapshots came to, found again where all that was looked at is as it was."""

from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from invariants.looks import Look, Watched, contents, digest, files
from invariants.readings import Reading
from invariants.snapshots import Snapshot
from invariants.store import Store, Unit


class Units(NamedTuple):
    """Units of a store, by their numbers, and what they are."""

    numbers: AbstractSet[int]
    digest: str

    @classmethod
    def of(cls, units: Sequence[Unit], store: Store) -> "Units":
        return cls(store.numbers(units), digest(part for unit in units for part in unit).hex())

    def beside(self, other: "Units") -> "Units":
        """These and others."""
        return Units(self.numbers | other.numbers, digest([self.digest, other.digest]).hex())


def units(snapshot: Snapshot, store: Store, around: Iterable[str], read: Callable[[Snapshot], Units]) -> Units:
    """The units of a snapshot, as they were read once or are read now. ``around`` is what lies outside of it and counts."""
    listed = files(snapshot) + digest(around)
    return _kept(snapshot, store, listed) or _fresh(snapshot, store, listed, read)


def _kept(snapshot: Snapshot, store: Store, listed: bytes) -> Units | None:
    there: dict[bytes, bytes] = {}
    for kept in store.readings(listed):
        _, seen, was = kept.look
        if seen not in there:
            there[seen] = contents(snapshot, seen)
        if there[seen] == was:
            store.remember(kept)
            return Units(kept.units, kept.digest)
    return None


def _fresh(snapshot: Snapshot, store: Store, listed: bytes, read: Callable[[Snapshot], Units]) -> Units:
    watched = Watched(snapshot)
    found = read(watched)
    look = Look.at(snapshot, watched.seen)
    store.remember(Reading((listed, look.seen, look.contents), *found))
    return found
