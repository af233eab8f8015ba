"""Splitting a text into statements where the grammar cannot read all of it: by quotes, comments and semicolons alone."""

import re
from collections.abc import Iterator
from typing import NamedTuple

TOKEN = re.compile(
    rb"""--[^\n]*|(?P<open>/\*)|(?P<quote>(?<![\w$])[eE]'|')|"(?:[^"]|"")*"|(?P<dollar>(?<![\w$])\$(?:[A-Za-z_\x80-\xff][\w\x80-\xff]*)?\$)|(?P<end>;)""",
)
STRING = re.compile(rb"(?:[^']|'')*'")
ESCAPED = re.compile(rb"(?:[^'\\]|''|\\.)*'", re.DOTALL)
COMMENT = re.compile(rb"/\*|\*/")
BLANK = re.compile(rb"(?:\s+|--[^\n]*(?:\n|$)|/\*(?:[^*]|\*(?!/))*\*/)*")


class Piece(NamedTuple):
    """A statement's bytes ``start`` to ``stop``, without its semicolon; ``whole`` is false where a quote in it never ends."""

    start: int
    stop: int
    whole: bool


def pieces(content: bytes) -> Iterator[Piece]:
    """The statements of a text; after a quote that never ends, the next begins behind the next line that ends in a semicolon."""
    start = position = 0
    while (match := TOKEN.search(content, position)) is not None:
        position = _behind(content, match)
        if position < 0:
            line_end = re.compile(rb";[ \t\r]*\n").search(content, match.start())
            stop = line_end.start() + 1 if line_end else len(content)
            yield Piece(start, stop, whole=False)
            start = position = stop
        elif match.lastgroup == "end":
            yield Piece(start, match.start(), whole=True)
            start = position
    if content[start:].strip():
        yield Piece(start, len(content), whole=True)


def _behind(content: bytes, match: re.Match[bytes]) -> int:
    """Where a token that began ends; -1 where it never does."""
    kind = match.lastgroup
    if kind == "open":
        return _comment_end(content, match.end())
    if kind == "quote":
        closed = (STRING if match.group() == b"'" else ESCAPED).match(content, match.end())
        return closed.end() if closed else -1
    if kind == "dollar":
        found = content.find(match.group(), match.end())
        return found + len(match.group()) if found >= 0 else -1
    return match.end()


def _comment_end(content: bytes, position: int) -> int:
    """Comments nest."""
    depth = 1
    while depth:
        match = COMMENT.search(content, position)
        if match is None:
            return -1
        depth += 1 if match.group() == b"/*" else -1
        position = match.end()
    return position


def first(content: bytes, start: int, stop: int) -> int:
    """Where a statement really begins, white space and comments passed over."""
    match = BLANK.match(content, start, stop)
    return match.end() if match else start


def bare(content: bytes) -> bytes:
    """The content with comments and quoted text blanked, line ends kept; from a quote that never ends, all of it."""
    kept: list[bytes] = []
    position = 0
    while (match := TOKEN.search(content, position)) is not None:
        stop = _behind(content, match)
        stop = len(content) if stop < 0 else stop
        is_code = match.lastgroup == "end" or match.group().startswith(b'"')
        kept += [content[position : match.start()], content[match.start() : stop] if is_code else _blanked(content[match.start() : stop])]
        position = stop
    return b"".join([*kept, content[position:]])


def _blanked(text: bytes) -> bytes:
    return b"\n".join(b" " * len(line) for line in text.split(b"\n"))
