"""Middleware of React Router's, which runs where a flag of its configuration is set, and nowhere else."""

from collections.abc import Iterable, Iterator

from invariants.facts.web import Setting
from invariants.replay.web.corpus import Corpus
from invariants.replay.web.outcomes import Effect
from invariants.replay.web.prefixes import is_below
from invariants.replay.web.rescuing import Guarding

UNSET = Effect(
    "unverified", "middleware of React Router's runs where `future.v8_middleware` is set, and nothing here says that it is", True
)


class Flagged:
    """Looks at the flag."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus

    def judged(self, found: Iterable[Guarding], framework: str) -> Iterator[Guarding]:
        """What stands before a route; of React Router's, nothing is sure to run without the flag."""
        for each in found:
            is_flagged = framework == "remix" and each.use is not None and each.use.means == "hook" and each.guard.effect.state == "rejects"
            is_off = is_flagged and not self._is_on(each.guard.at.file)
            yield each._replace(guard=each.guard._replace(effect=UNSET)) if is_off else each

    def _is_on(self, path: str) -> bool:
        files = (file for file, own in self._corpus.files.items() if any(each.name == "middleware" for each in own.facts[Setting]))
        return any(is_below(path, file) for file in files)
