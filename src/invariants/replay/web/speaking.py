"""Whether what a function looks at and calls may be about who comes."""

from collections.abc import Callable

from invariants.facts.code import ANSWER, Step
from invariants.replay.web.corpus import Corpus, File, Key
from invariants.replay.web.deciding import proves_who, tells_who
from invariants.replay.web.symbols import Symbols
from invariants.replay.web.words import speaks_of_who, words

DEPTH = 3
ADDRESSES = frozenset("ip ips address addr peer remote forwarded host client".split())


class Speaking:
    """Looks for words of who comes in functions, and in those that they call."""

    def __init__(self, corpus: Corpus, symbols: Symbols, is_known: Callable[[Key], bool]) -> None:
        self._corpus = corpus
        self._symbols = symbols
        self._is_known = is_known

    def asks_who(self, key: Key, own: File, depth: int = DEPTH) -> bool:
        """Whether anything that a function looks at or calls may be about who comes."""
        inside = own.inside(key.name)
        said = (each for found in (*inside.dependences.values(), *inside.given.values()) for each in found)
        if speaks_of_who(key.name) or any(tells_who(each) or names_address(each.symbol) for each in said):
            return True
        steps = [each for each in own.steps.get(key.name, []) if each.kind in {"branch", "call"}]
        inner = filter(None, map(own.run_by, steps))
        return any(self._may_ask(each, key, own, depth) for each in steps) or any(
            self.asks_who(key._replace(name=each), own, depth) for each in inner
        )

    def looks_at_proofs(self, key: Key, depth: int = DEPTH) -> bool:
        """Whether a function looks at what proves who comes, itself or by what it calls."""
        own = self._corpus.get(key.file) if key.file else None
        if own is None or key.name not in own.functions:
            return False
        inside = own.inside(key.name)
        said = (each for found in (*inside.dependences.values(), *inside.given.values()) for each in found)
        if any(map(proves_who, said)):
            return True
        called = {each.symbol for each in own.steps.get(key.name, []) if each.kind == "call" and depth}
        targets = {self._symbols.resolve(key.file, each, key.name) for each in called}
        return any(self.looks_at_proofs(each, depth - 1) for each in targets if each != key)

    def _may_ask(self, step: Step, key: Key, own: File, depth: int) -> bool:
        if speaks_of_who(step.symbol) or step.kind == "branch":
            return speaks_of_who(step.symbol)
        target = self._symbols.resolve(key.file, step.symbol.removesuffix(ANSWER), key.name)
        if self._is_known(target):
            return True
        inner = self._corpus.get(target.file) if target.file else None
        if inner is None or target.name not in inner.functions:
            return step.handling == "tested" and step.symbol.partition(".")[0] in own.imports
        return depth == 0 or (target != key and self.asks_who(target, inner, depth - 1))


def names_address(symbol: str) -> bool:
    """Whether a value is where a request comes from, by its name."""
    return bool(ADDRESSES & {word for each in symbol.split(".") for word in words(each)})
