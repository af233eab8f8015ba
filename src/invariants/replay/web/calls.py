"""What a handler reaches: by which calls, how far away, and whether it always comes by them."""

from collections.abc import Iterator
from functools import cache, lru_cache
from typing import NamedTuple

from invariants.facts.code import ANSWER, FILLING, Step
from invariants.facts.place import Place
from invariants.replay.web.corpus import RECENT, Corpus, Key
from invariants.replay.web.symbols import Symbols

DEEP = 3
MANY = 400


class Call(NamedTuple):
    """A call on the way of a handler."""

    at: Place
    target: Key
    depth: int
    certain: bool
    position: int
    """The place of the call that leads to it among the steps of the function that is asked about."""
    is_ignored: bool
    """Nothing is made of what it answers."""


class Calls:
    """Follows calls through the files of a repository."""

    def __init__(self, corpus: Corpus, symbols: Symbols) -> None:
        self._corpus = corpus
        self._symbols = symbols
        self.direct = lru_cache(RECENT)(self._direct)
        self.reached = cache(self._reached)

    def _reached(self, key: Key) -> list[Call]:
        """Everything that a function calls, the nearest first."""
        found: dict[Key, Call] = {}
        pending = [(key, 0, True, -1)]
        while pending and len(found) < MANY:
            function, depth, certain, first = pending.pop(0)
            for step, target, always in self.direct(function):
                known = found.get(target)
                sure = certain and always
                position = first if depth else step.position
                if known is None or (sure and not known.certain):
                    ignored = step.handling == "ignored"
                    found[target] = Call(step.at, target, known.depth if known else depth, sure, position, ignored)
                    if depth < DEEP:
                        pending.append((target, depth + 1, sure, position))
        return list(found.values())

    def _direct(self, key: Key) -> list[tuple[Step, Key, bool]]:
        """What a function calls by itself, and in the functions written in it."""
        return list(self._own(key))

    def _own(self, key: Key) -> Iterator[tuple[Step, Key, bool]]:
        own = self._corpus.get(key.file) if key.file else None
        for name in _around(own.functions, key.name) if own else ():
            steps = own.steps.get(name, []) if own else []
            certain = _certain(steps) if name == key.name else set()
            for step in steps:
                if step.kind == "call":
                    target = self._symbols.resolve(key.file, step.symbol.removesuffix(ANSWER).removesuffix(FILLING), name)
                    yield step, target if target.file or target.name else Key("", step.symbol), step.position in certain


def _around(functions: dict[str, object], name: str) -> list[str]:
    inside = f"{name}."
    return [each for each in functions if each == name or each.startswith(inside)] if name in functions else []


def _certain(steps: list[Step]) -> set[int]:
    """The steps that every path comes by that ends well: outside of branches, and before the first that may leave."""
    parents = {each.position: each for each in steps}
    found = set()
    for step in steps:
        above = parents.get(step.parent) if step.parent is not None else None
        inside = above is None or (above.position in found and above.kind == "attempt" and step.arm in {"body", "finally", ""})
        if inside:
            found.add(step.position)
        if step.kind == "return":
            break
    return found
