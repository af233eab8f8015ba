"""Every statement that the machine knows, brought together."""

from typing import Any

from invariants.postgres.grammar import Parsed
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
)
RUNNING = ("do_stmt", "call_stmt", "select_stmt")
"""Statements that run what is written in them. The interpreter is imported where one is met: few migrations have any."""


def machine() -> Machine:
    """A machine with an empty database."""
    handlers: dict[str, Handler] = {kind: _run(kind) for kind in RUNNING}
    for room in ROOMS:
        handlers |= room.HANDLERS
    made = Machine(handlers)
    made.after = _fire
    return made


def _run(kind: str) -> Handler:
    def handler(machine: Machine, node: Any) -> None:
        from invariants.replay.plpgsql.handlers import HANDLERS

        HANDLERS[kind](machine, node)

    return handler


def _fire(machine: Machine, parsed: Parsed) -> None:
    """Run the event triggers that a statement just applied sets off, where there are any."""
    if machine.catalog.event_triggers:
        from invariants.replay.plpgsql.events import fire

        fire(machine, parsed)
