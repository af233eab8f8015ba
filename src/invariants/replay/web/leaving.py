"""Context managers of Python's in other files that keep errors to themselves: ``with quiet(): check(request)``."""

from functools import cache

from invariants.replay.web.corpus import Corpus, Key
from invariants.replay.web.surrounding import passes_on
from invariants.replay.web.symbols import Symbols

MAKERS = ("contextmanager", "asynccontextmanager")
EXITS = ("__exit__", "__aexit__")
NO = frozenset({"False", "None"})


class Leaving:
    """Looks at what is done when something is left that was entered."""

    def __init__(self, corpus: Corpus, symbols: Symbols) -> None:
        self._corpus = corpus
        self._symbols = symbols
        self.keeps_back = cache(self._keeps_back)

    def _keeps_back(self, key: Key) -> bool:
        """Whether what a function or a class makes swallows errors."""
        own = self._corpus.get(key.file) if key.file.endswith(".py") else None
        if own is None or key.name not in own.functions:
            return False
        if own.functions[key.name].kind == "class":
            return any(self._exits_well(self._symbols.resolve(key.file, f"{key.name}.{each}")) for each in EXITS)
        steps = own.steps.get(key.name, []) if any(each.symbol.endswith(MAKERS) for each in own.decorators.get(key.name, [])) else []
        return any(each.kind == "next" for each in steps) and not passes_on(steps)

    def _exits_well(self, key: Key) -> bool:
        """Whether a method may answer that an error is dealt with."""
        own = self._corpus.get(key.file) if key.file else None
        return own is not None and any(each.kind == "return" and each.symbol not in NO for each in own.steps.get(key.name, []))
