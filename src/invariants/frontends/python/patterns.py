"""Paths as Django writes them: with converters, or as regular expressions."""

import re

PARAMETER = re.compile(r"<(?:[^<>:]+:)?([^<>:]+)>")
CONVERTER = re.compile(r"<(?:([^<>:]+):)?[^<>:]+>")
WORDS = frozenset({"", "str", "int", "slug", "uuid"})
"""Converters of what ``str`` takes, too."""


def shown(path: str | None, kind: str) -> str | None:
    """A path with its parameters as ``{name}``."""
    return path if path is None else PARAMETER.sub(r"{\1}", path) if kind == "path" else _expression(path)


def covers(first: str, later: str) -> bool:
    """Whether whatever a path takes an earlier one takes as well, each with the word that it is registered by: ``path a/<int:id>/``."""
    if not (first.startswith("path ") and later.startswith("path ")):
        return first == later
    ours, theirs = CONVERTER.findall(first), CONVERTER.findall(later)
    is_alike = CONVERTER.sub("<>", first) == CONVERTER.sub("<>", later)
    return is_alike and all(
        one in {other, "path"} or (one in {"", "str"} and other in WORDS) for one, other in zip(ours, theirs, strict=True)
    )


def _expression(pattern: str) -> str:
    """A regular expression as a path: its groups are parameters."""
    parts: list[str] = []
    depth, start = 0, 0
    text = pattern.removeprefix("^").removesuffix("$").removesuffix(r"\Z")
    for place, each in enumerate(text):
        escaped = place > 0 and text[place - 1] == "\\"
        if each == "(" and not escaped:
            start, depth = (place if depth == 0 else start), depth + 1
        elif each == ")" and not escaped:
            depth -= 1
            if depth == 0:
                match = re.match(r"\(\?P<(\w+)>", text[start:])
                parts.append(f"{{{match[1]}}}" if match else "" if text.startswith("(?:", start) else "{}")
        elif depth == 0 and not (each in "?*+^$" or (each == "\\" and not escaped)):
            parts.append(each)
    return "".join(parts)
