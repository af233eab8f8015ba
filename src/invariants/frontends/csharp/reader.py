"""Reads a file once, from top to bottom: its types, their methods, what each does step by step, and every call in it."""

from typing import NamedTuple

from tree_sitter import Node

from invariants.facts.code import Function, Handling
from invariants.frontends.csharp.scopes import Scope
from invariants.frontends.csharp.syntax import Source
from invariants.languages.drafts import Drafts
from invariants.languages.readings import Reading


class Call(NamedTuple):
    """A call, and which step of which function it is."""

    node: Node
    symbol: str
    position: int
    scope: Scope


class Item(NamedTuple):
    """A function or type with its syntax, and the scope that its parameters, variables or fields are in."""

    name: str
    node: Node
    scope: Scope


Body = Drafts[Scope]
"""The steps of a function that is being read."""


class Reader(Reading[Source, Call, Body]):
    """What is known of a file so far."""

    def __init__(self, source: Source) -> None:
        super().__init__(source, Body(Scope("")))
        self.functions: dict[str, Function] = {}
        self.items: dict[str, Item] = {}
        self.types: dict[str, Item] = {}
        self.named: dict[int, str] = {}
        """The names of functions, by the syntax that they are read from."""
        self.constants: dict[str, Node] = {}

    def expression(self, node: Node | None, handling: Handling = "kept", awaited: bool = False) -> None:
        """Reads an expression."""
        from invariants.frontends.csharp.expressions import read

        if node is not None:
            read(self, node, handling, awaited)

    def statement(self, node: Node | None) -> None:
        """Reads a statement."""
        from invariants.frontends.csharp.statements import read

        if node is not None:
            read(self, node)

    def function(self, node: Node, name: str = "") -> str:
        """Reads a function, and answers its name in the file."""
        from invariants.frontends.csharp.functions import function

        return function(self, node, name)
