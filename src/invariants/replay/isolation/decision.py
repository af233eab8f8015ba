"""The decision: whether a row of another tenant can pass one disjunct of a policy, given what the restrictive policies still ask.

Every world is looked at: whatever the session says of itself, whatever the row and all others hold. One in which the row surely passes
shows that the policy is open; where it passes in none, the policy isolates; where nobody can tell, it is unverified.
(CREATE POLICY, manual: "Policies Applied by Command Type".)
"""

from collections.abc import Iterator

from invariants.replay.isolation import reasons, truth
from invariants.replay.isolation.search import Question, Search
from invariants.replay.isolation.tenancy import Tenancy, Verdict
from invariants.replay.isolation.values import MINE
from invariants.replay.isolation.world import Excess

BINDS = "it binds the row to the session"


def decide(tenancy: Tenancy, question: Question) -> tuple[Verdict, bool]:
    """The verdict on a question, and whether it depends on who asks."""
    search, own = Search(tenancy, question, question.theirs, question.arms), Search(tenancy, question, MINE, question.arms)
    try:
        if (binding := _binding(search)) is not None:
            search, verdict = binding, Verdict("isolates", BINDS, looked_at=binding.count)
        else:
            verdict = _searched(search)
        if verdict.word == "isolates" and not own.passes():
            verdict = verdict._replace(word="denies", reason="it is never true")
    except Excess:
        verdict = Verdict("unverified", "it has too many cases to look at all of them")
    except RecursionError:
        verdict = Verdict("unverified", "it is nested too deep")
    return verdict._replace(steps=(*search.steps, *_conclusion(verdict))), search.asks_role or own.asks_role


def _binding(search: Search) -> Search | None:
    """A search that asks for one thing alone and lets no row of another tenant pass, whatever else is asked for; None where there is none."""
    question = search.question
    arms = [arm for tests in search.arms for arm in tests]
    if len(arms) > 1 and not question.others and not question.beside:
        for arm in arms:
            alone = Search(search.tenancy, question, search.side, [[arm]])
            if not alone.passes():
                return alone
    return None


def _searched(search: Search) -> Verdict:
    """The first world in which a row of another tenant passes; one in which nobody's row does, failing that."""
    doubt, nobodys = "", None
    for scene, said in search.scenes():
        if said == truth.TRUE:
            found = Verdict("open", *reasons.open_to(scene, search.question.texts[0]), search.count)
            if not scene.is_nobodys:
                return found
            nobodys = nobodys or found
        elif said & truth.TRUE:
            doubt = doubt or scene.world.unsure().why
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
