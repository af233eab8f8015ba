"""How much may be looked at: choices in all worlds together, and in one world calls and rows that are drawn."""

MOST_CALLS = 200
"""Calls that are seen through in one world."""
FEW_DRAWS, MOST_DRAWS = 8, 400
"""Rows of queries that are drawn in one world: as many as most worlds have, and more than any takes in time."""
FEW_ASKED, MOST_ASKED = 64, 20_000
"""Sides of AND and OR, branches, members of lists that are asked in one world: as many as most have, and more than any takes in time."""
LIGHT = 1
"""How many of what is asked beyond count as one choice."""


class Excess(Exception):
    """There are too many worlds to look at."""


class Endless(Excess):
    """One world alone takes too long to look at: more choices would not help."""


class Budget:
    """How many choices may be made, in all worlds together; :class:`Excess` beyond."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._left = most

    @property
    def spent(self) -> int:
        """How many choices were made."""
        return self.most - self._left

    def spend(self, choices: int) -> None:
        """Take away what one world took."""
        self._left -= choices + 1
        if self._left < 0:
            raise Excess

    def extend(self, most: int) -> None:
        """Allow so many, with those that were made."""
        self._left += most - self.most
        self.most = most


class Effort:
    """What one world takes beside its choices; :class:`Endless` beyond what it may."""

    def __init__(self) -> None:
        self._calls = 0
        self._draws = 0
        self._asked = 0

    def call(self) -> None:
        """Count a call that is seen through: each takes as long as many choices do."""
        self._calls += 1
        if self._calls > MOST_CALLS:
            raise Endless

    def draw(self) -> None:
        """Count a row that is drawn: where there are many, each takes as long as a choice does."""
        self._draws += 1
        if self._draws > MOST_DRAWS:
            raise Endless

    def ask(self) -> None:
        """Count one of what is asked one after another: where there are very many, they take long though each takes little."""
        self._asked += 1
        if self._asked > MOST_ASKED:
            raise Endless

    @property
    def choices(self) -> int:
        """As how many choices it counts."""
        return self._calls + max(0, self._draws - FEW_DRAWS) + max(0, self._asked - FEW_ASKED) // LIGHT
