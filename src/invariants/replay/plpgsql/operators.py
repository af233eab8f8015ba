"""Operators on values that are neither NULL nor uncertain, and the comparisons that treat NULL as a value."""

import operator
from collections.abc import Callable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from invariants.replay.errors import Failure
from invariants.replay.plpgsql import arrays, documents, patterns, times
from invariants.replay.plpgsql.literals import alike
from invariants.replay.plpgsql.values import Json, Record, Unsure, Value, cast_text, conjunction, disjunction, lifted, negation


def paired(left: Value, right: Value) -> tuple[Value, Value]:
    """Two values as one type."""
    if isinstance(left, str) and not isinstance(right, str):
        left = alike(left, right)
    elif isinstance(right, str) and not isinstance(left, str):
        right = alike(right, left)
    if isinstance(left, date) and isinstance(right, date):
        return times.moment(left), times.moment(right)
    if isinstance(left, Record) and isinstance(right, Record):
        return left.items(), right.items()
    return left, right


def equal(left: Value, right: Value) -> Value:
    """left = right, of anything."""
    if left is None or right is None:
        return None
    if isinstance(left, Unsure) or isinstance(right, Unsure):
        return lifted(equal, left, right)
    left, right = paired(left, right)
    if isinstance(left, list) and isinstance(right, list):
        return left == right
    return bool(left == right) and isinstance(left, bool) == isinstance(right, bool)


def distinct(left: Value, right: Value) -> Value:
    """IS DISTINCT FROM."""
    if isinstance(left, Unsure) or isinstance(right, Unsure):
        return lifted(distinct, left, right)
    return (left is None) != (right is None) if left is None or right is None else not equal(left, right)


def _ordered(compare: Callable[[Value, Value], bool]) -> Callable[[Value, Value], Value]:
    def compared(left: Value, right: Value) -> bool:
        return bool(compare(*paired(left, right)))

    return compared


def concatenated(left: Value, right: Value) -> Value:
    """||: of arrays and elements, of json, or else of texts."""
    if isinstance(left, list) or isinstance(right, list):
        return _joined_arrays(left, right)
    if left is None or right is None:
        return None
    if isinstance(left, Json) and isinstance(right, Json):
        if isinstance(left.value, dict) and isinstance(right.value, dict):
            return Json({**left.value, **right.value})
        return Json([*_listed(left.value), *_listed(right.value)])
    return cast_text(left) + cast_text(right)


def _joined_arrays(left: Value, right: Value) -> Value:
    if isinstance(left, str) and left.startswith("{"):
        left = arrays.parse(left)
    if isinstance(right, str) and right.startswith("{"):
        right = arrays.parse(right)
    if isinstance(left, list) and isinstance(right, list):
        return arrays.cat(left, right)
    if left is None or right is None:
        return right if left is None else left
    return arrays.append(left, right) if isinstance(left, list) else arrays.prepend(left, right)


def _listed(value: Value) -> list[Value]:
    return value if isinstance(value, list) else [value]


def plus(left: Value, right: Value) -> Value:
    """left + right."""
    if _is_time(left) or _is_time(right):
        return times.add(*_timed(left, right))
    return _numeric(operator.add, left, right)


def minus(left: Value, right: Value) -> Value:
    """left - right."""
    if isinstance(left, Json):
        return _without(left, right)
    if _is_time(left) or _is_time(right):
        return times.subtract(*_timed(left, right))
    return _numeric(operator.sub, left, right)


def _without(document: Json, key: Value) -> Json:
    if isinstance(document.value, dict):
        dropped = key if isinstance(key, list) else [key]
        return Json({name: value for name, value in document.value.items() if name not in dropped})
    return Json([value for index, value in enumerate(document.value) if key not in {index, value}])


def _is_time(value: Value) -> bool:
    return isinstance(value, (date, times.Interval))


def _timed(left: Value, right: Value) -> tuple[Value, Value]:
    """A literal beside a time is an interval."""
    return tuple(times.interval(each) if isinstance(each, str) else each for each in (left, right))  # type: ignore[return-value]


def _numeric(compute: Callable[[Value, Value], Value], left: Value, right: Value) -> Value:
    first, second = paired(left, right)
    if isinstance(first, (str, list, Json)) or isinstance(second, str):
        raise Failure("42883", "operator does not exist")
    if isinstance(first, float) or isinstance(second, float):
        first, second = float(first), float(second)
    return compute(int(first) if isinstance(first, int) else first, int(second) if isinstance(second, int) else second)


def times_(left: Value, right: Value) -> Value:
    """left * right."""
    if isinstance(left, times.Interval):
        return left * right
    return right * left if isinstance(right, times.Interval) else _numeric(operator.mul, left, right)


def divided(left: Value, right: Value) -> Value:
    """left / right: of integers, the whole part."""
    first, second = paired(left, right)
    if second == 0:
        raise Failure("22012", "division by zero")
    if isinstance(first, int) and isinstance(second, int):
        quotient = abs(first) // abs(second)
        return quotient if (first < 0) == (second < 0) else -quotient
    return _numeric(_exact, first, second) if not isinstance(first, float) else first / second


