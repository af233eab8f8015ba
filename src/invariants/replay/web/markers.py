"""Functions that answer with what fills a parameter: ``def current(role): return Depends(checked)``, ``user: User = current("admin")``."""

from collections.abc import Iterator, Sequence

from invariants.facts.code import ANSWER, FILLING, Argument, Step
from invariants.replay.web.choosing import Choosing, Constants, Given, constants, handed_on
from invariants.replay.web.corpus import Corpus, Key
from invariants.replay.web.symbols import Symbols

MARKERS = frozenset(f"fastapi.{each}" for each in ("Depends", "Security", "params.Depends", "params.Security", "param_functions.Depends"))
UNTOLD = Key("", "")
"""Stands for what it cannot be told what it is."""
DEEP = 4


def is_filling(key: Key) -> bool:
    """Whether a name stands for what a call answers, where that is put beside a parameter."""
    return key.name.endswith(FILLING)


def called(key: Key) -> Key:
    """What is called, of which that is the answer."""
    return key._replace(name=key.name.removesuffix(FILLING))


class Markers:
    """Looks up what functions answer with, by what they are given."""

    def __init__(self, corpus: Corpus, symbols: Symbols) -> None:
        self._corpus = corpus
        self._symbols = symbols

    def answers(self, key: Key, given: Sequence[Argument] | None, depth: int = DEEP) -> Iterator[Key | None]:
        """What fills a parameter where a function is called there, by each of its answers; null of one that fills none.

        given: None, where it cannot be told what the function is given.
        """
        own = self._corpus.get(key.file) if key.file.endswith(".py") and depth else None
        if own is None or key.name not in own.functions or own.functions[key.name].kind == "class":
            yield None
            return
        known = constants(own.parameters.get(key.name, []), given) if given is not None else {}
        found = Choosing(own, key.name, Given(own, known).holds)
        yield from () if found.ends else (None,)
        for each in found.steps:
            if each.kind == "return":
                yield from self._answer(key, each, found.steps, known, depth)

    def _answer(self, key: Key, step: Step, steps: Sequence[Step], known: Constants, depth: int) -> Iterator[Key | None]:
        beside = [each for each in steps if each.kind == "call" and (each.parent, each.arm) == (step.parent, step.arm)]
        call = next((each for each in reversed(beside) if each.handling == "returned"), None)
        own = self._corpus.files[key.file]
        if call is None or (call.symbol != step.symbol and step.symbol in own.functions):
            yield None if step.symbol in own.functions or not self._marks(key, steps) else UNTOLD
            return
        target, given = self._symbols.resolve(key.file, call.symbol, key.name), own.arguments.get((key.name, call.position), [])
        if target.file:
            yield from self.answers(target, list(handed_on(given, known)), depth - 1)
        else:
            yield self._filled(key, given) if target.name in MARKERS else None

    def _marks(self, key: Key, steps: Sequence[Step]) -> bool:
        """Whether a function makes a marker at all."""
        return any(each.kind == "call" and self._symbols.resolve(key.file, each.symbol, key.name).name in MARKERS for each in steps)

    def _filled(self, key: Key, given: Sequence[Argument]) -> Key | None:
        """What a marker calls."""
        found = next((each for each in given if each.name in {"0", "dependency"} and each.value), None)
        symbol = f"{found.value}{ANSWER}" if found is not None and found.kind == "call" else found.value if found is not None else ""
        return self._symbols.resolve(key.file, symbol, key.name) if symbol else None
