"""Running expressions, queries and migrations the way the replay does."""

import re
from pathlib import Path
from typing import Any

from invariants.facts.ddl import Statement
from invariants.facts.place import Place
from invariants.postgres.grammar import parse_one
from invariants.replay.ddl import machine as new_machine
from invariants.replay.machine import Machine
from invariants.replay.plpgsql import handlers
from invariants.replay.plpgsql.evaluate import expression
from invariants.replay.plpgsql.query import compiled_query
from invariants.replay.plpgsql.scope import Scope
from invariants.replay.plpgsql.values import Unsure, Value, text_of
from server import statements


def scenarios(file: str) -> dict[str, str]:
    """The scenarios of a file beside this one, by name."""
    text = Path(__file__).with_name(file).read_text()
    return dict(re.findall(r"^-- scenario: (.+)\n((?:(?!-- scenario).*\n)+)", text, re.MULTILINE))


def value(text: str, machine: Machine | None = None) -> Value:
    """What an expression gives."""
    return expression(text)(Scope(handlers.world(machine or new_machine())))


def evaluated(text: str) -> str | None:
    """What an expression gives, as its type writes it."""
    found = value(text)
    assert not isinstance(found, Unsure), f"{text}: {found.cause}"
    return None if found is None else text_of(found)


def rows(machine: Machine, text: str) -> list[tuple[Any, ...]]:
    """The rows of a query, all of which must be certain."""
    result = compiled_query(parse_one(text).node)(Scope(handlers.world(machine)))
    assert all(row.here is True for row in result.rows), text
    return [tuple(row.values) for row in result.rows]


def replayed(text: str, file: str = "m.sql") -> Machine:
    """A machine after a migration of these statements, each at its own line."""
    machine = new_machine()
    for line, body in statements(text):
        at = Place(file, line, 1, line + body.count("\n"), 1)
        machine.replay_statement(Statement(at, 0, parse_one(body).kind, body))
    return machine


def unread(machine: Machine) -> list[tuple[int, str]]:
    """What could not be told: lines and messages."""
    return [(each.at.line, each.message) for each in machine.unread]
