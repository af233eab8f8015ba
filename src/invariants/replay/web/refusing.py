"""How a request ends that goes no further: whether that turns away who may not come in."""

from invariants.facts.code import Step
from invariants.replay.web.outcomes import DENY, DOUBT, STOP, Outcome
from invariants.replay.web.words import is_complaint, is_denial, is_refusal, turns_away

TURNED_AWAY = frozenset({401, 403, 301, 302, 303, 307, 308})
EXTRACTING = frozenset({"from_request", "from_request_parts"})
"""Functions whose errors frameworks answer with."""


def refused(step: Step, function: str) -> Outcome:
    """The end of a request in a function. An error that says no status may turn somebody away, by its name or the function's."""
    if step.status is not None:
        return DENY if step.status in TURNED_AWAY else STOP
    if is_refusal(step.symbol) or (turns_away(function) and not is_complaint(step.symbol)):
        return DENY
    if is_denial(step.symbol) and function.rpartition(".")[2] in EXTRACTING:
        return DENY
    return DOUBT if is_denial(step.symbol) else STOP
