"""What procedures and handlers are given beside a request: whether something of that is there for whoever comes."""

import re
from collections.abc import Iterable

from invariants.facts.code import DISPLAY
from invariants.facts.web import SENT, Setting
from invariants.replay.web.corpus import Corpus, Key
from invariants.replay.web.missed import is_unmet
from invariants.replay.web.values import Values

CONTEXT = "context "
"""What begins the name of a setting that says what a field of a context is made of."""
BESIDE = "beside "
"""What begins the name of one that says what is put beside a request."""
FIELD = re.compile(r"(?:\w+\.)?\bctx\.(\w+)")
PLACE = re.compile(r"(?:req|request|ctx\.state|res\.locals|event\.locals|locals|c\.var|ctx\.var)\.(\w+)|(?:c|ctx)\.get\(['\"](\w+)['\"]\)")
ALONE = re.compile(r"!?(?P<what>[\w.]+(?:\(['\"]\w+['\"]\))?)(?: [!=]==? (?:null|undefined))?")
"""A condition that asks for one thing by itself."""


class Contexts:
    """Looks up what is given."""

    def __init__(self, corpus: Corpus, values: Values) -> None:
        self._corpus = corpus
        self._values = values

    def is_there(self, condition: str, key: Key) -> bool:
        """Whether what a condition asks for is there for whoever comes: `ctx.session`, made of nobody or of what was sent."""
        asked = ALONE.fullmatch(condition)
        told = self._told(asked["what"]) if asked else []
        if not asked or not told:
            return not asked and self._is_sent(condition)
        if any(each.symbol in {DISPLAY, SENT} for _, each in told) and not self._is_put(told, key):
            return is_unmet(condition.replace(asked["what"], "it"), frozenset({DISPLAY}))
        answers = [self._answers(path, each.symbol) for path, each in told]
        return all(answers) and is_unmet(condition.replace(asked["what"], "it"), frozenset().union(*answers))

    def _is_sent(self, condition: str) -> bool:
        """Whether something beside a request is held against what is written there, which is only what the caller sent."""
        found = [self._told(each[0]) for each in PLACE.finditer(condition)]
        return bool(found) and all(told and all(each.symbol == SENT for _, each in told) for told in found)

    def _is_put(self, told: Iterable[tuple[str, Setting]], key: Key) -> bool:
        """Whether a function puts there itself what it asks for."""
        own = self._corpus.files[key.file]
        lines = [each.at.line for each in own.steps.get(key.name, [])]
        first = own.functions[key.name].at.line if key.name in own.functions else lines[0] - 1 if lines else 0
        return any(path == key.file and lines and first <= each.at.line <= lines[-1] for path, each in told)

    def _told(self, what: str) -> list[tuple[str, Setting]]:
        field, place = FIELD.fullmatch(what), PLACE.fullmatch(what)
        names = {f"{CONTEXT}{field[1]}"} if field else set()
        names |= {f"{BESIDE}{place[1] or place[2]}"} if place else set()
        return [each for name in names for each in self._corpus.named(Setting).get(name, [])]

    def _answers(self, path: str, symbol: str) -> frozenset[str]:
        """What something is, whoever comes; nothing, where that is not told."""
        return frozenset({DISPLAY}) if symbol == DISPLAY else self._values.answers(symbol, Key(path, "")) if symbol else frozenset()
