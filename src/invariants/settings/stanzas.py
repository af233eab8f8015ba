"""Editing ``carveouts.toml`` as text, so that comments and order stay as people wrote them. Each edit is read back before it is trusted."""

import json
from collections.abc import Collection, Mapping
from datetime import date
from tomllib import TOMLDecodeError, loads
from typing import Any

from invariants.finding import ConfigError
from invariants.settings import CARVEOUTS
from invariants.settings.lines import starts

BY_HAND = "write each of them as a `[[carveout]]` stanza of its own, or edit the file by hand"


def appended(text: str, stanza: Mapping[str, str | int | date]) -> str:
    """The text with one more stanza at its end."""
    lines = ["[[carveout]]", *(f"{key} = {_value(value)}" for key, value in stanza.items())]
    before = text.rstrip("\n")
    edited = (f"{before}\n\n" if before else "") + "\n".join(lines) + "\n"
    return _checked(edited, [*_stanzas(text), dict(stanza)])


def without(text: str, positions: Collection[int]) -> str:
    """The text without some of its stanzas, counted from 0; a comment goes with the stanza that it stands directly above."""
    lines = text.split("\n")
    headers = {number: path for path, number in starts(text) if lines[number].lstrip().startswith("[")}
    begins = {number: _upwards(lines, number) for number in headers}
    gone: set[int] = set()
    for number, path in headers.items():
        if path[0] == "carveout" and path[1] in positions:
            end = min((begin for other, begin in begins.items() if other > number), default=len(lines))
            gone |= set(range(begins[number], end))
    edited = "\n".join(line for number, line in enumerate(lines) if number not in gone)
    left = [stanza for position, stanza in enumerate(_stanzas(text)) if position not in positions]
    return _checked(edited.rstrip("\n") + "\n" if edited.strip() else "", left)


def _upwards(lines: list[str], number: int) -> int:
    """Where the comment begins that stands directly above a line; the one at the head of the file is the file's."""
    begin = number
    while begin > 0 and lines[begin - 1].lstrip().startswith("#"):
        begin -= 1
    return begin or number


def _stanzas(text: str) -> list[Any]:
    found: list[Any] = loads(text).get("carveout", [])
    return found


def _checked(edited: str, expected: list[Any]) -> str:
    try:
        is_right = _stanzas(edited) == expected
    except TOMLDecodeError:
        is_right = False
    if not is_right:
        raise ConfigError(CARVEOUTS, 0, "its carve-outs are written in a way that cannot be edited here", BY_HAND)
    return edited


def _value(value: str | int | date) -> str:
    """As TOML writes it."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")
    return value.isoformat() if isinstance(value, date) else str(value)
