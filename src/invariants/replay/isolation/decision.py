"""The decision: whether a row of another tenant can pass one disjunct of a policy, given what the restrictive policies still ask.

Every world is looked at: whatever the session says of itself, whatever the row and all others hold. One in which the row surely passes
shows that the policy is open; where it passes in none, the policy isolates; where nobody can tell, it is unverified.
(CREATE POLICY, manual: "Policies Applied by Command Type".)
"""

from collections.abc import Iterator

from invariants.replay.isolation import reasons, truth
from invariants.replay.isolation.refutation import Refutation
from invariants.replay.isolation.search import Question, Search
from invariants.replay.isolation.tenancy import Tenancy, Verdict
from invariants.replay.isolation.values import MINE
from invariants.replay.isolation.world import Budget, Excess, Steps

FEW, MOST = 200, 6000
"""Choices made in all worlds together: before a refutation is tried, and before a question is too large to decide."""
TOO_MANY = "it has too many cases to look at all of them"
BINDS = "it binds the row to the session"


def decide(tenancy: Tenancy, question: Question) -> tuple[Verdict, bool]:
    """The verdict on a question, and whether it depends on who asks."""
    decision = Decision(tenancy, question)
    try:
        verdict = decision.verdict()
    except Excess:
        verdict = Verdict("unverified", TOO_MANY)
    except RecursionError:
        verdict = Verdict("unverified", "it is nested too deep")
    return verdict._replace(steps=(*decision.steps, *_conclusion(verdict))), decision.asks_role


class Decision:
    """What a question comes to, and what was taken into account."""

    def __init__(self, tenancy: Tenancy, question: Question) -> None:
        self._tenancy = tenancy
        self._question = question
        self.steps: Steps = {}
        self.asks_role = False

    def verdict(self) -> Verdict:
        """The verdict; :class:`Excess` where there are too many worlds to look at."""
        found = self._searched(FEW) or self._shown() or self._searched(MOST)
        if found is None:
            raise Excess
        if found.word == "isolates" and self._denies():
            return found._replace(word="denies", reason="it is never true")
        return found

    def _searched(self, most: int) -> Verdict | None:
        """What the search of every world comes to; None where it takes more choices."""
        search = self._search(self._question.theirs, most)
        try:
            found = _found(search)
        except Excess:
            return None
        finally:
            self.asks_role |= search.asks_role
        self.steps |= search.steps
        return found

    def _shown(self) -> Verdict | None:
        """The verdict where a refutation shows it. What the other policies say is only asked where none did."""
        if self._question.others or self._question.beside:
            return None
        attempt = self._refuted(self._question.theirs)
        if attempt is None:
            return None
        self.steps |= attempt.steps
        return Verdict("isolates", BINDS, looked_at=attempt.count)

    def _denies(self) -> bool:
        """Whether no row of the session's own passes either, as far as can be seen."""
        passes = self._passes(FEW)
        if passes is None and self._refuted(MINE) is None:
            passes = self._passes(MOST) is not False
        return not passes

    def _passes(self, most: int) -> bool | None:
        """Whether a row of the session's own may pass; None where that takes more choices."""
        search = self._search(MINE, most)
        try:
            return search.passes()
        except Excess:
            return None
        finally:
            self.asks_role |= search.asks_role

    def _refuted(self, side: str) -> Refutation | None:
        attempt = Refutation(self._tenancy, self._question, side)
        holds = attempt.holds()
        self.asks_role |= attempt.asks_role
        return attempt if holds else None

    def _search(self, side: str, most: int) -> Search:
        return Search(self._tenancy, self._question, side, self._question.arms, Budget(most))


def _found(search: Search) -> Verdict:
    """The first world in which a row of another tenant passes; one in which nobody's row does, failing that."""
    doubt, nobodys = "", None
    try:
        for scene, said in search.scenes():
            if said == truth.TRUE:
                found = Verdict("open", *reasons.open_to(scene, search.question.texts[0]), search.count)
                if not scene.is_nobodys:
                    return found
                nobodys = nobodys or found
            elif said & truth.TRUE:
                doubt = doubt or scene.world.unsure().why
    except Excess:
        if nobodys is None or search.budget.most == FEW:
            raise
    if nobodys is not None:
        return nobodys
    if doubt:
        return Verdict("unverified", doubt, looked_at=search.count)
    return Verdict("isolates", BINDS, looked_at=search.count)


def _conclusion(verdict: Verdict) -> Iterator[str]:
    """What the cases that were looked at come to."""
    cases = f"{verdict.looked_at} {'case' if verdict.looked_at == 1 else 'cases'} looked at"
    if verdict.word == "open":
        yield f"{cases}: in the last of them a row of another tenant passes: {verdict.witness}"
    elif verdict.word == "unverified":
        yield f"{cases}: in some it cannot be told whether a row of another tenant passes: {verdict.reason}"
    else:
        yield f"{cases}: in none does a row of another tenant pass"
