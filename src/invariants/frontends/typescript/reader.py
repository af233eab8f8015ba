"""Reads a file once, from top to bottom: its functions, what each does step by step, and every call in it."""

from collections.abc import Callable, Iterable
from functools import cache
from typing import NamedTuple

from tree_sitter import Node

from invariants.facts.code import Function, Handling, Import
from invariants.facts.place import Place
from invariants.frontends.typescript.imports import Export
from invariants.frontends.typescript.scopes import Scope
from invariants.frontends.typescript.syntax import Source
from invariants.languages.drafts import Drafts
from invariants.languages.readings import Reading


class Call(NamedTuple):
    """A call, and which step of which function it is."""

    node: Node
    symbol: str
    function: str
    position: int
    scope: Scope


class Given(NamedTuple):
    """A call that is given something, and which step it is of the function with these names."""

    call: Node
    position: int
    scope: Scope


class Body(Drafts[Scope]):
    """The steps of a function that is being read, and what it returns; acts: it is a server action."""

    def __init__(self, scope: Scope, acts: bool = False) -> None:
        super().__init__(scope)
        self.acts = acts
        self.answers: list[tuple[int, Node]] = []

    def answer(self, at: Place, symbol: str, node: Node) -> None:
        """Writes that an expression is returned."""
        self.answers.append((self.add("return", at, symbol), node))


class Reader(Reading[Source, Call, Body]):
    """What is known of a file so far."""

    def __init__(self, source: Source) -> None:
        super().__init__(source, Body(Scope("")))
        self.given: list[Given] = []
        self.imports: dict[str, Import] = {}
        self.exports: dict[str, Export] = {}
        self.passed_on: list[Import] = []
        self.functions: dict[int, Function] = {}
        self.nodes: dict[str, Node] = {}
        self.doubled: set[str] = set()
        """Names of functions that were declared before."""
        self.decorators: dict[str, list[Node]] = {}
        self.actors: set[int] = set()
        self.executors: set[int] = set()
        self.deciders: set[int] = set()
        self.assigned: list[tuple[Node, Node, Scope]] = []
        self.side = ""
        self.acts = False

    def take(self, imports: Iterable[Import]) -> None:
        """Notes imports."""
        for each in imports:
            self.facts.append(each)
            if each.local:
                self.imports.setdefault(each.local, each)
            else:
                self.passed_on.append(each)

    def is_exported(self, name: str) -> bool:
        """Whether others may import what this is the name of."""
        return name in self.exports or any(each.name == name for each in self.exports.values())

    def test(self, call: int) -> None:
        """Says that a branch depends on what a call answered."""
        for step in self.drafts.get(call, []):
            step.handling = "tested"

    def statements(self, nodes: list[Node], last: bool) -> None:
        """Reads statements in their order; last: nothing of the function comes after them."""
        from invariants.frontends.typescript.statements import block

        block(self, nodes, last)

    def expression(self, node: Node | None, handling: Handling = "kept", awaited: bool = False, name: str = "") -> None:
        """Reads an expression; name: what it is assigned to."""
        if node is not None:
            _expressions()(self, node, handling, awaited, name)

    def function(self, node: Node, name: str = "", exported: bool = False) -> str:
        """Reads a function, and answers its name in the file."""
        from invariants.frontends.typescript.functions import function

        return function(self, node, name, exported)

    def class_(self, node: Node, name: str = "", exported: bool = False, decorators: tuple[Node, ...] = ()) -> str:
        """Reads a class, and answers its name in the file."""
        from invariants.frontends.typescript.classes import read

        return read(self, node, name, exported, decorators)


@cache
def _expressions() -> Callable[[Reader, Node, Handling, bool, str], None]:
    """What reads expressions, and comes back here for what is in them; looked up once, for it is called for every one."""
    from invariants.frontends.typescript.expressions import read

    return read
