"""json and jsonb: their operators and functions, as far as migrations use them."""

import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from invariants.replay.errors import Failure
from invariants.replay.plpgsql.values import Json, Record, Value, text_of


def loads(text: str) -> Json:
    """A text as jsonb."""
    try:
        return Json(json.loads(text, parse_float=Decimal))
    except ValueError as error:
        raise Failure("22P02", "invalid input syntax for type json") from error


def read(document: Json | str) -> Json:
    """A document, or the literal of one."""
    return loads(document) if isinstance(document, str) else document


def dumps(value: Any) -> str:
    """As jsonb writes itself: keys by length and then by bytes."""
    if isinstance(value, dict):
        ordered = sorted(value.items(), key=lambda item: (len(item[0].encode()), item[0].encode()))
        return "{" + ", ".join(f"{json.dumps(key, ensure_ascii=False)}: {dumps(each)}" for key, each in ordered) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(dumps(each) for each in value) + "]"
    return format(value, "f") if isinstance(value, Decimal) else json.dumps(value, ensure_ascii=False)


def to_json(value: Value) -> Any:
    """A value as to_jsonb makes it."""
    if isinstance(value, Json):
        return value.value
    if isinstance(value, list):
        return [to_json(each) for each in value]
    if isinstance(value, Record):
        return {name: to_json(each) for name, each in value.fields.items()}
    return value if value is None or isinstance(value, (bool, int, Decimal, float)) else text_of(value)


def _text(value: Any) -> Value:
    """A member as ->> gives it."""
    if value is None or isinstance(value, str):
        return value
    return dumps(value)


def _member(document: Any, key: Value) -> Any:
    if isinstance(document, dict) and isinstance(key, str):
        return document.get(key, _ABSENT)
    if isinstance(document, list) and isinstance(key, int):
        return document[key] if -len(document) <= key < len(document) else _ABSENT
    return _ABSENT


_ABSENT = object()


def _follow(document: Json, keys: list[Value]) -> Any:
    current = read(document).value
    for key in keys:
        step = int(key) if isinstance(current, list) and isinstance(key, str) and key.lstrip("-").isdigit() else key
        current = _member(current, step)
        if current is _ABSENT:
            break
    return current


def get(document: Json, key: Value) -> Value:
    """document -> key."""
    found = _follow(document, [key])
    return None if found is _ABSENT else Json(found)


def get_text(document: Json, key: Value) -> Value:
    """document ->> key."""
    found = _follow(document, [key])
    return None if found is _ABSENT else _text(found)


def get_path(document: Json, path: list[Value]) -> Value:
    """document #> path."""
    found = _follow(document, path)
    return None if found is _ABSENT else Json(found)


def get_path_text(document: Json, path: list[Value]) -> Value:
    """document #>> path."""
    found = _follow(document, path)
    return None if found is _ABSENT else _text(found)


def has(document: Json, key: str) -> bool:
    """document ? key."""
    found = read(document).value
    return key in found if isinstance(found, (dict, list)) else bool(found == key)


def typeof(document: Json) -> str:
    """jsonb_typeof."""
    kinds = {dict: "object", list: "array", str: "string", bool: "boolean", type(None): "null"}
    return kinds.get(type(read(document).value), "number")


def length(document: Json) -> int:
    """jsonb_array_length."""
    found = read(document).value
    if not isinstance(found, list):
        raise Failure("22023", "cannot get array length of a non-array")
    return len(found)


def elements(document: Json) -> list[Value]:
    """jsonb_array_elements."""
    return [Json(each) for each in _array(document)]


def elements_text(document: Json) -> list[Value]:
    """jsonb_array_elements_text."""
    return [_text(each) for each in _array(document)]


def _array(document: Json) -> list[Any]:
    found = read(document).value
    if not isinstance(found, list):
        raise Failure("22023", "cannot extract elements from an object")
    return found


def keys(document: Json) -> list[Value]:
    """jsonb_object_keys, in the order of jsonb."""
    return sorted(_object(document), key=lambda key: (len(key.encode()), key.encode()))


def pairs(document: Json) -> Iterator[tuple[str, Value]]:
    """jsonb_each."""
    for key in keys(document):
        yield key, Json(read(document).value[key])


def pairs_text(document: Json) -> Iterator[tuple[str, Value]]:
    """jsonb_each_text."""
    for key in keys(document):
        yield key, _text(read(document).value[key])


def _object(document: Json) -> dict[str, Any]:
    found = read(document).value
    if not isinstance(found, dict):
        raise Failure("22023", "cannot call jsonb_object_keys on a non-object")
    return found


def build_object(*parts: Value) -> Json:
    """jsonb_build_object."""
    return Json({text_of(key): to_json(value) for key, value in zip(parts[::2], parts[1::2], strict=True)})


FUNCTIONS: dict[str, Callable[..., Value]] = {
    "typeof": typeof,
    "array_length": length,
    "extract_path": lambda document, *path: get_path(document, list(path)),
    "extract_path_text": lambda document, *path: get_path_text(document, list(path)),
}
"""The functions of both families, without their prefix json_ or jsonb_."""
