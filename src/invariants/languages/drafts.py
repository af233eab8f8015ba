"""Steps of functions while these are being read."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from tree_sitter import Node

from invariants.facts.code import Act, Arm, Handling, Step
from invariants.facts.place import Place
from invariants.languages.scopes import Names

Scope = TypeVar("Scope", bound=Names[Any, Any])


@dataclass(slots=True)
class Draft:
    """A step that is being written: what becomes of its answer is known only when the function is read to its end."""

    at: Place
    parent: int | None
    arm: Arm
    kind: Act
    symbol: str
    status: int | None
    handling: Handling
    awaited: bool


class Drafts(Generic[Scope]):
    """The steps of a function that is being read, and the conditions of its branches."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.steps: list[Draft] = []
        self.conditions: list[tuple[int, Node]] = []
        self._parent: int | None = None
        self._arm: Arm = ""

    def add(
        self, kind: Act, at: Place, symbol: str = "", status: int | None = None, handling: Handling = "kept", awaited: bool = True
    ) -> int:
        """Writes a step where the reader is, and answers its place."""
        self.steps.append(Draft(at, self._parent, self._arm, kind, symbol, status, handling, awaited))
        return len(self.steps) - 1

    @contextmanager
    def under(self, position: int, arm: Arm) -> Iterator[None]:
        """What is written meanwhile is in an arm of this step."""
        before = self._parent, self._arm
        self._parent, self._arm = position, arm
        yield
        self._parent, self._arm = before

    def kept(self) -> Iterator[tuple[Place, int, str]]:
        """What is put beside the request, with the places of the steps that do."""
        yield from ((each.at, position, each.symbol) for position, each in enumerate(self.steps) if each.kind == "keep")

    def facts(self) -> Iterator[Step]:
        """The steps as facts, once the function is read."""
        for position, each in enumerate(self.steps):
            yield Step(
                each.at, self.scope.name, position, each.parent, each.arm, each.kind, each.symbol, each.status, each.handling, each.awaited
            )  # fmt: skip
