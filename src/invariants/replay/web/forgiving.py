"""Wrappers that catch what is raised behind them, and answer as if nothing had been."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from invariants.facts.code import Step
from invariants.facts.web import Level
from invariants.replay.web.begun import is_given_error
from invariants.replay.web.corpus import Corpus, File, Key
from invariants.replay.web.guards import Guard
from invariants.replay.web.outcomes import Effect
from invariants.replay.web.words import is_error, is_refusal

CALLED = frozenset({"next", "remix", "supabase"})
"""Frameworks whose wrappers call what they stand before, and have its errors thrown at them."""
FORGIVEN = Effect("unverified", "a wrapper around it answers its errors as if there had been none")
Ending = Literal["forgiven", "answered", "raised", "on"]


class Forgiving:
    """Tells of which guards the errors are caught by what stands further out."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus

    def judged(self, framework: str, found: Iterable[tuple[Guard, Level]]) -> Iterator[tuple[Guard, Level]]:
        """Guards from the outside in; one that turns away by an error keeps nobody out whose error is forgiven."""
        outer: list[Key] = []
        for guard, level in found:
            is_thrown = framework in CALLED and guard.effect.state == "rejects" and guard.effect.throws
            yield (guard._replace(effect=FORGIVEN) if is_thrown and self._is_forgiven(outer) else guard), level
            outer[:0] = [guard.key] if level == "route" else []

    def _is_forgiven(self, outer: Sequence[Key]) -> bool:
        """What becomes of an error, from the inside out: the first that does not only raise it again decides."""
        caught = (found for each in outer for found in self._catching(each) if found != {"raised"})
        return "forgiven" in next(caught, set())

    def _catching(self, key: Key) -> Iterator[set[Ending]]:
        """What each handler of a wrapper does with an error of what that hands a request on to."""
        own = self._corpus.get(key.file) if key.file and key.name else None
        if own is None:
            return
        for name in (each for each in own.functions if each == key.name or each.startswith(f"{key.name}.")):
            steps = own.steps.get(name, [])
            for each in _around(steps):
                ways = Ways(steps, own).ends(each.position, "handler")
                yield {"forgiven" if way == "on" else way for way in ways}


class Ways:
    """How the ways through a part of a function end in which there is an error."""

    def __init__(self, steps: Sequence[Step], own: File) -> None:
        self._steps = steps
        self._own = own

    def ends(self, parent: int, arm: str) -> set[Ending]:
        """How the ways through an arm of a step end; on: one goes on behind that."""
        found: set[Ending] = set()
        is_told = False  # something was made of the error, which is answered
        for step in (each for each in self._steps if each.parent == parent and each.arm == arm):
            ended = self._end(step, is_told=is_told)
            found |= ended - {"on"}
            if "on" not in ended:
                return found
            is_told = is_told or (step.kind == "call" and step.handling != "ignored" and is_given_error(step, self._own))
        return found | {"on"}

    def _end(self, step: Step, *, is_told: bool) -> set[Ending]:
        if step.kind in {"branch", "loop", "attempt"}:
            arms = {each.arm for each in self._steps if each.parent == step.position}
            ways: set[Ending] = {way for each in arms for way in self.ends(step.position, each)}
            return ways if {"then", "else"} <= arms else ways | {"on"}
        if step.kind == "reject":
            return {"answered"} if step.handling == "returned" else {"raised"}
        if step.kind in {"next", "return"} or step.handling == "returned":
            is_answer = is_told or is_error(step.symbol) or is_refusal(step.symbol) or is_given_error(step, self._own)
            return {"answered"} if is_answer else {"forgiven"}
        return {"on"}


def _around(steps: Sequence[Step]) -> Iterator[Step]:
    """The attempts in which a request is handed on, the innermost first."""
    parents = {each.position: each for each in steps}
    for step in steps:
        inner: Step | None = step if step.kind == "next" else None
        while inner is not None:
            above = parents.get(inner.parent) if inner.parent is not None else None
            if above is not None and above.kind == "attempt" and inner.arm == "body":
                yield above
            inner = above
