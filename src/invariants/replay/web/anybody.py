"""Extractors of Rust's that make something of whoever comes: what asks for that asks nothing of who that is."""

import re
from collections.abc import Callable, Sequence

from invariants.facts.code import Dependence, Step
from invariants.replay.web.corpus import Corpus, Key
from invariants.replay.web.deciding import present
from invariants.replay.web.outcomes import Effect
from invariants.replay.web.symbols import Symbols

OPTION = re.compile(r"\b(?:Some|Ok|None|Err)\b|\.is_(?:some|none|ok|err)\(\)")
"""Whether something is there."""


class Anybody:
    """Knows what becomes of the parameters of functions, by their types."""

    def __init__(self, corpus: Corpus, symbols: Symbols, effect: Callable[[Key], Effect | None]) -> None:
        self._corpus = corpus
        self._symbols = symbols
        self._effect = effect

    def is_asked_for(self, step: Step, found: Sequence[Dependence], key: Key) -> bool:
        """Whether a condition of a function asks for what is made of whoever comes, and not for what may be left out of that."""
        own = self._corpus.files[key.file] if key.file.endswith(".rs") else None
        taken = {each.name: each for each in own.parameters.get(key.name, [])} if own else {}
        asked = [taken.get(each.symbol.partition(".")[0]) for each in found if each.origin == "parameter" and taken]
        is_there = OPTION.search(step.symbol) is not None or present(step.symbol) != ""
        return any(self._is_made(each.symbol, key) for each in asked if each and each.optional == is_there)

    def _is_made(self, symbol: str, key: Key) -> bool:
        """Whether a type is made of every request, and none is turned away by that."""
        found = self._symbols.implemented(self._symbols.resolve(key.file, symbol, key.name))
        own = self._corpus.get(found.file) if found.file else None
        steps = own.steps.get(found.name, []) if own else []
        seen = self._effect(found) if any(".from_request" in each.symbol for each in steps) else None
        return seen is not None and seen.state in {"void", "passes"}
