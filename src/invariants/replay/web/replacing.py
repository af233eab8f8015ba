"""What puts an answer with the work in the place of a refusal, once what is behind it has answered (`await next()`)."""

import operator
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, partial

from invariants.facts.code import DISPLAY, Argument, Step
from invariants.facts.web import EXCHANGED, Setting
from invariants.replay.web.corpus import File, Key
from invariants.replay.web.followed import Followed
from invariants.replay.web.outcomes import Effect
from invariants.replay.web.preceding import MADE, SENDING, Preceding
from invariants.replay.web.rescuing import Guarding
from invariants.replay.web.words import is_error, is_plumbing, is_somebody
from invariants.replay.web.working import DATABASES

REPLACED = Effect("unverified", "what stands around it may answer in the place of its refusal, with more than that it is one", True)
AROUND = frozenset({"hono", "koa", "next", "remix", "sveltekit", "trpc"})
"""Frameworks whose middleware has the answer of what is behind it."""
RAISED_PAST = frozenset({"koa", "next", "sveltekit"})
"""Of these, those in which an error goes past what waits for an answer."""
EXCHANGING = frozenset({"express", "nest"})
"""Those whose answers middleware may have put something into."""
THROWN_BACK = frozenset({"remix"})
"""Those in which an error is one for what is around, too, in some of their versions."""
HOOKED = frozenset({"fastify"})
"""Those whose hooks are given answers."""
OBSERVED = frozenset({"nest"})
"""Those whose middleware has a stream of answers, and of errors."""
RESULTS = frozenset({"trpc"})
"""Those in which middleware answers with a result, which is any object."""
ANSWERING = SENDING | {"redirect"}
STATUS = re.compile(r"status(?:Code)?\s*([!=]==?|[<>]=?)\s*(\d{3})")
OK = re.compile(r"(!?)[\w.?]+\.ok\b")
HELD = {">": operator.gt, "<": operator.lt, ">=": operator.ge, "<=": operator.le, "=": operator.eq, "!": operator.ne}
REFUSED = (401, 403)
LOWEST = 400
"""The lowest status of an answer that is no success."""
PLAIN = frozenset("String Number Boolean Array Object JSON Math Date Promise Map Set URL URLSearchParams Buffer Response console".split())
"""What does no work of anybody's."""
ENDS = frozenset({"return", "reject"})


