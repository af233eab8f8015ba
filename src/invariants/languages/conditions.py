"""Branches: conditions taken apart at `&&`, `||` and `!`, so that what each way through them has asked can be told."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from tree_sitter import Node

from invariants.facts.code import Arm
from invariants.languages.drafts import Drafts
from invariants.languages.trees import Tree

Then = Callable[[], None]
LEAVES = 6
LARGE = 1500
"""Conditions of more parts, and arms of more bytes, are not written out once for each way that leads to them."""


class Conditions(ABC):
    """The conditions of a language; what joins one is `&&`, `||`, `!`, parentheses around a single one, or nothing."""

    @abstractmethod
    def joins(self, node: Node) -> tuple[str, list[Node]]:
        """What joins the parts of a condition, and the parts."""

    @abstractmethod
    def leaf(self, node: Node, then: Then | None, otherwise: Then | None) -> None:
        """A condition that is one question."""

    def branch(self, condition: Node, then: Then | None, otherwise: Then | None, size: int = 0) -> None:
        """A condition, and what is done where it holds and where it does not; size: that of what would be written out twice."""
        if size > LARGE or self._leaves(condition) > LEAVES:
            self.leaf(condition, then, otherwise)
        else:
            self._split(condition, then, otherwise)

    def _split(self, node: Node, then: Then | None, otherwise: Then | None) -> None:
        kind, parts = self.joins(node)
        if kind == "(":
            self._split(parts[0], then, otherwise)
        elif kind == "!":
            self._split(parts[0], otherwise, then)
        elif kind == "&&":
            self._all(parts, then, otherwise)
        elif kind == "||":
            self._split(parts[0], then, lambda: self._split(parts[-1], then, otherwise))
        else:
            self.leaf(node, then, otherwise)

    def _all(self, parts: list[Node], then: Then | None, otherwise: Then | None) -> None:
        """Conditions that must all hold, one after another."""
        if len(parts) == 1:
            self._split(parts[0], then, otherwise)
        else:
            self._split(parts[0], lambda: self._all(parts[1:], then, otherwise), otherwise)

    def _leaves(self, node: Node) -> int:
        kind, parts = self.joins(node)
        return sum(map(self._leaves, parts)) if kind else 1


def divide(
    body: Drafts[Any], source: Tree, at: Node, said: str, asked: list[Node], then: Then | None, otherwise: Then | None
) -> None:  # fmt: skip
    """A branch of two arms, whose condition was read."""
    position = body.add("branch", source.place(at), said[:120])
    body.conditions += [(position, each) for each in asked]
    arms: list[tuple[Arm, Then | None]] = [("then", then), ("else", otherwise)]
    for arm, follow in arms:
        if follow is not None:
            with body.under(position, arm):
                follow()
