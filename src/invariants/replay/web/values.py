"""Where the values in conditions come from, followed through the functions of a repository that answer them."""

import re
from collections.abc import Callable, Sequence
from functools import cache

from invariants.facts.code import DISPLAY, Dependence, Origin, Step
from invariants.facts.web import TEXT, Setting
from invariants.replay.web.corpus import Corpus, File, Key
from invariants.replay.web.deciding import is_kept
from invariants.replay.web.libraries import answering, library
from invariants.replay.web.missed import SPOKEN
from invariants.replay.web.outcomes import Outcomes
from invariants.replay.web.symbols import Symbols
from invariants.replay.web.words import reads, speaks_of_who

DEPTH = 3
SCHEMES = "fastapi.security."
SENT = "request.headers.authorization"
SCRIPTS = (".js", ".jsx", ".ts", ".tsx", ".mjs", ".cjs", ".mts", ".cts")
GRANTING = frozenset(f"rest_framework.permissions.{each}.has_permission" for each in ("AllowAny", "BasePermission"))
"""Methods of libraries that say yes to everybody."""


OBJECTS = frozenset({"object", "pydantic.BaseModel", "sqlmodel.SQLModel", "abc.ABC", "typing.Protocol", "typing.Generic"})
"""Classes of libraries whose objects are true where somebody asks whether they are."""
YES = frozenset({"True", DISPLAY})
"""What a function answers that is true."""
WRITTEN = frozenset({"True", "False", "None", "", DISPLAY})
"""What a function answers that says no more than yes or no."""
PYTHONS = {"true": "True", "false": "False", "null": "None", "undefined": "None"}
"""Constants of other languages, by their names in Python."""
PART_OF = re.compile(r"(?:not )?[\w.]+(?:\(.*\))?\.(\w+)")
"""A part of something, which is not called."""
ALIKE = re.compile(r"(?:\w+\.)*(?:compare_digest|constant_time_compare)\(")
"""Whether two values are the same, whatever they are."""


