"""What routes need is read before it is asked for, in their order, and all of it in the end."""

from collections.abc import Collection

import pytest

from invariants.ahead import APART, BATCH, LEAD, Ahead

DOORS = [f"door{number:04}" for number in range(BATCH * (LEAD + 10))]
"""More files with routes than are looked ahead at."""
OWN = [f"{door} {part}" for door in DOORS for part in ("guard", "model")]
NAMES = (
    {door: {f"{door} guard", f"{door} model", "client", "app"} for door in DOORS}
    | {name: {f"{name} of it", "client", "clock"} for name in OWN}
    | {f"{name} of it": {f"{name} of it at last", "clock"} for name in OWN}
)
"""What each of them names, what that does, and what that does in turn; what many name, too."""
NEEDED = {each for names in NAMES.values() for each in names}


class Shelf:
    """Files, of which those that were read can be asked what they name."""

    def __init__(self) -> None:
        self.read: set[str] = {*DOORS, "app"}
        self.ahead = Ahead(DOORS, frozenset(self.read), self._named, self._prepare)

    def _named(self, path: str) -> frozenset[str]:
        assert path in self.read
        assert path != "app", "it was read for itself: what it names is needed only if a route says so"
        return frozenset(NAMES.get(path, ()))

    def _prepare(self, paths: Collection[str]) -> None:
        self.read |= set(paths)


@pytest.mark.parametrize("order", [DOORS, DOORS[::-1], DOORS[::7], []], ids=["forwards", "backwards", "some", "none"])
def test_all_that_is_needed_is_read_in_the_end(order: list[str]) -> None:
    shelf = Shelf()
    shelf.ahead.begin()
    for door in order:
        shelf.ahead.near(door)
    shelf.ahead.finish()
    assert shelf.read == NEEDED | set(DOORS)


def test_what_is_needed_next_is_there_and_what_is_needed_last_is_not() -> None:
    shelf = Shelf()
    for door in DOORS[: BATCH * 3]:
        shelf.ahead.near(door)
        assert {f"{door} guard", f"{door} guard of it", f"{door} model of it", f"{door} guard of it at last"} <= shelf.read
    assert f"{DOORS[-1]} guard" not in shelf.read


def test_nobody_waits_for_what_is_read_first() -> None:
    """What is looked for at the beginning is named by files that are there."""
    shelf = Shelf()
    shelf.ahead.begin()
    assert f"{DOORS[BATCH * APART - 1]} guard" in shelf.read
    assert not any("of it" in path for path in shelf.read)


def test_a_file_without_routes_asks_for_nothing() -> None:
    shelf = Shelf()
    shelf.ahead.near("client")
    assert shelf.read == {*DOORS, "app"}
