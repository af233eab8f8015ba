"""Error handlers that answer an error with the work that was asked for: whom a guard turned away by that error has what they came for."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from invariants.facts.code import Step
from invariants.replay.web.corpus import File, Key
from invariants.replay.web.followed import Followed
from invariants.replay.web.outcomes import Effect
from invariants.replay.web.preceding import Preceding
from invariants.replay.web.rescuing import Guarding
from invariants.replay.web.words import is_error, is_plumbing, is_refusal
from invariants.replay.web.working import DATABASES

WORKED = Effect("unverified", "an error handler answers its error with more than that there is one", True)
NAMED = re.compile(r"instanceof ([\w.]+)|['\"](\w+)['\"]|\b([1-5]\d\d)\b")
"""The kind of error that a condition asks for."""
REFUSED = frozenset({"401", "403"})
WIDE = frozenset({"Error", "HTTPException", "HttpError", "HttpException"})
"""Errors that may be refusals."""
AROUND = frozenset({"koa", "sveltekit"})
"""Frameworks in which errors go out through what is around."""
SETTERS = frozenset({"status", "code", "sendStatus", "writeHead"})
ENDS = frozenset({"reject", "return", "next"})


class Reworking:
    """Looks at what is called after errors."""

    def __init__(self, followed: Followed, preceding: Preceding) -> None:
        self._corpus = followed.corpus
        self._walker = followed.walker
        self._preceding = preceding
        self._works = cache(self._is_worked_on)

    def judged(self, found: Sequence[Guarding], handlers: Iterable[Key], framework: str) -> Iterator[Guarding]:
        """What stands before a route, by what becomes of errors: handlers are called with them; in Koa and SvelteKit, what is around."""
        is_worked = any(self._works(each, False) for each in handlers)
        for each in found:
            is_answered = framework == "sveltekit" and each.level == "route"  # what a route raises there is an answer for what is around
            is_caught = is_worked and each.guard.effect.state == "rejects" and not is_answered and self._raises(each.guard.key)
            yield each._replace(guard=each.guard._replace(effect=WORKED)) if is_caught else each
            is_worked = is_worked or (framework in AROUND and self._works(each.guard.key, True))

    def _raises(self, key: Key, depth: int = 2) -> bool:
        """Whether a guard turns away by an error, as one may that nobody sees into; others answer by themselves."""
        own = self._corpus.get(key.file) if key.file else None
        if own is None or key.name not in own.functions or depth == 0:
            return True
        taken = {each.name for each in own.parameters.get(key.name, [])} - {"next", "done"}
        steps = own.steps.get(key.name, [])
        calls = [self._walker.call(each, key) for each in steps if each.kind == "call"]
        is_raised = any(each.kind == "reject" and not _is_answer(each, taken) for each in steps)
        inner = any(strength != "open" and self._raises(target, depth - 1) for strength, target in calls if target != key)
        return is_raised or inner or not any(each.kind == "reject" or each.handling == "returned" for each in steps)

    def _is_worked_on(self, key: Key, is_around: bool) -> bool:
        """Whether a function does the work for an error; is_around: it is middleware that catches what is behind it."""
        own = self._corpus.get(key.file) if key.file else None
        if own is None or key.name not in own.functions or _is_for_others(own, key.name.rpartition(".")[0]):
            return False
        steps = own.steps.get(key.name, [])
        taken = own.parameters.get(key.name, [])
        error = taken[0].name if taken and not is_around else ""
        done = [each for each in steps if not is_around or _is_after(each, steps)]
        is_told = any(_says_status(each, own) for each in done)
        return not is_told and any(self._is_work(each, own, steps, error) for each in done)

    def _is_work(self, step: Step, own: File, steps: Sequence[Step], error: str) -> bool:
        """Whether a step is more than to say what went wrong, and taken where somebody was turned away."""
        given = own.arguments.get((step.function_name, step.position), [])
        roots = {step.symbol.partition(".")[0], *(each.value.partition(".")[0] for each in given)}
        if step.kind != "call" or any(root == error or is_error(root) for root in roots) or _is_of_another(step, steps):
            return False
        if self._preceding.hands_over(step, own):
            return True
        target = self._walker.call(step, Key(step.at.file, step.function_name))[1]
        is_own = bool(target.file) and not is_plumbing(target.name) and not is_error(target.name)
        return step.handling != "ignored" and (is_own or step.symbol.partition(".")[0] in DATABASES)


def _is_for_others(own: File, owner: str) -> bool:
    """Whether a filter of NestJS's catches only errors that are no refusals: `@Catch(NotFoundException)`."""
    marks = [each for each in own.decorators.get(owner, []) if each.symbol == "Catch"]
    kinds = {one.value for each in marks for one in own.arguments.get(("", each.position), [])}
    return bool(kinds) and not _may_refuse(kinds)


def _is_answer(step: Step, taken: set[str]) -> bool:
    """Whether a refusal is an answer that is sent, and no error."""
    first, _, method = step.symbol.partition(".")
    return not step.symbol or (first in taken and method not in {"throw", "assert"})


def _is_after(step: Step, steps: Sequence[Step]) -> bool:
    """Whether a step is done after an error of what is behind the function."""
    places = {each.position: each for each in steps}
    while step.parent is not None:
        above = places[step.parent]
        if above.kind == "attempt" and step.arm == "handler":
            return any(each.kind == "next" and each.parent == above.position and each.arm == "body" for each in steps)
        step = above
    return False


def _says_status(step: Step, own: File) -> bool:
    """Whether a step sets a status that is not written there, as that of the error is."""
    given = own.arguments.get((step.function_name, step.position), []) if step.kind == "call" else []
    last = step.symbol.rpartition(".")[2]
    told = given[:1] if last in SETTERS else [each for each in given if each.name == "1"] if last in {"json", "text", "body"} else []
    return any(each.kind != "number" for each in told)


def _is_of_another(step: Step, steps: Sequence[Step]) -> bool:
    """Whether a step is taken for errors of another kind alone, or after those by which somebody is turned away came to an end."""
    places = {each.position: each for each in steps}
    while True:
        if any(_ends_refusals(each, steps) for each in steps if _is_before(each, step)):
            return True
        if step.parent is None:
            return False
        above, arm = places[step.parent], step.arm
        kinds = _kinds(above)
        if kinds and _may_refuse(kinds) != (arm == _met(above)):
            return True
        step = above


def _is_before(branch: Step, step: Step) -> bool:
    return branch.kind == "branch" and branch.position < step.position and (branch.parent, branch.arm) == (step.parent, step.arm)


def _ends_refusals(branch: Step, steps: Sequence[Step]) -> bool:
    """Whether refusals come to their end in a branch."""
    inside = [each for each in steps if each.parent == branch.position and each.arm == _met(branch)]
    kinds = _kinds(branch)
    return bool(kinds) and _may_refuse(kinds) and any(each.kind in ENDS or each.handling == "returned" for each in inside)


def _kinds(branch: Step) -> set[str]:
    return {next(filter(None, each)) for each in NAMED.findall(branch.symbol)} if branch.kind == "branch" else set()


def _may_refuse(kinds: set[str]) -> bool:
    return any(each in REFUSED | WIDE or is_refusal(each) for each in kinds)


def _met(branch: Step) -> str:
    """The arm of errors of the kind that a condition asks for."""
    return "else" if branch.symbol.startswith("!") or "!=" in branch.symbol else "then"
