"""What procedures and handlers are given beside a request: whether something of that is there for whoever comes."""

import re
from collections.abc import Sequence

from invariants.facts.code import DISPLAY, Dependence, Step
from invariants.facts.web import MADE, SENT, Setting
from invariants.replay.web.corpus import Corpus, Key
from invariants.replay.web.missed import is_unmet
from invariants.replay.web.values import Values

CONTEXT = "context "
"""What begins the name of a setting that says what a field of a context is made of."""
BESIDE = "beside "
"""What begins the name of one that says what is put beside a request."""
FIELD = re.compile(r"(?:\w+\.)?\bctx\.(\w+)")
PLACE = re.compile(
    r"(?:req|request|ctx\.state|res\.locals|event\.locals|locals|c\.var|ctx\.var|ctx(?=\.(?!state\b|var\b|get\b)))"
    r"\.(?P<name>\w+(?:\.\w+)*)|(?:c|ctx)\.get(?:\(['\"](?P<got>\w+)['\"]\)|\.(?P<kept>\w+))"
)
KEEPING = re.compile(r"(?:not )?(?:self\.)?request\.session")
"""Whether there is a session: that of Django's is an object, whatever it keeps."""
ALONE = re.compile(r"!?(?P<what>[\w.]+(?:\(['\"]\w+['\"]\))?)(?: [!=]==? (?:null|undefined))?")
"""A condition that asks for one thing by itself."""


class Contexts:
    """Looks up what is given."""

    def __init__(self, corpus: Corpus, values: Values) -> None:
        self._corpus = corpus
        self._values = values

    def is_there(self, step: Step, found: Sequence[Dependence], key: Key) -> bool:
        """Whether what a condition asks for is there for whoever comes: `ctx.session`, made of nobody or of what was sent."""
        if KEEPING.fullmatch(step.symbol) and any(
            each.source.startswith("django") for each in self._corpus.files[key.file].imports.values()
        ):
            return True
        asked = ALONE.fullmatch(step.symbol)
        told = self._asked(asked["what"], step, found, key) if asked else []
        if not asked or not told:
            return not asked and self._is_sent(step.symbol)
        condition = step.symbol.replace(asked["what"], "it")
        if any(each.symbol in {DISPLAY, SENT, MADE} for _, each in told):
            return is_unmet(condition, frozenset({DISPLAY}))
        answers = [self._answers(path, each.symbol) for path, each in told]
        return all(answers) and is_unmet(condition, frozenset().union(*answers))

    def _asked(self, what: str, step: Step, found: Sequence[Dependence], key: Key) -> list[tuple[str, Setting]]:
        """What is told of that which a condition asks for: what its function put there before, or else what others put there."""
        held = [each.symbol for each in found if each.origin == "parameter"] if "." not in what else []
        told = self._told(held[0] if len(held) == 1 else what)
        own = [each for each in told if self._is_put(*each, key)]
        before = [each for each in own if (each[1].at.line, each[1].at.column) < (step.at.line, step.at.column)]
        return before or [each for each in told if each not in own and each[1].symbol != MADE]

    def _is_sent(self, condition: str) -> bool:
        """Whether something beside a request is held against what is written there, which is only what the caller sent."""
        found = [self._told(each[0]) for each in PLACE.finditer(condition)]
        return bool(found) and all(told and all(each.symbol == SENT for _, each in told) for told in found)

    def _is_put(self, path: str, put: Setting, key: Key) -> bool:
        """Whether it is this function that puts something there."""
        own = self._corpus.files[key.file]
        steps = own.steps.get(key.name, []) if path == key.file else []
        first = own.functions[key.name].at if steps and key.name in own.functions else steps[0].at if steps else None
        last = max(((each.at.end_line, each.at.end_column) for each in steps), default=(0, 0))
        return first is not None and (first.line, first.column) <= (put.at.line, put.at.column) <= last

    def _told(self, what: str) -> list[tuple[str, Setting]]:
        field, place = FIELD.fullmatch(what), PLACE.fullmatch(what)
        names = {f"{CONTEXT}{field[1]}"} if field else set()
        names |= {f"{BESIDE}{place['name'] or place['got'] or place['kept']}"} if place else set()
        return [each for name in names for each in self._corpus.named(Setting).get(name, [])]

    def _answers(self, path: str, symbol: str) -> frozenset[str]:
        """What something is, whoever comes; nothing, where that is not told."""
        return frozenset({DISPLAY}) if symbol == DISPLAY else self._values.answers(symbol, Key(path, "")) if symbol else frozenset()
