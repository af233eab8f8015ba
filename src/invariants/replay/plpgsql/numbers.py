"""Arithmetic functions, and those of dates."""

import math
from collections.abc import Callable
from datetime import date, datetime
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_UP, Decimal

from invariants.replay.errors import Failure
from invariants.replay.plpgsql import operators, times
from invariants.replay.plpgsql.values import Unsure, Value


def _scaled(number: Value, digits: int, rounding: str) -> Value:
    if isinstance(number, int) and digits >= 0:
        return number if digits == 0 else Decimal(number).quantize(Decimal(1).scaleb(-digits))
    return Decimal(number).quantize(Decimal(1).scaleb(-digits), rounding)


def rounded(number: Value, digits: int = 0) -> Value:
    """round: halves go away from zero."""
    return float(round(number)) if isinstance(number, float) else _scaled(number, digits, ROUND_HALF_UP)


def truncated(number: Value, digits: int = 0) -> Value:
    """trunc."""
    return _scaled(number, digits, ROUND_DOWN)


def make_interval(
    years: int = 0, months: int = 0, weeks: int = 0, days: int = 0, hours: int = 0, mins: int = 0, secs: int = 0
) -> times.Interval:
    """make_interval."""
    return times.Interval(years * 12 + months, weeks * 7 + days, hours * 3600 + mins * 60 + int(secs))


def in_zone(zone: Value, value: Value) -> Value:
    """AT TIME ZONE: without a zone of the session, only UTC can be told."""
    return value if str(zone).upper() in {"UTC", "GMT", "Z"} else Unsure("it depends on the time zone")


def make_date(year: int, month: int, day: int) -> date:
    """make_date."""
    try:
        return date(year, month, day)
    except ValueError as error:
        raise Failure("22008", "date field value out of range") from error


FUNCTIONS: dict[str, Callable[..., Value]] = {
    "abs": abs,
    "ceil": lambda number: number if isinstance(number, int) else _scaled(number, 0, ROUND_CEILING),
    "ceiling": lambda number: number if isinstance(number, int) else _scaled(number, 0, ROUND_CEILING),
    "floor": lambda number: number if isinstance(number, int) else _scaled(number, 0, ROUND_FLOOR),
    "round": rounded,
    "trunc": truncated,
    "mod": operators.remainder,
    "div": lambda left, right: truncated(operators.divided(left, right)),
    "sign": lambda number: (number > 0) - (number < 0),
    "power": operators.power,
    "pow": operators.power,
    "sqrt": math.sqrt,
    "gcd": math.gcd,
    "lcm": math.lcm,
    "date_trunc": lambda unit, value: times.truncate(unit.lower(), value),
    "date_part": lambda unit, value: times.part(unit.lower(), value),
    "extract": lambda unit, value: times.part(unit.lower(), value),
    "to_char": times.to_char,
    "make_date": make_date,
    "make_interval": make_interval,
    "make_timestamp": lambda year, month, day, hour, minute, second: datetime(year, month, day, hour, minute, int(second)),  # noqa: DTZ001
    "timezone": in_zone,
    "date": lambda value: times.parse_date(value) if isinstance(value, str) else times.moment(value).date(),
}
