"""What an end of a request turns on: the conditions that lead to it."""

from collections.abc import Mapping, Sequence

from invariants.facts.code import Step
from invariants.replay.web.asking import Asking
from invariants.replay.web.deciding import present, tells_who
from invariants.replay.web.refusing import hands_back
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


def is_let_by(branch: Step, children: Mapping[int | None, Sequence[Step]], asking: Asking) -> bool:
    """Whether it is only asked that there is an answer, as there is for whoever is turned away by one, and nobody hands that back."""
    arm = present(branch.symbol)
    told = (each for each in children.get(branch.position, []) if each.arm == arm)
    return bool(arm) and not hands_back(told) and asking.is_answered(branch)
