"""Paths and patterns of paths."""

import re
from functools import cache


def joined(prefix: str | None, path: str | None) -> str | None:
    """A path on a router whose paths begin with a prefix; null where either cannot be told."""
    if prefix is None or path is None:
        return None
    if not path or path == "/":
        return prefix + path if not prefix.endswith("/") else prefix
    return f"{prefix.rstrip('/')}/{path.lstrip('/')}" if prefix else path


def covers(pattern: str, path: str) -> bool:
    """Whether a path is one of a pattern's: ** for any number of segments, * and {name} for one."""
    return _compiled(pattern).fullmatch(path.rstrip("/") or "/") is not None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    parts = [part for part in pattern.split("/") if part]
    return re.compile("".join(map(_segment, parts)) + "/?" if parts else "/?")


def _segment(part: str) -> str:
    if part == "**":
        return "(?:/[^/]*)*?"
    pieces = re.split(r"(\*\*|\*|\{[^}]*\})", part)
    return "/" + "".join(".*" if each == "**" else "[^/]*" if each[:1] in {"*", "{"} else re.escape(each) for each in pieces)
