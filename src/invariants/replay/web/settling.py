"""Guards that go by what stands on a route, settled by that."""

from collections.abc import Iterable, Sequence

from invariants.facts.web import Level
from invariants.replay.web.guards import Guard
from invariants.replay.web.marks import Marks
from invariants.replay.web.outcomes import REJECTS, UNLESS_MARKED, Effect

LET_BY = Effect("passes", "it lets by what is marked like this")


def settled(guards: Iterable[tuple[Guard, Level]], told: Sequence[Marks | None]) -> list[tuple[Guard, Level]]:
    """Guards that read marks, by those that stand on a route; null stands for a decorator that nobody sees into."""
    return [(_settled(guard, told), level) for guard, level in guards]


def _settled(guard: Guard, told: Sequence[Marks | None]) -> Guard:
    mark = guard.effect.mark.removeprefix("!")
    is_marked = any(mark in each for each in told if each is not None)
    is_contrary = is_marked and any(f"!{mark}" in each for each in told if each is not None)
    if not mark or is_contrary or (not is_marked and None in told):
        return guard
    if is_marked == guard.effect.mark.startswith("!"):
        return guard._replace(effect=REJECTS) if guard.effect.reason == UNLESS_MARKED else guard
    return guard._replace(effect=LET_BY, posture="public" if is_marked else None)
