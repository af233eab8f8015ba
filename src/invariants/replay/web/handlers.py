"""Handlers: what they check by themselves, and what they pass by on their way."""

from collections.abc import Iterator, Sequence
from functools import partial

from invariants.facts.code import Argument, Step
from invariants.replay.web import methods, postures
from invariants.replay.web.corpus import File, Key
from invariants.replay.web.followed import Followed
from invariants.replay.web.guards import Guard
from invariants.replay.web.outcomes import Effect
from invariants.replay.web.words import asks, only_answers, speaks_of_who
from invariants.replay.web.working import early

BY_CALL = frozenset({"next"})
"""Frameworks whose handlers do nothing but by what they call or return. Koa's answer by what they assign (`ctx.body = rows`), and what
those of Express assign to a session is kept."""
IGNORED = Effect("void", "it is called, and nobody waits for its answer or looks at it")

BELIEVES = Effect("void", "it is given nothing but what the caller sent, and goes by that")


class Handlers:
    """Judges what answers requests."""

    def __init__(self, followed: Followed) -> None:
        self._corpus = followed.corpus
        self._known = followed.known
        self._walker = followed.walker

    def inside(self, key: Key, framework: str, method: str) -> Iterator[Guard]:
        """What a handler checks by itself before it answers requests of a method."""
        own = self._corpus.get(key.file) if key.file else None
        if own is None or key.name not in own.functions:
            return
        steps = own.steps.get(key.name, [])
        by_call = framework in BY_CALL
        coming = methods.coming(method, by_call) if methods.divides(own, key.name) else ()
        if coming:
            ways = [list(methods.taken(steps, own, key.name, each)) for each in coming]
            steps = ways[0]
            ways = list({tuple(each.position for each in way): way for way in ways}.values())
        whole = self._walker.answering(key, ways, by_call) if coming else self._walker.effect(key)
        if whole is None:
            return
        if whole.state == "passes" or "turns nobody" in whole.reason:
            yield from self._ignored(key, steps)
            return
        if by_call and not coming and whole.state != "rejects":
            last = self._walker.answering(key, [steps], by_call)
            whole = last if last is not None and last.state == "rejects" else whole
        if whole.state == "rejects":
            given = partial(_given, own)
            whole = (
                early(steps, lambda step: self._walker.call(step, key)[0] != "open", lambda step: self._called(step, key), given) or whole
            )
        checks = list(self._checks(key, steps, whole))
        first = own.functions[key.name].at
        yield from checks or [Guard(first, str(key), self._asked(key, own, steps), whole, True, key)]

    def _is_check(self, key: Key, step: Step) -> bool:
        return self._walker.call(step, key)[0] != "open"

    def _called(self, step: Step, key: Key) -> Sequence[Step]:
        """The steps of the function that a call calls, where that is not there to find out who comes."""
        is_work = step.kind == "call" and not speaks_of_who(step.symbol)
        strength, target = self._walker.call(step, key) if is_work else ("open", Key("", ""))
        own = self._corpus.get(target.file) if target.file and strength == "open" else None
        return own.steps.get(target.name, []) if own is not None else ()

    def ends(self, key: Key) -> bool:
        """Whether a function that asks something ends the request where the answer is no, so that nobody has to look at it."""
        if not asks(key.name):
            return True
        found = self._walker.effect(key)
        return not only_answers(key.name) if found is None else found.throws

    def _checks(self, key: Key, steps: Sequence[Step], effect: Effect) -> Iterator[Guard]:
        """The calls of a handler that turn somebody away; where it surely does, those that surely do."""
        for step in steps:
            if step.kind == "call" and step.arm != "handler":
                strength, target = self._walker.call(step, key)
                if strength == "checked" or (strength == "unknown" and effect.state != "rejects"):
                    yield self._check(step, target, effect)

    def _ignored(self, key: Key, steps: Sequence[Step]) -> Iterator[Guard]:
        """The guards that a handler calls, and does nothing with what they answer."""
        for step in steps:
            if step.kind == "call" and (target := self._walker.ignored(step, key)):
                found = self._walker.of_call(step, target)
                yield self._check(step, target, IGNORED if found is None or found.state == "rejects" else BELIEVES)

    def _check(self, step: Step, target: Key, effect: Effect) -> Guard:
        known = self._known.get(str(target))
        symbol = str(target) if target.file else target.name or step.symbol
        return Guard(step.at, symbol, known.posture if known else postures.guessed(step.symbol), effect, True)

    def _asked(self, key: Key, own: File, steps: Sequence[Step]) -> str:
        """What a handler that checks by itself lets in, by the names of what its branches depend on."""
        asked = [each.symbol for step in steps for each in own.dependences.get((key.name, step.position), [])]
        guesses = [postures.guessed(each) for each in asked]
        return next((each for each in guesses if each != "session"), "session")


def _given(own: File, step: Step) -> Sequence[Argument]:
    """What a call is given."""
    return own.arguments.get((step.function_name, step.position), [])
