"""Splitting a text into statements where the grammar cannot read all of it: by quotes, comments and semicolons alone."""

import re
from collections.abc import Iterator
from typing import NamedTuple

TOKEN = re.compile(
    rb"""--[^\r\n]*|(?P<open>/\*)|(?P<quote>(?<![\w$\x80-\xff])[eE]'|['"])"""
    rb"""|(?P<dollar>(?<![\w$\x80-\xff])\$(?:[A-Za-z_\x80-\xff][\w\x80-\xff]*)?\$)|(?P<end>;)"""
)
STRING = re.compile(rb"[^']*+(?:''[^']*+)*+'")
NAME = re.compile(rb'[^"]*+(?:""[^"]*+)*+"')
ESCAPED = re.compile(rb"[^'\\]*+(?:(?:''|\\.)[^'\\]*+)*+'", re.DOTALL)
CLOSERS = {b"'": STRING, b'"': NAME}
COMMENT = re.compile(rb"/\*|\*/")
BLANK = re.compile(rb"(?:\s|--[^\r\n]*+)*+")
ENDLESS = 50
"""Quotes that never end, each of which is looked for to the end of the text, before what is left counts as one of them."""
LINE_END = re.compile(rb";[ \t\r]*\n")


class Piece(NamedTuple):
    """A statement's bytes ``start`` to ``stop``, without its semicolon; ``whole`` is false where a quote in it never ends."""

    start: int
    stop: int
    whole: bool


def pieces(content: bytes, start: int = 0, stop: int | None = None) -> Iterator[Piece]:
    """The statements of a text; after a quote that never ends, the next begins behind the next line that ends in a semicolon."""
    position = start
    end = len(content) if stop is None else stop
    endless = 0
    while (match := TOKEN.search(content, position, end)) is not None:
        position = _behind(content, match, end)
        if position < 0:
            endless += 1
            line_end = LINE_END.search(content, match.start(), end) if endless < ENDLESS else None
            position = line_end.start() + 1 if line_end else end
            yield Piece(start, position, whole=False)
            start = position
        elif match.lastgroup == "end":
            yield Piece(start, match.start(), whole=True)
            start = position
    if content[start:end].strip():
        yield Piece(start, end, whole=True)


def _behind(content: bytes, match: re.Match[bytes], end: int) -> int:
    """Where a token that began ends; -1 where it never does."""
    kind = match.lastgroup
    if kind == "open":
        return _comment_end(content, match.end(), end)
    if kind == "quote":
        closed = CLOSERS.get(match.group(), ESCAPED).match(content, match.end(), end)
        return closed.end() if closed else -1
    if kind == "dollar":
        found = content.find(match.group(), match.end(), end)
        return found + len(match.group()) if found >= 0 else -1
    return match.end()


def _comment_end(content: bytes, position: int, end: int) -> int:
    """Comments nest."""
    depth = 1
    while depth:
        match = COMMENT.search(content, position, end)
        if match is None:
            return -1
        depth += 1 if match.group() == b"/*" else -1
        position = match.end()
    return position


def first(content: bytes, start: int, stop: int) -> int:
    """Where a statement really begins, white space and comments passed over."""
    while True:
        blank = BLANK.match(content, start, stop)
        start = blank.end() if blank else start
        behind = _comment_end(content, start + 2, stop) if content.startswith(b"/*", start, stop) else -1
        if behind < 0:
            return start
        start = behind


def bare(content: bytes) -> bytes:
    """The content with comments and quoted text blanked, line ends kept; from a quote that never ends, all of it."""
    kept: list[bytes] = []
    position = 0
    while (match := TOKEN.search(content, position)) is not None:
        stop = _behind(content, match, len(content))
        stop = len(content) if stop < 0 else stop
        is_code = match.lastgroup == "end" or match.group() == b'"'
        kept += [content[position : match.start()], content[match.start() : stop] if is_code else _blanked(content[match.start() : stop])]
        position = stop
    return b"".join([*kept, content[position:]])


def _blanked(text: bytes) -> bytes:
    return b"\n".join(b" " * len(line) for line in text.split(b"\n"))
