"""What stands before a route if something else is so: middleware of React Router's, which runs where a flag of its configuration is set."""

from collections.abc import Iterable, Iterator
from functools import cached_property

from invariants.facts.web import PUT_THERE, UNHOOKED, Setting, Use
from invariants.replay.web.corpus import Corpus, Key
from invariants.replay.web.outcomes import Effect
from invariants.replay.web.prefixes import is_below
from invariants.replay.web.reasons import IDLE
from invariants.replay.web.rescuing import Guarding

UNSET = Effect(
    "unverified", "middleware of React Router's runs where `future.v8_middleware` is set, and nothing here says that it is", True
)
BESIDE = Effect("unverified", "it is not sure that it runs before all else that is done for this route", True)
TAKEN = Effect("unverified", "a hook for every route may take it from this one (`onRoute`)", True)
THERE = Effect("unverified", "it asks for what the application puts beside every request, whoever sent it", True)


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
            is_sure = each.guard.effect.state == "rejects"
            told = self._doubt(each.use, framework) or self._given(each.guard.key) if each.use is not None and is_sure else None
            yield each._replace(guard=each.guard._replace(effect=told)) if told is not None else each

    def _doubt(self, use: Use, framework: str) -> Effect | None:
        if use.own and use.pattern is None:
            return BESIDE
        if framework == "fastify" and use.own and use.means == "hook" and UNHOOKED in self._said:
            return TAKEN
        return UNSET if framework == "remix" and use.means == "hook" and not self._is_on(use.at.file) else None

    def _given(self, key: Key) -> Effect | None:
        """What is said of a guard that asks for what is beside every request, whoever sent it."""
        own = self._corpus.get(key.file) if key.file and PUT_THERE in self._said else None
        steps = own.steps.get(key.name, []) if own is not None else []
        asked = {one.symbol for each in steps if own is not None for one in own.dependences.get((key.name, each.position), [])}
        return THERE if any(each.count(".") == 1 and each.rpartition(".")[2] in self._said[PUT_THERE] for each in asked) else None

    @cached_property
    def _said(self) -> dict[str, set[str]]:
        """What files say of hooks that are taken away, and of what is beside every request."""
        found: dict[str, set[str]] = {}
        for own in self._corpus.files.values():
            for each in own.facts[Setting]:
                if each.name in {UNHOOKED, PUT_THERE}:
                    found.setdefault(each.name, set()).add(each.symbol)
        return found

    def _is_on(self, path: str) -> bool:
        files = (file for file, own in self._corpus.files.items() if any(each.name == "middleware" for each in own.facts[Setting]))
        return any(is_below(path, file) for file in files)
