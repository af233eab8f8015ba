"""Names-only snapshots of what a platform has, as ``invariants env snapshot`` writes them."""

import json
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from invariants.facts.env import Blind, Entry, Giver, Snapshot
from invariants.facts.place import Place
from invariants.frontends.env.names import is_name
from invariants.frontends.env.text import LARGEST, first

SCHEMA = "invariants-snapshot/1"
REMEDY = "Write it anew: `invariants env snapshot`."
KEYS = {"name", "environments", "type", "sealed", "updated"}
UNSEALABLE = {("vercel", "development")}
"""Where a platform seals nothing (vercel.com, Sensitive environment variables)."""


class _Malformed(Exception):
    """It is not of the form."""


def read(path: str, content: bytes) -> Iterator[Giver | Snapshot | Entry | Blind]:
    """The facts of one snapshot; none of them where any part of it is not of the form."""
    try:
        text = _text(content)
        document = _document(text)
        entries = [entry for each in document["variables"] for entry in _entries(path, text, each, document["platform"])]
    except _Malformed as error:
        yield Blind(first(path), "", str(error), REMEDY)
        return
    yield Giver(first(path), path)
    yield Snapshot(first(path), path, document["platform"], document["taken"])
    yield from entries


def _text(content: bytes) -> str:
    if len(content) > LARGEST:
        raise _Malformed("it is too large for a snapshot of names")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _Malformed("it is not UTF-8") from error


def _document(text: str) -> Any:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _Malformed("it is no JSON") from error
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise _Malformed(f"it is no snapshot of the form {SCHEMA}")
    is_whole = isinstance(document.get("platform"), str) and _is_day(document.get("taken"))
    if not is_whole or not isinstance(document.get("variables"), list):
        raise _Malformed("it does not say of which platform, of which day and of which variables it is")
    return document


def _entries(path: str, text: str, variable: Any, platform: str) -> Iterator[Entry]:
    if not isinstance(variable, dict) or not is_name(str(variable.get("name"))):
        raise _Malformed("an entry of it names no variable")
    if strange := sorted(variable.keys() - KEYS):
        raise _Malformed(f"{variable['name']} has {', '.join(strange)}: a snapshot holds names, and nothing of a value")
    name, sealed, scopes = variable["name"], variable.get("sealed"), variable.get("environments", [""])
    updated = variable.get("updated", "")
    if not (sealed is None or isinstance(sealed, bool)) or not isinstance(scopes, list) or not (updated == "" or _is_day(updated)):
        raise _Malformed(f"what is said of {name} is not of the form")
    at = _place(path, text, name)
    for scope in scopes or [""]:
        may_be = None if (platform, scope) in UNSEALABLE else sealed
        yield Entry(at, str(scope), name, "hidden" if sealed else "none", "none", "none", may_be, updated)


def _is_day(text: Any) -> bool:
    """A day of the calendar, as YYYY-MM-DD."""
    try:
        return isinstance(text, str) and date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _place(path: str, text: str, name: str) -> Place:
    found = re.search(rf'"name":\s*"({name})"', text)
    if found is None:
        return first(path)
    line = text.count("\n", 0, found.start(1)) + 1
    column = found.start(1) - text.rfind("\n", 0, found.start(1))
    return Place(path, line, column, line, column + len(name))