class Values:
    """Looks values up in other functions."""

    def __init__(self, corpus: Corpus, symbols: Symbols, ask: Callable[[Key], Outcomes | None]) -> None:
        self._corpus = corpus
        self._symbols = symbols
        self._ask = ask  # how the paths of a function end that answers yes or no; null where it is being folded
        self.finds_out = cache(self._finds_out)

    def told(self, dependence: Dependence, key: Key) -> Dependence:
        """A value of a condition, by where it comes from; a name for what is written down, a string or a function, is that."""
        if dependence.origin == "call" and self._is_scheme(self._symbols.resolve(key.file, dependence.symbol, key.name)):
            return dependence._replace(origin="caller", symbol=SENT)
        if dependence.origin == "other" and self.is_function(self._symbols.resolve(key.file, dependence.symbol, key.name)):
            return dependence._replace(origin="constant", symbol=DISPLAY)
        if (
            dependence.origin == "other"
            and self._symbols.constant(self._symbols.resolve(key.file, dependence.symbol, key.name)) is not None
        ):
            return dependence._replace(origin="constant")
        return dependence._replace(origin=self._origin(dependence, key))

    def _is_scheme(self, key: Key) -> bool:
        """Whether a name stands for what takes credentials out of a request, and proves nothing by them: ``bearer = HTTPBearer()``."""
        made = self._symbols.made_by(key) if key.file.endswith(".py") else None
        return made is not None and made.name.startswith(SCHEMES) and str(made) in library()

    def is_function(self, key: Key) -> bool:
        """Whether a name is that of a function of the repository, and no method: what stands there by its name alone is always there."""
        own = self._corpus.get(key.file) if key.file and "." not in key.name else None
        return own is not None and key.name in own.functions and not own.decorators.get(key.name)

    def _origin(self, dependence: Dependence, key: Key) -> Origin:
        """Where a value of a condition comes from, through functions that only read what the caller sent."""
        if dependence.origin != "call":
            return dependence.origin
        target = self._symbols.resolve(key.file, dependence.symbol, key.name)
        own = self._corpus.get(target.file) if target.file else None
        steps = own.steps.get(target.name, []) if own and target.name in own.functions else []
        if own is None or not steps:
            return "call"
        if any(is_kept(each) or _is_set(each) or _is_setting(own, each) for each in steps) or {
            each.symbol for each in steps if each.kind == "return"
        } == {DISPLAY}:
            return "call"
        if not any(each.kind in {"call", "branch"} for each in steps):
            return "caller" if any(_names(each) for each in steps) else "constant"
        if any((each.kind == "call" and not reads(each.symbol)) for each in steps):
            return "call"
        return "call" if self._compares(own, target.name, steps) and not self._believes(target, steps) else "caller"

    def _believes(self, key: Key, steps: Sequence[Step]) -> bool:
        """Whether a function that answers yes or no says yes to what anybody can send."""
        found = self._ask(key) if any(each.kind == "branch" for each in steps) else None
        passing = [each for each in found or () if each.kind == "pass"]
        return found is not None and (not passing or any(each.strength != "checked" for each in passing))

    def answers(self, symbol: str, key: Key, depth: int = DEPTH) -> frozenset[str]:
        """What a function of the repository answers that is written there, where it is called by this name; or one of a library always."""
        target = self.resolved(symbol, key)
        if target.name in GRANTING:
            return frozenset({"True"})
        if (said := self._of_class(target)) is not None:
            return said
        library = self._symbols.of_library(target)
        if (made := self._symbols.made_by(target)) is not None and made.name == "Proxy" and not made.file:
            return frozenset({DISPLAY})  # it answers whatever its handlers make of it
        if not library.file:
            return frozenset({DISPLAY}) if library.name in answering() else frozenset()
        return self._handed_on(target, depth) or self._written(target)

    def _written(self, key: Key) -> frozenset[str]:
        """What a function answers that is written there, or that it is a text."""
        said = self.said_by(key)
        return frozenset({SPOKEN}) if said != {DISPLAY} and self._is_text(key) else said

    def _is_text(self, key: Key) -> bool:
        """Whether a function of JavaScript's answers with a text, be it an empty one."""
        told = self._corpus.named(Setting).get(f"{TEXT}{key.name}", []) if key.file.endswith(SCRIPTS) else []
        return any(path == key.file for path, _ in told)

    def _of_class(self, key: Key) -> frozenset[str] | None:
        """What an object of a class of Python's is where it is asked whether it is true: it is, where nothing says otherwise."""
        own = self._corpus.get(key.file) if key.file.endswith(".py") else None
        if own is None or key.name not in own.functions or own.functions[key.name].kind != "class":
            return None
        if f"{key.name}.__bool__" in own.functions:
            return self.said_by(Key(key.file, f"{key.name}.__bool__"))
        above = {self._symbols.resolve(key.file, each.symbol) for each in own.bases.get(key.name, [])}
        is_told = any(f"{key.name}.{each}" in own.functions for each in ("__len__", "__new__"))
        return frozenset() if is_told or not all(map(self._is_there, above)) else frozenset({DISPLAY})

    def _is_there(self, base: Key) -> bool:
        """Whether the objects of a class are there, for whoever asks whether they are, by what it stands on."""
        return self._of_class(base) == frozenset({DISPLAY}) if base.file else base.name in OBJECTS

    def _is_made(self, symbol: str, key: Key) -> bool:
        """Whether what a function answers is an object of a class, by what makes it or a name of the module's level."""
        if not symbol.rpartition(".")[2][:1].isupper():
            return False
        target = self.resolved(symbol, key)
        made = self._symbols.made_by(target) or target
        return bool(made.file) and self._of_class(made) == frozenset({DISPLAY})

    def is_uncalled(self, condition: str, symbol: str, key: Key) -> bool:
        """Whether a condition asks whether what a class made has a method, and not what that answers: ``not User(token).is_known``."""
        found = PART_OF.fullmatch(condition)
        target = self.resolved(symbol, key) if found is not None else key
        own = self._corpus.get(target.file) if found is not None and target.file.endswith(".py") else None
        name = f"{target.name}.{found[1]}" if found is not None else ""
        return own is not None and name in own.functions and own.functions[name].kind == "function" and not own.decorators.get(name)

    def _handed_on(self, key: Key, depth: int) -> frozenset[str]:
        """What the calls answer whose answers are all that a function of JavaScript's answers."""
        steps = self._steps(key) if depth and not key.file.endswith(".py") else []
        calls = [each for each in steps if each.kind == "call" and each.handling == "returned"]
        is_all = {each.symbol for each in steps if each.kind == "return"} == {""} and not any(each.kind == "reject" for each in steps)
        found = [self.answers(each.symbol, key, depth - 1) for each in calls] if is_all else []
        return frozenset().union(*found) if found and all(found) else frozenset()

    def said_by(self, key: Key) -> frozenset[str]:
        """What a function of the repository answers that is written there."""
        steps = self._steps(key)
        said = frozenset(each.symbol for each in steps if each.kind == "return")
        if key.file.endswith(".py"):
            said = frozenset(DISPLAY if self._is_made(each, key) else each for each in said)
        return said | {"None"} if said and key.file.endswith(".py") and _falls_off(steps) else said

    def makes_all(self, key: Key) -> bool:
        """Whether a function of Python's makes what it answers in each of several cases."""
        several = len([each for each in self._steps(key) if each.kind == "return"]) > 1 and key.file.endswith(".py")
        return several and self.said_by(key) == frozenset({DISPLAY})

    def handed_on(self, key: Key, said: frozenset[str]) -> Step | None:
        """The call whose answer is all that a function answers, itself or by a name."""
        steps = self._corpus.files[key.file].steps.get(key.name, []) if len(said) == 1 else []
        calls = [each for each in steps if each.kind == "call"]
        is_all = len(calls) == 1 and calls[0].handling == "returned" and (calls[0].symbol in said or "." not in next(iter(said)))
        return calls[0] if is_all else None

    def says_only_yes(self, key: Key, said: frozenset[str]) -> bool:
        """Whether all that a function of Python's answers is a yes, itself or by what it hands on; said: what is written there."""
        if not said or not key.file.endswith(".py"):
            return False
        calls = [each.symbol for each in self._steps(key) if each.kind == "call" and each.handling == "returned"]
        handed = said - {"True"} if "True" in said else frozenset()
        inner = [self.said_by(found) for each in handed if each in calls and (found := self.resolved(each, key)) != key]
        return said <= YES or (bool(handed) and len(inner) == len(handed) and all(each == {"True"} for each in inner))

    def key_of(self, key: Key) -> frozenset[str]:
        """The parameters that hold the key which a function signs its answer with; none where it signs none, or has a key of its own."""
        own = self._corpus.get(key.file) if key.file.endswith(SCRIPTS) else None
        places = [(key.name, each.position) for each in self._steps(key) if each.kind == "return"] if own else []
        told = [each for place in places for each in own.dependences.get(place, [])] if own else []
        is_given = bool(told) and all(each.origin == "parameter" for each in told)
        return frozenset(each.symbol for each in told) if is_given else frozenset()

    def holds_alike(self, key: Key) -> bool:
        """Whether a function of Python's answers at its end whether two values are the same."""
        steps = self._steps(key) if key.file.endswith(".py") else []
        asked = [each for each in steps if each.kind == "branch" and each.parent is None]
        ends = {each.arm: each.symbol for each in steps if asked and each.parent == asked[-1].position and each.kind == "return"}
        return bool(asked) and ALIKE.match(asked[-1].symbol) is not None and ends == {"then": "True", "else": "False"}

    def looks_at_nothing(self, key: Key) -> bool:
        """Whether a function answers by what it is given alone: it calls nothing, but what reads that, and asks nothing."""
        steps = self._steps(key)
        return bool(steps) and not any(each.kind == "branch" or (each.kind == "call" and not reads(each.symbol)) for each in steps)

    def resolved(self, symbol: str, key: Key) -> Key:
        """What a symbol in a function means."""
        return self._symbols.resolve(key.file, symbol, key.name)

    def constant(self, symbol: str, key: Key) -> str | None:
        """The string that a name in a function stands for."""
        return self._symbols.constant(self.resolved(symbol, key))

    def refusals(self, symbol: str, key: Key) -> frozenset[str]:
        """What a function of the repository makes to answer with whom it turns away."""
        steps = self._steps(self._symbols.resolve(key.file, symbol, key.name))
        returned = [each for each in steps if each.handling == "returned"]
        return frozenset(
            each.symbol for each in returned if each.kind == "reject" or (each.kind == "call" and each.symbol.endswith("Error"))
        )

    def _steps(self, key: Key) -> list[Step]:
        own = self._corpus.get(key.file) if key.file and not key.file.endswith(".rs") else None
        return own.steps.get(key.name, []) if own and key.name in own.functions else []

    def given(self, call: Dependence, key: Key, said: Sequence[Dependence]) -> list[Dependence]:
        """What a call is given; one that a framework makes, what it takes; one that asks by itself who comes, nothing that counts."""
        target = self._symbols.resolve(key.file, call.symbol, key.name)
        if target != key and self.finds_out(target, DEPTH):
            return []
        own = self._corpus.get(target.file) if target.file else None
        taken = own.parameters.get(target.name, []) if own else []
        injected = [call._replace(origin="parameter", symbol=each.name, given=call.symbol) for each in taken if each.name]
        return [each for each in said if each.given == call.symbol] or injected

    def _finds_out(self, key: Key, depth: int) -> bool:
        """Whether a function asks by itself who comes, whatever it is given (`auth()`, `getServerSession(options)`)."""
        own = self._corpus.get(key.file) if key.file else None
        if own is None or depth == 0 or key.name not in own.functions:
            return False
        taken = {each.name for each in own.parameters.get(key.name, [])}
        for each in own.steps.get(key.name, []):
            if each.kind == "call":
                given = {one.value.partition(".")[0] for one in own.arguments.get((key.name, each.position), [])}
                target = self._symbols.resolve(key.file, each.symbol, key.name)
                if (speaks_of_who(each.symbol) and not given & taken) or (target != key and self.finds_out(target, depth - 1)):
                    return True
        return False

    def _compares(self, own: File, name: str, steps: Sequence[Step]) -> bool:
        """Whether a function answers more than what it was sent: it compares that with something, or computes its answer."""
        asked = (step for step in steps if step.kind == "branch")
        branches = [each for step in asked for each in own.dependences.get((name, step.position), [])]
        told = any(each.kind == "call" and each.handling == "returned" for each in steps)
        computed = any(each.kind == "return" and not _names(each) for each in steps) and not told
        return computed or any(each.origin != "caller" for each in branches)


def _is_set(step: Step) -> bool:
    """Whether what is returned is a variable of the environment (`process.env.TOKEN?.trim()`), or a part of one."""
    return step.kind == "return" and step.symbol.startswith(("process.env.", "import.meta.env.", "os.environ"))


def _is_setting(own: File, step: Step) -> bool:
    """Whether what is returned is a variable of the environment that may be nothing."""
    told = own.dependences.get((step.function_name, step.position), []) if step.kind == "return" else []
    return any(each.origin == "environment" for each in told)


def _names(step: Step) -> bool:
    """Whether a function answers with something that has a name."""
    return step.kind == "return" and step.symbol not in {"", DISPLAY}


def _falls_off(steps: Sequence[Step], parent: int | None = None, arms: frozenset[str] = frozenset({"", "then", "else"})) -> bool:
    """Whether a function may come to its end, where Python answers None."""
    inside = [each for each in steps if each.parent == parent and each.arm in arms]
    last = inside[-1] if inside else None
    if last is None or last.kind != "branch":
        return last is None or last.kind not in {"return", "reject", "next", "attempt"}
    return any(_falls_off(steps, last.position, frozenset({arm})) for arm in ("then", "else"))
