"""Syntax of newer Pythons, written as this one reads it, on the lines where it stands.

Statements that name types, parameters of types, errors listed without parentheses, and strings in strings: who checks a repository may run
an older Python than the repository is written for.
"""

import re
from collections.abc import Iterator

OPENING = re.compile(r"(?P<prefix>\b[A-Za-z]{1,2})?(?P<quote>'''|\"\"\"|'|\")|#")
TYPE = re.compile(r"^([ \t]*)type([ \t]+)(\w+)[ \t]*(?=[\[=])", re.MULTILINE)
HEAD = re.compile(r"^[ \t]*(?:async[ \t]+)?(?:def|class)[ \t]+\w+[ \t]*(?=\[)", re.MULTILINE)
ERRORS = re.compile(r"^([ \t]*except\*?[ \t]+)([^:\n(]*,[^:\n]*?)([ \t]*:)", re.MULTILINE)
CLOSING = {"(": ")", "[": "]", "{": "}"}


def older(text: str) -> str:
    """The text, as an older Python reads it."""
    spans = list(_strings(text))
    masked = _replaced(text, [(start, end, re.sub(r"[^\n]", "_", text[start:end])) for start, end, _, _ in spans])
    text = _replaced(text, [(start, end, _requoted(text[start:end], quote)) for start, end, quote, is_format in spans if is_format])
    for match in reversed(list(TYPE.finditer(masked))):
        end = _end(masked, match.end())
        named = f"{match[1]}{match[3]}"
        text = text[: match.start()] + named.ljust(end - match.start()) + text[end:]
    for match in reversed(list(HEAD.finditer(masked))):
        end = _end(masked, match.end())
        text = text[: match.end()] + re.sub(r"[^\n]", " ", text[match.end() : end]) + text[end:]
    for match in reversed(list(ERRORS.finditer(masked))):
        listed = text[match.start(2) : match.end(2)]
        text = f"{text[: match.start(2)]}({listed}){text[match.end(2) :]}"
    return text


def _replaced(text: str, parts: list[tuple[int, int, str]]) -> str:
    """The text with other parts in some places, which are as long."""
    starts = [0, *(end for _, end, _ in parts)]
    ends = [*(start for start, _, _ in parts), len(text)]
    between = [text[start:end] for start, end in zip(starts, ends, strict=True)]
    return "".join(piece for pair in zip(between, [*(part for _, _, part in parts), ""], strict=True) for piece in pair)


def _end(text: str, start: int) -> int:
    """Where brackets that begin here end; here, where none do."""
    depth = 0
    for place in range(start, len(text)):
        depth += (text[place] in "([{") - (text[place] in ")]}")
        if depth <= 0:
            return place + (text[place] in ")]}")
    return start


def _strings(text: str) -> Iterator[tuple[int, int, str, bool]]:
    """Every string and comment: where it begins and ends, its quote, and whether expressions may be in it."""
    place = 0
    while match := OPENING.search(text, place):
        quote = match["quote"] or ""
        is_format = bool({*(match["prefix"] or "").lower()} & {"f", "t"})
        place = _closed(text, match.end(), quote, is_format) if quote else text.find("\n", match.end())
        place = len(text) if place < 0 else place
        yield match.start(), place, quote, is_format


def _closed(text: str, place: int, quote: str, is_format: bool) -> int:
    """The end of a string that begins before a place; quotes in its expressions do not end it."""
    while place < len(text):
        if text[place] == "\\":
            place += 2
        elif text.startswith(quote, place):
            return place + len(quote)
        elif len(quote) == 1 and text[place] == "\n":
            return place
        elif is_format and text[place] == "{":
            place = place + 2 if text.startswith("{{", place) else _expression(text, place)
        else:
            place += 1
    return len(text)


def _expression(text: str, place: int) -> int:
    """The end of an expression in a string, which begins with its brace."""
    depth = 0
    while place < len(text):
        if match := OPENING.match(text, place):
            quote = match["quote"] or "#"
            place = _closed(text, match.end(), quote, bool({*(match["prefix"] or "").lower()} & {"f", "t"})) if quote != "#" else place + 1
            continue
        depth += (text[place] in CLOSING) - (text[place] in CLOSING.values())
        place += 1
        if depth == 0:
            return place
    return len(text)


def _requoted(text: str, quote: str) -> str:
    """A string whose expressions hold none of its own quotes, and no backslash."""
    start = text.index(quote) + len(quote)
    parts, place = [re.sub("[tT]", "f", text[:start])], start
    other = "'" if quote[0] == '"' else '"'
    while place < len(text):
        if text[place] == "{" and not text.startswith("{{", place):
            end = _expression(text, place)
            parts.append(text[place:end].replace(quote[0], other).replace("\\", "_") if len(quote) == 1 else text[place:end])
            place = end
        else:
            step = 2 if text[place] == "\\" or text.startswith(("{{", "}}"), place) else 1
            parts.append(text[place : place + step])
            place += step
    return "".join(parts)
