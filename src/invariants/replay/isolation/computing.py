"""What functions and operators of PostgreSQL's own compute: the same from the same unless they are volatile, and nobody looks closer."""

from collections.abc import Sequence

from invariants.replay.isolation.context import Context
from invariants.replay.isolation.meetings import found, loosest, standing
from invariants.replay.isolation.standard import LENIENT, NEVER_NULL, VOLATILE
from invariants.replay.isolation.values import FREE, NULL, SESSION, Nothing, Unknown, Value, Var

FOLDING = {"lower", "upper", "trim", "btrim", "initcap"}
"""Functions that make texts alike; ids of rows that are no texts they leave what they are."""
IDS = {"uuid", "smallint", "integer", "bigint"}
ALIKE = FOLDING | {"to_jsonb", "to_json", "jsonb_build_array", "text"}
"""Functions that leave a value what it is, for what it identifies."""
PIECES = {"split_part", "substring", "substr", "left", "right", "regexp_replace", "replace", "string_to_array", "regexp_split_to_array"}
"""Functions that take a piece of a text: of what the session says, another thing it says."""


def computed(context: Context, name: str, arguments: Sequence[Value], *, is_required: bool = False) -> Value:
    """What a function computes from values, which must not be NULL where it is required."""
    value = _computed(context, name, arguments, is_required=is_required)
    return value if context.world.collations is None else standing(value, loosest(arguments))


def _computed(context: Context, name: str, arguments: Sequence[Value], *, is_required: bool) -> Value:
    """The same, whatever it is compared under."""
    given = [found(each) if isinstance(each, Var) else each for each in arguments]
    for each in given:
        if isinstance(each, Nothing | Unknown) and not (each is NULL and name in LENIENT):
            return each
    values = [each for each in given if isinstance(each, Var)]
    if any(each is not NULL for each in given if not isinstance(each, Var)):
        return Unknown(context.world.doubt(f"{name} of arrays or documents was not followed").why)
    if len(values) == len(given) and (plain := _plain(context, name, values)) is not None:
        return plain
    if name in VOLATILE:
        return _made(name, values)
    key, kept = ("computed", name, *given), context.world.kept
    if key not in kept:
        kept[key] = _made(name, values) if _never_null(name) or context.world.holds(is_required=is_required) else NULL
    value = kept[key]
    return value if isinstance(value, Var) else NULL


def _never_null(name: str) -> bool:
    """Whether a function answers NULL only where it is given it; casts do, and what stands in the place of constants."""
    return name in NEVER_NULL or name.startswith(("::", "bits "))


def _plain(context: Context, name: str, values: Sequence[Var]) -> Var | None:
    """What a function computes from constants, or leaves what it is."""
    constants = [each.constant for each in values]
    if values and all(each is not None for each in constants) and (text := _folded(name, [each or "" for each in constants])) is not None:
        return context.world.constant(text)
    return values[0] if name in ALIKE and len(values) == 1 and not (name in FOLDING and _may_be_text(values[0])) else None


def _made(name: str, given: Sequence[Var]) -> Var:
    marks = frozenset().union(*(each.marks for each in given)) if given else frozenset()
    label = f"{name}({', '.join(each.label for each in given)})"
    if FREE in marks:
        return Var(label, frozenset({FREE}))
    if name in PIECES and marks == {SESSION}:
        return Var(label, marks)
    bars = frozenset[str]().union(*(each.bars for each in given)) if given else frozenset()
    doubt = f"it was not followed what {label} is" if marks or any(each.doubt for each in given) else ""
    is_free = len(bars) == 1  # what was made of one may be made of another
    return Var(label, frozenset(), bars if len(bars) == 1 else frozenset(), is_reference=bool(marks), is_free=is_free, doubt=doubt)


def _folded(name: str, texts: Sequence[str]) -> str | None:
    """A constant computed from constants."""
    if name == "||":
        return "".join(texts)
    if name in {"lower", "upper"}:
        return texts[0].lower() if name == "lower" else texts[0].upper()
    return texts[0] if name in ALIKE else None


def _may_be_text(var: Var) -> bool:
    """Whether it is anything but a column of a type of ids that are no texts."""
    column = next((each for each in var.row.table.columns if each.number == var.number), None) if var.row is not None else None
    return column is None or column.type_name not in IDS
