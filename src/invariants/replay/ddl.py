"""Every statement that the machine knows, brought together."""

from invariants.replay import (
    alter,
    default_privileges,
    drop,
    extensions,
    filling,
    indexes,
    owners,
    policies,
    privileges,
    rename,
    roles,
    routines,
    session,
    tables,
    triggers,
    types,
    views,
)
from invariants.replay.machine import Handler, Machine
from invariants.replay.plpgsql import events
from invariants.replay.plpgsql import handlers as running

ROOMS = (
    alter,
    default_privileges,
    drop,
    extensions,
    filling,
    indexes,
    owners,
    policies,
    privileges,
    rename,
    roles,
    routines,
    session,
    tables,
    triggers,
    types,
    views,
    running,
)


def machine() -> Machine:
    """A machine with an empty database."""
    handlers: dict[str, Handler] = {}
    for room in ROOMS:
        handlers |= room.HANDLERS
    made = Machine(handlers)
    made.after = events.fire
    return made
