"""Reads a file once, from top to bottom: its functions, what each does step by step, and every call in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from tree_sitter import Node

from invariants.facts.code import Argument, Function, Handling, Import, Parameter, Query
from invariants.frontends.rust.scopes import Scope
from invariants.frontends.rust.syntax import Source
from invariants.languages.drafts import Draft, Drafts


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


class Reader:
    """What is known of a file so far."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.facts: list[Any] = []
        self.imports: dict[str, Import] = {}
        self.functions: dict[str, Function] = {}
        self.items: dict[str, Item] = {}
        self.closures: dict[int, str] = {}
        self.calls: dict[int, Call] = {}
        self.drafts: dict[int, list[Draft]] = {}
        self.bodies: list[Body] = []
        self.arguments: list[Argument] = []
        self.queries: list[Query] = []
        self.parameters: dict[str, list[Parameter]] = {}
        self.constants: dict[str, Node] = {}
        self.traits: dict[str, list[str]] = {}
        self.body = Body(Scope(""))

    @contextmanager
    def reading(self, body: Body) -> Iterator[None]:
        """Meanwhile another function is read."""
        before, self.body = self.body, body
        self.bodies.append(body)
        yield
        self.body = before

    def test(self, call: int) -> None:
        """Says that a branch depends on what a call answered; a failure that is returned needs no branch."""
        for step in self.drafts.get(call, []):
            step.handling = "tested" if step.handling != "returned" else "returned"

    def expression(self, node: Node | None, handling: Handling = "kept", awaited: bool = False) -> None:
        """Reads an expression."""
        from invariants.frontends.rust.expressions import read

        if node is not None:
            read(self, node, handling, awaited)

    def closure(self, node: Node) -> str:
        """Reads a closure, and answers its name in the file."""
        from invariants.frontends.rust.functions import closure

        return closure(self, node)

    def item(self, node: Node) -> None:
        """Reads what is declared: a function, a type, a module."""
        from invariants.frontends.rust.items import item

        item(self, node)
