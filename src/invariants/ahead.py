"""What routes will need, read before it is asked for, and in that order."""

from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from collections.abc import Set as AbstractSet

BATCH = 16
"""What so many files that register name is looked for at a time."""
APART = 4
"""So many batches after files are looked for, what these name is: they have been read by then."""
STEPS = 2
"""So many times what files name is followed, from those that register on; what that names in turn is looked for last."""
LEAD = 12
"""So many batches are looked at before the routes of the first of them are put together."""


class Ahead:
    """What files that register name of others, and what these name in turn. All of it is read in the end, whenever it is asked for."""

    def __init__(
        self,
        paths: Sequence[str],
        known: AbstractSet[str],
        named: Callable[[str], AbstractSet[str]],
        prepare: Callable[[Collection[str]], None],
    ) -> None:
        """``known`` were read for themselves; ``named`` tells what a file names that has been read; ``prepare`` has some read."""
        self._paths = paths
        self._known = known
        self._places = {path: number // BATCH for number, path in enumerate(paths)}
        self._named = named
        self._prepare = prepare
        self._steps = self._looking()
        self._looked = 0

    def near(self, path: str) -> None:
        """The routes of this file are put together next."""
        self._look(self._places.get(path, -LEAD) + LEAD)

    def begin(self) -> None:
        """Have read what nobody has to wait for."""
        self._look(APART)

    def finish(self) -> None:
        """Have read whatever is left."""
        deque(self._steps, maxlen=0)

    def _look(self, far: int) -> None:
        """Look at so many batches, those counted that have been looked at."""
        for _ in range(self._looked, far):
            next(self._steps, None)
        self._looked = max(self._looked, far)

    def _looking(self) -> Iterator[None]:
        """A step for each batch, and for each in which what the last ones need is still looked for."""
        known = set(self._known)
        steps: list[deque[AbstractSet[str]]] = [deque() for _ in range(STEPS)]
        for start in range(0, len(self._paths) + BATCH * APART * STEPS, BATCH):
            self._follow(self._paths[start : start + BATCH], steps, known)
            yield

    def _follow(self, paths: Collection[str], steps: Sequence[deque[AbstractSet[str]]], known: set[str]) -> None:
        """Have read what these name, and what is named by those that were looked for some batches ago."""
        for waiting in steps:
            named = self._all(paths) - known
            known |= named
            self._prepare(named)
            waiting.append(named)
            if len(waiting) <= APART:
                return
            paths = waiting.popleft()
        self._prepare(self._all(paths))

    def _all(self, paths: Collection[str]) -> AbstractSet[str]:
        """What any of these files names."""
        return frozenset().union(*map(self._named, sorted(paths)))
