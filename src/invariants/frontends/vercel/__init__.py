"""Vercel's `vercel.json`: the routes that it calls on a schedule."""

import json
from collections.abc import Iterable
from typing import Any

from invariants.facts.place import Place
from invariants.facts.source import Unread
from invariants.facts.web import Job


def read(path: str, content: bytes) -> Iterable[Job | Unread]:
    """The scheduled routes of a file."""
    try:
        text = content.decode()
        told = json.loads(text)
    except (UnicodeDecodeError, ValueError, RecursionError):
        return [Unread(Place(path, 1, 1, 1, 1), "syntax", "it does not parse as JSON", "Mend the syntax.")] if b"crons" in content else []
    entries = told.get("crons") if isinstance(told, dict) else None
    return [_job(path, text, each) for each in entries or [] if isinstance(each, dict) and isinstance(each.get("path"), str)]


def _job(path: str, text: str, entry: dict[str, Any]) -> Job:
    """A scheduled route, at the line that names it."""
    quoted = json.dumps(entry["path"])
    start = max(text.find(quoted, text.find('"crons"')), 0)
    line, column = text.count("\n", 0, start) + 1, start - (text.rfind("\n", 0, start) + 1) + 1
    return Job(Place(path, line, column, line, column + len(quoted)), entry["path"].partition("?")[0], str(entry.get("schedule", "")))
