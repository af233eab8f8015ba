"""Handlers that write to a database before they ask who comes: whom they turn away then has done already what they came for."""

from collections.abc import Callable, Sequence

from invariants.facts.code import Argument, Step
from invariants.replay.web.outcomes import Effect
from invariants.replay.web.refusing import TURNED_AWAY
from invariants.replay.web.words import is_refusal

DATABASES = frozenset("db prisma tx trx knex pool supabase orm database em mongo drizzle sql".split())
"""What a database is called, or a transaction in one."""
WRITES = frozenset(
    "delete deletemany deleteone deletefrom update updatemany updateone upsert insert insertmany insertone insertinto create createmany "
    "destroy save remove truncate".split()
)


TOGETHER = frozenset({"Promise.all", "Promise.allSettled", "Promise.any", "Promise.race"})


Given = Callable[[Step], Sequence[Argument]]
"""What a call is given."""
Called = Callable[[Step], Sequence[Step]]
"""The steps of the function that a call calls; none, where nobody sees it."""


def early(steps: Sequence[Step], is_check: Callable[[Step], bool], called: Called, given: Given) -> Effect | None:
    """What a handler comes to that writes before it checks anything, itself or by what it calls; null where it does not."""
    checks = [place for step in steps if (place := _checked(step, steps, is_check)) is not None]
    begun = _until(min(checks), steps, given) if checks else 0
    before = [each for each in steps if each.position < begun and each.arm != "handler"]
    written = next((each for each in before if _writes(each) or any(map(_writes, called(each)))), None)
    return Effect("unverified", f"`{written.symbol}` is done before it asks who comes") if written else None


def _until(check: int, steps: Sequence[Step], given: Given) -> int:
    """The place up to which all is begun before anybody is turned away: promises that are waited for together are begun together."""
    asked = {each.symbol for each in steps if each.position == check}
    waiting = (each for each in steps if each.position > check and each.symbol in TOGETHER)
    found = next((each for each in waiting if asked & {one.value for one in given(each) if one.kind == "call"}), None)
    return found.position if found is not None else check


def _checked(step: Step, steps: Sequence[Step], is_check: Callable[[Step], bool]) -> int | None:
    """Where a step asks who comes: a call that turns away by itself, or the condition of what turns away."""
    if step.kind == "call":
        return step.position if is_check(step) else None
    if step.kind != "reject" or not (step.status in TURNED_AWAY or is_refusal(step.symbol)):
        return None
    parents = {each.position: each for each in steps}
    above = parents.get(step.parent) if step.parent is not None else None
    while above is not None and above.kind != "branch":
        above = parents.get(above.parent) if above.parent is not None else None
    return above.position if above is not None else step.position


def _writes(step: Step) -> bool:
    """Whether a call changes what a database holds, by its name: `prisma.user.delete`, `db.insert(rows).values`."""
    first, *rest = step.symbol.lower().split(".")
    return step.kind == "call" and (first in DATABASES or "from" in rest) and not WRITES.isdisjoint(rest) and step.arm != "handler"
