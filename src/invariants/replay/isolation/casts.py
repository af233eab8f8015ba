"""Casts: which leave a value what it is, what they make of constants, and of which nobody knows what comes out (manual, section 4.2.9)."""

import re
from functools import lru_cache
from typing import Any, NamedTuple

from invariants.postgres.grammar import unwrap
from invariants.postgres.tree import strings
from invariants.replay.isolation import constants, members, session
from invariants.replay.isolation.collated import CITEXT
from invariants.replay.isolation.computing import computed
from invariants.replay.isolation.context import Context
from invariants.replay.isolation.meetings import found, standing
from invariants.replay.isolation.values import ERROR, FREE, MINE, SESSION, Json, Many, Nothing, Value, Var
from invariants.replay.typenames import SPELLED

WHOLE = {"int2", "int4", "int8"}
NUMBERS = WHOLE | {"numeric"}
DOCUMENTS = {"json", "jsonb"}
TEXTS = {"text", "varchar"}
SINGLE = NUMBERS | {"uuid"}
"""Types of which a list of several is none."""
NARROW = {"float4", "float8", "bpchar", "char", "name", "bit", "varbit"}
"""Types that what they are given may not fit, and takes them without being cast to them in so many words."""
NAMES = {spelled: name for name, spelled in SPELLED.items()} | {"int": "int4", "integer": "int4"}
"""The types that have another name within PostgreSQL."""
CANONICAL = re.compile(r'(?:.*\.)?"?([^"(\[]+?)"?(?:\(([-\d,]+)\))?(\[\])*')
"""A type as ``format_type`` writes it: its name, its modifiers, and that it is an array."""


class Target(NamedTuple):
    """A type that a value is cast to."""

    name: str
    """As PostgreSQL itself calls it: ``int4``, ``varchar``, ``slug``."""
    modifiers: tuple[int, ...] = ()
    is_array: bool = False

    def __str__(self) -> str:
        return f"{self.name}({','.join(map(str, self.modifiers))})" if self.modifiers else self.name

    def made(self, text: str) -> constants.Made:
        """What the cast makes of a constant."""
        if not self.modifiers:
            return constants.MADE[self.name](text) if self.name in constants.MADE else None
        is_short = len(text) <= self.modifiers[0] and text == text.rstrip()
        return text if self.name in {"varchar", "bpchar"} and is_short else None


def target(node: Any) -> Target:
    """The type that a cast names."""
    values = (unwrap(each) for each in node.typmods)
    modifiers = tuple(value.ival.ival if kind == "a_const" and value.HasField("ival") else 0 for kind, value in values)
    return Target(strings(node.names)[-1], modifiers, bool(node.array_bounds))


@lru_cache(maxsize=1024)
def written(text: str) -> Target:
    """The type of a canonical name, as ``character varying(20)``."""
    match = CANONICAL.fullmatch(text)
    if match is None:
        return Target(text)
    modifiers = tuple(map(int, match[2].split(","))) if match[2] else ()
    return Target(NAMES.get(match[1], match[1]), modifiers, match[3] is not None)


def cast(context: Context, kind: Target, value: Value) -> Value:
    """What a cast makes of a value."""
    known, made = context.world.collations, _cast(context, _underlying(context, kind), value)
    if known is None or not isinstance(made, Var | Many):
        return made
    if (under := known.of_type(kind.name)) is not None:
        return standing(made, under)
    return standing(made, None) if kind.name in TEXTS and isinstance(made, Var) and made.under is CITEXT else made


def _cast(context: Context, kind: Target, value: Value) -> Value:
    """The same of the type that a domain is made of, whatever it is compared under."""
    if kind.is_array:
        return _array(context, kind._replace(is_array=False), value)
    if isinstance(value, Json) and value.path and kind.name in {"bool", *NUMBERS}:
        value = session.claim(context, value)
    if not isinstance(value, Var):
        return value
    text = found(value).constant
    if text is not None and (made := kind.made(text)) is not None:
        return made if isinstance(made, Nothing) else context.world.constant(made)
    if not _keeps(context, kind, value):
        return computed(context, f"::{kind}", (value,))
    if kind.name in SINGLE and not members.is_single(context, value):
        return ERROR
    return session.document(value) if kind.name in DOCUMENTS else value


def passed(context: Context, type_name: str, value: Value) -> Value:
    """What becomes of a value that a parameter, a variable or a result of some type is given."""
    kind = _underlying(context, written(type_name.lower()))
    if context.world.collations is not None and context.world.collations.of_type(written(type_name).name) is not None:
        return cast(context, written(type_name), value)
    return cast(context, kind, value) if kind.modifiers or kind.name in NARROW else value


def _array(context: Context, kind: Target, value: Value) -> Value:
    """An array, each member of which is cast."""
    if isinstance(value, Many) and value.draw is None:
        return value._replace(members=tuple(cast(context, kind, each) for each in value.members))
    is_kept = kind.name in {*SINGLE, *TEXTS} or kind.name in context.tenancy.types.enums
    if isinstance(value, Nothing) or (is_kept and not kind.modifiers):
        return value
    return context.world.doubt(f"it was not followed what becomes of an array that is cast to {kind.name}")


def _underlying(context: Context, kind: Target) -> Target:
    """The type that a domain is made of."""
    if kind.name not in context.tenancy.types.domains:
        return kind
    seen = set[str]()
    while kind.name in context.tenancy.types.domains and kind.name not in seen:
        seen.add(kind.name)
        base = written(context.tenancy.types.domains[kind.name])
        kind = Target(base.name, base.modifiers, base.is_array or kind.is_array)
    return kind


def _keeps(context: Context, kind: Target, value: Var) -> bool:
    """Whether different values are different afterwards too, of those that a value may be."""
    if kind.modifiers:
        return source(context, value) == kind
    if kind.name in TEXTS or (kind.name == CITEXT.name and context.world.collations is not None):
        return True
    if value.row is None and value.marks & {SESSION, FREE, MINE}:  # it is said as a text, which is that of what it names
        return kind.name in SINGLE | DOCUMENTS | {"bool"} or kind.name in context.tenancy.types.enums
    return _is_kept(context, source(context, value), kind, is_key=value.is_key)


def _is_kept(context: Context, of: Target | None, kind: Target, *, is_key: bool) -> bool:
    if of is None or of.is_array:
        return False
    if of.name in TEXTS:  # one thing has one text, unless texts are what tells tenants apart
        return kind.name in context.tenancy.types.enums or (kind.name in SINGLE and not (is_key and context.tenancy.types.are_texts))
    pairs = ((WHOLE, NUMBERS), ({"bool"}, WHOLE), (DOCUMENTS, DOCUMENTS))
    return of == kind or any(of.name in ours and kind.name in theirs for ours, theirs in pairs)


def source(context: Context, value: Var) -> Target | None:
    """The type of a column, or of a text in a document of it; None of what is no part of a row."""
    if value.row is None:
        return None
    if value.row.seen.get(value.number) is not value:
        return Target("text")
    column = next((each for each in value.row.table.columns if each.number == value.number), None)
    return None if column is None else _underlying(context, written(column.type_name))
