"""Steps while their function is being read."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from invariants.facts.code import ANSWER, Act, Argument, Arm, Handling, Step
from invariants.facts.place import Place
from invariants.frontends.python.parameters import Source
from invariants.frontends.python.syntax import Module


@dataclass(eq=False)
class Draft:
    """A step that is not told yet: what becomes of a call's answer is known at the end."""

    node: ast.expr | ast.stmt | ast.excepthandler
    kind: Act
    symbol: str
    parent: "Draft | None"
    arm: Arm
    position: int
    status: int | None = None
    handling: Handling = "ignored"
    awaited: bool = False
    has_arguments: bool = False
    forwards: bool = False
    """It hands on the arguments that its own function was given."""
    returned: bool = False
    sources: list[Source] = field(default_factory=list)
    sent: dict[ast.expr, str] = field(default_factory=dict)
    """The arguments that are nothing but what the caller sent, and what of the request they are."""
    parts: list[tuple[str, tuple[str, str]]] = field(default_factory=list)
    """Of a return, the parts that it answers with; of a branch, those that it asks for; each with its kind and its value."""

    def place(self, module: Module) -> Place:
        """Where it stands: of a compound statement, its first line."""
        at = module.place(self.node)
        return at if at.line == at.end_line else at._replace(end_line=at.line, end_column=len(module.lines[at.line - 1]) + 1)

    def step(self, module: Module, function: str, position: int) -> Step:
        """The fact of it."""
        kind = self.kind
        if kind == "next" and self.handling == "tested" and not (self.forwards or self.returned):
            kind = "call"
        parent = self.parent.position if self.parent else None
        return Step(
            self.place(module),
            function,
            position,
            parent,
            self.arm,
            kind,
            self.symbol,
            self.status,
            self.handling,
            self.awaited or kind != "call",
        )


def answers(module: Module, function: str, position: int, call: ast.Call, held: Mapping[str, list[Draft]]) -> Iterator[Argument]:
    """What is called whose answer a call is given by a name; held: the calls whose answers names hold, the last of which counts."""
    given = [*enumerate(call.args), *((one.arg, one.value) for one in call.keywords)]
    for name, each in given:
        made = held.get(each.id, [])[-1:] if isinstance(each, ast.Name) else []
        yield from (Argument(module.place(each), function, position, f"{name}{ANSWER}", "call", one.symbol) for one in made)
