"""What is only true of this run, and is never kept: its day."""

from collections.abc import Iterator
from datetime import date
from hashlib import blake2b
from typing import Any

from invariants.facts import env
from invariants.facts.place import PLATFORM
from invariants.store import Store, Unit


def unit(store: Store, today: date) -> Unit:
    """The unit of what is true now of what the store shows; it is made after the cache was written."""
    facts = list(_facts(store, today))
    found = Unit("present", blake2b(repr(facts).encode(), digest_size=20).hexdigest(), "present")
    if found not in store:
        store.add(found, facts)
    return found


def _facts(store: Store, today: date) -> Iterator[Any]:
    if store.facts(env.Target):
        yield env.Today(PLATFORM, today.isoformat())
