"""LIKE, SIMILAR TO and regular expressions, in Python's ``re``."""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from invariants.replay.errors import Failure
from invariants.replay.plpgsql.values import Value

CLASSES = {
    "alpha": "a-zA-Z", "digit": "0-9", "alnum": "a-zA-Z0-9", "upper": "A-Z", "lower": "a-z", "space": r"\s",
    "punct": r"!-/:-@\[-`{-~", "word": r"\w", "xdigit": "0-9a-fA-F",
}  # fmt: skip
ESCAPES = {"m": r"\b(?=\w)", "M": r"\b(?<=\w)", "y": r"\b", "Y": r"\B", "A": r"\A", "Z": r"\Z"}


@lru_cache(maxsize=512)
def advanced(pattern: str, flags: str = "") -> re.Pattern[str]:
    """An advanced regular expression of PostgreSQL."""
    if pattern.startswith("***="):
        pattern = re.escape(pattern[4:])
    options = re.IGNORECASE if "i" in flags else re.NOFLAG
    options |= re.MULTILINE if "n" in flags or "m" in flags else re.DOTALL
    try:
        return re.compile("".join(_translated(pattern, "n" in flags or "m" in flags)), options)
    except re.error as error:
        raise Failure("2201B", f"invalid regular expression: {error}") from error


def _translated(pattern: str, lines: bool) -> Iterator[str]:
    position = 0
    while position < len(pattern):
        here = pattern[position]
        if here == "\\" and position + 1 < len(pattern):
            position += 1
            yield ESCAPES.get(pattern[position], "\\" + pattern[position])
        elif here == "[":
            end = _bracket_end(pattern, position)
            yield re.sub(r"\[:(\w+):\]", lambda match: CLASSES.get(match[1], match[0]), pattern[position:end])
            position = end - 1
        else:
            yield r"\Z" if here == "$" and not lines else here
        position += 1


def _bracket_end(pattern: str, start: int) -> int:
    """Behind the bracket expression that begins at ``start``."""
    position = start + 1
    position += pattern[position : position + 1] == "^"
    position += pattern[position : position + 1] == "]"
    while position < len(pattern) and pattern[position] != "]":
        if pattern.startswith("[:", position):
            position = pattern.find(":]", position) + 1
        elif pattern[position] == "\\":
            position += 1
        position += 1
    return position + 1


@lru_cache(maxsize=512)
def like(pattern: str, *, ignoring_case: bool = False, escape: str = "\\") -> re.Pattern[str]:
    """A LIKE pattern."""
    out, position = [], 0
    while position < len(pattern):
        here = pattern[position]
        if here == escape:
            position += 1
            if position == len(pattern):
                raise Failure("22025", "LIKE pattern must not end with escape character")
            out.append(re.escape(pattern[position]))
        else:
            out.append({"%": ".*", "_": "."}.get(here, re.escape(here)))
        position += 1
    return re.compile("".join(out) + r"\Z", re.DOTALL | (re.IGNORECASE if ignoring_case else re.NOFLAG))


@lru_cache(maxsize=128)
def similar(pattern: str) -> re.Pattern[str]:
    """A SIMILAR TO pattern."""
    out, position = [], 0
    while position < len(pattern):
        here = pattern[position]
        if here == "\\" and position + 1 < len(pattern):
            position += 1
            out.append(re.escape(pattern[position]))
        elif here == "[":
            end = _bracket_end(pattern, position)
            out.append(re.sub(r"\[:(\w+):\]", lambda match: CLASSES.get(match[1], match[0]), pattern[position:end]))
            position = end - 1
        else:
            out.append({"%": ".*", "_": ".", ".": r"\.", "^": r"\^", "$": r"\$", "(": "(?:"}.get(here, here))
        position += 1
    return re.compile("(?:" + "".join(out) + r")\Z", re.DOTALL)


def _template(replacement: str) -> str:
    """PostgreSQL's replacement text as Python's: ``\\&`` is the whole match."""
    out, position = [], 0
    while position < len(replacement):
        here, following = replacement[position], replacement[position + 1 : position + 2]
        if here == "\\" and following and (following.isdigit() or following in "&\\"):
            out.append(r"\\" if following == "\\" else r"\g<0>" if following == "&" else rf"\g<{following}>")
            position += 2
        else:
            out.append(here.replace("\\", r"\\"))
            position += 1
    return "".join(out)


def replace(text: str, pattern: str, replacement: str, flags: str = "") -> str:
    """regexp_replace."""
    return advanced(pattern, flags).sub(_template(replacement), text, count=0 if "g" in flags else 1)


def first_match(text: str, pattern: str, flags: str = "") -> Value:
    """regexp_match: the groups of the first match, or the whole of it."""
    found = advanced(pattern, flags).search(text)
    return None if found is None else list(found.groups() or (found.group(),))


def matches(text: str, pattern: str, flags: str = "") -> list[Value]:
    """regexp_matches: a row of groups for each match."""
    found = [list(each.groups() or (each.group(),)) for each in advanced(pattern, flags).finditer(text)]
    return found if "g" in flags else found[:1]


def split(text: str, pattern: str, flags: str = "") -> list[Value]:
    """regexp_split_to_array."""
    compiled = advanced(pattern, flags)
    parts, start = [], 0
    for each in compiled.finditer(text):
        if each.end() > each.start() or 0 < each.start() < len(text):
            parts.append(text[start : each.start()])
            start = each.end()
    return [*parts, text[start:]]


def extract(text: str, pattern: str) -> Value:
    """substring(text from pattern): the first group, or the whole match."""
    found = advanced(pattern).search(text)
    if found is None:
        return None
    return found.group(1) if found.re.groups else found.group()


FUNCTIONS: dict[str, Callable[..., Value]] = {
    "regexp_replace": replace,
    "regexp_match": first_match,
    "regexp_split_to_array": split,
    "regexp_like": lambda text, pattern, flags="": advanced(pattern, flags).search(text) is not None,
    "regexp_count": lambda text, pattern: sum(1 for _ in advanced(pattern).finditer(text)),
    "regexp_substr": lambda text, pattern: None if (found := advanced(pattern).search(text)) is None else found.group(),
}
