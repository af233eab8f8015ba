"""Reads sources in tests, and says what a function does as an outline."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, TypeVar

from invariants.facts.code import Dependence, Step

F = TypeVar("F")


class Language(NamedTuple):
    """A frontend, and the path of a file that it reads."""

    read: Callable[[str, bytes], Iterable[Any]]
    path: str

    def facts(self, kind: type[F], source: str, path: str = "") -> list[F]:
        """The facts of a kind in a file."""
        return [each for each in self.read(path or self.path, source.encode()) if isinstance(each, kind)]

    def values(self, kind: type[Any], source: str, path: str = "") -> list[tuple[Any, ...]]:
        """The facts of a kind, without their places."""
        return [tuple(each)[1:] for each in self.facts(kind, source, path)]

    def outline(self, source: str, function: str = "", path: str = "") -> list[str]:
        """The steps of a function: each on a line, as deep as it stands, with the arm that it is in."""
        steps = [each for each in self.facts(Step, source, path) if each.function_name == function]
        return [f"{'  ' * _depth(steps, each)}{each.arm + ': ' if each.arm else ''}{_said(each)}" for each in steps]

    def origins(self, source: str, function: str = "") -> list[tuple[str, str]]:
        """What the conditions of a function depend on."""
        found = self.facts(Dependence, source)
        return [(each.origin, each.symbol) for each in found if each.function_name == function and not each.given]


def _depth(steps: Iterable[Step], step: Step) -> int:
    at = {each.position: each for each in steps}
    return 0 if step.parent is None else 1 + _depth(at.values(), at[step.parent])


def _said(step: Step) -> str:
    details = [step.handling if step.kind in {"call", "next"} and step.handling != "kept" else "", str(step.status or "")]
    waits = ["unawaited"] if step.kind == "call" and not step.awaited else []
    return " ".join(each for each in [step.kind, step.symbol, *details, *waits] if each)
