"""The machine: applies one statement after another to a catalog, as PostgreSQL would."""

from collections.abc import Callable
from typing import Any

from invariants.facts.place import Place
from invariants.facts.source import Unread
from invariants.postgres.grammar import GrammarError, Parsed, parse
from invariants.replay.catalog import Catalog
from invariants.replay.errors import Failure, Unknown

Handler = Callable[["Machine", Any], None]
"""Applies one kind of statement; raises Failure where PostgreSQL would refuse, Unknown where nothing can be told."""


class Machine:
    """A catalog and the statement at work on it. ``unread`` collects what could not be told."""

    def __init__(self, handlers: dict[str, Handler]) -> None:
        self.catalog = Catalog()
        self.unread: list[Unread] = []
        self._handlers = handlers
        self.text = ""
        """The text of the statement being run, which the offsets in its nodes count in."""

    def run(self, text: str, at: Place) -> None:
        """Apply the statements of a text, all of which stand at one place; errors propagate (for EXECUTE)."""
        for statement in parse(text):
            self.apply(statement, text, at)

    def apply(self, statement: Parsed, text: str, at: Place) -> None:
        """Apply one statement whole or, by Failure or Unknown, not at all."""
        raise NotImplementedError

    def place(self, location: int) -> Place:
        """Where a node of the statement being run stands, given its offset."""
        raise NotImplementedError


__all__ = ["Failure", "GrammarError", "Handler", "Machine", "Unknown"]
