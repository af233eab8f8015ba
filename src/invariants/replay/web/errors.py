"""Errors of a repository's own, by their classes: the status that these say, or that something answers them with."""

from functools import cache, cached_property

from invariants.facts.web import ANSWERED, STATUS, Setting
from invariants.replay.web.corpus import Corpus, Key
from invariants.replay.web.lineage import lineage
from invariants.replay.web.symbols import Symbols
from invariants.replay.web.words import is_refusal

FORBIDDEN = 403
REFUSED = frozenset({401, 403})


class Errors:
    """Looks up what becomes of errors."""

    def __init__(self, corpus: Corpus, symbols: Symbols) -> None:
        self._corpus = corpus
        self._symbols = symbols
        self.status = cache(self._status)

    def _status(self, key: Key) -> int | None:
        """The status of an error, by its class or one that it stands on; null where nothing says it."""
        own = self._corpus.get(key.file) if key.file else None
        if own is None or key.name not in own.functions or own.functions[key.name].kind != "class":
            return None
        classes = lineage(self._corpus, self._symbols, key)
        told = [self._handled.get(key), *(self._refused(each) for each in classes), *map(self._said, classes)]
        return next((each for each in told if each is not None), None)

    def _refused(self, key: Key) -> int | None:
        """The status with which whatever stands on a class is refused; what is sent elsewhere may be so for any reason."""
        told = self._handled.get(key) if key.file else None
        return told if told in REFUSED else None

    def _said(self, key: Key) -> int | None:
        """What a class says itself; one of a library, by its name."""
        if not key.file:
            return FORBIDDEN if is_refusal(key.name) else None
        said = [each.symbol for each in self._corpus.files[key.file].facts[Setting] if each.name == f"{STATUS}{key.name}"]
        return int(said[0]) if said else None

    @cached_property
    def _handled(self) -> dict[Key, int]:
        told = [(path, each) for path, own in self._corpus.files.items() for each in own.facts[Setting] if each.name.startswith(ANSWERED)]
        return {self._symbols.resolve(path, each.name.removeprefix(ANSWERED)): int(each.symbol) for path, each in told}
