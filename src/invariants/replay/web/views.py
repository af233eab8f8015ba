"""Views that are classes: the methods that one answers are those that it, or what it stands on, defines."""

import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from invariants.replay.web.corpus import Corpus, Key
from invariants.replay.web.lineage import allowed, lineage
from invariants.replay.web.symbols import Symbols

LIBRARY = Path(__file__).with_name("views.toml")
METHODS = ("get", "post", "put", "patch", "delete", "head", "options", "trace")
PLAIN = frozenset({"object", "ABC", "abc.ABC", "Generic", "typing.Generic"})
DEEP = 12


@cache
def library() -> dict[str, dict[str, str]]:
    """The methods that classes of libraries define, by library and name."""
    told: dict[str, dict[str, str]] = tomllib.loads(LIBRARY.read_text(encoding="utf-8"))
    return told


def _known(name: str) -> list[str] | None:
    """The methods of a class that is not in the repository; a mixin has none of its own."""
    found = library().get(name.partition(".")[0], {}).get(name.rpartition(".")[2])
    return found.split() if found is not None else [] if name.endswith("Mixin") or name in PLAIN else None


class Views:
    """Tells which methods the classes of a repository answer."""

    def __init__(self, corpus: Corpus, symbols: Symbols) -> None:
        self._corpus = corpus
        self._symbols = symbols

    def methods(self, view: Key) -> list[str]:
        """The methods that a class answers, in capital letters; none where one of those that it stands on is not known."""
        found = set(self._defined(view, DEEP))
        if None in found:
            return []
        classes = lineage(self._corpus, self._symbols, view)
        return [each.upper() for each in METHODS if each in found and allowed(self._corpus, classes, each)]

    def _defined(self, key: Key, depth: int) -> Iterator[str | None]:
        """The methods of a class and of those that it stands on; null for what cannot be told."""
        own = self._corpus.get(key.file) if key.file and depth else None
        if own is None or key.name not in own.functions:
            known = _known(key.name)
            yield from [None] if known is None else known
            return
        yield from (each for each in METHODS if f"{key.name}.{each}" in own.functions or f"{key.name}.{each}" in own.aliases)
        for base in own.bases.get(key.name, []):
            yield from self._defined(self._symbols.resolve(key.file, base.symbol), depth - 1)
