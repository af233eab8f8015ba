"""How a request ends that goes no further: whether that turns away who may not come in."""

from collections.abc import Iterable, Mapping, Sequence

from invariants.facts.code import DISPLAY, Step
from invariants.replay.web.outcomes import ASSERTED, DENY, DOUBT, STOP, Outcome
from invariants.replay.web.words import is_complaint, is_denial, is_refusal, turns_away

REDIRECTS = frozenset({301, 302, 303, 307, 308})
TURNED_AWAY = REDIRECTS | {401, 403}
EXTRACTING = frozenset({"from_request", "from_request_parts"})
"""Functions whose errors frameworks answer with."""
DECIDING = "canActivate"
"""The method of a NestJS guard: whatever it ends a request with, it was asked who may come in."""


def hands_back(steps: Iterable[Step]) -> bool:
    """Whether steps end a request, or answer with what was found."""
    return any(each.kind == "reject" or (each.kind == "return" and each.symbol not in {"", DISPLAY}) for each in steps)


def ends(branch: Step, children: Mapping[int | None, Sequence[Step]]) -> bool:
    """Whether something ends on one way through a branch, or goes on there alone."""
    below = children.get(branch.position, [])
    return any(each.kind in {"reject", "return", "next"} or each.handling == "returned" or ends(each, children) for each in below)


def refused(step: Step, function: str, asks_who: bool) -> Outcome:
    """The end of a request in a function, which may ask who comes. An error without a status turns somebody away by the name of either."""
    if step.status is not None:
        decides = function.rpartition(".")[2] == DECIDING and 400 <= step.status < 500
        return DENY if step.status in TURNED_AWAY or decides else STOP
    if step.symbol == "AssertionError" and step.at.file.endswith(".py"):
        return ASSERTED
    if is_refusal(step.symbol) or (turns_away(function) and not is_complaint(step.symbol)):
        return DENY
    extracts = function.rpartition(".")[2] in EXTRACTING
    if is_denial(step.symbol):
        return DENY if extracts else DOUBT
    return DOUBT if extracts and asks_who else STOP
