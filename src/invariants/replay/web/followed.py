"""What files say of names, functions and calls, followed from file to file: once, for it stays true whatever else is read."""

from collections.abc import Iterable

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
        self.symbols = Symbols(corpus, modules)
        self.calls = Calls(corpus, self.symbols)
        self.known = {**library(), **configured(said, corpus)}
        self.walker = Walker(corpus, self.symbols, {name: each.posture for name, each in self.known.items() if each.state == "rejects"})
