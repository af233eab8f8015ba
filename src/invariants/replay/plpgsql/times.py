"""Dates, times and intervals, for partitions that migrations name after the months of a given year."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from invariants.replay.errors import Failure
from invariants.replay.plpgsql.values import Value

MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
UNITS = {
    "year": (12, 0, 0), "month": (1, 0, 0), "mon": (1, 0, 0), "week": (0, 7, 0), "day": (0, 1, 0), "decade": (120, 0, 0),
    "hour": (0, 0, 3600), "minute": (0, 0, 60), "min": (0, 0, 60), "second": (0, 0, 1), "sec": (0, 0, 1),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Interval:
    """Months, days and seconds, which PostgreSQL keeps apart."""

    months: int = 0
    days: int = 0
    seconds: int = 0

    def __mul__(self, factor: Any) -> "Interval":
        return Interval(int(self.months * factor), int(self.days * factor), int(self.seconds * factor))

    def __neg__(self) -> "Interval":
        return self * -1

    def __str__(self) -> str:
        parts = [
            _amount(int(self.months / 12), "year"),
            _amount(self.months - int(self.months / 12) * 12, "mon"),
            _amount(self.days, "day"),
        ]
        clock = "" if not self.seconds else ("-" if self.seconds < 0 else "") + _clock(abs(self.seconds))
        return " ".join(part for part in (*parts, clock) if part) or "00:00:00"


def _amount(number: int, unit: str) -> str:
    return f"{number} {unit}{'' if number == 1 else 's'}" if number else ""


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def interval(text: str) -> Interval:
    """An interval from a text such as ``1 month`` or ``-3 days 02:00``."""
    months = days = seconds = 0
    found = re.findall(r"([+-]?\d+)\s*([a-z]+)|([+-]?)(\d+):(\d+)(?::(\d+))?", text.lower())
    if not found:
        raise Failure("22007", f'invalid input syntax for type interval: "{text}"')
    for number, unit, sign, hours, minutes, rest in found:
        if unit:
            factors = UNITS.get(unit.removesuffix("s"))
            if factors is None:
                raise Failure("22007", f'invalid input syntax for type interval: "{text}"')
            months, days, seconds = (total + int(number) * each for total, each in zip((months, days, seconds), factors, strict=True))
        else:
            clock = int(hours) * 3600 + int(minutes) * 60 + int(rest or 0)
            seconds += -clock if sign == "-" else clock
    return Interval(months, days, seconds)


def parse_date(text: str) -> date:
    """A text as date."""
    return parse_timestamp(text).date()


def parse_timestamp(text: str) -> datetime:
    """A timestamp from ISO text; zones are not kept."""
    try:
        return datetime.fromisoformat(text.strip()).replace(tzinfo=None)
    except ValueError as error:
        raise Failure("22007", f'invalid input syntax for type timestamp: "{text}"') from error


def moment(value: Value) -> datetime:
    """A date or timestamp as a timestamp."""
    return value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)  # noqa: DTZ001


def add(left: Value, right: Value) -> Value:
    """date or timestamp + interval, date + integer, interval + interval."""
    if isinstance(left, Interval) and isinstance(right, Interval):
        return Interval(left.months + right.months, left.days + right.days, left.seconds + right.seconds)
    if isinstance(left, (int, Interval)):
        left, right = right, left
    if isinstance(right, int):
        return left + timedelta(days=right)
    months = left.year * 12 + left.month - 1 + right.months
    year, month = months // 12, months % 12 + 1
    shifted = moment(left).replace(year=year, month=month, day=min(left.day, _days(year, month)))
    return shifted + timedelta(days=right.days, seconds=right.seconds)


def _days(year: int, month: int) -> int:
    following = date(year + month // 12, month % 12 + 1, 1)
    return (following - timedelta(days=1)).day


def subtract(left: Value, right: Value) -> Value:
    """left - right: an interval, days, or a time."""
    if isinstance(right, Interval):
        return add(left, -right)
    if isinstance(right, int):
        return left - timedelta(days=right)
    if isinstance(left, datetime) or isinstance(right, datetime):
        gap = moment(left) - moment(right)
        return Interval(0, gap.days, gap.seconds)
    return (left - right).days


def truncate(unit: str, value: Value) -> datetime:
    """date_trunc."""
    at = moment(value)
    if unit == "week":
        return datetime(at.year, at.month, at.day) - timedelta(days=at.weekday())  # noqa: DTZ001
    if unit == "quarter":
        return datetime(at.year, (at.month - 1) // 3 * 3 + 1, 1)  # noqa: DTZ001
    fields = ["year", "month", "day", "hour", "minute", "second"]
    if unit not in fields:
        raise Failure("22023", f'unit "{unit}" not recognized for type timestamp')
    kept = fields[: fields.index(unit) + 1]
    return datetime(*(getattr(at, each) if each in kept else int(each in {"month", "day"}) for each in fields))  # type: ignore[arg-type]  # noqa: DTZ001


def part(unit: str, value: Value) -> int:
    """extract and date_part."""
    at = moment(value)
    computed = {
        "quarter": (at.month - 1) // 3 + 1, "dow": at.isoweekday() % 7, "isodow": at.isoweekday(), "doy": at.timetuple().tm_yday,
        "week": at.isocalendar().week, "isoyear": at.isocalendar().year, "epoch": int((at - datetime(1970, 1, 1)).total_seconds()),  # noqa: DTZ001
    }  # fmt: skip
    if unit in computed:
        return computed[unit]
    if unit not in {"year", "month", "day", "hour", "minute", "second"}:
        raise Failure("22023", f'unit "{unit}" not recognized for type timestamp')
    return int(getattr(at, unit))


PATTERN = re.compile(
    r'"(?P<text>[^"]*)"|(?P<plain>FM)?(?P<field>YYYY|YY|Month|MONTH|month|Mon|MON|mon|MM|DDD|DD|Day|DAY|day|Dy|DY|dy|D|HH24|HH12|HH|MI|SS|IYYY|IW|WW|Q)'
)


def to_char(value: Value, pattern: str) -> str:
    """to_char of a date, timestamp or number with a pattern of plain fields."""
    if isinstance(value, int):
        digits = sum(each in "09" for each in pattern)
        padded = str(abs(value)).rjust(digits, "0" if "0" in pattern else " ")
        return padded.strip() if pattern.startswith("FM") and "0" not in pattern else ("" if pattern.startswith("FM") else " ") + padded
    at = moment(value)

    def filled(match: re.Match[str]) -> str:
        return match["text"] if match["field"] is None else _field(at, match["field"], padded=not match["plain"])

    return PATTERN.sub(filled, pattern)


def _field(at: datetime, word: str, *, padded: bool) -> str:
    numbers = {
        "YYYY": (at.year, 4), "YY": (at.year % 100, 2), "MM": (at.month, 2), "DDD": (at.timetuple().tm_yday, 3), "DD": (at.day, 2),
        "D": (at.isoweekday() % 7 + 1, 1), "HH24": (at.hour, 2), "HH12": ((at.hour - 1) % 12 + 1, 2), "HH": ((at.hour - 1) % 12 + 1, 2),
        "MI": (at.minute, 2), "SS": (at.second, 2), "IYYY": (at.isocalendar().year, 4), "IW": (at.isocalendar().week, 2),
        "WW": ((at.timetuple().tm_yday - 1) // 7 + 1, 2), "Q": ((at.month - 1) // 3 + 1, 1),
    }  # fmt: skip
    if word in numbers:
        number, width = numbers[word]
        return str(number).zfill(width if padded else 0)
    full = MONTHS[at.month - 1] if word.lower().startswith("mon") else DAYS[at.weekday()]
    name = full if len(word) > 3 or word.lower() == "day" else full[:3]
    cased = name.upper() if word.isupper() else name.lower() if word.islower() else name
    return cased.ljust(9) if padded and (len(word) > 3 or word.lower() == "day") else cased