def _exact(left: Value, right: Value) -> Decimal:
    """numeric division: sixteen significant digits at least (select_div_scale)."""
    first, second = Decimal(left), Decimal(right)
    weight = (first.adjusted() // 4) - (second.adjusted() // 4) - (_leading(first) <= _leading(second))
    scale = max(16 - weight * 4, -int(first.as_tuple().exponent), -int(second.as_tuple().exponent), 0)
    return (first / second).quantize(Decimal(1).scaleb(-scale), ROUND_HALF_UP)


def _leading(number: Decimal) -> int:
    """The leading base-10000 digit."""
    digits = "".join(map(str, number.as_tuple().digits)).ljust(8, "0")
    return int(digits[: number.adjusted() % 4 + 1])


def remainder(left: Value, right: Value) -> Value:
    """left % right: the sign is that of the left."""
    first, second = paired(left, right)
    if second == 0:
        raise Failure("22012", "division by zero")
    return (
        first - second * divided(first, second) if isinstance(first, int) and isinstance(second, int) else Decimal(first) % Decimal(second)
    )


def power(left: Value, right: Value) -> Value:
    """left ^ right."""
    return (
        float(left) ** float(right) if not isinstance(left, Decimal) and not isinstance(right, Decimal) else Decimal(left) ** Decimal(right)
    )


def _contains(left: Value, right: Value) -> bool:
    first, second = paired(left, right)
    if isinstance(first, Json) and isinstance(second, Json):
        return _json_contains(first.value, second.value)
    return arrays.contains(first, second)


def _json_contains(left: Value, right: Value) -> bool:
    if isinstance(left, dict) and isinstance(right, dict):
        return all(key in left and _json_contains(left[key], value) for key, value in right.items())
    if isinstance(left, list) and isinstance(right, list):
        return all(any(_json_contains(each, value) for each in left) for value in right)
    return bool(left == right) or (isinstance(left, list) and right in left)


def matches(text: Value, pattern: str, flags: str = "") -> bool:
    """text ~ pattern."""
    return patterns.advanced(pattern, flags).search(cast_text(text)) is not None


BINARY: dict[str, Callable[[Value, Value], Value]] = {
    "=": equal,
    "<>": lambda left, right: not equal(left, right),
    "!=": lambda left, right: not equal(left, right),
    "<": _ordered(operator.lt),
    ">": _ordered(operator.gt),
    "<=": _ordered(operator.le),
    ">=": _ordered(operator.ge),
    "+": plus,
    "-": minus,
    "*": times_,
    "/": divided,
    "%": remainder,
    "^": power,
    "~": matches,
    "!~": lambda text, pattern: not matches(text, pattern),
    "~*": lambda text, pattern: matches(text, pattern, "i"),
    "!~*": lambda text, pattern: not matches(text, pattern, "i"),
    "~~": lambda text, pattern: patterns.like(pattern).match(cast_text(text)) is not None,
    "!~~": lambda text, pattern: patterns.like(pattern).match(cast_text(text)) is None,
    "~~*": lambda text, pattern: patterns.like(pattern, ignoring_case=True).match(cast_text(text)) is not None,
    "!~~*": lambda text, pattern: patterns.like(pattern, ignoring_case=True).match(cast_text(text)) is None,
    "^@": lambda text, prefix: text.startswith(prefix),
    "@>": _contains,
    "<@": lambda left, right: _contains(right, left),
    "&&": lambda left, right: arrays.overlaps(*paired(left, right)),
    "->": documents.get,
    "->>": documents.get_text,
    "#>": lambda document, path: documents.get_path(document, path if isinstance(path, list) else arrays.parse(path)),
    "#>>": lambda document, path: documents.get_path_text(document, path if isinstance(path, list) else arrays.parse(path)),
    "?": documents.has,
    "?|": lambda document, keys: any(documents.has(document, key) for key in keys),
    "?&": lambda document, keys: all(documents.has(document, key) for key in keys),
    "&": operator.and_,
    "|": operator.or_,
}


def binary(name: str, left: Value, right: Value) -> Value:
    """left name right, with NULL and what cannot be told."""
    compute = BINARY.get(name)
    if compute is None:
        return Unsure(f"the operator {name} is not known here")
    if isinstance(left, Unsure) or isinstance(right, Unsure):
        return lifted(lambda first, second: _computed(name, compute, first, second), left, right)
    return _computed(name, compute, left, right)


def _computed(name: str, compute: Callable[[Value, Value], Value], left: Value, right: Value) -> Value:
    if left is None or right is None:
        return None
    try:
        return compute(left, right)
    except (TypeError, AttributeError, ValueError, ArithmeticError):
        return Unsure(f"what {name} does with these values is not known here")


def any_of(name: str, value: Value, candidates: list[Value]) -> Value:
    """value name ANY (candidates)."""
    if name == "=" and type(value) is str and all(type(each) is str for each in candidates):
        return value in candidates
    return disjunction((lambda each=each: binary(name, value, each)) for each in candidates)  # type: ignore[misc]


def all_of(name: str, value: Value, candidates: list[Value]) -> Value:
    """value name ALL (candidates)."""
    return conjunction((lambda each=each: binary(name, value, each)) for each in candidates)  # type: ignore[misc]


def none_of(value: Value, candidates: list[Value]) -> Value:
    """NOT IN."""
    return negation(any_of("=", value, candidates))
