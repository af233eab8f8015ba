"""Helpers that are given what the caller sent, or the user of a request: that something was sent is all that they can tell of it."""

import re
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from invariants.facts.code import DISPLAY, UNSET, Argument, Dependence, Origin, Parameter
from invariants.replay.web.words import sends_credentials

USERS = frozenset({"request.user", "current_user"})
"""Users whom frameworks put beside every request, also those of nobody."""


class Sent(NamedTuple):
    """A parameter, or a field of one, and what of the request it is given, of which there may be nothing."""

    name: str
    symbol: str


def given(
    taken: Sequence[Parameter], arguments: Iterable[Argument], known: Sequence[Sent] = (), promised: Collection[str] = ()
) -> tuple[Sent, ...]:
    """The parameters of a function that a call gives what the caller sent; known: those of the function that calls it; promised: the
    calls that answer with a promise, which is there whatever becomes of it."""
    names = {str(each.position): each.name for each in taken}
    found = []
    for each in arguments:
        number, _, field = each.name.partition(".")
        is_promised = each.kind == "call" and each.value in promised
        name = names.get(number, number if number.isidentifier() else None)
        if name is not None and (said := DISPLAY if is_promised else each.sent or _passed_on(each, known)):
            loose = UNSET if said.startswith(UNSET) else ""
            found.append(Sent(".".join(part for part in (name, field) if part), f"{loose}{_told(said.removeprefix(UNSET))}"))
    return tuple(each for each in found if each.name)


def of_users(condition: str, known: Sequence[Sent]) -> str:
    """A condition of a function that is given the user of a request, as the function would say it that has the request."""
    for each in known:
        if each.symbol in USERS:
            condition = re.sub(rf"(?<![\w.'\"]){re.escape(each.name)}(?![\w'\"(])", each.symbol, condition)
    return condition


def _passed_on(argument: Argument, known: Sequence[Sent]) -> str:
    return _of(argument.value, known) if argument.kind == "symbol" else ""


def _told(said: str) -> str:
    """Of what a value is called, what says that it is a credential."""
    names = said.split()
    return next((each for each in names if sends_credentials(each)), names[0])


def _of(symbol: str, known: Sequence[Sent]) -> str:
    """What of the request a parameter is, or a part of one; empty where it is none."""
    for each in known:
        if symbol == each.name or symbol.startswith(f"{each.name}."):
            return f"{each.symbol}{symbol.removeprefix(each.name)}"
    return ""


def as_sent(dependence: Dependence, known: Sequence[Sent]) -> Dependence:
    """A value of a condition, which is what the caller sent where a parameter is."""
    said = _of(dependence.symbol, known).removeprefix(UNSET) if known and dependence.origin == "parameter" else ""
    origin: Origin = "constant" if said == DISPLAY else "other" if said in USERS else "caller"
    return dependence._replace(origin=origin, symbol=said) if said else dependence


def may_be_none(dependence: Dependence, known: Sequence[Sent]) -> bool:
    """Whether a value of a condition is a parameter, which is nothing where the caller sent nothing."""
    return dependence.origin == "parameter" and _of(dependence.symbol, known).startswith(UNSET)


def all_sent(found: Sequence[Dependence], known: Sequence[Sent]) -> Sequence[Dependence]:
    """What a condition looks at, as what the caller sent, unless it is held against what others know: `wanted not in allowed(user)`."""
    told = [as_sent(each, known) for each in found]
    is_held = any(each is one and each.origin in {"call", "other", "parameter"} for each, one in zip(found, told, strict=True))
    return found if is_held else told
