"""How a block is left before its end, for certain or by one of two branches."""

from dataclasses import dataclass
from typing import Literal

import libcst as cst

from invariants.python import questions
from invariants.python.interpreter import Interpreter
from invariants.python.values import Ask, Unknown, Value, opaque


@dataclass(frozen=True, slots=True)
class Jump:
    """How a block was left before its end."""

    kind: Literal["return", "break", "continue", "raise"]
    value: Value = None


def blur(machine: Interpreter, node: cst.CSTNode, exits: int) -> None:
    """What may leave a block from inside a branch does so on more than its own condition."""
    machine.exits[exits:] = [(jump, Unknown(node, "what it depends on is not known")) for jump, _ in machine.exits[exits:]]


def note(machine: Interpreter, node: cst.CSTNode, truth: Ask | Unknown, jump: Jump | None, other: Jump | None) -> None:
    """One of two branches may leave the block. The condition of the first is kept where it asks for a row of which something holds."""
    left = jump or other
    if left is not None and (jump is None or other is None) and left.kind in {"break", "return"}:
        is_of_row = jump is not None and isinstance(truth, Ask) and truth.sql.startswith("EXISTS (SELECT 1 FROM (")
        machine.exits.append((left, truth if is_of_row else Unknown(node, "what it depends on is not known")))


def meet(node: cst.CSTNode, truth: Ask | Unknown, left: Jump | None, right: Jump | None) -> Jump | None:
    """How both branches together leave a block."""
    if left is None or right is None or "return" not in {left.kind, right.kind}:
        return None if left is None or right is None else left
    first, second = questions.truth(left.value, node), questions.truth(right.value, node)
    if isinstance(truth, Ask) and first is True and second is False:
        return Jump("return", truth)
    if isinstance(truth, Ask) and first is False and second is True:
        return Jump("return", questions.negate(truth, node))
    if not opaque(left.value) and not opaque(right.value) and left.value == right.value:
        return left
    if isinstance(truth, Ask) and isinstance(first, (Ask, bool)) and isinstance(second, (Ask, bool)):
        sides = [each.sql if isinstance(each, Ask) else str(each).lower() for each in (first, second)]
        return Jump("return", Ask(f"(CASE WHEN {truth.sql} THEN {sides[0]} ELSE {sides[1]} END)"))
    return Jump("return", Unknown(node, "which of the two it is is not known"))
