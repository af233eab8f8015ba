"""Reads sources in tests, and says what a function does as an outline."""

from collections.abc import Iterable
from typing import Any, TypeVar

from invariants.facts.code import Dependence, Step
from invariants.frontends import typescript

F = TypeVar("F")


def facts(kind: type[F], source: str, path: str = "lib/file.ts") -> list[F]:
    """The facts of a kind in a file."""
    return [each for each in typescript.read(path, source.encode()) if isinstance(each, kind)]


def values(kind: type[Any], source: str, path: str = "lib/file.ts") -> list[tuple[Any, ...]]:
    """The facts of a kind, without their places."""
    return [tuple(each)[1:] for each in facts(kind, source, path)]


def outline(source: str, function: str = "", path: str = "lib/file.ts") -> list[str]:
    """The steps of a function: each on a line, as deep as it stands, with the arm that it is in."""
    steps = [each for each in facts(Step, source, path) if each.function_name == function]
    return [f"{'  ' * _depth(steps, each)}{each.arm + ': ' if each.arm else ''}{_said(each)}" for each in steps]


def _depth(steps: Iterable[Step], step: Step) -> int:
    at = {each.position: each for each in steps}
    return 0 if step.parent is None else 1 + _depth(at.values(), at[step.parent])


def _said(step: Step) -> str:
    details = [step.handling if step.kind in {"call", "next"} and step.handling != "kept" else "", str(step.status or "")]
    waits = ["unawaited"] if step.kind == "call" and not step.awaited else []
    return " ".join(each for each in [step.kind, step.symbol, *details, *waits] if each)


def origins(source: str, function: str = "") -> list[tuple[str, str]]:
    """What the conditions of a function depend on."""
    return [(each.origin, each.symbol) for each in facts(Dependence, source) if each.function_name == function and not each.given]
