"""How the paths of a function end, and what that comes to."""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Literal, NamedTuple

from invariants.replay.web.words import attaches, is_limiter, is_plumbing, speaks_of_who

Strength = Literal["open", "unknown", "checked"]
Skip = Literal["", "caller", "marked", "environment", "other", "idle"]
Decider = Literal["", "compared", "literal", "told", "doubted", "stored", "setting", "marked", "caller", "environment", "other"]
"""Who decides a branch. compared: what the caller sent is held against a secret; literal: against what may be none, as what is written
in the code; told: something else; doubted: something that may not be about who the caller is; stored: what is stored under a name that
the caller gives; setting: what a call answers of how the application is set up; marked: a mark on the route; empty: something that speaks
of who the caller is, and that callers cannot make up."""


class Outcome(NamedTuple):
    """How a path ends."""

    kind: Literal["pass", "deny", "stop"]
    """deny: it turns somebody away; stop: the request ends for another reason."""
    strength: Strength = "open"
    skip: Skip = ""
    """Why an open path is open although others are not: the caller decides it, the environment, a mark on the route, or something else.
    idle: nothing is done on it."""
    mark: str = ""
    """What has to stand on a route whose callers come by this way; after a `!`, what must not."""
    condition: str = ""
    """The condition by which the environment opens this path."""


Outcomes = frozenset[Outcome]
PASS, DENY, STOP = Outcome("pass"), Outcome("deny"), Outcome("stop")
IDLE = Outcome("pass", "open", "idle")
"""The end of a handler behind which nothing was done."""
LEFT = Outcome("pass", "open", "other")
"""The end of what was entered behind something that keeps errors to itself."""
DOUBT = Outcome("deny", "unknown")
"""A refusal only by its name."""
NO = frozenset({"False", "None", "false", "null", "undefined"})
"""What a function answers that says no."""


ASSERTED = Outcome("deny", "unknown", mark="assert")
"""A refusal that is not there where Python is told to leave out what it asserts."""


UNSAID = Outcome("deny", "unknown", mark="status")
"""An end by what proves who comes that does not say why: with a status of any other kind, or one that is told elsewhere."""


class Effect(NamedTuple):
    """What a function does to who comes by."""

    state: Literal["rejects", "void", "passes", "unverified"]
    reason: str
    throws: bool = False
    """It turns away by an error, so that nobody needs to look at what it answers."""
    mark: str = ""
    """It turns everybody away but for routes that are marked so; after a `!`, but for those that are not."""
    ends: bool = False
    """Nobody comes past it: it is called to turn away whom somebody else found out about (`unauthorized()`)."""


def joined(paths: Sequence[Outcomes], decider: Decider, unusual: bool, condition: str = "") -> Outcomes:
    """The outcomes of a branch: what survived it is checked where another arm only turns away, by what the caller cannot make up."""
    denying = [path for path in paths if _denies(path) and _guarded(path)]
    doubted = [path for path in paths if _denies(path) and not any(map(_is_unexplained, path))]
    found: set[Outcome] = set()
    for path in paths:
        others = [each for each in denying if each is not path]
        if decider in {"", "compared", "told"} and any(only_denies(each) and DENY in each for each in others):
            found |= {stronger(each, "checked") for each in path}
        elif not others or path in denying:
            found |= _skipping(path, decider, condition) if doubted and path not in doubted else path
        elif decider == "" or (decider in {"compared", "literal", "told", "doubted"} and any(only_denies(each) for each in others)):
            found |= {stronger(each, "unknown") for each in path}
        elif not (unusual and path):
            skipping = decider in {"other", "setting", "marked", "environment"} or any(
                each.kind == "pass" for other in others for each in other
            )
            found |= _skipping(path, decider, condition) if skipping else path
    return frozenset(found)


def agreed(paths: Iterable[Outcomes]) -> Outcomes:
    """What a branch comes to on every path, whoever decides it: all end in the same ways, and somebody comes by; else nothing."""
    first, *others = paths
    is_one = all(path == first for path in others) and not only_denies(first) and not any(each.skip for each in first)
    return first if is_one else frozenset()


def _skipping(path: Outcomes, decider: Decider, condition: str) -> Outcomes:
    """A path beside one that turns people away: who decides that those come by who do so unchecked."""
    return frozenset(_skipped(each, SKIPS[decider], condition) if is_open(each) else each for each in path)


def _skipped(each: Outcome, skip: Skip, condition: str) -> Outcome:
    hardest = max(each.skip, skip, key=HARDER.index)
    return each._replace(skip=hardest, condition=(each.condition or condition) if hardest == "environment" else "")


SKIPS: dict[Decider, Skip] = {
    "": "other",
    "told": "other",
    "doubted": "other",
    "stored": "other",
    "setting": "environment",
    "marked": "marked",
    "other": "other",
    "compared": "caller",
    "literal": "caller",
    "caller": "caller",
    "environment": "environment",
}


HARDER: tuple[Skip, ...] = ("", "caller", "marked", "other", "environment", "idle")
"""Who decides that nothing is checked, the easiest to persuade first: where two have to agree, the harder one does."""


def known(ways: dict[str, Outcomes], arm: str) -> dict[str, Outcomes]:
    """The arms of a branch: whoever is known comes by checked, where the others are checked in another way."""
    others = [path for other, path in ways.items() if other != arm]
    if (
        arm not in ways
        or not others
        or not all(DENY in path and all(each.strength == "checked" for each in path if each.kind == "pass") for path in others)
    ):
        return ways
    return ways | {arm: frozenset(stronger(each, "checked") for each in ways[arm])}


