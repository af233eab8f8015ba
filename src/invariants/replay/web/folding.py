"""One function, folded from its end to its beginning into the outcomes that it may have."""

from collections.abc import Sequence
from operator import attrgetter
from typing import TYPE_CHECKING

from invariants.facts.code import BYPASS, Step
from invariants.replay.web.asking import Asking
from invariants.replay.web.begun import asks_for_more, is_agreed, is_given_error, is_made, is_opened, reports_to
from invariants.replay.web.corpus import File, Key, grouped
from invariants.replay.web.deciding import is_preflight, kind_asked, present, same
from invariants.replay.web.outcomes import (
    DENY,
    DOUBT,
    IDLE,
    LEFT,
    NO,
    PASS,
    STOP,
    UNSAID,
    Outcome,
    Outcomes,
    Strength,
    agreed,
    answered,
    doubted,
    ended,
    is_only_denied,
    is_open,
    joined,
    known,
    marked,
    only_denies,
    stronger,
    working,
)
from invariants.replay.web.redirecting import is_either_way, is_for_strangers, is_sent_elsewhere
from invariants.replay.web.refusing import REDIRECTS, ends, refused
from invariants.replay.web.sending import Sent
from invariants.replay.web.strangers import permits
from invariants.replay.web.supers import Supers, is_asked_of_base
from invariants.replay.web.trying import Attempts, Ways
from invariants.replay.web.turning import is_about_who, is_let_by, is_told
from invariants.replay.web.words import is_complaint, is_error, is_refusal, speaks_of_who, turns_away

if TYPE_CHECKING:
    from invariants.replay.web.walking import Walker


