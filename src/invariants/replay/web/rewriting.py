"""Requests that are answered under another address than the one by which a guard lets them by."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from invariants.facts.web import BASED, REROUTED, REWRITES, PathTest, Setting
from invariants.replay.web.corpus import Corpus, Key
from invariants.replay.web.outcomes import Effect
from invariants.replay.web.prefixes import is_below
from invariants.replay.web.rescuing import Guarding

REWRITTEN = Effect(
    "unverified", "it goes by the address that a request was sent to, and something after it gives the request another one", True
)
ELSEWHERE = Effect("unverified", "it goes by the address that a request was sent to, and the route is answered under others, too", True)
SENT = frozenset({"express", "koa", "nest"})
"""Frameworks whose routers look at what middleware may have put in the place of the address."""
ROUTED = frozenset({"fastify", "sveltekit"})
"""Those that are told of other addresses of their routes."""


class Rewriting:
    """Looks at what is given another address."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus

    def judged(self, found: Iterable[Guarding], framework: str) -> Iterator[Guarding]:
        """What stands before a route, in the order in which it runs."""
        standing = list(found)
        for number, each in enumerate(standing):
            doubt = self._doubt(each, standing[:number], framework) if each.guard.effect.state == "rejects" else None
            yield each._replace(guard=each.guard._replace(effect=doubt)) if doubt is not None else each

    def _doubt(self, each: Guarding, before: Sequence[Guarding], framework: str) -> Effect | None:
        if framework in ROUTED and self._rerouted:
            is_other = any(framework == kind and is_below(each.guard.at.file, file) for kind, file in self._rerouted)
            return ELSEWHERE if is_other and any(_is_of_address(test, framework) for test in self._tests(each.guard.key)) else None
        if framework not in SENT or not self._rewriting:
            return None
        known = {each.guard.at.file, each.guard.key.file, *(one.guard.key.file for one in before)}
        rewriting = [key for key in self._rewriting if key.file in known]
        is_late = any(all(one.guard.key != key for one in before) for key in rewriting)
        return REWRITTEN if is_late and self._is_by_address(each) else None

    def _is_by_address(self, each: Guarding) -> bool:
        """Whether it turns on the address of a request whether it is asked of a guard, or what that answers."""
        use = each.use
        is_somewhere = use is not None and not use.own and ((use.pattern or "").strip("/") not in {"", "**"} or bool(use.excludes))
        return is_somewhere or bool(self._tests(each.guard.key))

    def _tests(self, key: Key) -> list[PathTest]:
        own = self._corpus.get(key.file) if key.file else None
        return (
            [each for name, told in own.tests.items() if name == key.name or name.startswith(f"{key.name}.") for each in told]
            if own
            else []
        )

    @cached_property
    def _rewriting(self) -> list[Key]:
        """The functions that give requests another address, and hand them on."""
        found = [Key(file, each.symbol) for file, each in self._settings if each.name == REWRITES]
        return [key for key in found if any(each.kind == "next" for each in self._corpus.files[key.file].steps.get(key.name, []))]

    @cached_property
    def _rerouted(self) -> list[tuple[str, str]]:
        """The applications whose routes have other addresses: their frameworks, and the files that say so."""
        return [(each.framework, file) for file, each in self._settings if each.name in {REROUTED, BASED}]

    @property
    def _settings(self) -> Iterator[tuple[str, Setting]]:
        return ((file, each) for file, own in self._corpus.files.items() for each in own.facts[Setting])


def _is_of_address(test: PathTest, framework: str) -> bool:
    """Whether a condition asks for an address as it was sent, and not for what that was made into."""
    return test.subject == "original" if framework == "fastify" else test.subject != "route"
