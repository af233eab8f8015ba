"""Reads a file once, from top to bottom: its functions, what each does step by step, and every call in it."""

from typing import NamedTuple

from tree_sitter import Node

from invariants.facts.code import Function, Handling, Import
from invariants.frontends.rust.scopes import Scope
from invariants.frontends.rust.syntax import Source
from invariants.languages.drafts import Drafts
from invariants.languages.readings import Reading


class Call(NamedTuple):
    """A call, and which step of which function it is."""

    node: Node
    symbol: str
    position: int
    scope: Scope


class Item(NamedTuple):
    """A function with its syntax, and the scope that its parameters and variables are in."""

    name: str
    node: Node
    scope: Scope


Body = Drafts[Scope]
"""The steps of a function that is being read."""


class Reader(Reading[Source, Call, Body]):
    """What is known of a file so far."""

    def __init__(self, source: Source) -> None:
        super().__init__(source, Body(Scope("")))
        self.imports: dict[str, Import] = {}
        self.functions: dict[str, Function] = {}
        self.items: dict[str, Item] = {}
        self.closures: dict[int, str] = {}
        self.constants: dict[str, Node] = {}
        self.others: dict[str, list[Item]] = {}
        """Functions that stand in the place of others where the code is built differently."""
        self.switched: dict[str, tuple[Body, int]] = {}
        """Functions that are there only where the code is built so, and the branch that says it."""
        self.traits: dict[str, list[str]] = {}
        self.is_apart = False
        """What is read is a block of its own, whose end nobody hands back: `let found = async { check().await? }.await;`."""

    def expression(self, node: Node | None, handling: Handling = "kept", awaited: bool = False) -> None:
        """Reads an expression."""
        from invariants.frontends.rust.expressions import read

        if node is not None:
            read(self, node, handling, awaited)

    def apart(self, node: Node) -> None:
        """Reads a block of its own: what ends it ends nothing else."""
        around, self.is_apart = self.is_apart, True
        self.expression(node)
        self.is_apart = around

    def closure(self, node: Node) -> str:
        """Reads a closure, and answers its name in the file."""
        from invariants.frontends.rust.functions import closure

        return closure(self, node)

    def item(self, node: Node) -> None:
        """Reads what is declared: a function, a type, a module."""
        from invariants.frontends.rust.items import item

        item(self, node)
