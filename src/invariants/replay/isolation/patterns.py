"""LIKE of constants: whether a text fits a pattern, which is known where both are."""

import re
from functools import lru_cache

from invariants.replay.isolation.meetings import found
from invariants.replay.isolation.values import Var
from invariants.replay.isolation.world import World

LIKES = {"~~": re.DOTALL, "~~*": re.DOTALL | re.IGNORECASE}
"""LIKE and ILIKE."""


def fits(name: str, text: Var, pattern: Var) -> bool | None:
    """Whether a text fits a pattern; None where the two are no constants, or it is no LIKE."""
    one, other = found(text).constant, found(pattern).constant
    if name not in LIKES or one is None or other is None or "\\" in other:
        return None
    return _pattern(name, other).fullmatch(one) is not None


@lru_cache(maxsize=1024)
def _pattern(name: str, text: str) -> re.Pattern[str]:
    wild = {"%": ".*", "_": "."}
    return re.compile("".join(wild.get(each) or re.escape(each) for each in text), LIKES[name])


def contradicted(world: World) -> bool:
    """Whether a text that was taken to fit a pattern, or not to, turned out to be a constant of which that is not so."""
    taken = ((key, is_so) for key, is_so in world.kept.items() if isinstance(key, tuple) and key[0] in LIKES)
    return any(fits(*key) not in {None, is_so} for key, is_so in taken)
