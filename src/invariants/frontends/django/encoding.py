"""An operation as text, so that it can be kept as a fact."""

import json
from typing import Any

from invariants.python.source import Source
from invariants.python.values import Call, Class, Function, Symbol, Unknown, Value


def encode(source: Source, call: Call, mode: str) -> str:
    """A call's arguments as JSON. ``mode`` is ``state`` or ``database`` where it is meant for only one of the two."""
    body = {"args": [_plain(source, each) for each in call.args], "kwargs": _mapping(source, call.kwargs)}
    return json.dumps(body | ({"mode": mode} if mode else {}))


def _plain(source: Source, value: Value) -> Any:
    if isinstance(value, Call):
        line = source.place(value.node).line
        return {
            "call": value.path,
            "args": [_plain(source, each) for each in value.args],
            "kwargs": _mapping(source, value.kwargs),
            "line": line,
        }
    if isinstance(value, dict):
        return _mapping(source, value)
    if isinstance(value, (list, tuple)):
        return [_plain(source, each) for each in value]
    if isinstance(value, (set, frozenset)):
        return sorted((_plain(source, each) for each in value), key=repr)
    if isinstance(value, str):
        return str(value)
    return value if value is None or isinstance(value, (bool, int, float)) else _named(value)


def _named(value: Value) -> Any:
    """What is only a name here: something defined elsewhere, or not known at all."""
    if isinstance(value, Symbol):
        return {"symbol": value.path}
    if isinstance(value, Class):
        return {"symbol": value.name}
    return (
        {"symbol": "function"}
        if isinstance(value, Function)
        else {"unknown": value.why if isinstance(value, Unknown) else "it is no constant"}
    )


def _mapping(source: Source, values: dict[Value, Value]) -> dict[str, Any]:
    return {str(key): _plain(source, each) for key, each in values.items()}
