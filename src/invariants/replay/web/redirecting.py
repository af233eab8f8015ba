"""Branches that send those elsewhere who are known, or are done already: nobody is kept out by them."""

import re
from collections.abc import Mapping, Sequence

from invariants.facts.code import Step
from invariants.replay.web.deciding import present, same
from invariants.replay.web.outcomes import Outcomes, is_only_denied
from invariants.replay.web.refusing import REDIRECTS
from invariants.replay.web.strangers import is_call
from invariants.replay.web.words import is_somebody, speaks_of_who

STATUS = re.compile(r"!?(?:[\w.?]+\.)?(?:ok|status)\b.*")
"""Whether some service answered that all went well."""
WRITTEN = (".py", ".cs")
"""Languages whose redirects turn away like every other end."""


def is_for_strangers(step: Step, ways: dict[str, Outcomes], arm: str) -> bool:
    """Whether those alone are turned away who are known, as from a page to sign in: `if (session) return redirect("/")`."""
    said = step.symbol.strip("()! ").removeprefix("not ").partition(" ")[0]
    return is_somebody(said) and is_only_denied(arm, ways)


def is_sent_elsewhere(step: Step, then: Sequence[Step]) -> bool:
    """Whether those are redirected for whom something is there, as whoever is done already: `if (await isDone(user)) redirect("/")`."""
    is_met = "then" in {present(step.symbol), same(step.symbol)} or is_call(step.symbol)
    is_written = step.at.file.endswith(WRITTEN)
    return is_met and not is_written and any(each.kind == "reject" and each.status in REDIRECTS for each in then)


def is_either_way(step: Step, children: Mapping[int | None, Sequence[Step]]) -> bool:
    """Whether a request is redirected whatever some service answers, as on the way back from another site."""
    last = children.get(None, [])[-1:]
    is_redirected = bool(last) and last[0].kind == "reject" and last[0].status in REDIRECTS
    return is_redirected and STATUS.fullmatch(step.symbol) is not None and not speaks_of_who(step.symbol)
