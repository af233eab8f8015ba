"""Text functions. All but those of :data:`LENIENT` give NULL for a NULL argument."""

import hashlib
import re
from collections.abc import Callable

from invariants.postgres.identifiers import quote
from invariants.replay.errors import Failure
from invariants.replay.plpgsql import patterns
from invariants.replay.plpgsql.values import GAP, Value, text_of

SPECIFIER = re.compile(r"%(?:(?P<percent>%)|(?:(?P<position>\d+)\$)?(?P<minus>-?)(?P<width>\d+|\*(?:\d+\$)?)?(?P<type>.?))", re.DOTALL)


def quote_ident(value: Value) -> str:
    """quote_ident."""
    text = text_of(value)
    return text if GAP in text else quote(text)


def quote_literal(value: Value) -> str:
    """quote_literal."""
    text = text_of(value).replace("'", "''")
    return "E'" + text.replace("\\", "\\\\") + "'" if "\\" in text else f"'{text}'"


def quote_nullable(value: Value) -> str:
    """quote_nullable."""
    return "NULL" if value is None else quote_literal(value)


def format_text(*arguments: Value) -> Value:
    """format: %s %I %L %%, with positions and widths."""
    template, values = arguments[0], arguments[1:]
    if template is None:
        return None
    taken = 0

    def value_at(position: str | None) -> Value:
        nonlocal taken
        taken = int(position) if position else taken + 1
        if taken < 1:
            raise Failure("22023", "format specifies argument 0, but arguments are numbered from 1")
        if taken > len(values):
            raise Failure("22023", "too few arguments for format()")
        return values[taken - 1]

    def field(match: re.Match[str]) -> str:
        if match["percent"]:
            return "%"
        width = match["width"] or ""
        size = int(value_at(width[1:-1]) or 0) if width.startswith("*") else int(width or 0)
        if match["type"] not in {"s", "I", "L"}:
            raise Failure("22023", f'unrecognized format() type specifier "{match["type"]}"')
        text = _formatted(match["type"], value_at(match["position"]))
        return text.ljust(abs(size)) if match["minus"] or size < 0 else text.rjust(size)

    return SPECIFIER.sub(field, template)


def _formatted(kind: str, value: Value) -> str:
    if kind == "s":
        return "" if value is None else text_of(value)
    if kind == "L":
        return quote_nullable(value)
    if value is None:
        raise Failure("22004", "null values cannot be formatted as an SQL identifier")
    return quote_ident(value)


def concat(*parts: Value) -> str:
    """concat: NULLs are left out."""
    return "".join(text_of(part) for part in parts if part is not None)


def concat_ws(separator: Value, *parts: Value) -> Value:
    """concat_ws."""
    return None if separator is None else separator.join(text_of(part) for part in parts if part is not None)


def substr(text: str, start: Value, size: Value = None) -> str:
    """substring by position; a text as position is a regular expression."""
    if isinstance(start, str):
        return patterns.extract(text, start)  # type: ignore[no-any-return]
    if size is not None and size < 0:
        raise Failure("22011", "negative substring length not allowed")
    end = len(text) if size is None else start - 1 + size
    return text[max(start - 1, 0) : max(end, 0)]


def split_part(text: str, delimiter: str, index: int) -> str:
    """split_part."""
    if index == 0:
        raise Failure("22023", "field position must not be zero")
    parts = text.split(delimiter) if delimiter else [text]
    position = index - 1 if index > 0 else index
    return parts[position] if -len(parts) <= position < len(parts) else ""


def left(text: str, size: int) -> str:
    """left: all but the last characters where the size is negative."""
    return text[:size]


def right(text: str, size: int) -> str:
    """right: all but the first characters where the size is negative."""
    return text[-size:] if size > 0 else text[-size:] if size < 0 else ""


def pad(text: str, size: int, fill: str, *, before: bool) -> str:
    """lpad and rpad."""
    missing = size - len(text)
    if missing <= 0 or not fill:
        return text[: max(size, 0)] if missing <= 0 else text
    filling = (fill * missing)[:missing]
    return filling + text if before else text + filling


def translate(text: str, old: str, new: str) -> str:
    """translate."""
    table = {ord(each): new[index] if index < len(new) else None for index, each in reversed(list(enumerate(old)))}
    return text.translate(table)


def initcap(text: str) -> str:
    """initcap."""
    return re.sub(r"[^\W_]+", lambda match: match[0][:1].upper() + match[0][1:].lower(), text)


def overlay(text: str, new: str, start: int, size: int | None = None) -> str:
    """overlay."""
    return text[: start - 1] + new + text[start - 1 + (len(new) if size is None else size) :]


FUNCTIONS: dict[str, Callable[..., Value]] = {
    "quote_ident": quote_ident,
    "quote_literal": quote_literal,
    "lower": lambda text: text_of(text).lower(),
    "upper": lambda text: text_of(text).upper(),
    "initcap": initcap,
    "length": lambda text: len(text_of(text)),
    "char_length": lambda text: len(text_of(text)),
    "character_length": lambda text: len(text_of(text)),
    "octet_length": lambda text: len(text_of(text).encode()),
    "replace": lambda text, old, new: text_of(text).replace(old, new) if old else text,
    "substr": substr,
    "substring": substr,
    "left": left,
    "right": right,
    "split_part": split_part,
    "btrim": lambda text, characters=" ": text.strip(characters),
    "ltrim": lambda text, characters=" ": text.lstrip(characters),
    "rtrim": lambda text, characters=" ": text.rstrip(characters),
    "lpad": lambda text, size, fill=" ": pad(text, size, fill, before=True),
    "rpad": lambda text, size, fill=" ": pad(text, size, fill, before=False),
    "position": lambda text, part: text.find(part) + 1,  # the grammar turns position(a in b) round
    "strpos": lambda text, part: text.find(part) + 1,
    "starts_with": lambda text, prefix: text.startswith(prefix),
    "translate": translate,
    "repeat": lambda text, count: text * max(count, 0),
    "reverse": lambda text: text[::-1],
    "overlay": overlay,
    "ascii": lambda text: ord(text[0]) if text else 0,
    "chr": chr,
    "md5": lambda text: hashlib.md5(text.encode(), usedforsecurity=False).hexdigest(),
    "to_hex": lambda number: format(number, "x"),
    **patterns.FUNCTIONS,
}
LENIENT: dict[str, Callable[..., Value]] = {
    "format": format_text,
    "concat": concat,
    "concat_ws": concat_ws,
    "quote_nullable": quote_nullable,
}
PATTERNED = {"format", "concat", "concat_ws", "quote_ident", "quote_literal", "lower", "upper", "replace", "btrim"}
"""Those whose text is known in part where an argument is."""
