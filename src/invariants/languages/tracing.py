"""Where the values in a condition come from, followed through local variables."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Container, Iterable, Iterator
from itertools import islice
from typing import Any, Generic, NamedTuple, TypeVar

from tree_sitter import Node

from invariants.facts.code import DISPLAY, PART, VACANT, Dependence, Origin, bare
from invariants.languages.drafts import Drafts
from invariants.languages.scopes import Names
from invariants.languages.trees import Tree

Scope = TypeVar("Scope", bound=Names[Any, Any])
DEEP = 24
INNER = 3
MANY = 200
"""How deep expressions are followed, and how many values; what is beyond was made by a program."""


class Dependency(NamedTuple):
    """Something that a value depends on; the call, where it is what one answered."""

    origin: Origin
    symbol: str
    call: Node | None = None

    def vacant(self) -> "Dependency":
        """Of a variable of the environment, that it is empty where nobody sets it."""
        return self.loose(VACANT) if self.origin == "environment" else self

    def loose(self, kind: str) -> "Dependency":
        """A variable that keeps nobody out where nobody sets it."""
        return self._replace(symbol=f"{kind}{bare(self.symbol)}")


class Tracer(ABC, Generic[Scope]):
    """Follows values through the variables of a file."""

    def __init__(self, source: Tree) -> None:
        self._tree = source
        self._traced: dict[tuple[int, int], list[Dependency]] = {}
        """By node and scope, once all of the file was read: conditions share what they depend on."""

    @abstractmethod
    def origins(self, node: Node, scope: Scope, seen: frozenset[str], depth: int) -> Iterator[Dependency]:
        """What an expression depends on; seen: the variables that it is the value of."""

    @abstractmethod
    def given(self, call: Node, scope: Scope, depth: int = INNER) -> Iterator[Dependency]:
        """What a call is given, and what the calls among that are given; what is the caller's also by the name that it has here."""

    def trace(self, node: Node, scope: Scope) -> list[Dependency]:
        """What an expression depends on, each told once."""
        key = (node.id, id(scope))
        found = self._traced.get(key)
        if found is None:
            self._traced[key] = []  # where it comes back to itself: `a = a === other ? a : other`
            found = self._traced[key] = list(dict.fromkeys(islice(self.origins(node, scope, frozenset(), DEEP), MANY)))
        return found

    def alone(self, node: Node, scope: Scope, wanted: Container[Origin]) -> list[Dependency]:
        """What an expression depends on, where that is of the wanted origins alone; nothing, as soon as something else is seen."""
        found: dict[Dependency, None] = {}
        for each in self._traced.get((node.id, id(scope))) or islice(self.origins(node, scope, frozenset(), DEEP), MANY):
            if each.origin not in wanted:
                return []
            found[each] = None
        return list(found)

    def followed(self, node: Node, scope: Scope, depth: int) -> Iterator[Dependency]:
        """What an expression depends on, and what the calls in it are given."""
        for found in self.trace(node, scope):
            yield found
            yield from self.given(found.call, scope, depth - 1) if found.call is not None else ()

    def dependences(self, body: Drafts[Scope], test: Callable[[int], None]) -> Iterator[Dependence]:
        """What each condition of a function depends on; a call that one depends on is tested."""
        for position, node in body.conditions:
            at = self._tree.place(node)
            told: dict[tuple[Origin, str, str], None] = {}
            for origin, symbol, call in self.trace(node, body.scope):
                told[origin, symbol, ""] = None
                if call is not None:
                    test(call.id)
                    told |= {(each.origin, each.symbol, symbol): None for each in self.given(call, body.scope)}
            yield from (Dependence(at, body.scope.name, position, *key) for key in told)


def partly(found: Iterable[Dependency]) -> Iterator[Dependency]:
    """What a part of a value depends on: that there is the whole says nothing of the part."""
    for each in found:
        if each.symbol != DISPLAY:
            yield each
            yield from [Dependency("constant", PART)] if each.origin == "call" else []
