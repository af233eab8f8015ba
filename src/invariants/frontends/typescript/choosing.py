"""One value of two, by a condition."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tree_sitter import Node

from invariants.facts.code import DISPLAY
from invariants.frontends.typescript.making import is_something
from invariants.frontends.typescript.syntax import named
from invariants.languages.tracing import Dependency

if TYPE_CHECKING:
    from invariants.frontends.typescript.dependences import Tracer
    from invariants.frontends.typescript.scopes import Scope

SENT = ({"caller"}, {"caller", "constant"})
"""Where a condition comes from by which the caller alone decides."""


def either(tracer: Tracer, node: Node, scope: Scope, seen: frozenset[str], depth: int) -> Iterator[Dependency]:
    """What both depend on; where the caller chooses, one that is written is there for whoever asks: `isOurs ? {} : await user()`."""
    asked, *arms = (list(tracer.origins(each, scope, seen, depth - 1)) for each in named(node))
    yield from (each for found in (asked, *arms) for each in found)
    is_chosen = bool(asked) and {each.origin for each in asked} in SENT
    is_found = any(each.origin == "call" for found in arms for each in found)
    is_there = is_chosen and is_found and any(is_something(tracer.source, each) for each in named(node)[1:])
    yield from [Dependency("constant", DISPLAY)] if is_there else []
