"""What functions of libraries read out of cookies, and prove nothing by: a cookie that nobody signed, a session that nobody looked up."""

import re
from collections.abc import Iterable, Iterator

from invariants.facts.code import Dependence
from invariants.facts.web import UNSIGNED, Setting
from invariants.replay.web.corpus import Corpus, Key
from invariants.replay.web.symbols import Symbols

KEPT = re.compile(r"(?:.*\.)?auth\.getSession")
"""What answers with what Supabase's client keeps, which on a server is a cookie."""
PROVING = (".auth.getUser", ".auth.getClaims")
"""What asks Supabase whether that is so."""
TAKES = frozenset({"get", "has"})
"""Methods of a session that take something out of it."""


class Unproven:
    """Tells which conditions rest on what anybody can write."""

    def __init__(self, corpus: Corpus, symbols: Symbols) -> None:
        self._corpus = corpus
        self._symbols = symbols

    def is_asked(self, found: Iterable[Dependence], key: Key) -> bool:
        """Whether a condition of a function asks for what such a function answers, itself or for one that it calls."""
        own = self._corpus.files[key.file]
        asked = [each.symbol for each in found if each.origin == "call"]
        if not asked or own.language != "typescript":
            return False
        called = {each.symbol for each in own.steps.get(key.name, []) if each.kind == "call"}
        is_unproven = any(self._is_unproven(each, key, called) for each in asked)
        return is_unproven or (any(map(_takes, asked)) and any(self._reads_unsigned(each, key) for each in called))

    def _is_unproven(self, symbol: str, key: Key, called: Iterable[str]) -> bool:
        if self._is_kept(symbol, key):
            return not any(each.endswith(PROVING) for each in called)
        target = self._symbols.resolve(key.file, symbol, key.name)
        inner = list(self._called(target))
        is_kept = any(self._is_kept(each, target) for each in inner) and not any(each.endswith(PROVING) for each in (*inner, *called))
        return is_kept or self._reads_unsigned(symbol, key)

    def _called(self, key: Key) -> Iterator[str]:
        """What a function of the repository calls."""
        own = self._corpus.get(key.file) if key.file else None
        steps = own.steps.get(key.name, []) if own is not None and key.name in own.functions else []
        yield from (each.symbol for each in steps if each.kind == "call")

    def _is_kept(self, symbol: str, key: Key) -> bool:
        """Whether a call asks Supabase's client for the session that it keeps."""
        if KEPT.fullmatch(symbol) is None:
            return False
        return "supabase" in symbol.lower() or any("supabase" in each.source for each in self._corpus.files[key.file].imports.values())

    def _reads_unsigned(self, symbol: str, key: Key) -> bool:
        """Whether a call reads a cookie that nobody signs."""
        target = self._symbols.resolve(key.file, symbol, key.name)
        own = self._corpus.get(target.file) if target.file else None
        return own is not None and any(each.name == f"{UNSIGNED}{target.name}" for each in own.facts.get(Setting, ()))


def _takes(symbol: str) -> bool:
    """Whether a call takes something out of what a variable holds."""
    holder, _, method = symbol.rpartition(".")
    return method in TAKES and "." not in holder
