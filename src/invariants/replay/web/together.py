"""What stands before a route, judged by what stands beside it: in which order, and what is called after errors."""

from collections.abc import Iterable, Iterator
from operator import attrgetter

from invariants.facts.web import Level, Use
from invariants.replay.web.flagged import Flagged
from invariants.replay.web.followed import Followed
from invariants.replay.web.guards import Guard
from invariants.replay.web.instead import nearest
from invariants.replay.web.preceding import Preceding
from invariants.replay.web.replacing import Replacing
from invariants.replay.web.rescuing import Guarding
from invariants.replay.web.reworking import Reworking
from invariants.replay.web.rewriting import Rewriting
from invariants.replay.web.suspecting import Suspecting


class Together:
    """Judges it."""

    def __init__(self, followed: Followed) -> None:
        self._symbols = followed.symbols
        self._flagged = Flagged(followed.corpus, followed.symbols)
        self._preceding = Preceding(followed)
        self._reworking = Reworking(followed, self._preceding)
        self._replacing = Replacing(followed, self._preceding)
        self._rewriting = Rewriting(followed.corpus)
        self._suspecting = Suspecting(followed)

    def judged(
        self, found: Iterable[Guarding], inside: Iterable[Guarding], handlers: Iterable[tuple[str, Use]], framework: str
    ) -> Iterator[tuple[Guard, Level]]:
        """What stands before a route, in the order in which it runs, and what its handler checks inside.

        handlers: what is called after errors or, where it has a stage, with answers.
        """
        called = [(self._symbols.resolve(file, use.symbol), use.stage) for file, use in handlers]
        placed = sorted(nearest(found, framework), key=attrgetter("stage"))
        standing = self._rewriting.judged(self._preceding.judged(self._flagged.judged(placed, framework), framework), framework)
        raised = self._reworking.judged(
            [*standing, *self._flagged.judged(inside, framework)], [key for key, stage in called if not stage], framework
        )
        told = self._replacing.judged(raised, [key for key, stage in called if stage], framework)
        yield from ((each.guard, each.level) for each in self._suspecting.judged(told, framework))
