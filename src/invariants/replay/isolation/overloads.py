"""Which function a call means, where there is more than one of its name: by the types of its arguments, as far as these are told."""

from collections.abc import Sequence
from typing import Any

from invariants.postgres.grammar import unwrap
from invariants.postgres.tree import strings
from invariants.replay import objects as o
from invariants.replay.isolation.values import Value, Var
from invariants.replay.typenames import SPELLED


def written_type(node: Any) -> str:
    """The type that an argument is cast to; empty where it is not cast."""
    kind, value = unwrap(node)
    if kind != "type_cast":
        return ""
    name = strings(value.type_name.names)[-1]
    return SPELLED.get(name, name) + ("[]" if value.type_name.array_bounds else "")


def type_of(written: str, value: Value) -> str:
    """The type of an argument; empty where it is not told."""
    if written or not isinstance(value, Var) or value.row is None:
        return written
    return next((each.type_name for each in value.row.table.columns if each.number == value.number), "")


def takes(function: o.Function, count: int) -> bool:
    """Whether it may be called with so many arguments."""
    least = sum(argument.default is None and argument.mode in {"in", "inout"} for argument in function.arguments)
    return least <= count <= len(function.inputs)


def meant(found: Sequence[o.Function], types: Sequence[str], *, is_ordered: bool) -> o.Function | None:
    """The one that is called; None where it cannot be told. Of those with the same types the first hides the rest, if it is known."""
    if len(found) > 1:
        found = [each for each in found if all(not known or known == own for known, own in zip(types, each.inputs, strict=False))]
    hides = is_ordered and len({each.inputs for each in found}) == 1
    return found[0] if len(found) == 1 or hides else None
