"""What stands in the place of what stands further out: Ninja asks an operation's ``auth``, or its router's, or the API's, and no other."""

from collections.abc import Iterable

from invariants.replay.web.applying import ORDER
from invariants.replay.web.rescuing import Guarding

REPLACING = frozenset({"ninja"})
INHERITED = 1
"""The rank of what a router has by itself, which a registration of the router may replace."""


def nearest(found: Iterable[Guarding], framework: str) -> list[Guarding]:
    """What stands before a route, of several options the one that is nearest to it."""
    standing = list(found)
    options = [each for each in standing if each.use is not None and each.use.means == "option"] if framework in REPLACING else []
    kept = _kept(options) if len(options) > 1 else options
    return [each for each in standing if each not in options or each in kept]


def _kept(options: list[Guarding]) -> list[Guarding]:
    """The options that are asked; the weakest, where it is not told which of two is nearer."""
    own = [each for each in options if each.guard.own]
    said = [each for each in own if not _is_inherited(each)]
    if said or not own:
        return said or options[-1:]
    given = [each for each in options if not each.guard.own and not _is_inherited(each)]
    return [min((*own, *given[-1:]), key=lambda each: ORDER.index(each.guard.effect.state))]


def _is_inherited(each: Guarding) -> bool:
    return each.use is not None and each.use.rank == INHERITED
