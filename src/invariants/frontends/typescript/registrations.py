"""Calls of methods on routers, and the conditions that they stand under."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tree_sitter import Node

from invariants.frontends.typescript.answered import METHODS
from invariants.frontends.typescript.reader import Call, Reader
from invariants.frontends.typescript.scopes import Scope
from invariants.languages.drafts import Draft

Under = tuple[str, int, str]
"""A function, a branch of it, and an arm of that."""
REGISTERING = METHODS.keys() | {"use", "route", "register", "on", "openapi", "mount"}
"""What methods are called that register something."""
HANDED = "()"
"""The method of a registration that gives the router to a function."""


class Registration(NamedTuple):
    """A call of a method on a router: its place among the calls on that router, and where it stands."""

    router: str
    position: int
    method: str
    call: Node
    base: Node | None
    scope: Scope
    looped: bool
    followed: bool
    doubted: bool = False
    """A condition decides whether it is made, which others on the router do not stand under."""


def doubted(module: Reader, framework: str, found: Sequence[Registration]) -> Iterator[Registration]:
    """Registrations, with whether a condition decides that one is made which others are made without."""
    told = list(_arms(module, found))
    for each, under in zip(found, told, strict=True):
        beside = [arm for other, arm in zip(found, told, strict=True) if under and _is_beside(framework, each, other)]
        yield each._replace(doubted=bool(under) and (not beside or any(arm[: len(under)] != under for arm in beside)))


def _is_beside(framework: str, each: Registration, other: Registration) -> bool:
    """Whether what is put before routes by the one may stand before the other."""
    is_reached = framework == "fastify" or other.position > each.position
    return other.router == each.router and other is not each and is_reached and other.method in REGISTERING


def _arms(module: Reader, found: Sequence[Registration]) -> Iterator[list[Under]]:
    """The branches that each registration stands in."""
    steps = {id(body.scope): body.steps for body in module.bodies}
    for each in found:
        call = module.calls[each.call.id]
        yield arms(steps[id(call.scope)], call)


def arms(steps: Sequence[Draft], call: Call) -> list[Under]:
    """The branches that a call of a function stands in, the outermost first."""
    step, found = steps[call.position], list[Under]()
    while step.parent is not None:
        found += [(call.function, step.parent, step.arm)] if steps[step.parent].kind == "branch" else []
        step = steps[step.parent]
    return found[::-1]
