"""What stands before a route if something else is so: middleware of React Router's, which runs where a flag of its configuration is set."""

from collections.abc import Iterable, Iterator

from invariants.facts.web import PUT_THERE, UNHOOKED, Setting, Use
from invariants.replay.web.corpus import Corpus, Key
from invariants.replay.web.outcomes import Effect
from invariants.replay.web.prefixes import is_below
from invariants.replay.web.reasons import IDLE
from invariants.replay.web.rescuing import Guarding
from invariants.replay.web.symbols import Symbols

UNSET = Effect(
    "unverified", "middleware of React Router's runs where `future.v8_middleware` is set, and nothing here says that it is", True
)
BESIDE = Effect("unverified", "it is not sure that it runs before all else that is done for this route", True)
TAKEN = Effect("unverified", "a hook for every route may take it from this one (`onRoute`)", True)
THERE = Effect("unverified", "it asks for what the application puts beside every request, whoever sent it", True)


class Flagged:
    """Looks at that."""

    def __init__(self, corpus: Corpus, symbols: Symbols) -> None:
        self._corpus = corpus
        self._symbols = symbols
        self._read = 0
        """So many files were asked for what they say."""
        self._told: dict[str, set[str]] = {}

    def judged(self, found: Iterable[Guarding], framework: str) -> Iterator[Guarding]:
        """What stands before a route, and is not sure to run."""
        for each in found:
            if framework == "nest" and each.use is not None and each.use.stage > 1 and each.guard.effect.state in {"void", "passes"}:
                kept = each.guard._replace(effect=IDLE, posture=None)  # it may put somebody beside the request, as most do
                yield each._replace(guard=kept)
                continue
            is_sure = each.guard.effect.state == "rejects"
            doubt = self._doubt(each.use, framework) if each.use is not None else None
            told = doubt or self._given(each.guard.key, framework) if is_sure else None
            yield each._replace(guard=each.guard._replace(effect=told)) if told is not None else each

    def _doubt(self, use: Use, framework: str) -> Effect | None:
        if use.own and use.pattern is None:
            return BESIDE
        if framework == "fastify" and use.own and use.means == "hook" and self._is_taken(use):
            return TAKEN
        return UNSET if framework == "remix" and use.means == "hook" and not self._is_on(use.at.file) else None

    def _is_taken(self, use: Use) -> bool:
        """Whether a hook for every route of the plugin that a route is in, or of all, takes from these what they have before them."""
        said = self._said().get(UNHOOKED, set())
        own = {each.partition(" ")[2] for each in said if each.partition(" ")[0] == use.at.file}
        return any(not each.partition(" ")[2] for each in said) or any(f"{use.router}.".startswith(f"{each}.") for each in own)

    def _given(self, key: Key, framework: str) -> Effect | None:
        """What is said of a guard that asks for what is beside every request, whoever sent it."""
        own = self._corpus.get(key.file) if key.file else None
        if own is None or (framework != "remix" and PUT_THERE not in self._said()):
            return None
        places = [(key.name, each.position) for each in own.steps.get(key.name, []) if each.kind == "branch"]
        asked = {each.symbol.partition(".")[2] for place in places for each in own.dependences.get(place, [])}
        contexts = {each.symbol for place in places for each in own.given.get(place, []) if each.given.endswith(".get")}
        is_there = bool(self._said().get(PUT_THERE, set()) & asked) or any(self._is_filled(key, each) for each in contexts)
        return THERE if is_there else None

    def _is_filled(self, key: Key, context: str) -> bool:
        """Whether a context of React Router's holds something where nobody puts anything into it."""
        found = self._symbols.resolve(key.file, context, key.name)
        own = self._corpus.get(found.file) if found.file else None
        return own is not None and any(each.name == PUT_THERE and each.symbol == found.name for each in own.facts[Setting])

    def _said(self) -> dict[str, set[str]]:
        """What files say of hooks that are taken away, and of what is beside every request."""
        for path, own in self._corpus.since(self._read):
            for each in own.facts[Setting]:
                if each.name in {UNHOOKED, PUT_THERE}:
                    self._told.setdefault(each.name, set()).add(f"{path} {each.symbol}" if each.name == UNHOOKED else each.symbol)
        self._read = len(self._corpus.files)
        return self._told

    def _is_on(self, path: str) -> bool:
        files = (file for file, own in self._corpus.files.items() if any(each.name == "middleware" for each in own.facts[Setting]))
        return any(is_below(path, file) for file in files)
