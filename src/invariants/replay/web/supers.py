"""The method that a method stands for, or one of several that a framework asks, and what a branch makes of its answer."""

import re
from collections.abc import Callable, Sequence
from functools import cached_property

from invariants.facts.code import Step
from invariants.replay.web.corpus import File
from invariants.replay.web.outcomes import Strength

PLAIN = re.compile(r"(?:not |!)?\w+")
"""Whether a variable is true."""


class Supers:
    """What one function asks of the methods that it stands for."""

    def __init__(self, own: File, steps: Sequence[Step], strength: Callable[[Step], Strength]) -> None:
        self._own = own
        self._steps = steps
        self._strength = strength

    def is_asked_below(self, step: Step) -> bool:
        """Whether a branch tells those to whom the method that this one stands for says yes from all others."""
        return step.handling == "tested" and step.symbol in self._asked

    def said(self, step: Step) -> str:
        """The arm of those to whom the method that this one stands for says yes; empty where a branch asks something else."""
        asked = self._calls.get(base) if (base := self._base(step)) else None
        if asked is None or not ("super" in step.symbol or step.symbol.endswith("()") or PLAIN.fullmatch(step.symbol)):
            return ""
        if self._strength(asked) != "checked":
            return ""
        return "else" if step.symbol.startswith(("not ", "!")) else "then"

    @cached_property
    def _calls(self) -> dict[str, Step]:
        """The first call of everything that is called."""
        return {each.symbol: each for each in reversed(self._steps) if each.kind == "call"}

    @cached_property
    def _asked(self) -> frozenset[str]:
        """What branches ask so."""
        return frozenset(self._base(each) for each in self._steps if each.kind == "branch" and self.said(each))

    def _base(self, step: Step) -> str:
        """The method that this one stands for, where a branch depends on its answer alone."""
        found = self._own.dependences.get((step.function_name, step.position), [])
        asked = found[0].symbol if len(found) == 1 and found[0].origin == "call" else ""
        return asked if asked.startswith("super.") or (asked and step.symbol == f"{asked}()") else ""


def is_asked_of_base(step: Step) -> bool:
    """Whether a method asks the one that it stands for, and may let others by all the same: `super.canActivate(context) || isLocal`."""
    return step.symbol.startswith("super.") and step.handling == "tested"
