"""Every world that can be, one after another."""

from collections.abc import Callable, Iterator, Sequence

from invariants.replay.isolation.budget import Budget
from invariants.replay.isolation.truth import Truth
from invariants.replay.isolation.world import Infeasible, Steps, World


class Worlds:
    """Every world that can be. Where the budget is spent they can be gone on with, once it is extended."""

    def __init__(self, steps: Steps, budget: Budget, tape: Sequence[int] = ()) -> None:
        """``tape`` leads to the first that is to be looked at."""
        self._steps = steps
        self._budget = budget
        self._tape: list[int] | None = list(tape)

    @property
    def is_through(self) -> bool:
        """Whether none is left."""
        return self._tape is None

    def told(self, evaluate: Callable[[World], Truth]) -> Iterator[Truth]:
        """What an evaluation says in each of those that are left."""
        while self._tape is not None:
            world = World(self._tape, self._steps)
            try:
                yield evaluate(world)
            except Infeasible:
                pass
            finally:
                world.leave()
            self._tape = world.next()
            self._budget.spend(world.choices)
