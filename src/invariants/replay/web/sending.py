"""Helpers that are given what the caller sent: that something was sent is all that they can tell of it."""

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from invariants.facts.code import DISPLAY, Argument, Dependence, Parameter
from invariants.replay.web.words import sends_credentials


class Sent(NamedTuple):
    """A parameter, or a field of one, and what of the request it is given."""

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
            found.append(Sent(".".join(part for part in (name, field) if part), _told(said)))
    return tuple(each for each in found if each.name)


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
    said = _of(dependence.symbol, known) if known and dependence.origin == "parameter" else ""
    return dependence._replace(origin="constant" if said == DISPLAY else "caller", symbol=said) if said else dependence


def all_sent(found: Sequence[Dependence], known: Sequence[Sent]) -> Sequence[Dependence]:
    """What a condition looks at, as what the caller sent, unless it is held against what others know: `wanted not in allowed(user)`."""
    told = [as_sent(each, known) for each in found]
    is_held = any(each is one and each.origin in {"call", "other", "parameter"} for each, one in zip(found, told, strict=True))
    return found if is_held else told
