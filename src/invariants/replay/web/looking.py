"""What the conditions of one function look at, and who decides them."""

from typing import TYPE_CHECKING

from invariants.facts.code import DISPLAY, Dependence, Step
from invariants.replay.web.corpus import File, Key
from invariants.replay.web.deciding import as_sent, decider
from invariants.replay.web.missed import misses
from invariants.replay.web.outcomes import Decider
from invariants.replay.web.strangers import is_barred, is_call
from invariants.replay.web.vacancies import Vacancies

if TYPE_CHECKING:
    from invariants.replay.web.walking import Walker


WRITTEN = frozenset({"True", "False", "None", "", DISPLAY})
"""What a function answers that says no more than yes or no."""


class Looking:
    """Looks at the conditions of a function; sent: its parameters that are given what the caller sent."""

    def __init__(self, walker: "Walker", key: Key, own: File, sent: frozenset[str]) -> None:
        self._walker = walker
        self._key = key
        self._own = own
        self._sent = sent
        self._vacancies = Vacancies(own, key.name, lambda symbol: walker.blanks.said(symbol, key))

    def decider(self, step: Step) -> Decider:
        """Who decides a branch."""
        found = self.found(step)
        said_so = decider(step.symbol, found, self._given(step, found))
        if said_so not in {"", "told", "compared"}:
            return said_so
        return "doubted" if self._is_doubtful(step, found) else said_so

    def _is_doubtful(self, step: Step, found: list[Dependence]) -> bool:
        """Whether a condition may be the same for those who are not known."""
        looked = self._own.dependences.get((step.function_name, step.position), [])
        if is_barred(step.symbol) or misses(step.symbol, found, self._answers):
            return True
        asked = [each.symbol for each in found] if is_call(step.symbol) else []
        return self._walker.beside.is_doubtful(step.symbol, looked) or any(map(self._says_yes, asked))

    def _says_yes(self, symbol: str) -> bool:
        """Whether a function of the repository's that answers yes or no says yes to those who are not known."""
        target = self._walker.giving.resolved(symbol, self._key)
        said = self._walker.giving.answers(symbol, self._key)
        if not (said & {"False", "None"} and said - {"False", "None"} and said <= WRITTEN):
            return False
        found = self._walker.asked(target)
        return found is not None and found.state != "rejects"

    def _given(self, step: Step, found: list[Dependence]) -> list[Dependence]:
        """What the calls in a condition are given."""
        said = self._own.given.get((step.function_name, step.position), [])
        calls = [each for each in found if each.origin == "call"]
        return [self._vacancies.sure(one, step) for each in calls for one in self._walker.giving.given(each, self._key, said)]

    def _answers(self, symbol: str) -> frozenset[str]:
        return self._walker.giving.answers(symbol, self._key)

    def found(self, step: Step) -> list[Dependence]:
        """What the condition of a branch looks at."""
        said = self._own.dependences.get((step.function_name, step.position), [])
        kept = [self._walker.beside.unset(each) for each in said if not self._is_promised(each)]
        told = [self._walker.told(self._vacancies.sure(each, step), self._key) for each in kept]
        return as_sent([one for each in told for one in self._walker.beside.sent(each)], self._sent)

    def asks_promises(self, step: Step) -> bool:
        """Whether a condition looks at nothing but promises: those are there, whatever becomes of them."""
        found = self._own.dependences.get((step.function_name, step.position), [])
        return bool(found) and all(map(self._is_promised, found))

    def _is_promised(self, dependence: Dependence) -> bool:
        """Whether a condition looks at a promise and not at what it will be, which is always true."""
        steps = self._own.steps.get(self._key.name, []) if dependence.origin == "call" else []
        named = [each for each in steps if each.kind == "call" and each.symbol == dependence.symbol]
        return bool(named) and all(self._walker.is_begun(each, self._key) for each in named)
