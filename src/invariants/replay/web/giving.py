"""What calls are given, and what functions take: what was sent, what a framework puts there, nothing."""

from collections.abc import Iterator, Sequence

from invariants.facts.code import Argument, Dependence, Parameter, Step
from invariants.replay.web.corpus import Corpus, File, Key
from invariants.replay.web.lineage import lineage
from invariants.replay.web.symbols import Symbols
from invariants.replay.web.words import speaks_of_who

DEPTH = 3
FORMS = ("BaseModel", "SQLModel", "Struct", "TypedDict", "Schema", "RootModel")
"""What classes stand on whose objects are made of what was sent."""

GRANTING = frozenset(f"rest_framework.permissions.{each}.has_permission" for each in ("AllowAny", "BasePermission"))
"""Methods of libraries that say yes to everybody."""


class Giving:
    """Tells what calls are given."""

    def __init__(self, corpus: Corpus, symbols: Symbols) -> None:
        self._corpus = corpus
        self._symbols = symbols

    def sent(self, step: Step, target: Key, around: frozenset[str]) -> frozenset[str]:
        """The parameters by which a call gives a function what the caller sent; around: those of the function that calls."""
        here, there = self._corpus.get(step.at.file), self._corpus.get(target.file) if target.file else None
        given = here.arguments.get((step.function_name, step.position), []) if here is not None and there is not None else []
        if not given or here is None or there is None:
            return frozenset()
        taken = {str(each.position): each.name for each in there.parameters.get(target.name, [])}
        told = (each for each in given if each.sent or self._is_sent(each, here, around))
        return frozenset(filter(None, (taken.get(each.name, each.name if each.name.isidentifier() else "") for each in told)))

    def _is_sent(self, given: Argument, here: File, around: frozenset[str]) -> bool:
        """Whether an argument is a parameter that was sent, or a part of a form that a framework fills by what was."""
        root, dot, _ = given.value.partition(".")
        if given.kind != "symbol" or root in around:
            return given.kind == "symbol"
        return bool(dot) and any(root == each.name and self._is_form(given.at.file, each.symbol) for each in self._endpoint(given, here))

    def _endpoint(self, given: Argument, here: File) -> Iterator[Parameter]:
        """The parameters of a function that requests call."""
        if here.decorators.get(given.function_name):
            yield from here.parameters.get(given.function_name, [])

    def _is_form(self, path: str, symbol: str) -> bool:
        """Whether a class is filled with what was sent, as a parameter's type."""
        key = self._symbols.resolve(path, symbol) if symbol else Key("", "")
        return any(each.name.rpartition(".")[2] in FORMS for each in lineage(self._corpus, self._symbols, key))

    def given(self, call: Dependence, key: Key, said: Sequence[Dependence]) -> list[Dependence]:
        """What a call is given; one that a framework makes, what it takes; one that asks by itself who comes, nothing that counts."""
        if self.finds_out(call.symbol, key):
            return []
        target = self._symbols.resolve(key.file, call.symbol, key.name)
        own = self._corpus.get(target.file) if target.file else None
        taken = own.parameters.get(target.name, []) if own else []
        injected = [call._replace(origin="parameter", symbol=each.name, given=call.symbol) for each in taken if each.name]
        return [each for each in said if each.given == call.symbol] or injected

    def finds_out(self, symbol: str, key: Key, depth: int = DEPTH) -> bool:
        """Whether a function asks by itself who comes, whatever it is given (`auth()`, `getServerSession(options)`)."""
        target = self._symbols.resolve(key.file, symbol, key.name)
        own = self._corpus.get(target.file) if target.file else None
        if own is None or depth == 0 or target == key:
            return False
        taken = {each.name for each in own.parameters.get(target.name, [])}
        for each in own.steps.get(target.name, []) if target.name in own.functions else ():
            if each.kind == "call":
                given = {one.value.partition(".")[0] for one in own.arguments.get((target.name, each.position), [])}
                if (speaks_of_who(each.symbol) and not given & taken) or self.finds_out(each.symbol, target, depth - 1):
                    return True
        return False

    def resolved(self, symbol: str, key: Key) -> Key:
        """What a symbol in a function means."""
        return self._symbols.resolve(key.file, symbol, key.name)

    def answers(self, symbol: str, key: Key) -> frozenset[str]:
        """What a function of the repository answers that is written there, where it is called by this name."""
        target = self.resolved(symbol, key)
        if target.name in GRANTING:
            return frozenset({"True"})
        own = self._corpus.get(target.file) if target.file and not target.file.endswith(".rs") else None
        steps = own.steps.get(target.name, []) if own and target.name in own.functions else []
        said = frozenset(each.symbol for each in steps if each.kind == "return")
        return said | {"None"} if said and target.file.endswith(".py") and _falls_off(steps) else said


def _falls_off(steps: Sequence[Step], parent: int | None = None, arms: frozenset[str] = frozenset({"", "then", "else"})) -> bool:
    """Whether a function may come to its end, where Python answers None."""
    inside = [each for each in steps if each.parent == parent and each.arm in arms]
    last = inside[-1] if inside else None
    if last is None or last.kind != "branch":
        return last is None or last.kind not in {"return", "reject", "next", "attempt"}
    return any(_falls_off(steps, last.position, frozenset({arm})) for arm in ("then", "else"))
