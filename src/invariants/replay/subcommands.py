"""What the subcommands of ALTER TABLE have in common."""

from collections.abc import Callable
from typing import Any

from invariants.replay.errors import Failure
from invariants.replay.machine import Machine
from invariants.replay.objects import Relation

Subcommand = Callable[[Machine, Relation, Any], None]
TABLES = {"table", "partitioned", "foreign"}


def definition(command: Any) -> Any:
    """What a subcommand says of the thing that it is about."""
    return getattr(command, "def")


def needs_table(relation: Relation) -> None:
    """42809 where it is said of what has no rows of its own."""
    if relation.kind not in {*TABLES, "composite"}:
        raise Failure("42809", f'"{relation.name}" is not a table')
