"""Guards whose errors something behind them takes, and goes on as if there had been none (Express's error handlers)."""

from collections.abc import Iterable
from typing import NamedTuple

from invariants.facts.web import Level, Use
from invariants.replay.web.guards import Guard
from invariants.replay.web.outcomes import Effect

RESCUED = Effect("unverified", "an error handler behind it goes on with the request after an error")


class Guarding(NamedTuple):
    """A guard before a route, and the router that it is put on; of one on the route alone, the route."""

    holder: tuple[str, str]
    guard: Guard
    level: Level
    use: Use | None = None

    @property
    def stage(self) -> int:
        """When it runs."""
        return self.use.stage if self.use is not None else 0


def rescued(found: Iterable[Guarding], holder: tuple[str, str]) -> list[Guarding]:
    """What stands before a route, where errors of all that a router put there before are taken."""
    return [
        each._replace(guard=each.guard._replace(effect=RESCUED)) if each.holder == holder and each.guard.effect.state == "rejects" else each
        for each in found
    ]
