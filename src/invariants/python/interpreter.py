"""The interpreter: what a piece of plain Python does, told without running it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

import libcst as cst

from invariants.facts.source import Reason
from invariants.python.source import Source
from invariants.python.values import Call, Scope, Symbol, Unknown, Value

STEPS = 200_000
"""How many expressions and statements one file may take; more than that is a loop that does not end, or data."""
DEPTH = 40
"""How deep functions may call each other."""


class Sql(NamedTuple):
    """SQL text that is run, and the node that runs it. ``data`` where it changes or reads rows and nothing else."""

    text: str
    node: cst.CSTNode
    data: bool = False


class Doubt(NamedTuple):
    """Something at a node that could not be told."""

    node: cst.CSTNode
    reason: Reason
    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Guard:
    """Effects that depend on what the database answers to an SQL condition."""

    condition: str
    node: cst.CSTNode
    then: "list[Effect]" = field(default_factory=list)
    otherwise: "list[Effect]" = field(default_factory=list)


class Note(NamedTuple):
    """An effect that is no SQL: what a frontend makes of it is its own affair."""

    value: Call
    node: cst.CSTNode


class Hint(NamedTuple):
    """What gives away which table code that cannot be followed is about: a name, or SQL as far as it is known; neither where it may be any.

    ``doubt`` is what there is to say of that code, where nothing is said of it unless the name is a table's.
    """

    node: cst.CSTNode
    name: str = ""
    sql: str = ""
    doubt: str = ""


Effect = Sql | Doubt | Guard | Note | Hint


class Host(Protocol):
    """What the interpreter asks about names that are defined outside the file."""

    def attribute(self, symbol: Symbol) -> Value:
        """What a symbol comes to; itself where nothing is known about it."""
        ...

    def call(self, machine: "Interpreter", call: Call) -> Value:
        """What a call comes to; its effects go to the machine."""
        ...


class Exhausted(Exception):
    """The code takes too many steps to follow."""


class Interpreter:
    """Follows one file. ``effects`` is what it has done so far, in order."""

    def __init__(self, source: Source, host: Host) -> None:
        self.source = source
        self.host = host
        self.module = Scope()
        self.effects: list[Effect] = []
        self.steps = 0
        self.depth = 0
        self.exits: list[tuple[Any, Value]] = []
        """How the block at work may have been left by one of two branches, and on what condition."""

    def load(self) -> None:
        """Run the module's own statements: imports, constants, functions, classes."""
        from invariants.python import statements

        statements.run(self, self.source.tree.body, self.module)

    def evaluate(self, node: cst.CSTNode, scope: Scope) -> Value:
        """What an expression comes to."""
        from invariants.python import expressions

        self.step()
        return expressions.evaluate(self, node, scope)

    def invoke(self, function: Value, args: Sequence[Value], node: cst.CSTNode) -> Value:
        """Call a function or class of the file."""
        from invariants.python import calls

        return calls.invoke(self, function, list(args), {}, node)

    def step(self) -> None:
        self.steps += 1
        if self.steps > STEPS:
            raise Exhausted

    def emit(self, effect: Effect) -> None:
        self.effects.append(effect)

    def trial(self) -> "Trial":
        """Collect what happens inside a ``with`` in a list of its own."""
        return Trial(self)


class Trial:
    """The effects of one branch, kept apart."""

    def __init__(self, machine: Interpreter) -> None:
        self._machine = machine
        self._outside = machine.effects
        self.effects: list[Effect] = []

    def __enter__(self) -> "list[Effect]":
        self._machine.effects = self.effects
        return self.effects

    def __exit__(self, *error: object) -> None:
        self._machine.effects = self._outside


def unknown(node: cst.CSTNode, why: str, sketch: str = "") -> Unknown:
    """A value that cannot be told."""
    return Unknown(node, why, sketch)