def marked(ways: dict[str, Outcomes], arm: str, mark: str) -> dict[str, Outcomes]:
    """The arms of a branch that asks for a mark: of those who come by unchecked, what has to stand on the route."""
    said = {name: mark if name == arm else f"!{mark}" for name in ways}
    return {name: frozenset(each._replace(mark=said[name]) if is_open(each) else each for each in path) for name, path in ways.items()}


def answered(path: Outcomes) -> Outcomes:
    """A path that only turns away, where that is an answer about what is asked for and not about who asks."""
    return frozenset(STOP if each.kind == "deny" else each for each in path) if only_denies(path) else path


def ended(path: Outcomes, end: Outcome = DOUBT) -> Outcomes:
    """A path on which nobody comes by, by whom that turns on: it may turn away, whatever it says."""
    return frozenset({end}) if path == {STOP} else path


@cache
def working(path: Outcomes) -> Outcomes:
    """A path on which something is done."""
    return frozenset(each._replace(skip="") if each.skip == "idle" else each for each in path)


def doubted(path: Outcomes) -> Outcomes:
    """A path on which it cannot be told whether what is checked is who comes."""
    return frozenset(each._replace(strength="unknown") if each.strength == "checked" else each for each in path)


@cache
def _denies(path: Outcomes) -> bool:
    return any(each.kind == "deny" for each in path)


@cache
def _guarded(path: Outcomes) -> bool:
    """Nobody comes by unchecked."""
    return not any(is_open(each) for each in path)


def _is_unexplained(each: Outcome) -> bool:
    """Whether somebody comes by unchecked, and nobody is known to decide that."""
    return is_open(each) and each.skip in {"", "idle"}


@cache
def only_denies(path: Outcomes) -> bool:
    """Whether nobody comes by."""
    return not any(each.kind == "pass" for each in path)


def is_only_denied(arm: str, ways: dict[str, Outcomes]) -> bool:
    """Whether those of an arm are turned away, and others are not."""
    others = [path for other, path in ways.items() if other != arm]
    return bool(ways.get(arm)) and only_denies(ways[arm]) and not all(map(only_denies, others))


def is_open(each: Outcome) -> bool:
    """Whether somebody comes by unchecked."""
    return each.kind == "pass" and each.strength == "open"


def stronger(each: Outcome, strength: Strength) -> Outcome:
    """A path on which a check of this strength was passed."""
    order: tuple[Strength, ...] = ("open", "unknown", "checked")
    return each._replace(strength=max(each.strength, strength, key=order.index), skip="", condition="") if each.kind == "pass" else each


def effect(outcomes: Outcomes, name: str, asks_who: Callable[[], bool]) -> Effect:
    """What the outcomes of a function come to; one that lets somebody by, and never asks who comes, is no guard."""
    if is_limiter(name):
        return Effect("passes", "it is no guard")
    passing = {each for each in outcomes if each.kind == "pass"}
    opened = {each for each in passing if each.strength == "open"}
    skips = {each.skip for each in opened}
    guards = _denies(outcomes) or any(each.strength != "open" for each in passing)
    if not opened and guards:
        unseen = any(each.strength == "unknown" for each in passing)
        reason = LEFT_OUT if ASSERTED in outcomes else ODD if UNSAID in outcomes else UNTOLD
        return Effect("unverified", reason, True) if unseen else REJECTS._replace(ends=not passing)
    if not guards or not passing:
        return void(name)._replace(throws=bool(outcomes) and not passing, ends=bool(outcomes) and not passing)
    if is_plumbing(name) or not asks_who():
        return Effect("passes", "it is no guard")
    if "caller" in skips:
        return Effect("void", "what the caller sends decides whether it checks anything", False)
    if "" in skips:
        return Effect("void", "one of its paths checks nothing", False)
    marks = {each.mark for each in opened if each.skip == "marked"}
    mark = marks.pop() if len(marks) == 1 else ""
    if "environment" in skips:
        return Effect("unverified", f"the environment can switch it off{_by(opened)}", True, mark)
    return Effect("unverified", UNLESS_MARKED if mark and skips == {"marked"} else DOUBTED, True, mark)


def _by(opened: Iterable[Outcome]) -> str:
    """The first of the conditions by which the environment opens a path."""
    said = sorted({each.condition for each in opened if each.condition})
    return f": `{' '.join(said[0].split())}`" if said else ""


UNTOLD = "it rests on what cannot be told: a function whose body is not in the repository, or who comes by a branch"
ODD = "it ends requests by what proves who comes, and does not say that it refuses them: answer with 401 or 403, or declare it"
LEFT_OUT = "it asserts, which Python leaves out with -O"
DOUBTED = "one of its paths lets the request by, and it cannot be told whether that is for this route"
UNLESS_MARKED = "it lets by routes by what stands on them, and not all of that can be seen here"
REJECTS = Effect("rejects", "it turns away who is not let in", True)
KEPT_BACK = Effect("unverified", "it asks who comes when the work is done, and keeps back the answer alone: ask before", True)
LATER = Effect("passes", "it works with the answer")


def void(name: str) -> Effect:
    """A function that turns nobody away."""
    if speaks_of_who(name) and not is_plumbing(name) and not attaches(name):
        return Effect("void", "it turns nobody away")
    return Effect("passes", "it is no guard")
