"""A refutation: that no row passes is shown case by case, without a look at every world.

A case gives what the session says, which columns are NULL, what is equal, as far as it matters: as long as the bounds on what is asked do
not show that no row passes, one thing more is given, each way that it may be.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import reduce

from invariants.replay.isolation.arms import Arm, conjuncts
from invariants.replay.isolation.bounds import OPTIONS, Bounds, Given, Key
from invariants.replay.isolation.budget import Budget, Excess
from invariants.replay.isolation.search import Question
from invariants.replay.isolation.tenancy import Tenancy
from invariants.replay.isolation.world import Steps

MOST, MOST_TOLD = 6000, 1000
"""Worlds of parts gone through in all cases together, and choices made to tell them; what takes more is left to the search."""


class Refutation:
    """An attempt to show that no row of one side passes what a question asks."""

    def __init__(self, tenancy: Tenancy, question: Question, side: str) -> None:
        self._given: Given = {}
        self._question = question
        self.steps: Steps = {}
        known = tenancy.table(question.table)
        self._keys = frozenset(each.name for each in question.table.columns if each.number in known.keys)
        alone, budgets = question._replace(others=(), beside=""), (Budget(MOST), Budget(MOST_TOLD))
        asked = (self._given, self.steps, *budgets, question.is_careful(tenancy))
        self._row = Bounds(tenancy, alone, side, *asked)
        self._beside = [Bounds(tenancy, alone, each, *asked, is_other=True) for each in question.other_sides]

    @property
    def count(self) -> int:
        """How many worlds were looked at, of all parts together."""
        return sum(each.count for each in (self._row, *self._beside))

    @property
    def asks_role(self) -> int:
        """What it mattered of who asks."""
        return reduce(int.__or__, (each.asks_role for each in (self._row, *self._beside)))

    def holds(self) -> bool:
        """Whether it is shown."""
        asked = sorted(((self._row, arm) for arms in self._question.arms for arm in arms), key=self._asks_no_key)
        try:
            return all(self._refuted([*asked, *each]) for each in self._others())
        except (Excess, RecursionError):
            return False

    def _asks_no_key(self, asked: tuple[Bounds, Arm]) -> bool:
        """Whether a condition does not ask for whose the row is: those that do are asked first, where one alone may show it."""
        return self._keys.isdisjoint(asked[1].names.columns)

    def _others(self) -> Iterator[list[tuple[Bounds, Arm]]]:
        """What is asked of an update's other side, whosever row that is."""
        yield from ([(each, arm) for arm in conjuncts(self._question.beside)] for each in self._beside)
        if not self._beside:
            yield []

    def _refuted(self, asked: Sequence[tuple[Bounds, Arm]]) -> bool:
        if not all(bounds.passes(arm) for bounds, arm in asked):
            return True
        key, options = self._next(asked)
        try:
            return bool(options) and all(self._refuted_with(key, option, asked) for option in options)
        finally:
            self._given.pop(key, None)

    def _refuted_with(self, key: Key, option: object, asked: Sequence[tuple[Bounds, Arm]]) -> bool:
        self._given[key] = option
        return self._refuted(asked)

    def _next(self, asked: Sequence[tuple[Bounds, Arm]]) -> tuple[Key, Sequence[object]]:
        """What to give next, and what it may be: what most parts ask for; then what a part says that is asked more than once."""
        shared: Counter[Key] = sum((each.shared() for each in (self._row, *self._beside)), Counter())
        if shared:
            key = max(shared, key=shared.__getitem__)
            return key, OPTIONS[key[0]]
        return next((each for bounds, arm in asked for each in bounds.repeated(arm)), ((), ()))
