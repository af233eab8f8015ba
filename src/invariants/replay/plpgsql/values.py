"""SQL values. NULL is None; text, boolean, integer and numeric are Python's; an array is a list; and some cannot be told."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeAlias

from invariants.replay.errors import Failure

Value: TypeAlias = Any
"""None, str, bool, int, Decimal, float, list, Oid, Json, Record, a date, an Interval or Unsure."""

GAP = "\ue000"
"""Stands in a text for a part that cannot be told; to the scanner, a letter."""


class _Missing:
    """No guess."""

    def __repr__(self) -> str:
        return "MISSING"


MISSING = _Missing()


@dataclass(frozen=True, slots=True, eq=False)
class Unsure:
    """A value that cannot be told.

    ``cause`` says why, as a clause ("it reads the rows of public.tenants"). ``guess`` is what a database has that just
    came into being, its tables empty, where that can be told. ``pattern`` is the text as far as it is known.
    """

    cause: str
    guess: Value = MISSING
    pattern: str = GAP


class Oid(int):
    """An object identifier whose type prints it as a name: regclass, regtype, regproc, regprocedure, regrole, regnamespace."""

    name: str
    kind: str

    def __new__(cls, number: int, kind: str, name: str) -> "Oid":
        made = super().__new__(cls, number)
        made.kind, made.name = kind, name
        return made


class Vector(list[Any]):
    """An int2vector or oidvector: an array that counts from 0 and prints without braces."""


@dataclass(frozen=True, slots=True)
class Json:
    """A json or jsonb value, as ``json.loads`` gives it."""

    value: Any


@dataclass(frozen=True, slots=True)
class Record:
    """A row with named fields."""

    fields: Mapping[str, Value]

    def items(self) -> list[Value]:
        return list(self.fields.values())


def guess_of(value: Value) -> Value:
    """The value, or its guess; MISSING where there is none."""
    return value.guess if isinstance(value, Unsure) else value


def lifted(function: Callable[..., Value], *arguments: Value) -> Value:
    """The function's value; one that cannot be told where an argument cannot, its guess made from theirs."""
    for argument in arguments:
        if isinstance(argument, Unsure):
            return Unsure(argument.cause, _guess(function, arguments))
    return function(*arguments)


def _guess(function: Callable[..., Value], arguments: Iterable[Value]) -> Value:
    guesses = [guess_of(argument) for argument in arguments]
    if any(guess is MISSING for guess in guesses):
        return MISSING
    try:
        return guess_of(function(*guesses))
    except Failure:
        return MISSING


def negation(value: Value) -> Value:
    """NOT, with NULL and what cannot be told."""
    return None if value is None else lifted(lambda each: None if each is None else not each, value)


def conjunction(values: Iterable[Callable[[], Value]]) -> Value:
    """AND: false as soon as one is false, whatever cannot be told of the others."""
    return _junction(values, decisive=False)


def disjunction(values: Iterable[Callable[[], Value]]) -> Value:
    """OR: true as soon as one is true."""
    return _junction(values, decisive=True)


def _junction(values: Iterable[Callable[[], Value]], *, decisive: bool) -> Value:
    doubts: list[Unsure] = []
    null = False
    for each in values:
        value = each()
        if value is decisive:
            return decisive
        if isinstance(value, Unsure):
            doubts.append(value)
        null = null or value is None
    if not doubts:
        return None if null else not decisive
    guesses = [doubt.guess for doubt in doubts] + ([None] if null else [])
    if any(guess is decisive for guess in guesses):
        return Unsure(doubts[0].cause, decisive)
    if any(guess is MISSING for guess in guesses):
        return Unsure(doubts[0].cause)
    return Unsure(doubts[0].cause, None if None in guesses else not decisive)


def text_of(value: Value) -> str:
    """A value as its type's output function writes it: true is ``t`` (a cast to text says ``true``)."""
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, Unsure):
        return value.pattern
    if isinstance(value, Oid):
        return value.name
    if isinstance(value, Vector):
        return " ".join(text_of(each) for each in value)
    if isinstance(value, list):
        return "{" + ",".join(_element(each) for each in value) + "}"
    if isinstance(value, Record):
        return "(" + ",".join("" if each is None else _field(text_of(each)) for each in value.items()) + ")"
    if isinstance(value, Json):
        from invariants.replay.plpgsql.documents import dumps

        return dumps(value.value)
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, float):
        return repr(value).removesuffix(".0").replace("inf", "Infinity").replace("nan", "NaN")
    return str(value)


def cast_text(value: Value) -> str:
    """A value cast to text."""
    return ("true" if value else "false") if isinstance(value, bool) else text_of(value)


def _element(value: Value) -> str:
    if value is None:
        return "NULL"
    text = text_of(value)
    if isinstance(value, list):
        return text
    if text and text.upper() != "NULL" and not any(each in '{}",\\' or each.isspace() for each in text):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _field(text: str) -> str:
    if text and not any(each in '(),"\\' or each.isspace() for each in text):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '""') + '"'


def hashable(value: Value) -> Any:
    """A key under which equal values meet."""
    if isinstance(value, list):
        return tuple(hashable(each) for each in value)
    if isinstance(value, Record):
        return tuple(hashable(each) for each in value.items())
    if isinstance(value, Json):
        return text_of(value)
    return (bool, value) if isinstance(value, bool) else value
