"""Constants by their texts: what casts make of them, and whether two that are written differently may be one value.

Of which type a constant is, its place decides, and the type what it equals: ``1.0`` is ``1`` of numbers, and not of texts.
"""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import lru_cache
from struct import pack
from typing import NamedTuple

from invariants.replay.isolation.values import ERROR, Nothing

Made = str | Nothing | None
"""What a cast makes of a text: a text, an error, or None where it is not computed here."""
INTEGER = re.compile(r"\s*[-+]?\d+\s*")
NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d{1,3})?", re.IGNORECASE)
DECIMAL = re.compile(r"-?(0|[1-9]\d*)\.\d+")
UUID = re.compile(r"\{?([0-9a-f]{4}-?){7}[0-9a-f]{4}\}?", re.IGNORECASE)
WORDS = re.compile(r"[a-z_][a-z0-9_ .@:/-]*")
"""Names, addresses, paths: what no type writes in two ways, but for case and blanks."""
MOMENTS = re.compile(
    r"(now|today|tomorrow|yesterday|epoch|allballs|inf|infinity|nan|j\d+|p(t?\d).*"
    r"|jan(uary)?|feb(ruary)?|mar(ch)?|apr(il)?|may|june?|july?|aug(ust)?|sept?(ember)?|oct(ober)?|nov(ember)?|dec(ember)?"
    r"|mon(day)?|tue(s|sday)?|wed(s|nesday)?|thu(rs?|rsday)?|fri(day)?|sat(urday)?|sun(day)?)\b.*|([0-9a-f]{2,4}[:.-]){2,}[0-9a-f]+"
)
"""Dates, times and addresses that begin with a letter (manual, sections 8.5 and 8.9)."""


def truth_of(text: str) -> bool | None:
    """The boolean that a text is; None where it is none. Every beginning of a word will do that no other word has (manual, section 8.6)."""
    word = text.strip().lower()
    if word in {"on", "1"} or (word and ("true".startswith(word) or "yes".startswith(word))):
        return True
    return False if word in {"of", "off", "0"} or (word and ("false".startswith(word) or "no".startswith(word))) else None


def _integer(text: str) -> Made:
    if INTEGER.fullmatch(text):
        return str(int(text))
    return {"true": "1", "false": "0"}.get(text) or (ERROR if not text.strip() else None)


def _numeric(text: str) -> Made:
    return text if DECIMAL.fullmatch(text) else _integer(text)


def _boolean(text: str) -> Made:
    if INTEGER.fullmatch(text):
        return "true" if int(text) else "false"
    said = truth_of(text)
    return ERROR if said is None else "true" if said else "false"


def _uuid(text: str) -> Made:
    if not UUID.fullmatch(text):
        return ERROR
    digits = re.sub(r"[{}-]", "", text).lower()
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def _document(text: str) -> Made:
    return text if text.strip() else ERROR


def _text(text: str) -> Made:
    return text


MADE: Mapping[str, Callable[[str], Made]] = {
    **dict.fromkeys(("int2", "int4", "int8"), _integer),
    **dict.fromkeys(("json", "jsonb"), _document),
    **dict.fromkeys(("text", "varchar"), _text),
    "numeric": _numeric,
    "bool": _boolean,
    "uuid": _uuid,
}
"""What casts make of constants, by the names of types."""


@lru_cache(maxsize=4096)
def alike(one: str, other: str) -> bool:
    """Whether two texts may be one value of some type."""
    left, right = _form(one), _form(other)
    if left.text == right.text or not left.text or not right.text:
        return left.text == right.text
    if left.number is not None and right.number is not None:
        return left.number == right.number or left.rounded == right.rounded
    for mine, its in ((left.uuid, right.uuid), (left.truth, right.truth)):
        if mine is not None and its is not None:
            return mine == its
    return not (left.is_plain and right.is_plain)


class _Form(NamedTuple):
    """What a text is to each type that has it: of many constants each is compared with each."""

    text: str
    number: Decimal | None
    rounded: bytes
    """It as a floating-point number of the smaller size, which is not exact."""
    uuid: Made
    truth: bool | None
    is_plain: bool


@lru_cache(maxsize=4096)
def _form(text: str) -> _Form:
    text = text.strip().casefold()
    is_number, is_uuid = NUMBER.fullmatch(text) is not None, UUID.fullmatch(text) is not None
    return _Form(
        text,
        Decimal(text) if is_number else None,
        _rounded(text) if is_number else b"",
        _uuid(text) if is_uuid else None,
        truth_of(text),
        is_number or is_uuid or _are_words(text),
    )


def _rounded(text: str) -> bytes:
    try:
        return pack("f", float(text))
    except OverflowError:
        return b""


def _are_words(text: str) -> bool:
    """Words, as a number or a UUID is plain: of no type that it has is it written in another way, nor is one kind ever another."""
    return WORDS.fullmatch(text) is not None and MOMENTS.fullmatch(text) is None
