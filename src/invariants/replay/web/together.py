"""What stands before a route, judged by what stands beside it: in which order, and what is called after errors."""

from collections.abc import Iterable, Iterator
from operator import attrgetter

from invariants.facts.web import Level
from invariants.replay.web.followed import Followed
from invariants.replay.web.guards import Guard
from invariants.replay.web.instead import nearest
from invariants.replay.web.preceding import Preceding
from invariants.replay.web.rescuing import Guarding
from invariants.replay.web.reworking import Reworking
from invariants.replay.web.suspecting import Suspecting


class Together:
    """Judges it."""

    def __init__(self, followed: Followed) -> None:
        self._preceding = Preceding(followed)
        self._reworking = Reworking(followed, self._preceding)
        self._suspecting = Suspecting(followed)

    def judged(self, found: Iterable[Guarding], handlers: Iterable[tuple[str, str]], framework: str) -> Iterator[tuple[Guard, Level]]:
        """What stands before a route, in the order in which it runs; handlers: what is called after errors, by its file and symbol."""
        standing = list(self._preceding.judged(sorted(nearest(found, framework), key=attrgetter("stage")), framework))
        told = self._reworking.judged(standing, handlers, framework)
        yield from ((each.guard, each.level) for each in self._suspecting.judged(told, framework))
