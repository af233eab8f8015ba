"""What an end of a request turns on: the conditions that lead to it."""

from collections.abc import Mapping

from invariants.facts.code import Step
from invariants.replay.web.asking import Asking
from invariants.replay.web.deciding import present, tells_who
from invariants.replay.web.words import speaks_of_who


def is_told(step: Step, steps: Mapping[int, Step], refusal: str, asking: Asking) -> bool:
    """Whether an error that says no status by itself is raised where there is the error that a guard tells."""
    above = steps.get(step.parent) if step.parent is not None and step.status is None else None
    is_there = above is not None and above.kind == "branch" and step.arm == present(above.symbol)
    found = asking.found(above) if above is not None and is_there else []
    return any(each.symbol == refusal for each in found)


def is_about_who(step: Step, steps: Mapping[int, Step], asking: Asking) -> bool:
    """Whether a step is taken by whom it turns on: the condition that leads to it speaks of who somebody is."""
    above = steps.get(step.parent) if step.parent is not None else None
    while above is not None and above.kind != "branch":
        above = steps.get(above.parent) if above.parent is not None else None
    found = asking.found(above) if above is not None else []
    return above is not None and (speaks_of_who(above.symbol) or any(tells_who(each) for each in found))
