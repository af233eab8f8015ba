"""What a platform brings before the first migration runs."""

from collections.abc import Iterator
from importlib.resources import files

from invariants.facts.place import PLATFORM
from invariants.postgres.grammar import parse
from invariants.replay.machine import Machine

PRELUDES = {"supabase": "supabase.sql"}
"""By the runner of the migrations: the statements that make what its platform brings."""


def prelude(runner: str) -> Iterator[str]:
    """The statements that make what the platform brings."""
    if runner in PRELUDES:
        text = (files(__package__) / PRELUDES[runner]).read_bytes()
        for parsed in parse(text.decode()):
            yield text[parsed.start : parsed.stop].decode()


def prepare(machine: Machine, runner: str) -> None:
    """Make what the platform brings; its place is no file's."""
    for statement in prelude(runner):
        machine.run(statement, PLATFORM)
