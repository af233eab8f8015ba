"""Settings of several files, of which it cannot be told which run."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from invariants.replay.web.applying import ORDER
from invariants.replay.web.outcomes import Effect

if TYPE_CHECKING:
    from invariants.replay.web.guards import Guard


def together(found: Iterable[tuple[str, "Guard"]]) -> "Guard | None":
    """What settings come to: all that one file says has to be passed; what files say differently is doubted. Null where none says it."""
    said: dict[str, Guard] = {}
    for path, guard in found:
        said[path] = max(said.get(path, guard), guard, key=_strength)
    if not said:
        return None
    (weak, weakest), *_ = ordered = sorted(said.items(), key=lambda each: (_strength(each[1]), each[0]))
    strong, strongest = ordered[-1]
    if strongest.effect.state != "rejects" or weakest.effect.state == "rejects":
        return strongest
    return strongest._replace(effect=Effect("unverified", f"`{strong}` turns away who is not let in, `{weak}` does not: say which runs"))


def _strength(guard: "Guard") -> int:
    return ORDER.index(guard.effect.state)
