"""Contexts that procedures are given: whether something in one is there for whoever comes."""

import re

from invariants.facts.code import DISPLAY
from invariants.facts.web import Setting
from invariants.replay.web.corpus import Corpus, Key
from invariants.replay.web.values import Values

CONTEXT = "context "
"""What begins the name of a setting that says what a field of a context is made of."""
ASKED = re.compile(r"!?(?:\w+\.)?ctx\.(\w+)(?: [!=]==? (?:null|undefined))?")
"""A condition that asks for a field of a context by itself."""


class Contexts:
    """Looks fields of contexts up."""

    def __init__(self, corpus: Corpus, values: Values) -> None:
        self._corpus = corpus
        self._values = values

    def is_there(self, condition: str) -> bool:
        """Whether what a condition asks for is there for whoever comes: `ctx.session`, which is made of nobody, too."""
        asked = ASKED.fullmatch(condition)
        if asked is None:
            return False
        told = [(path, each) for path, each in self._told() if each.name == f"{CONTEXT}{asked[1]}"]
        return bool(told) and all(self._is_made(path, each.symbol) for path, each in told)

    def _told(self) -> list[tuple[str, Setting]]:
        return [(path, each) for path, own in self._corpus.files.items() for each in own.facts[Setting] if each.framework == "trpc"]

    def _is_made(self, path: str, symbol: str) -> bool:
        """Whether a field is something, whoever comes; a function answers that where it answers nothing else."""
        return symbol == DISPLAY or (bool(symbol) and self._values.answers(symbol, Key(path, "")) == {DISPLAY})
