"""Effects of guards, put together out of what a guard does and how it is put before routes."""

from collections.abc import Iterable

from invariants.facts.code import Argument
from invariants.replay.web.outcomes import LATER, Effect, void
from invariants.replay.web.words import spares

ORDER = ("void", "passes", "unverified", "rejects")
"""The states of a guard, the weakest first."""


def weakest(effects: Iterable[Effect | None]) -> Effect | None:
    """What one of several does, of which it cannot be told which it is."""
    return min((each for each in effects if each is not None), key=lambda each: ORDER.index(each.state), default=None)


def named_void(effect: Effect | None, name: str) -> Effect | None:
    """What a function applies that turns nobody away is judged by the name of the function."""
    if effect is None or effect == LATER:
        return effect
    return void(name) if (effect.state == "passes" or "turns nobody" in effect.reason) else effect


def spared(effect: Effect, given: Iterable[Argument]) -> Effect:
    """What a guard does that is made with an option by which it may turn nobody away: `requireUser({ required: false })`."""
    said = [each for each in given if each.kind == "boolean" and spares(each.name, each.value)] if effect.state == "rejects" else []
    return Effect("unverified", f"{said[0].name.rpartition('.')[2]} is {said[0].value} here, which may switch it off") if said else effect
