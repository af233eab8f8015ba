"""Variables of the environment that nobody may have set, and the functions that go no further without them."""

import re
from collections.abc import Callable, Iterator
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from invariants.facts.code import FILLED, PART, PERHAPS, UNSET, VACANT, Dependence, Step, bare, is_loose
from invariants.replay.web.corpus import File

ABSENT = re.compile(r"(?:not |!(?!=))|.*(?:(?: is|===?) (?:None|null|undefined|''|\"\")$|(?:\bis_empty|\bisEmpty)\()")
"""A condition that holds where there is nothing."""
NEGATED = re.compile(r"not .*(?: is (?:not )?None|[!=]= (?:''|\"\"))$")
NOTHING = re.compile(r".*(?:\bis (?:not )?None|[!=]==? ?(?:null|undefined))$")
"""A condition that asks for nothing at all, and takes an empty text for something."""
FOUND = frozenset({"call", "parameter"})
"""Where what a caller sent may come from, too."""
EMPTY = frozenset({"''", '""', "``"})
LEAVES = frozenset("exit _exit abort fail deny".split())
"""Calls that do not come back."""


class _Asked(NamedTuple):
    """A branch that asks for one value by itself."""

    step: Step
    symbol: str
    arm: str
    """The arm of those for whom it is not there."""

    @property
    def is_sure(self) -> bool:
        """Whether an empty text is none, either."""
        return not NOTHING.match(self.step.symbol)


class Vacancies:
    """What a function says of values that may not be there, by its steps and by those of its module."""

    def __init__(self, own: File, function: str, said: Callable[[str], str]) -> None:
        self._own = own
        self._said = said  # what a setting is where nobody sets it
        self._function = function

    def sure(self, dependence: Dependence, step: Step) -> Dependence:
        """A variable that cannot be empty at a step, as one that is set; a setting of another file, as that says."""
        if dependence.origin not in {"environment", "other"} and not dependence.symbol.startswith(PERHAPS):
            return dependence
        dependence = self._looked_up(dependence)
        if not is_loose(dependence.symbol):
            return dependence
        symbol = bare(dependence.symbol)
        is_sent = not dependence.symbol.startswith(FILLED) and self._is_sent(dependence.symbol, step)
        return dependence._replace(symbol=symbol) if is_sent or self.is_there(dependence.symbol, symbol, step) else dependence

    def _looked_up(self, dependence: Dependence) -> Dependence:
        """A setting that is not told of where it is asked for."""
        symbol = bare(dependence.symbol)
        if is_loose(dependence.symbol):
            return dependence
        perhaps = dependence.symbol.removeprefix(PERHAPS).removesuffix(symbol) if dependence.symbol.startswith(PERHAPS) else ""
        said = self._said(symbol) if perhaps or self._own.language == "python" else ""
        kind = VACANT if said == "empty" and perhaps != FILLED else perhaps if said else ""
        if dependence.origin == "constant" and not kind:
            return dependence._replace(symbol=PART)
        return dependence._replace(origin="environment" if kind else dependence.origin, symbol=f"{kind}{symbol}")

    def _is_sent(self, loose: str, step: Step) -> bool:
        """Whether nobody comes to a step who sent nothing."""
        place = (step.function_name, step.position)
        said = [*self._own.dependences.get(place, []), *self._own.given.get(place, [])]
        sent = {each.symbol for each in said if each.origin == "caller"} or {each.symbol for each in said if each.origin in FOUND}
        return bool(sent) and all(self.is_there(loose, each, step) for each in sent)

    def is_there(self, loose: str, symbol: str, step: Step) -> bool:
        """Whether a value was asked for before a step, which nobody comes to without it."""
        asked = [each for each in self._asked if each.symbol == symbol and (each.is_sure or loose.startswith(UNSET))]
        return any(self._is_past(each, step) for each in asked)

    @cached_property
    def _asked(self) -> list[_Asked]:
        return [each for name in {self._function, ""} for each in self._alone(name)]

    def _alone(self, name: str) -> Iterator[_Asked]:
        """The branches of a function that ask for one value by itself."""
        inside = self._own.inside(name)
        for step in inside.steps:
            found = inside.dependences.get(step.position, []) if step.kind == "branch" else []
            told = [each for each in found if not (each.origin == "constant" and each.symbol in EMPTY | {PART})]
            if len(told) == 1 and told[0].origin in {"environment", "caller", "other", *FOUND}:
                is_absent = bool(ABSENT.match(step.symbol)) != bool(NEGATED.match(step.symbol))
                yield _Asked(step, bare(told[0].symbol), "then" if is_absent else "else")

    def _is_past(self, asked: _Asked, step: Step) -> bool:
        """Whether a step is reached only by those for whom there is a value."""
        around = list(self._around(step))
        if any(each.symbol in EMPTY and inner.arm == "then" for inner, each in pairwise(around)):
            return True  # whoever wrote it out part by part: `(token || "")` holds for nobody by its second part
        if under := next((each for each in around if each.parent == asked.step.position and self._is_beside(asked, step)), None):
            return under.arm != asked.arm
        if self._is_beside(asked, step) and asked.step.position >= step.position:
            return False
        return any(self._ends(each) for each in self._own.inside(asked.step.function_name).steps if _is_in(each, asked))

    def _is_beside(self, asked: _Asked, step: Step) -> bool:
        return asked.step.function_name == step.function_name

    def _around(self, step: Step) -> Iterator[Step]:
        """A step and those that it stands in, from the inside out."""
        steps = {each.position: each for each in self._own.inside(step.function_name).steps}
        inner: Step | None = step
        while inner is not None:
            yield inner
            inner = steps.get(inner.parent) if inner.parent is not None else None

    def _ends(self, step: Step) -> bool:
        return step.kind in {"reject", "return"} or (
            step.kind == "call" and (step.handling == "returned" or step.symbol.rpartition(".")[2] in LEAVES)
        )


def _is_in(step: Step, asked: _Asked) -> bool:
    """Whether a step stands at once in the arm of those for whom there is nothing."""
    return step.parent == asked.step.position and step.arm == asked.arm
