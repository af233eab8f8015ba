"""A refutation: that no row passes is shown case by case, without a look at every world.

Where one condition lets no row pass by itself, it does not matter what the others say; where a condition is met in one way or another,
each of them is a case of its own. What is left of a case is searched.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from invariants.replay.isolation.arms import Arm
from invariants.replay.isolation.search import Question, Search
from invariants.replay.isolation.tenancy import Tenancy
from invariants.replay.isolation.world import Budget, Excess, Steps

MOST = 4000
"""Choices made in all cases together; what takes more is left to the search of every world."""


@dataclass(slots=True, eq=False)
class Refutation:
    """An attempt to show that no row of one side passes what a question asks."""

    tenancy: Tenancy
    question: Question
    side: str
    budget: Budget = field(default_factory=lambda: Budget(MOST))
    steps: Steps = field(default_factory=dict)
    count: int = 0
    """How many worlds were looked at, in all cases together."""
    asks_role: bool = False
    _alone: dict[Arm, bool] = field(default_factory=dict)
    """Whether a condition lets no row pass by itself."""

    def holds(self) -> bool:
        """Whether it is shown."""
        arms = [arm for text in self.question.arms for arm in text]
        if len(arms) == 1 and not arms[0].alternatives:
            return False
        try:
            return self._refutes(arms)
        except Excess:
            return False

    def _refutes(self, arms: Sequence[Arm]) -> bool:
        if any(self._binds(arm) for arm in arms if not arm.alternatives):
            return True
        split = next((arm for arm in arms if arm.alternatives), None)
        if split is None:
            return len(arms) > 1 and self._is_empty(arms)
        rest = [arm for arm in arms if arm is not split]
        return all(self._refutes([*each, *rest]) for each in split.alternatives)

    def _binds(self, arm: Arm) -> bool:
        if arm not in self._alone:
            self._alone[arm] = self._is_empty([arm])
        return self._alone[arm]

    def _is_empty(self, arms: Sequence[Arm]) -> bool:
        question = self.question._replace(others=(), beside="")
        search = Search(self.tenancy, question, self.side, [arms], self.budget)
        is_empty = not search.passes()
        self.count += search.count
        self.asks_role |= search.asks_role
        if is_empty:
            self.steps |= search.steps
        return is_empty