class Replacing:
    """Looks at what is done with answers."""

    def __init__(self, followed: Followed, preceding: Preceding) -> None:
        self._corpus = followed.corpus
        self._walker = followed.walker
        self._preceding = preceding
        self._replaces = cache(self._is_replacing)

    def judged(self, found: Iterable[Guarding], hooks: Iterable[Key], framework: str) -> Iterator[Guarding]:
        """What stands before a route, from the outside in; guards behind what puts an answer in the place of theirs keep nobody out.

        hooks: what is given answers before they are sent.
        """
        is_replaced = any(self._replaces(each, framework) for each in hooks)
        for each in found:
            told = each.guard.effect
            is_heard = is_replaced and told.state == "rejects" and not self._is_past(each, framework)
            yield each._replace(guard=each.guard._replace(effect=REPLACED)) if is_heard else each
            is_replaced = is_replaced or (framework in EXCHANGING and self._is_exchanging(each.guard.key))
            is_replaced = is_replaced or (framework in AROUND | OBSERVED and self._replaces(each.guard.key, framework))

    def _is_exchanging(self, key: Key) -> bool:
        """Whether middleware puts a function in the place of what answers (`res.json`) that does the work, or goes on."""
        own = self._corpus.get(key.file) if key.file else None
        said = [each.symbol.split(" ") for each in own.facts[Setting] if each.name == EXCHANGED] if own is not None else []
        for holder, name in said if own is not None else ():
            steps = own.steps.get(name, []) if holder == key.name and own is not None else []
            behind = Behind(own, steps, "express") if own is not None else None
            if any(
                each.kind == "next"
                or each.symbol == "next"
                or (behind and behind.is_met(each) and each.kind == "call" and self._is_work(each, behind))
                for each in steps
            ):
                return True
        return False

    def _is_past(self, found: Guarding, framework: str) -> bool:
        """Whether a guard turns away by errors alone, which go past what waits for an answer; of a SvelteKit route they become one."""
        key = found.guard.key
        own = self._corpus.get(key.file) if key.file and framework in RAISED_PAST else None
        if own is None or (framework == "sveltekit" and found.level == "route"):
            return False
        rejects = [each for name in _inside(own, key.name) for each in own.steps.get(name, []) if each.kind == "reject"]
        return found.guard.effect.throws and bool(rejects) and all(each.handling != "returned" and each.symbol for each in rejects)

    def _is_replacing(self, key: Key, framework: str) -> bool:
        own = self._corpus.get(key.file) if key.file and key.name else None
        if own is None or own.language != "typescript":
            return False
        after = _caught if framework in OBSERVED else _given if framework in HOOKED else partial(_after, is_raised=framework in THROWN_BACK)
        return any(self._answers(Behind(own, steps, framework)) for each in _inside(own, key.name) for steps in after(own, each))

    def _answers(self, behind: "Behind") -> bool:
        """Whether work is done after an answer for those who were refused, and becomes the answer."""
        done = [each for each in behind.steps if each.kind == "call" and behind.is_met(each) and self._is_work(each, behind)]
        handed = [each for each in done if self._preceding.hands_over(each, behind.own)]
        last = max((each.position for each in behind.steps if behind.is_met(each) and behind.is_answer(each)), default=-1)
        return bool(handed) or any(each.position <= last for each in done)

    def _is_work(self, step: Step, behind: "Behind") -> bool:
        """Whether a call is more than to say what was refused, or to put the answer in another form."""
        given = behind.own.arguments.get((step.function_name, step.position), [])
        roots = {step.symbol.partition(".")[0], *(each.value.partition(".")[0] for each in given)}
        if any(is_error(root) for root in roots) or is_plumbing(step.symbol) or behind.is_of_answer(given):
            return False
        if self._preceding.hands_over(step, behind.own):
            return True
        target = self._walker.call(step, Key(step.at.file, step.function_name))[1]
        return step.handling != "ignored" and (step.symbol.partition(".")[0] in DATABASES | {"fetch"} or self._does_something(target))

    def _does_something(self, target: Key) -> bool:
        """Whether a function of the repository's calls more than what puts its arguments in another form."""
        own = self._corpus.get(target.file) if target.file else None
        if own is None or target.name not in own.functions:
            return own is not None
        taken = {each.name for each in own.parameters.get(target.name, [])}
        calls = (each.symbol.partition(".")[0] for each in own.steps.get(target.name, []) if each.kind == "call")
        return any(each not in PLAIN | taken for each in calls)


class Behind:
    """The steps that a function takes when what is behind it has answered."""

    def __init__(self, own: File, steps: Sequence[Step], framework: str) -> None:
        self.own = own
        self.steps = steps
        self._framework = framework
        self._places = {each.position: each for each in steps}

    def is_met(self, step: Step) -> bool:
        """Whether a step may be taken for whom a guard refused."""
        while True:
            if any(_ends(each, self.steps) for each in self.steps if _is_before(each, step)):
                return False
            above = self._places.get(step.parent) if step.parent is not None else None
            if above is None:
                return True
            if above.kind == "branch" and not any(_meets(above, step.arm)):
                return False
            step = above

    def is_answer(self, step: Step) -> bool:
        """Whether a step answers, and does not say that somebody is refused."""
        given = self.own.arguments.get((step.function_name, step.position), [])
        if step.kind == "keep":
            return self._framework == "koa" and step.symbol.endswith(".body")
        if self._framework in HOOKED | OBSERVED:
            return (
                step.handling == "returned" or (step.kind == "return" and step.symbol == DISPLAY) or (step.kind == "next" and bool(given))
            )
        if self._framework in RESULTS:
            return step.kind == "return" and step.symbol == DISPLAY
        is_made = step.symbol in MADE or step.symbol.rpartition(".")[2] in ANSWERING
        return step.kind == "call" and step.handling != "ignored" and is_made and not any(_is_refused(each) for each in given)

    def is_of_answer(self, given: Iterable[Argument]) -> bool:
        """Whether a call is given what was answered."""
        return any((each.kind == "call" and each.value in NEXT) or bool(ANSWERED & set(each.value.split("."))) for each in given)


