"""What a function tries, and what becomes of the errors in it."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from invariants.facts.code import Step
from invariants.replay.web.corpus import Key
from invariants.replay.web.outcomes import DENY, STOP, Outcomes, Strength, stronger
from invariants.replay.web.sending import Sent
from invariants.replay.web.words import is_unproven, speaks_of_who

if TYPE_CHECKING:
    from invariants.replay.web.walking import Walker

UNENDED = STOP._replace(mark="finally")
"""Stands for what follows a `finally`: where that itself ends the function, no error goes on."""
Fold = Callable[[Sequence[Step], Outcomes], Outcomes]
"""Folds steps into the outcomes that they may have, from those of what follows."""


class Ways(NamedTuple):
    """How steps of a function are folded, by where they stand."""

    plain: Fold
    turned: Fold
    """In what is tried, where whatever is raised turns away."""
    handled: Fold
    """In the handler of an error."""


class Attempts:
    """What is tried in a function, with the handlers of the errors in it."""

    def __init__(self, walker: "Walker", key: Key, sent: Sequence[Sent], children: Mapping[int | None, Sequence[Step]], ways: Ways) -> None:
        self._walker = walker
        self._key = key
        self._sent = sent
        self._children = children
        self._ways = ways

    def outcomes(self, step: Step, after: Outcomes) -> Outcomes:
        """How the paths through an attempt end."""
        children = self._children.get(step.position, [])
        ended = [each for each in children if each.arm == "finally"]
        if ended and UNENDED not in (found := self._ways.plain(ended, frozenset({UNENDED}))):
            return found
        return self._attempted(children, after) | self._ways.plain(ended, frozenset())

    def _attempted(self, children: Sequence[Step], after: Outcomes) -> Outcomes:
        """What is tried, and what becomes of the errors in it."""
        body = [each for each in children if each.arm in {"body", "then", ""}]
        handlers = [each for each in children if each.arm == "handler"]
        last = [each for each in children if each.arm in {"finally", "else"}]
        after = self._ways.plain(last, after)
        caught = self._ways.handled(handlers, after) if handlers else after
        passing = {each for each in caught if each.kind == "pass"}
        tried = self._ways.turned(body, after) if DENY in caught and not passing else self._ways.plain(body, after)
        strength = "checked" if self._is_proof(handlers, after) else self._tried(body)
        if not passing and any(each.kind == "deny" for each in caught):
            tried = frozenset(stronger(each, strength) for each in tried)
            if strength != "open":
                return tried | caught
        denies = any(each.kind == "deny" for each in tried) or any(each.strength != "open" for each in tried)
        lenient = {each._replace(skip=each.skip or "other") for each in passing} if denies else passing
        return tried | frozenset(lenient) | (caught - passing)

    def _tried(self, body: Sequence[Step]) -> Strength:
        """What surviving a body is worth whose errors turn away: that of what asks there who comes, where nobody sees that it may not."""
        asked = [each for each in body if each.kind == "call" and speaks_of_who(each.symbol) and not self._walker.is_begun(each, self._key)]
        seen = [self._walker.effect(self._walker.call(each, self._key, self._sent)[1]) for each in asked]
        surely: Strength = "checked" if any(each is None or each.state == "rejects" for each in seen) else "unknown"
        return surely if asked else "open"

    def _is_proof(self, handlers: Sequence[Step], after: Outcomes) -> bool:
        """Whether what is caught is that a caller proved nothing, and turns away (`except InvalidTokenError: raise Forbidden`)."""
        proofs = [each for each in handlers if each.kind == "branch" and is_unproven(each.symbol)]
        arms = [[one for one in self._children.get(each.position, []) if one.arm == "then"] for each in proofs]
        return any(DENY in self._ways.handled(arm, after) for arm in arms)
