"""What stands before a route if something else is so: middleware of React Router's, which runs where a flag of its configuration is set."""

from collections.abc import Iterable, Iterator

from invariants.facts.web import Setting, Use
from invariants.replay.web.corpus import Corpus
from invariants.replay.web.outcomes import Effect
from invariants.replay.web.prefixes import is_below
from invariants.replay.web.reasons import IDLE
from invariants.replay.web.rescuing import Guarding

UNSET = Effect(
    "unverified", "middleware of React Router's runs where `future.v8_middleware` is set, and nothing here says that it is", True
)
BESIDE = Effect("unverified", "it is not sure that it runs before all else that is done for this route", True)


class Flagged:
    """Looks at that."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus

    def judged(self, found: Iterable[Guarding], framework: str) -> Iterator[Guarding]:
        """What stands before a route, and is not sure to run."""
        for each in found:
            if framework == "nest" and each.use is not None and each.use.stage > 1 and each.guard.effect.state in {"void", "passes"}:
                kept = each.guard._replace(effect=IDLE, posture=None)  # it may put somebody beside the request, as most do
                yield each._replace(guard=kept)
                continue
            told = self._doubt(each.use, framework) if each.use is not None and each.guard.effect.state == "rejects" else None
            yield each._replace(guard=each.guard._replace(effect=told)) if told is not None else each

    def _doubt(self, use: Use, framework: str) -> Effect | None:
        if use.own and use.pattern is None:
            return BESIDE
        return UNSET if framework == "remix" and use.means == "hook" and not self._is_on(use.at.file) else None

    def _is_on(self, path: str) -> bool:
        files = (file for file, own in self._corpus.files.items() if any(each.name == "middleware" for each in own.facts[Setting]))
        return any(is_below(path, file) for file in files)
