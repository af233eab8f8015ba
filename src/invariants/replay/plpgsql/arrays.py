"""Array functions and operators. An array of more dimensions is a list of lists."""

from collections.abc import Callable

from invariants.replay.errors import Failure
from invariants.replay.plpgsql.values import Value, hashable, text_of


def dimension(array: list[Value], number: int) -> Value:
    """The elements along a dimension, or None."""
    current: Value = array
    for _ in range(number - 1):
        current = current[0] if current and isinstance(current[0], list) else None
        if current is None:
            return None
    return current if number > 0 else None


def length(array: list[Value], number: int = 1) -> Value:
    """array_length: NULL for an empty array."""
    found = dimension(array, number)
    return len(found) if found else None


def dimensions(array: list[Value]) -> Value:
    """array_ndims."""
    return (1 + (dimensions(array[0]) or 0) if isinstance(array[0], list) else 1) if array else None


def flat(array: list[Value]) -> list[Value]:
    """The elements, dimensions forgotten."""
    return [inner for each in array for inner in (flat(each) if isinstance(each, list) else [each])]


def position(array: list[Value], value: Value, start: int = 1) -> Value:
    """array_position."""
    key = hashable(value)
    return next((index + 1 for index, each in enumerate(array) if index + 1 >= start and hashable(each) == key), None)


def positions(array: list[Value], value: Value) -> list[Value]:
    """array_positions."""
    key = hashable(value)
    return [index + 1 for index, each in enumerate(array) if hashable(each) == key]


def joined(array: list[Value], separator: str, null: Value = None) -> str:
    """array_to_string, of an array that is one."""
    return separator.join(text_of(null if each is None else each) for each in flat(array) if each is not None or null is not None)


def split(text: Value, separator: Value, null: Value = None) -> Value:
    """string_to_array."""
    if text is None:
        return None
    if text == "":
        return []
    parts = list(text) if separator is None else text.split(separator) if separator else [text]
    return [None if null is not None and part == null else part for part in parts]


def cat(left: Value, right: Value) -> Value:
    """array_cat and ||: NULL is no array at all."""
    if left is None or right is None:
        return right if left is None else left
    if not left or not right:
        return list(right or left)
    if (dimensions(left) or 0) > (dimensions(right) or 0):
        return [*left, right]
    return [left, *right] if (dimensions(left) or 0) < (dimensions(right) or 0) else [*left, *right]


def append(array: Value, value: Value) -> list[Value]:
    """array_append."""
    return [*(array or []), value]


def prepend(value: Value, array: Value) -> list[Value]:
    """array_prepend."""
    return [value, *(array or [])]


def remove(array: Value, value: Value) -> Value:
    """array_remove."""
    key = hashable(value)
    return None if array is None else [each for each in array if hashable(each) != key]


def replace(array: Value, old: Value, new: Value) -> Value:
    """array_replace."""
    key = hashable(old)
    return None if array is None else [new if hashable(each) == key else each for each in array]


def contains(left: list[Value], right: list[Value]) -> bool:
    """left @> right."""
    known = {hashable(each) for each in flat(left) if each is not None}
    return all(each is not None and hashable(each) in known for each in flat(right))


def overlaps(left: list[Value], right: list[Value]) -> bool:
    """left && right."""
    known = {hashable(each) for each in flat(left) if each is not None}
    return any(each is not None and hashable(each) in known for each in flat(right))


def parse(text: str) -> list[Value]:
    """An array literal, its elements as text."""
    body = text.strip()
    if not (body.startswith("{") and body.endswith("}")):
        raise Failure("22P02", f'malformed array literal: "{text}"')
    found, end = _parse(body, 0)
    if end != len(body):
        raise Failure("22P02", f'malformed array literal: "{text}"')
    return found


def _parse(text: str, start: int) -> tuple[list[Value], int]:
    items: list[Value] = []
    position = start + 1
    while position < len(text):
        if text[position].isspace() or text[position] == ",":
            position += 1
        elif text[position] == "}":
            return items, position + 1
        elif text[position] == "{":
            inner, position = _parse(text, position)
            items.append(inner)
        else:
            item, position = _item(text, position)
            items.append(item)
    raise Failure("22P02", f'malformed array literal: "{text}"')


def _item(text: str, position: int) -> tuple[Value, int]:
    if text[position] != '"':
        end = min(index for index in (text.find(",", position), text.find("}", position)) if index >= 0)
        word = text[position:end].strip()
        return (None if word.upper() == "NULL" else word), end
    out = []
    position += 1
    while position < len(text) and text[position] != '"':
        position += text[position] == "\\"
        out.append(text[position : position + 1])
        position += 1
    return "".join(out), position + 1


def to_string(array: Value, separator: Value, null: Value = None) -> Value:
    """array_to_string."""
    return None if array is None or separator is None else joined(array, separator, null)


FUNCTIONS: dict[str, Callable[..., Value]] = {
    "array_length": length,
    "array_upper": length,
    "array_lower": lambda array, number: 1 if length(array, number) else None,
    "array_ndims": dimensions,
    "cardinality": lambda array: len(flat(array)),
    "array_dims": lambda array: f"[1:{len(array)}]" if array else None,
    "trim_array": lambda array, count: array[: len(array) - count],
}
LENIENT: dict[str, Callable[..., Value]] = {
    "array_append": append,
    "array_prepend": prepend,
    "array_cat": cat,
    "array_remove": remove,
    "array_replace": replace,
    "array_position": lambda array, value, start=1: None if array is None else position(array, value, start),
    "array_positions": lambda array, value: None if array is None else positions(array, value),
    "array_to_string": to_string,
    "string_to_array": split,
}
