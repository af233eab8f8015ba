"""Functions that answer with somebody whom they make up for whoever asks for it."""

from invariants.facts.code import DISPLAY, Step
from invariants.replay.web.corpus import File

SENT = frozenset({"caller", "constant"})


def grants(own: File, name: str) -> bool:
    """Whether a function answers with something that it makes where the caller alone chooses: `if (sent) return { id: 0 }`."""
    return any(each.kind == "return" and each.symbol == DISPLAY and _is_chosen(each, own) for each in own.steps.get(name, []))


def _is_chosen(step: Step, own: File) -> bool:
    """Whether all that leads to a step is decided by what the caller sends."""
    parents = {each.position: each for each in own.steps.get(step.function_name, [])}
    above = parents.get(step.parent) if step.parent is not None else None
    said = []
    while above is not None:
        said += [own.dependences.get((above.function_name, above.position), [])] if above.kind == "branch" else []
        above = parents.get(above.parent) if above.parent is not None else None
    return bool(said) and all(found and {each.origin for each in found} <= SENT and found[0].origin == "caller" for found in said)
