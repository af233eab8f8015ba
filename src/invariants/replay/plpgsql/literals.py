"""Literals, read as the type they are wanted in."""

from datetime import date
from decimal import Decimal

from invariants.replay.errors import Failure
from invariants.replay.plpgsql import arrays, documents, times
from invariants.replay.plpgsql.values import Json, Value

TRUE, FALSE = {"t", "true", "y", "yes", "on", "1"}, {"f", "false", "n", "no", "off", "0"}


def parse_bool(text: str) -> bool:
    """A text as boolean."""
    word = text.strip().lower()
    if word and any(each.startswith(word) for each in TRUE) and word != "o":
        return True
    if word and any(each.startswith(word) for each in FALSE) and word != "o":
        return False
    raise Failure("22P02", f'invalid input syntax for type boolean: "{text}"')


def parse_int(text: str) -> int:
    """A text as integer."""
    try:
        return int(text.strip())
    except ValueError as error:
        raise Failure("22P02", f'invalid input syntax for type integer: "{text}"') from error


def parse_numeric(text: str) -> Decimal:
    """A text as numeric."""
    try:
        return Decimal(text.strip())
    except ArithmeticError as error:
        raise Failure("22P02", f'invalid input syntax for type numeric: "{text}"') from error


def alike(value: str, other: Value) -> Value:
    """A literal in the type of what it is compared with."""
    if isinstance(other, bool):
        return parse_bool(value)
    if isinstance(other, int):
        return parse_int(value)
    if isinstance(other, (Decimal, float)):
        return parse_numeric(value)
    if isinstance(other, list):
        return arrays.parse(value)
    if isinstance(other, Json):
        return documents.loads(value)
    if isinstance(other, times.Interval):
        return times.interval(value)
    return times.parse_timestamp(value) if isinstance(other, date) else value
