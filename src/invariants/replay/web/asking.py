"""What the conditions of a function look at, and who decides by them."""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from invariants.facts.code import NOTHING, Arm, Dependence, Step
from invariants.replay.web.corpus import File, Key
from invariants.replay.web.deciding import UNEVEN, decider, same
from invariants.replay.web.missed import misses
from invariants.replay.web.outcomes import Decider, Outcomes, is_only_denied
from invariants.replay.web.sending import Sent, as_sent
from invariants.replay.web.strangers import is_known
from invariants.replay.web.vacancies import Vacancies
from invariants.replay.web.words import is_barred

if TYPE_CHECKING:
    from invariants.replay.web.walking import Walker

NAME = re.compile(r"[A-Za-z_]\w*")


class Asking:
    """The conditions of one function; sent: its parameters that are what the caller sent."""

    def __init__(self, walker: "Walker", key: Key, own: File, sent: Sequence[Sent]) -> None:
        self._walker = walker
        self._key = key
        self._own = own
        self._sent = sent
        self._vacancies = Vacancies(own, key.name, lambda symbol: walker.blanks.said(symbol, key))

    def lets_in(self, step: Step, ways: dict[str, Outcomes]) -> bool:
        """Whether those alone are turned away who are known, and are so or so."""
        contrary = step.symbol.replace("!==", "===").replace("!=", "==")
        is_contrary = contrary != step.symbol and is_known(contrary) and is_only_denied("else", ways)
        return is_contrary or (is_known(step.symbol) and is_only_denied("then", ways)) or self._is_uncounted(step, ways)

    def _is_uncounted(self, step: Step, ways: dict[str, Outcomes]) -> bool:
        """Whether those are turned away who have too much or too little of something, and not those who may have none of it."""
        is_counted = any(each.origin == "constant" and each.symbol == NOTHING for each in self.found(step))
        denied = "else" if step.symbol.startswith("!") else "then"
        return is_counted and UNEVEN.search(step.symbol) is not None and is_only_denied(denied, ways)

    def is_inverted(self, step: Step, ways: dict[str, Outcomes]) -> bool:
        """Whether those alone are turned away who send what a secret is."""
        if not is_only_denied(same(step.symbol), ways):
            return False
        origins = {each.origin for each in self.found(step)}
        return "caller" in origins and "call" not in origins

    def decider(self, step: Step) -> Decider:
        """Who decides a branch."""
        found = self.found(step)
        said = self._own.given.get((step.function_name, step.position), [])
        given = [self._vacancies.sure(as_sent(each, self._sent), step) for each in self._given(found, said)]
        said_so = decider(step.symbol, found, given)
        if said_so in {"", "told", "compared"} and (is_barred(step.symbol) or self._is_missing(step, found)):
            return "doubted"
        return said_so

    def written(self, step: Step) -> Arm:
        """The arm that a branch always takes: it asks for what is written down as yes or no (`const required = true`)."""
        found = self._own.dependences.get((step.function_name, step.position), [])
        said = found[0].symbol if len(found) == 1 and found[0].origin == "constant" and NAME.fullmatch(step.symbol) else ""
        return {"true": "then", "false": "else"}.get(said, "")  # type: ignore[return-value]

    def looks_at(self, step: Step, call: str) -> bool:
        """Whether a condition looks at what a call of this name answers."""
        return any(
            each.origin == "call" and each.symbol == call for each in self._own.dependences.get((step.function_name, step.position), [])
        )

    def misses(self, step: Step) -> bool:
        """Whether a condition is the same for whoever comes."""
        return self._is_missing(step, self.found(step))

    def _is_missing(self, step: Step, found: Sequence[Dependence]) -> bool:
        return self._walker.contexts.is_there(step.symbol) or misses(step.symbol, found, self._answers, self._refusals)

    def _given(self, found: Sequence[Dependence], said: Sequence[Dependence]) -> Iterator[Dependence]:
        """What the calls in a condition are given; of what another call only reads out of what was sent, that it was sent."""
        for each in (one for call in found if call.origin == "call" for one in self._walker.values.given(call, self._key, said)):
            is_read = each.origin == "call" and any(one.given == each.given and one.origin == "caller" for one in said)
            yield self._walker.values.told(each, self._key) if is_read else each

    def _answers(self, symbol: str) -> frozenset[str]:
        return self._walker.values.answers(symbol, self._key)

    def _refusals(self, symbol: str) -> frozenset[str]:
        return self._walker.values.refusals(symbol, self._key)

    def found(self, step: Step) -> list[Dependence]:
        """What the condition of a branch looks at."""
        said = self._own.dependences.get((step.function_name, step.position), [])
        return [
            self._walker.values.told(self._vacancies.sure(as_sent(each, self._sent), step), self._key)
            for each in said
            if not self._is_promised(each)
        ]

    def asks_promises(self, step: Step) -> bool:
        """Whether a condition looks at nothing but promises: those are there, whatever becomes of them."""
        found = self._own.dependences.get((step.function_name, step.position), [])
        return bool(found) and all(map(self._is_promised, found))

    def _is_promised(self, dependence: Dependence) -> bool:
        """Whether a condition looks at a promise and not at what it will be, which is always true."""
        steps = self._own.steps.get(self._key.name, []) if dependence.origin == "call" else []
        named = [each for each in steps if each.kind == "call" and each.symbol == dependence.symbol]
        return bool(named) and all(self._walker.is_begun(each, self._key) for each in named)
