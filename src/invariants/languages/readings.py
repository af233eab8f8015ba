"""What is known of a file while it is read once, from top to bottom, whatever its language."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

from invariants.facts.code import Argument, Parameter, Query
from invariants.languages.drafts import Draft, Drafts

Source = TypeVar("Source")
Call = TypeVar("Call")
Body = TypeVar("Body", bound=Drafts[Any])


class Reading(Generic[Source, Call, Body]):
    """The calls of a file and the steps of its functions; ``Call`` and ``Body`` are the language's own."""

    def __init__(self, source: Source, body: Body) -> None:
        self.source = source
        self.facts: list[Any] = []
        self.calls: dict[int, Call] = {}
        self.drafts: dict[int, list[Draft]] = {}
        self.bodies: list[Body] = []
        self.arguments: list[Argument] = []
        self.queries: list[Query] = []
        self.parameters: dict[str, list[Parameter]] = {}
        self.body = body

    @contextmanager
    def reading(self, body: Body) -> Iterator[None]:
        """Meanwhile another function is read."""
        before, self.body = self.body, body
        self.bodies.append(body)
        yield
        self.body = before

    def test(self, call: int) -> None:
        """Says that a branch depends on what a call answered; a failure that is returned needs no branch."""
        for step in self.drafts.get(call, []):
            if step.handling != "returned":
                step.handling = "tested"
