"""Values that meet: whether two can be the same, and what stands for both once they are."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from invariants.replay.isolation.collated import UNTOLD
from invariants.replay.isolation.values import FREE, MINE, SESSION, THEIRS, Drawn, Many, Row, Under, Value, Var

WHOSE = {THEIRS: "the session's own", MINE: "another's"}
NEVER = "never"
PERHAPS = "perhaps"


def found(var: Var) -> Var:
    """What stands for a value and all that equal it."""
    while var.same is not None:
        var = var.same
    return var


def standing(value: Value, under: Under | None) -> Value:
    """The same value, compared under something else; of an array, each of its members."""
    if isinstance(value, Many):
        draw = value.draw
        if draw is not None:
            return Many(
                draw=lambda: (drawn := draw())._replace(columns=tuple((name, standing(each, under)) for name, each in drawn.columns))
            )
        return Many(tuple(standing(each, under) for each in value.members))
    if not isinstance(value, Var) or value.under == under:
        return value
    return replace(value, under=under, same=found(value))


def drawn_under(drawn: Drawn, under: Under | None) -> Drawn:
    """A row that was drawn, whose columns are compared under something else."""
    return drawn._replace(columns=tuple((name, standing(value, under)) for name, value in drawn.columns))


def loosest(values: Sequence[Any]) -> Under | None:
    """What makes texts equal of what some values are compared under, that are given together."""
    for each in values:
        if isinstance(each, Var) and each.under is not None and each.under.is_loose:
            return each.under
        if isinstance(each, Many) and (each.draw is not None or loosest(each.members) is not None):
            return UNTOLD
    return None


def merge(one: Var, other: Var) -> None:
    """Take two values for the same. A constant says nothing of the rows it stands in: they share it with everyone."""
    if one.constant is not None:
        one, other = other, one
    other.marks |= one.marks
    other.is_key |= one.is_key
    other.is_free &= one.is_free
    other.names = other.names if other.names == one.names else 0
    if other.constant is None:
        other.bars |= one.bars
        other.doubt = other.doubt or one.doubt
        other.row = other.row or one.row
    one.same = other


def meets(one: Var, other: Var) -> str:
    """Whether two values can be the same: never, perhaps, or why nobody can tell."""
    marks = one.marks | other.marks
    if FREE in marks:
        return PERHAPS
    stray = _stray(one, other)
    if not stray and ({MINE, THEIRS} <= marks or (one.marks & other.bars) or (other.marks & one.bars)):
        return NEVER
    if (one.constant == "" and _identifies(other)) or (other.constant == "" and _identifies(one)):
        return NEVER  # nothing is identified by an empty text
    doubt = "" if _is_literal(one) or _is_literal(other) else one.doubt or other.doubt
    for session, var in ((one, other), (other, one)):
        if SESSION in session.marks and MINE not in session.marks and (THEIRS in var.marks or MINE in var.bars):
            if var.is_key and not doubt:
                return NEVER
            return doubt or f"{session.label} is not known to say who the session is"
    if doubt or stray:
        return doubt or stray
    if bridge(one, other) is not None:
        return f"{one.label} of one tenant may be {other.label} of another"
    return PERHAPS


def _stray(one: Var, other: Var) -> str:
    """Why something of the session's own may be equal to what is another tenant's; empty where nothing says so."""
    if one.names and other.names and one.names != other.names:
        return f"{one.label} and {other.label} identify rows of different tables"
    for free, against in ((one, other), (other, one)):
        if free.is_free and (side := _side(against)) in free.bars and not {MINE, THEIRS} & free.marks:
            return f"nothing says that {free.label} names what is {WHOSE[side]}"
    return ""


def _side(var: Var) -> str:
    """Whose a value is, where it is another's, or the key of the session's own tenant."""
    return THEIRS if THEIRS in var.marks else MINE if MINE in var.marks and var.is_key else ""


def bridge(one: Var, other: Var) -> Row | None:
    """The row of the session's own, where two values that name rows stand on either side."""
    if not (one.is_reference and other.is_reference) or one.doubt or other.doubt or FREE in one.marks | other.marks or _stray(one, other):
        return None
    own = next((each for each in (one, other) if THEIRS in each.bars and MINE not in each.bars), None)
    if own is None or MINE not in (other if own is one else one).bars:
        return None
    return own.row


def _identifies(var: Var) -> bool:
    return THEIRS in var.marks or var.is_reference


def _is_literal(var: Var) -> bool:
    return var.constant is not None and not var.doubt
