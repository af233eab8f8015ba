"""What the repository's own decorators put around a guard: one may keep its errors back, or stand in its place."""

from collections.abc import Iterator, Sequence

from invariants.facts.code import Arm, Step
from invariants.replay.web.applying import answered
from invariants.replay.web.corpus import Corpus, Key
from invariants.replay.web.outcomes import Effect
from invariants.replay.web.symbols import Symbols

KEPT_BACK = Effect("unverified", "a decorator around it goes on after its errors, or calls something else in its place", True)
OTHERS = frozenset(
    "ValueError KeyError TypeError LookupError AttributeError IndexError OSError TimeoutError asyncio.TimeoutError StopIteration".split()
)
"""Errors by which nobody is turned away."""
DEEP = 3


class Surrounding:
    """Looks at the decorators of functions that are called as guards."""

    def __init__(self, corpus: Corpus, symbols: Symbols) -> None:
        self._corpus = corpus
        self._symbols = symbols

    def effect(self, key: Key, found: Effect | None) -> Effect | None:
        """What a function does where others call it, by what it does itself."""
        own = self._corpus.get(key.file) if key.file.endswith(".py") and found is not None and found.state == "rejects" else None
        marks = own.decorators.get(key.name, []) if own is not None and key.name in own.functions else []
        around = (self._symbols.resolve(key.file, each.symbol) for each in marks if "." not in each.symbol)
        return KEPT_BACK if any(self._keeps_back(each) for each in around) else found

    def _keeps_back(self, decorator: Key) -> bool:
        """Whether a decorator of the repository's puts something around functions that does not end with their errors."""
        return any(not passes_on(steps) for steps in self._inner(decorator, DEEP))

    def _inner(self, key: Key, depth: int) -> Iterator[Sequence[Step]]:
        """The steps of the functions that a decorator answers with."""
        own = self._corpus.get(key.file) if key.file and depth else None
        if own is None or key.name not in own.functions or own.functions[key.name].kind != "function":
            return
        inner = answered(own, key.name, own.steps.get(key.name, []), is_outermost=True)
        for name in inner:
            below = list(self._inner(Key(key.file, name), depth - 1))
            yield from below or [own.steps.get(name, [])]


def passes_on(steps: Sequence[Step]) -> bool:
    """Whether a function calls what it is around, and ends with the errors of that."""
    silent = [each.position for each in steps if each.kind == "attempt" and not _ends(_under(steps, each, "handler"), steps)]
    handed = [each for each in steps if each.kind == "next"]
    return bool(handed) and not any(_is_below(each, one, steps) for each in handed for one in silent)


def _under(steps: Sequence[Step], above: Step, arm: Arm) -> list[Step]:
    return [each for each in steps if each.parent == above.position and each.arm == arm]


def _ends(block: Sequence[Step], steps: Sequence[Step]) -> bool:
    """Whether errors that come to a block of handlers go on; those that say something else are not asked about."""
    last = block[-1] if block else None
    if last is not None and last.kind == "branch" and last.symbol not in OTHERS:
        return _ends(_under(steps, last, "then"), steps) and _ends(_under(steps, last, "else"), steps)
    if last is not None and last.kind == "branch":
        return _ends(_under(steps, last, "else"), steps)
    return last is not None and last.kind == "reject"


def _is_below(step: Step, above: int, steps: Sequence[Step]) -> bool:
    """Whether a step is in an arm of another one, or in one of what is in it."""
    parents = {each.position: each.parent for each in steps}
    at = step.parent
    while at is not None and at != above:
        at = parents.get(at)
    return at is not None and at == above