class Fold:
    """One function, folded from its end."""

    def __init__(
        self,
        walker: "Walker",
        key: Key,
        own: File,
        steps: Sequence[Step],
        *,
        is_asked: bool = False,
        takes_objects: bool = False,
        is_last: bool = False,
        reported: bool = False,
        sent: Sequence[Sent] = (),
    ) -> None:
        self._walker = walker
        self._key = key
        self._own = own
        self._asking = Asking(walker, key, own, sent)
        self._supers = Supers(own, steps, lambda step: self._worth(step)[0])
        self._sent = sent  # its parameters that are what the caller sent
        self._is_asked = is_asked  # its answer decides: only those come by to whom it says yes
        self._takes_objects = takes_objects  # whoever asks takes every object for a yes, whatever its status says
        self._refusal = next((each.name for each in own.parameters.get(key.name, []) if reported), "")  # the error that a guard tells
        self._is_last = is_last  # it answers the request, so that a path on which it does nothing more is an end
        self._asks_who = any(step.kind == "call" and speaks_of_who(step.symbol) for step in steps)
        self._handed = own.inside(key.name).handed
        self._hands_on = any(step.kind == "next" or (step.kind == "call" and step.position in self._handed) for step in steps)
        self._is_caught = False  # what follows is in the handler of an error
        self._is_turned = False  # whatever is raised in what follows turns away
        self._redirects = False  # a redirect is its answer
        self._steps = {step.position: step for step in steps}
        self._children: dict[int | None, list[Step]] = grouped(steps, attrgetter("parent"))
        self._attempts = Attempts(walker, key, sent, self._children, Ways(self._block, self._turned, self._handled))

    def outcomes(self) -> Outcomes:
        """How the paths of the function end. Where all of them are ends, the redirect that stands at its own end is what it answers."""
        last = self._children.get(None, [])
        found = self._block(last, self._ended())
        if any(each.kind == "pass" for each in found) or DENY not in found:
            return found
        if last and last[-1].kind == "reject" and last[-1].status in REDIRECTS:
            return self._block(last[:-1], self._ended())
        return self._answering(last) if not self._key.file.endswith(".py") else found

    def _answering(self, steps: Sequence[Step]) -> Outcomes:
        """How the paths of a function end none of which goes further: a redirect is an answer, unless it is for those who are not known."""
        self._redirects = True
        found = self._block(steps, self._ended())
        self._redirects = False
        return found

    def _ended(self, answer: str = "None") -> Outcomes:
        if self._is_asked:
            return frozenset({DENY if answer in NO else PASS})
        return frozenset({STOP if self._hands_on else IDLE if self._is_last and answer == "None" else PASS})

    def _block(self, steps: Sequence[Step], after: Outcomes) -> Outcomes:
        for step in reversed(steps):
            after = self._step(step, after)
        return after

    def _step(self, step: Step, after: Outcomes) -> Outcomes:
        match step.kind:
            case "reject" if (
                self._redirects and step.status in REDIRECTS and not (self._is_caught or is_about_who(step, self._steps, self._asking))
            ):
                return frozenset({PASS})
            case "keep":
                return after
            case "return" | "reject" if self._asking.refuses(step):
                return frozenset({DENY})
            case "reject":
                return frozenset({self._refused(step)})
            case "next" | "return":
                return frozenset({PASS}) if step.kind == "next" else self._ended(step.symbol)
            case "call":
                return self._call(step, after)
            case "branch":
                return self._branch(step, after)
            case "loop":
                return self._loop(step, after)
            case "attempt":
                return self._attempts.outcomes(step, after)

    def _loop(self, step: Step, after: Outcomes) -> Outcomes:
        """What is done for each of several, of which there may be none; where that turns away, nobody knows how many there are."""
        inner = self._block(self._children.get(step.position, []), after)
        if DENY not in inner or DENY in after:
            return after | inner
        return inner | frozenset(each._replace(skip=each.skip or "other") if is_open(each) else each for each in after)

    def _refused(self, step: Step) -> Outcome:
        """An end of the request; an error of Python's is whatever it is caught as."""
        if step.status is None and step.symbol and self._key.file.endswith(".py"):
            step = step._replace(status=self._walker.errors.status(self._walker.values.resolved(step.symbol, self._key)))
        is_taken = self._takes_objects and step.handling == "returned"
        is_turned = self._is_turned and step.status is None and step.symbol and self._key.file.endswith(".py")
        is_turned = is_turned or (
            bool(self._refusal) and (step.symbol == self._refusal or is_told(step, self._steps, self._refusal, self._asking))
        )
        return PASS if is_taken else DENY if is_turned else refused(step, self._key.name, self._asks_who)

    def _call(self, step: Step, after: Outcomes) -> Outcomes:
        if step.symbol == "Promise":
            return self._settled(step, after)
        if (inner := self._runs(step)) is not None:
            return inner
        if step.handling == "returned" and not self._is_caught and is_made(step, self._own):
            return frozenset({DOUBT})
        if self._is_caught and step.handling in {"returned", "kept"}:
            after = self._answered(step, after)
        if self._is_caught and is_given_error(step, self._own) and all(each.skip == "idle" for each in after):
            return after
        after = working(after)
        strength, target = self._worth(step)
        after = after | {LEFT} if step.handling == "kept" and step.awaited and self._walker.leaving.keeps_back(target) else after
        strength = "unknown" if strength == "checked" and self._is_missed(step, target) else strength
        if strength == "checked" and self._is_caught and is_given_error(step, self._own):
            return frozenset({DENY if is_refusal(step.symbol) or turns_away(step.symbol) else STOP})
        after = after | {PASS} if step.position in self._handed else after
        if strength == "open" and self._is_answered_by(step, target, after):
            return frozenset({DENY})
        if strength == "open" or self._supers.is_asked_below(step):
            return frozenset({STOP}) if strength == "open" and self._asking.is_raised(step, target) else after
        if strength == "checked" and self._asking.is_end(target):
            return frozenset({DENY})
        survived = frozenset(each if is_asked_of_base(step) and each.skip else stronger(each, strength) for each in after)
        return survived | {DENY} if strength == "checked" or self._walker.hands_on(target) else survived

    def _is_answered_by(self, step: Step, target: Key, after: Outcomes) -> bool:
        """Whether a request ends with what a function answers it that turns away: `unauthorized(res);` where nothing follows."""
        is_last = (self._hands_on or self._is_last) and after == self._ended() and step.handling == "ignored"
        found = self._walker.effect(target) if is_last and not self._key.file.endswith(".py") else None
        return found is not None and found.state == "rejects" and not (found.throws or self._walker.is_begun(step, self._key))

    def _is_missed(self, step: Step, target: Key) -> bool:
        """Whether a call turns away by what it answers, and no condition finds that in the answer."""
        found = self._walker.effect(target) if step.handling == "tested" else None
        asking = [each for each in self._steps.values() if each.kind == "branch" and self._asking.looks_at(each, step.symbol)]
        if found is None or found.throws or not asking:
            return False
        is_heeded = any(ends(each, self._children) for each in asking) and not all(
            is_let_by(each, self._children, self._asking) for each in asking
        )
        return not is_heeded or all(map(self._asking.misses, asking))

    def _worth(self, step: Step) -> tuple[Strength, Key]:
        strength, target = self._walker.call(step, self._key, self._sent)
        found = self._walker.effect(target) if strength == "checked" and is_agreed(self._steps.values(), step) else None
        asked = self._walker.asked(target) if found is not None and not found.throws else None
        return "open" if asked is not None and asked.state != "rejects" else strength, target

    def _runs(self, step: Step) -> Outcomes | None:
        """What becomes of a request that is handed on by a function which a call runs; of one that asks for an error alone, who knows."""
        name = self._own.run_by(step)
        target = self._walker.call(step, self._key)[1] if name else self._key
        is_known = bool(name) and self._walker.is_known(target)
        if not name or not (is_known or step.handling == "returned" or not self._hands_on):
            return None
        key, is_reported = self._key._replace(name=name), bool(reports_to(self._own, step, target))
        found = Fold(self._walker, key, self._own, self._own.steps.get(name, []), sent=self._sent, reported=is_reported).outcomes()
        is_asked = is_reported or not (is_known or target.file) or asks_for_more(self._own, name)
        if is_asked:
            return doubted(found) if is_reported and is_opened(self._walker.corpus, step, self._walker.blanks) else found
        return frozenset({PASS}) if is_known else doubted(found)

    def _settled(self, step: Step, after: Outcomes) -> Outcomes:
        """What comes after a promise of JavaScript's that is made here: whoever waits for it goes on where it is resolved alone."""
        name = self._own.settled_by(step)
        if not name or not (step.awaited or step.handling == "returned"):
            return after
        found = Fold(self._walker, self._key._replace(name=name), self._own, self._own.steps.get(name, []), sent=self._sent).outcomes()
        resolved = [each for each in found if each.kind == "pass"]
        if not resolved or len(resolved) == len(found):
            return after
        survived = {stronger(each, way.strength) if way.strength != "open" else each for each in after for way in resolved}
        return frozenset(survived | (found - set(resolved)))

    def _answered(self, step: Step, after: Outcomes) -> Outcomes:
        """A call in the handler of an error: it answers the error (`return toResponse(error)`), or goes on with the work all the same."""
        if is_error(step.symbol) or is_given_error(step, self._own):
            return frozenset({STOP}) if step.handling == "returned" else after
        return after | {PASS}

    def _branch(self, step: Step, after: Outcomes) -> Outcomes:
        arms: dict[str, list[Step]] = {}
        for child in self._children.get(step.position, []):
            arms.setdefault(child.arm, []).append(child)
        ways = {arm: self._block(steps, after) for arm, steps in arms.items()}
        if "else" not in arms or len(ways) < 2:
            ways["then" if "else" in arms else "else"] = after
        found = agreed(ways.values())
        return found if found and not self._supers.said(step) else self._decided(step, arms, ways)

    def _decided(self, step: Step, arms: dict[str, list[Step]], ways: dict[str, Outcomes]) -> Outcomes:
        """What a branch comes to, by who decides which of its ways is taken."""
        arm = there if (there := present(step.symbol)) in ways else ""
        if arm and self._asking.asks_promises(step):
            return ways[arm]
        if (said := self._asking.written(step) or kind_asked(step.symbol)) in ways:
            return ways[said]
        ends = {arm for arm, path in ways.items() if path == {STOP} and not all(map(only_denies, ways.values()))}
        if arm and is_for_strangers(step, ways, arm):
            ways[arm] = answered(ways[arm])
        sure = self._supers.said(step)
        is_upside_down = bool(sure) and is_only_denied(sure, ways)
        if sure in ways:
            ways[sure] = frozenset(stronger(each, "checked") for each in ways[sure])
        if is_sent_elsewhere(step, arms.get("then", [])):
            ways["then"] = answered(ways["then"])
        mark = self._walker.mark(step, self._own) if arm else ""
        ways = marked(ways, arm, mark) if mark else ways
        decided = "marked" if mark else self._asking.decider(step)
        if is_upside_down or (decided in {"", "compared"} and self._asking.is_inverted(step, ways)):
            decided = "caller"
        if decided in {"", "told", "compared"} and (self._asking.lets_in(step, ways) or is_let_by(step, self._children, self._asking)):
            decided = "doubted"
        decided = "doubted" if decided in {"", "told", "compared"} and is_either_way(step, self._children) else decided
        ways = known(ways, present(step.symbol) or same(step.symbol) or permits(step.symbol)) if decided == "" else ways
        if decided == "":
            ways |= {arm: ended(path) for arm, path in ways.items() if self._is_waiting(arms, arm)}
        if ends and decided in {"", "compared", "told"} and self._asking.is_of_credentials(step):
            ways |= {arm: ended(ways[arm], UNSAID) for arm in ends}
        paths = [answered(path) if decided in {"stored", "setting"} else path for path in ways.values()]
        return joined(paths, decided, is_preflight(step), step.symbol)

    def _is_waiting(self, arms: dict[str, list[Step]], arm: str) -> bool:
        """Whether those of an arm get an error that says nothing, or in JavaScript no answer, where others are handed on."""
        return (arm not in arms and self._hands_on and self._own.language == "typescript") or any(map(self._is_untold, arms.get(arm, ())))

    def _is_untold(self, step: Step) -> bool:
        """Whether an error of Python's is raised of which nothing says what it is for."""
        is_own = step.kind == "reject" and step.status is None and self._key.file.endswith(".py") and not is_complaint(step.symbol)
        is_untold = is_own and self._walker.errors.status(self._walker.values.resolved(step.symbol, self._key)) is None
        return is_untold or step.symbol == BYPASS

    def _turned(self, body: Sequence[Step], after: Outcomes) -> Outcomes:
        """What is tried whose errors turn away, whatever they are called: ``raise ValueError`` where that is caught and is a 401."""
        around, self._is_turned = self._is_turned, True
        found = self._block(body, after)
        self._is_turned = around
        return found

    def _handled(self, steps: Sequence[Step], after: Outcomes) -> Outcomes:
        """What becomes of a request whose error is caught."""
        around, self._is_caught = self._is_caught, True
        found = self._block(steps, after)
        self._is_caught = around
        return found
