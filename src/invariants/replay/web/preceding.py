"""What answers requests before a guard is asked: whom it answers, nobody turns away any more."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from invariants.facts.code import Act, Argument, Step
from invariants.replay.web.applying import answered
from invariants.replay.web.corpus import File, Key
from invariants.replay.web.deciding import PATHS
from invariants.replay.web.followed import Followed
from invariants.replay.web.outcomes import Effect
from invariants.replay.web.rescuing import Guarding
from invariants.replay.web.words import is_error, parts

SENDING = frozenset("send write json jsonp end render sendFile html text body".split())
"""Methods of answers that send them."""
MADE = frozenset({"Response", "Response.json"})
"""What makes an answer by itself."""
HELD = re.compile(r"[=!]==?|\.(?:startsWith|endsWith|includes|test|match|has)\(")
"""Whether something is held against something."""
WRITTEN = frozenset({"string", "number", "boolean", "null"})
FRAMEWORKS = frozenset({"express", "fastify", "hono", "koa", "nest"})
METHOD = "use"
"""The method that NestJS calls of middleware which is a class."""
HANDLING_ERRORS = 4
"""So many parameters has what Express calls with an error."""


class Preceding:
    """Looks at what stands before guards."""

    def __init__(self, followed: Followed) -> None:
        self._corpus = followed.corpus
        self._walker = followed.walker
        self._answers = cache(self._of)

    def judged(self, found: Iterable[Guarding], framework: str) -> Iterator[Guarding]:
        """What stands before a route, in the order in which it runs; guards behind what answers first are asked too late."""
        before = ""
        for each in found:
            key, guards = each.guard.key, each.guard.effect.state == "rejects"
            early = before or (self._answers(key, guards) if framework in FRAMEWORKS else "")
            late = Effect("unverified", f"`{early}` may answer the request before it is asked", True)
            yield each._replace(guard=each.guard._replace(effect=late)) if early and guards else each
            before = early

    def _of(self, key: Key, guards: bool) -> str:
        """What a function answers a request with that may be nobody's; empty where it does not, or only those whom it knows."""
        own = self._corpus.get(key.file) if key.file else None
        if own is not None and (called := key._replace(name=f"{key.name}.{METHOD}")).name in own.functions:
            return self._of(called, guards)
        if own is None or key.name not in own.functions or own.functions[key.name].parameters >= HANDLING_ERRORS:
            return ""
        steps = own.steps.get(key.name, [])
        inner = answered(own, key.name, steps, is_outermost=True) if not any(each.kind == "next" for each in steps) else []
        if inner:
            return next((said for name in inner if name != key.name and (said := self._of(Key(key.file, name), guards))), "")
        sending = [each for each in steps if self._sends(each, own, steps) and not _is_of_error(each, steps)]
        return sending[0].symbol if sending and not self._is_for_some(key, steps, sending, guards) else ""

    def _is_for_some(self, key: Key, steps: Sequence[Step], sending: Sequence[Step], guards: bool) -> bool:
        """Whether a function answers those alone whom it knows: it would be a guard if it handed them on."""
        places = {each.position for each in sending}
        others: Act = "next" if guards else "reject"
        ended = {"next"} if guards else {"next", "return"}
        ways = [_ending(each, "next" if each.position in places else others, places, ended) for each in steps]
        end = sending[0]._replace(kind=others, position=len(steps), parent=None, arm="", status=401, symbol="next")
        seen = self._walker.answering(key, [[*ways, end]], by_call=False)
        return seen is not None and seen.state == "rejects"

    def _sends(self, step: Step, own: File, steps: Sequence[Step], is_outermost: bool = True) -> bool:
        """Whether a step answers with more than what is written there, itself or by what it calls, whatever is asked for."""
        first, _, method = step.symbol.partition(".")
        if step.arm == "handler" or step.kind not in {"call", "keep"} or self._is_by_path(step, own, steps):
            return False
        given = own.arguments.get((step.function_name, step.position), [])
        taken = {each.name for each in own.parameters.get(step.function_name, [])}
        is_answer = first in taken and method.rpartition(".")[2] in SENDING
        if step.kind == "keep":
            return not _goes_on(step, steps)
        if is_answer or (step.symbol in MADE and step.handling == "returned"):
            return _is_found(given)
        is_given = any(each.value in taken for each in given)
        return is_given and (method.endswith("pipe") or (is_outermost and self._is_answered(step)))

    def hands_over(self, step: Step, own: File) -> bool:
        """Whether a step hands the request to a function that answers it with more than what is written there."""
        given = own.arguments.get((step.function_name, step.position), [])
        taken = {each.name for each in own.parameters.get(step.function_name, [])}
        return any(each.value in taken for each in given) and self._is_answered(step)

    def _is_answered(self, step: Step) -> bool:
        """Whether a function of the repository's that is called answers the request."""
        key = Key(step.at.file, step.function_name)
        target = self._walker.call(step, key)[1]
        own = self._corpus.get(target.file) if target.file and target != key else None
        inner = own.steps.get(target.name, []) if own is not None and target.name in own.functions else []
        is_refusing = any(each.kind in {"reject", "next"} for each in inner)
        return own is not None and not is_refusing and any(self._sends(each, own, inner, is_outermost=False) for each in inner)

    def _is_by_path(self, step: Step, own: File, steps: Sequence[Step]) -> bool:
        """Whether something is only done for some paths or methods, which may be none of a route's."""
        places = {each.position: each for each in steps}
        while step.parent is not None and step.parent in places:
            step = places[step.parent]
            told = own.dependences.get((step.function_name, step.position), [])
            asked = any(PATHS & set(parts(each.symbol)) for each in told if each.origin == "caller")
            if asked and HELD.search(step.symbol):
                return True
        return False


def _is_of_error(step: Step, steps: Sequence[Step]) -> bool:
    """Whether an answer says what error came of what was handed on before: `await next(); if (c.error) c.res = c.json(...)`."""
    places = {each.position: each for each in steps}
    above = [step]
    while (parent := above[-1].parent) is not None and parent in places:
        above.append(places[parent])
    asked = [each for each in above[1:] if each.kind == "branch" and is_error(each.symbol)]
    return any(each.kind == "next" and each.awaited and each.position < one.position for one in asked for each in steps)


def _is_found(given: Sequence[Argument]) -> bool:
    """Whether an answer is made of more than what is written there; of an object, its fields say that."""
    told = {each.name.partition(".")[0] for each in given if "." in each.name}
    return any(each.kind not in WRITTEN for each in given if each.name not in told)


def _ending(step: Step, kind: Act, places: set[int], ended: set[str]) -> Step:
    """A step as it would be where those whom a function answers were let by, and all others turned away."""
    return step._replace(kind=kind, status=401) if step.position in places or step.kind in ended else step


def _goes_on(step: Step, steps: Sequence[Step]) -> bool:
    """Whether a request goes further after an answer was put there (Koa's `ctx.body = rows`)."""
    later = [each for each in steps if each.position > step.position]
    is_end = any(each.kind == "return" and (each.parent, each.arm) == (step.parent, step.arm) for each in later)
    return not is_end and any(each.kind == "next" for each in later)