CATCHING = frozenset({"catchError", "onErrorResumeNext", "retryWhen"})
NEXT = frozenset({"next", "resolve"})
ANSWERED = frozenset({"res", "response", "result", "body", "payload"})
"""What an answer is called."""


def _inside(own: File, name: str) -> Iterator[str]:
    """A function and those that it makes."""
    return (each for each in own.functions if each == name or each.startswith(f"{name}."))


def _after(own: File, name: str, is_raised: bool) -> Iterator[Sequence[Step]]:
    """The steps of a function that come after it handed a request on, and those of the functions that it gives the promise of an answer."""
    steps = own.steps.get(name, [])
    first = next((each for each in steps if each.kind == "next"), None)
    if first is None:
        return
    later = [each for each in steps if each.position > first.position and (is_raised or not _is_caught(each, steps))]
    if later and (is_raised or first.handling != "returned"):
        yield later
    for each in later:
        given = own.arguments.get((name, each.position), []) if each.symbol.endswith((".then", ".finally")) else []
        yield from (own.steps.get(one.value, []) for one in given[:1] if one.kind == "function")


def _is_caught(step: Step, steps: Sequence[Step]) -> bool:
    """Whether a step is taken for an error."""
    places = {each.position: each for each in steps}
    while step.arm != "handler" and step.parent is not None:
        step = places[step.parent]
    return step.arm == "handler"


def _caught(own: File, name: str) -> Iterator[Sequence[Step]]:
    """The steps of the functions that a stream is given for its errors: `next.handle().pipe(catchError(() => of(rows())))`."""
    for each in own.steps.get(name, []):
        given = own.arguments.get((name, each.position), []) if each.symbol.rpartition(".")[2] in CATCHING else []
        yield from (own.steps.get(one.value, []) for one in given if one.kind == "function")


def _given(own: File, name: str) -> Iterator[Sequence[Step]]:
    """The steps of a hook that is given an answer."""
    yield own.steps.get(name, [])


def _meets(branch: Step, arm: str) -> Iterator[bool]:
    """Whether those who were refused go into an arm of a branch, for each status of a refusal."""
    compared, ok = STATUS.findall(branch.symbol), OK.search(branch.symbol)
    if not compared and ok is None and is_somebody(branch.symbol.lstrip("!")):
        yield (arm == "else") != branch.symbol.startswith("!")
        return
    for status in REFUSED if compared or ok is not None else ():
        held = [HELD[how if how in HELD else how[0]](status, int(number)) for how, number in compared]
        is_held = any(held) or (ok is not None and ok[1] == "!")
        yield is_held if arm == "then" else not is_held
    if not compared and ok is None:
        yield True


def _ends(branch: Step, steps: Sequence[Step]) -> bool:
    """Whether all who were refused come to their end in a branch."""
    arms = {each.arm for each in steps if each.parent == branch.position and each.kind in ENDS | {"next"}}
    return "&&" not in branch.symbol and any(all(_meets(branch, arm)) and not any(_meets(branch, _other(arm))) for arm in arms)


def _other(arm: str) -> str:
    return "then" if arm == "else" else "else"


def _is_before(branch: Step, step: Step) -> bool:
    return branch.kind == "branch" and branch.position < step.position and (branch.parent, branch.arm) == (step.parent, step.arm)


def _is_refused(given: Argument) -> bool:
    """Whether an answer is given a status that is no success, or one that is told elsewhere."""
    if given.name.rpartition(".")[2] not in {"1", "status"}:
        return False
    return given.kind == "symbol" or (given.kind == "number" and given.value.isdigit() and int(given.value) >= LOWEST)
