"""What files say of names, functions and calls, followed from file to file: once, for it stays true whatever else is read."""

from collections.abc import Iterable
from copy import copy

from invariants.facts.settings import RouteGuard as Configured
from invariants.replay.web.calls import Calls
from invariants.replay.web.corpus import Corpus
from invariants.replay.web.libraries import configured, library
from invariants.replay.web.modules import Modules
from invariants.replay.web.symbols import Symbols
from invariants.replay.web.walking import Walker


class Followed:
    """The names, functions and calls of a repository, and which guards are known."""

    def __init__(self, corpus: Corpus, modules: Modules, said: Iterable[Configured]) -> None:
        self.corpus = corpus
        self.modules = modules
        self.symbols = Symbols(corpus, modules)
        self.calls = Calls(corpus, self.symbols)
        self.known = {**library(), **configured(said, corpus)}
        self.walker = self._walking()

    def bound(self, symbols: Symbols) -> "Followed":
        """The same, with names that mean something else."""
        found = copy(self)
        found.symbols = symbols
        found.calls = Calls(self.corpus, symbols)
        found.walker = found._walking()
        return found

    def _walking(self) -> Walker:
        return Walker(self.corpus, self.symbols, {name: each.posture for name, each in self.known.items() if each.state == "rejects"})
