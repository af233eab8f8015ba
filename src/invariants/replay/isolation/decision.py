"""The decision: whether a row of another tenant can pass one disjunct of a policy, given what the restrictive policies still ask.

Every world is looked at: whatever the session says of itself, whatever the row and all others hold. One in which the row surely passes
shows that the policy is open; where it passes in none, the policy isolates; where nobody can tell, it is unverified.
(CREATE POLICY, manual: "Policies Applied by Command Type".)
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

from invariants.postgres.grammar import pb
from invariants.postgres.tree import walk
from invariants.replay.isolation import reasons, truth
from invariants.replay.isolation.budget import Budget, Endless, Excess
from invariants.replay.isolation.compiling import tree_of
from invariants.replay.isolation.refutation import Refutation
from invariants.replay.isolation.search import Question, Search, Start
from invariants.replay.isolation.tenancy import Tenancy, Verdict
from invariants.replay.isolation.values import MINE
from invariants.replay.isolation.world import CIRCULAR, Steps

FEW, FEW_TOGETHER, MORE, MOST, MOST_OWN = 60, 600, 200, 2000, 1000
"""Choices made in all worlds together: before a refutation is tried, and before a question is too large to decide. What else is asked for a
statement is looked at only where a row passes by itself, so that a refutation is least likely there."""
LARGEST, INSIDE = 4000, 101
"""How much one question may ask, by weight: policies of products were seen to weigh 365. And the most that a parenthesis weighs beside its
characters, of which each weighs one at most: that of a query."""
WEIGHTS: Mapping[type, int] = {
    pb.SubLink: 101,
    pb.FuncCall: 11,
}
"""What weighs more than a column or an operator, as more is to be looked at; names and constants weigh nothing, however many are listed."""
SIMPLER = "divide it into several policies, or ask part of it in a function that is named under `[tenancy] predicates`"
TOO_MANY = f"it has too many cases to look at all of them; {SIMPLER}"
TOO_LARGE = f"it is too large to be judged; {SIMPLER}"
BINDS = "it binds the row to the session"


class Answer(NamedTuple):
    """The verdict on a question."""

    verdict: Verdict
    asks_role: int = 0
    """What it depends on of who asks."""
    start: Start | None = None
    """Where to begin with a question that asks more."""


def decide(tenancy: Tenancy, question: Question, start: Start | None = None) -> Answer:
    """The answer to a question; ``start`` is where one ended that asks less."""
    decision = Decision(tenancy, question, start)
    try:
        verdict = decision.verdict()
    except Excess:
        verdict = Verdict("unverified", TOO_MANY)
    except RecursionError:
        verdict = Verdict("unverified", "it is nested too deep")
    verdict = verdict._replace(steps=(*decision.steps, *_conclusion(verdict)))
    return Answer(verdict, decision.asks_role, decision.start(verdict))


def is_too_large(*texts: str) -> bool:
    """Whether a question of these texts asks too much to be looked at."""
    most = sum(len(each) + INSIDE * each.count("(") for each in texts)
    return most > LARGEST and sum(weight(each) for each in texts if each) > LARGEST


@lru_cache(maxsize=4096)
def weight(text: str) -> int:
    """How much an expression asks; no more is counted than is too much."""
    weights = accumulate(WEIGHTS.get(type(each), 1) for each in walk(tree_of(text), has_leaves=False))
    counted = 0
    for counted in weights:
        if counted > LARGEST:
            break
    return counted


class Decision:
    """What a question comes to, and what was taken into account."""

    def __init__(self, tenancy: Tenancy, question: Question, start: Start | None) -> None:
        self._tenancy = tenancy
        self._question = question
        self._start = start
        self._search: Search | None = None
        self.steps: Steps = {}
        self.asks_role = 0
        self._is_endless = False
        """Whether some world takes too long to look at."""
        self._doubt = ""
        """Why it cannot be told of some world whether a row passes."""
        self._nobodys: Verdict | None = None
        """The verdict where a row passes that is no tenant's."""

    def verdict(self) -> Verdict:
        """The verdict; :class:`Excess` where there are too many worlds to look at."""
        question = self._question
        search = self._search = self._searching(question.theirs, self._start)
        found = self._searched(search, FEW_TOGETHER if question.is_together else FEW)
        if found is None or (found.word == "unverified" and self._may_be_shown(search)):
            found = self._shown() or found
        if found is None and not self._is_endless:
            found = self._searched(search, MOST)
        if found is None:
            raise Excess
        if found.word == "isolates" and self._denies():
            return found._replace(word="denies", reason="it is never true")
        return found

    def _searching(self, side: str, start: Start | None = None) -> Search:
        """A search of every world in which a row of one side may pass."""
        return Search(self._tenancy, self._question, side, self._question.arms, Budget(0), start=start, is_required=True)

    def _may_be_shown(self, search: Search) -> bool:
        """Whether a refutation is worth an attempt, though the search was through: it was long, and none failed that asked the same."""
        if search.start is None:
            return search.budget.spent > FEW
        return bool(self._question.beside) or search.start.spent <= FEW

    def start(self, verdict: Verdict) -> Start | None:
        """Where to begin with a question that asks more, where a row may pass."""
        search = self._search
        if search is None or search.first is None or self._question.is_together or verdict.word not in {"open", "unverified"}:
            return None
        if search.asks_role & CIRCULAR:
            return None  # what was answered in the midst is answered otherwise now
        is_settled = verdict.word == "unverified" and search.is_through
        return Start(
            self._question.table.oid,
            search.is_careful,
            *search.first,
            tuple(search.steps),
            search.budget.spent,
            is_settled,
            search.asks_role,
        )

    def _searched(self, search: Search, most: int) -> Verdict | None:
        """What the search of every world comes to; None where it takes more choices."""
        search.budget.extend(most)
        try:
            found: Verdict | None = self._found(search)
        except Endless:
            self._is_endless = True
            found = self._nobodys
        except Excess:
            found = self._nobodys if most == MOST else None
        finally:
            self.asks_role |= search.asks_role
        if found is not None:
            self.steps |= search.steps
        return found

    def _found(self, search: Search) -> Verdict:
        """The first world in which a row of another tenant passes; one in which nobody's row does, failing that."""
        for scene, said in search.scenes():
            if said == truth.TRUE:
                found = Verdict("open", *reasons.open_to(scene, search.question.texts[0]), search.count)
                if not scene.is_nobodys:
                    return found
                self._nobodys = self._nobodys or found
            elif said & truth.TRUE:
                self._doubt = self._doubt or scene.world.unsure().why
                if search.start is not None and search.start.is_settled:
                    break
        if self._nobodys is not None:
            return self._nobodys
        if self._doubt:
            return Verdict("unverified", self._doubt, looked_at=search.count)
        return Verdict("isolates", BINDS, looked_at=search.count)

    def _shown(self) -> Verdict | None:
        """The verdict where a refutation shows it."""
        attempt = self._refuted(self._question.theirs)
        if attempt is None:
            return None
        self.steps |= attempt.steps
        return Verdict("isolates", BINDS, looked_at=attempt.count)

    def _denies(self) -> bool:
        """Whether no row of the session's own passes either, as far as can be seen."""
        search = self._searching(MINE)
        passes = self._passes(search, MORE)
        if passes is None and self._refuted(MINE) is None:
            passes = self._is_endless or self._passes(search, MOST_OWN) is not False
        return not passes

    def _passes(self, search: Search, most: int) -> bool | None:
        """Whether a row of the session's own may pass; None where that takes more choices."""
        search.budget.extend(most)
        try:
            return search.passes()
        except Excess as excess:
            self._is_endless |= isinstance(excess, Endless)
            return None
        finally:
            self.asks_role |= search.asks_role

    def _refuted(self, side: str) -> Refutation | None:
        attempt = Refutation(self._tenancy, self._question, side)
        holds = attempt.holds()
        self.asks_role |= attempt.asks_role
        return attempt if holds else None


def _conclusion(verdict: Verdict) -> Iterator[str]:
    """What the cases that were looked at come to."""
    cases = f"{verdict.looked_at} {'case' if verdict.looked_at == 1 else 'cases'} looked at"
    if verdict.word == "open":
        yield f"{cases}: in the last of them a row of another tenant passes: {verdict.witness}"
    elif verdict.word == "unverified":
        yield f"{cases}: in some it cannot be told whether a row of another tenant passes: {verdict.reason}"
    else:
        yield f"{cases}: in none does a row of another tenant pass"
