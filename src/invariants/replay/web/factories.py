"""Guards that functions make, as objects of a class which a framework calls; and what stands before routes and is no guard at all."""

from invariants.facts.code import Step
from invariants.replay.web.corpus import Corpus, Key
from invariants.replay.web.outcomes import Effect
from invariants.replay.web.symbols import Symbols
from invariants.replay.web.words import speaks_of_who

CONFIGURED = Effect("unverified", "it is an object that a function makes, and turns away by what that gave it")
DEEP = 4


class Factories:
    """Looks up what functions make, and what they take."""

    def __init__(self, corpus: Corpus, symbols: Symbols) -> None:
        self._corpus = corpus
        self._symbols = symbols

    def classes(self, key: Key) -> list[Key]:
        """The classes of the objects that a function makes and answers with: ``return Checked(role)``."""
        own = self._corpus.get(key.file) if key.file and not self._is_class(key) else None
        steps = own.steps.get(key.name, []) if own is not None else []
        made = [each.symbol for each in steps if each.kind == "call" and each.handling == "returned"]
        return [found for each in made if self._is_class(found := self._symbols.resolve(key.file, each, key.name))]

    def may_reject(self, key: Key, depth: int = DEEP) -> bool:
        """Whether somebody is turned away where objects of a class are called, there or in what that asks of the class above."""
        return self._rejects(self._symbols.resolve(key.file, f"{key.name}.__call__"), depth)

    def is_blind(self, key: Key) -> bool:
        """Whether a dependency takes nothing, so that it cannot tell who comes: a session of the database."""
        own = self._corpus.get(key.file) if key.file.endswith(".py") else None
        if own is None or key.name not in own.functions:
            return False
        return own.functions[key.name].kind != "class" and not own.parameters.get(key.name, [])

    def _rejects(self, method: Key, depth: int) -> bool:
        own = self._corpus.get(method.file) if method.file and depth else None
        steps = own.steps.get(method.name, []) if own is not None else []
        above = [self._symbols.resolve(method.file, each.symbol, method.name) for each in steps if each.symbol.startswith("super.")]
        return any(map(_refuses, steps)) or any(self._rejects(each, depth - 1) for each in above if each != method)

    def _is_class(self, key: Key) -> bool:
        own = self._corpus.get(key.file) if key.file else None
        return own is not None and key.name in own.functions and own.functions[key.name].kind == "class"


def _refuses(step: Step) -> bool:
    """Whether a step turns away for who somebody is, and not for what is sent."""
    return step.kind == "reject" and (step.status in {401, 403} or speaks_of_who(step.symbol))
