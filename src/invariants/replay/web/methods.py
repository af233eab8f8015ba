"""Branches by the method of a request: for requests of one method it is known which way they go."""

from collections.abc import Iterator, Sequence

from invariants.facts.code import Arm, Dependence, Step
from invariants.replay.web.corpus import File
from invariants.replay.web.deciding import same
from invariants.replay.web.words import WHOLE

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
OTHERS = ("HEAD", "TRACE")
"""Methods that come to a handler which is given every request, though nobody names them."""


def coming(method: str, is_given_all: bool) -> tuple[str, ...]:
    """The methods of the requests that come to a route: to one of GET those of HEAD too. None where that is any."""
    if method not in METHODS:
        return ()
    if is_given_all:
        return (method, *OTHERS)
    return (method, "HEAD") if method == "GET" else (method,)


def divides(own: File, name: str) -> bool:
    """Whether a function goes different ways for different methods."""
    return any(map(_named, own.inside(name).dependences.values()))


def taken(steps: Sequence[Step], own: File, name: str, method: str) -> Iterator[Step]:
    """The steps of a function for requests of one method: what it would do for others is left out."""
    asked = own.inside(name).dependences
    stands: dict[int, tuple[str, int | None, Arm] | None] = {}
    for each in steps:
        step = _standing(each, stands)
        if step is None:
            stands[each.position] = None
        elif step.kind == "branch" and (arm := _arm(step, asked.get(step.position, []), method)):
            stands[step.position] = arm, step.parent, step.arm
        else:
            yield step


def _standing(step: Step, stands: dict[int, tuple[str, int | None, Arm] | None]) -> Step | None:
    """A step where it stands now; null where it is under an arm that is not taken."""
    if step.parent not in stands:
        return step
    above = stands[step.parent]
    return step._replace(parent=above[1], arm=above[2]) if above and above[0] == step.arm else None


def _arm(step: Step, looked_at: Sequence[Dependence], method: str) -> str:
    """The arm that requests of a method take; empty where something else is asked."""
    named = _named(looked_at)
    equal = "then" if " = " in step.symbol else same(step.symbol)
    if not named or not equal:
        return ""
    return equal if named == method else {"then": "else", "else": "then"}[equal]


def _named(looked_at: Sequence[Dependence]) -> str:
    """The method with which that of the request is compared, and nothing else is."""
    asked = [each.symbol for each in looked_at if each.origin == "caller"]
    named = [each.symbol.strip("\"'") for each in looked_at if each.origin == "constant"]
    is_method = bool(asked) and all(map(_is_method, asked)) and len(looked_at) == len(asked) + 1
    return named[0] if is_method and len(named) == 1 and named[0] in METHODS + OTHERS else ""


def _is_method(symbol: str) -> bool:
    """Whether a part of a request is its method: `req.method`, `ctx.req.method`, and not `req.query.method`."""
    *before, last = symbol.split(".")
    return last == "method" and bool(before) and before[-1] in WHOLE
