"""Reading an SQL file: the statements that run on the way up, each at its place; what does not parse costs only itself."""

import bisect
import posixpath
import re
from array import array
from collections.abc import Iterator
from typing import NamedTuple

from invariants.facts.ddl import Include, Statement
from invariants.facts.place import Place
from invariants.facts.source import Foreign, Unread
from invariants.frontends.sql import dialects, placeholders, sections
from invariants.postgres import split, trees
from invariants.postgres.grammar import LARGEST as AT_ONCE
from invariants.postgres.grammar import Excess, GrammarError, Parsed, parse

LARGEST = 64_000_000
"""Bytes; a larger file is reported and not read."""
SMALL = 64 << 10
"""Bytes that are parsed at once and whose trees are kept: the trees of more are held in memory as long as any of them is."""
FORGOTTEN = 250
"""Semicolons that may be missing before the next one that is there; each costs a look at all that is left."""
WITH_CODE = {"do_stmt", "create_function_stmt"}
"""Statements whose quoted text is code, in which placeholders matter too."""
DATA = re.compile(rb"(insert|update|delete|merge)\b", re.IGNORECASE)
"""Statements that change rows and no object, whatever else they say."""
BOM = b"\xef\xbb\xbf"
Fact = Statement | Include | Unread | Foreign


def read(path: str, content: bytes) -> Iterator[Fact]:
    """The facts of an SQL file."""
    refused = _refused(path, content)
    if refused is not None:
        yield refused
        return
    content, doubt = _decoded(path, content)
    if doubt is not None:
        yield doubt
    yield from _File(path, content).facts()


def _refused(path: str, content: bytes) -> Unread | None:
    at = Place(path, 1, 1, 1, 1)
    if len(content) > LARGEST:
        return Unread(at, "size", f"it is {len(content) // 1_000_000} MB long and was not read", "keep data out of the migrations")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return Unread(at, "bytes", "it is encoded in UTF-16", "save it as UTF-8")
    if b"\0" in content:
        return Unread(at, "bytes", "it holds NUL bytes, so it is not text", "save it as UTF-8 text, or move it away")
    return None


def _decoded(path: str, content: bytes) -> tuple[bytes, Unread | None]:
    """The content as UTF-8, a byte order mark blanked; other bytes are read as Latin-1, and said."""
    if content.startswith(BOM):
        content = b"   " + content[3:]
    if content.isascii():
        return content, None
    try:
        content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        at = Place(path, line, 1, line, 1)
        return content.decode("latin-1").encode(), Unread(at, "bytes", "it is not UTF-8 from here on", "save it as UTF-8")
    return content, None


class _Body(NamedTuple):
    """A statement found: its bytes, its kind, and the text that parsed."""

    start: int
    stop: int
    kind: str
    text: str
    placeholder: str = ""


class _File:
    """One file on its way to facts."""

    def __init__(self, path: str, content: bytes) -> None:
        self.path = path
        self.content = content
        self.masked, self.remarks = sections.mask(content)
        self.lines = array("I", [0])
        self.lines.extend(each.end() for each in re.finditer(b"\n", content))
        self.is_ascii = content.isascii()

    def facts(self) -> Iterator[Fact]:
        """Statements in order, and what could not be read; one fact alone where the file is in another dialect."""
        found: list[tuple[int, _Body | Unread | sections.Remark]] = [(remark.offset, remark) for remark in self.remarks]
        is_postgres = False
        for batch in self._batches():
            try:
                found += [(body.start, body) for body in self._parsed(batch)]
            except GrammarError:
                sign = None if is_postgres else dialects.sign(self.masked)
                if sign is not None:
                    yield Foreign(self.place(sign.start, sign.stop), sign.dialect)
                    return
                is_postgres = True
                found += self._piecewise(batch)
        position = 0
        found.sort(key=lambda pair: pair[0])
        found.reverse()
        while found:  # what is told is not held any longer: a large file has hundreds of thousands
            fact = self._fact(found.pop()[1], position)
            position += isinstance(fact, Statement | Include)
            yield fact

    def _fact(self, found: "_Body | Unread | sections.Remark", position: int) -> Fact:
        if isinstance(found, Unread):
            return found
        if isinstance(found, _Body):
            return Statement(self.place(found.start, found.stop), position, found.kind, found.text, found.placeholder)
        at = self.place(found.offset, found.offset + found.length)
        if found.include:
            return Include(at, position, posixpath.normpath(posixpath.join(posixpath.dirname(self.path), found.include)))
        return Unread(at, found.reason, found.message, "write out what it does, as SQL")

    def _batches(self) -> Iterator[split.Piece]:
        """The file as stretches of whole statements that are parsed at once; nearly always it is one."""
        if len(self.masked) <= AT_ONCE:
            yield split.Piece(0, len(self.masked), whole=True)
            return
        start = stop = 0
        for unit in self._units(split.Piece(0, len(self.masked), whole=True)):
            if unit.stop - start > AT_ONCE and stop > start:
                yield split.Piece(start, stop, whole=True)
                start = stop
            stop = unit.stop
        yield split.Piece(start, len(self.masked), whole=True)

    def _parsed(self, batch: split.Piece) -> Iterator[_Body]:
        """The fast path: all of it parses."""
        start = split.first(self.masked, batch.start, batch.stop)
        if batch.stop - start > AT_ONCE:
            raise _excess(batch.stop - start)
        content = self.masked[start : batch.stop]
        for statement in parse(content.decode()):
            yield self._body(statement, content, start)

    def _body(self, statement: Parsed, content: bytes, offset: int) -> _Body:
        start = split.first(content, statement.start, statement.stop)
        body = content[start : statement.stop].rstrip()
        filled = placeholders.templates_filled(body) if statement.kind in WITH_CODE else body
        text = filled.decode()
        if filled == body and len(content) <= SMALL:
            trees.keep(text, statement._replace(start=start))
        return _Body(offset + start, offset + start + len(body), statement.kind, text)

    def _piecewise(self, batch: split.Piece) -> Iterator[tuple[int, _Body | Unread]]:
        for unit in self._units(batch):
            for found in self._piece(unit):
                yield (found.start, found) if isinstance(found, _Body) else (unit.start, found)

    def _units(self, batch: split.Piece) -> Iterator[split.Piece]:
        """What semicolons divide, the bodies of SQL-standard functions kept together."""
        waiting: list[split.Piece] = []
        for piece in split.pieces(self.masked, batch.start, batch.stop):
            waiting.append(piece)
            whole = split.Piece(waiting[0].start, piece.stop, piece.whole)
            if len(waiting) >= 200 or not self._is_unfinished(whole):
                yield whole
                waiting = []
        yield from waiting

    def _is_unfinished(self, piece: split.Piece) -> bool:
        """An SQL-standard function body holds semicolons of its own."""
        if piece.stop - piece.start > AT_ONCE:
            return False
        text = self.masked[piece.start : piece.stop].upper()
        return b"BEGIN ATOMIC" in text and not text.rstrip().endswith(b"END") and piece.whole

    def _piece(self, piece: split.Piece) -> Iterator[_Body | Unread]:
        start, forgotten = piece.start, 0
        while body := self.masked[(start := split.first(self.masked, start, piece.stop)) : piece.stop].rstrip():
            if len(body) > AT_ONCE:
                yield self._told(start, body, _excess(len(body)))
                return
            try:
                yield from (self._body(each, body, start) for each in parse(body.decode()))
            except Excess as error:
                yield self._told(start, body, error)
            except GrammarError as error:
                if forgotten < FORGOTTEN and (before := _before(body, error)):
                    yield from self._statement(start, before)
                    start, forgotten = start + error.offset, forgotten + 1
                    continue
                yield from self._filled(start, body, error)
            return

    def _statement(self, start: int, body: bytes) -> Iterator[_Body | Unread]:
        """What parses as it is, or once its placeholders are filled in."""
        try:
            yield from (self._body(each, body, start) for each in parse(body.decode()))
        except GrammarError as error:
            yield from self._filled(start, body, error)

    def _told(self, start: int, body: bytes, error: Excess) -> _Body | Unread:
        """A statement beyond what is parsed: one that changes rows alone is told by its first word."""
        match = DATA.match(body)
        if match:
            return _Body(start, start + len(body), f"{match.group().decode().lower()}_stmt", body.decode())
        return Unread(self.place(start, start + len(body)), "size", f"it is {error.message} and was not read", "divide it")

    def _filled(self, start: int, body: bytes, error: GrammarError) -> Iterator[_Body | Unread]:
        """A statement with placeholders parses once they are filled in; one without is reported as PostgreSQL would."""
        name = placeholders.first(body)
        if name:
            filled = placeholders.filled(body)
            try:
                yield from (self._body(each, filled, start)._replace(placeholder=name) for each in parse(filled.decode()))
            except GrammarError:
                at = self.place(start, start + len(body))
                yield Unread(at, "template", f"{name} is filled in by another program, and it does not parse without", "write it out")
            return
        place = self.place(start, start + len(body))
        at = place if error.offset <= 0 else self.place(start + min(error.offset, len(body) - 1), start + len(body))
        yield Unread(at, "syntax", f"PostgreSQL would not parse it: {error.message}", "correct it, or move it out of the migrations")

    def place(self, start: int, stop: int) -> Place:
        """The place of some bytes of the file."""
        return Place(self.path, *self._position(start), *self._position(stop))

    def _position(self, offset: int) -> tuple[int, int]:
        line = bisect.bisect_right(self.lines, offset)
        begin = self.lines[line - 1]
        if self.is_ascii:
            return line, offset - begin + 1
        return line, len(self.content[begin:offset].decode(errors="replace")) + 1


def _excess(size: int) -> Excess:
    """Said of so many bytes without making a text of them first."""
    return Excess(f"{size} bytes long", 0)


def _before(body: bytes, error: GrammarError) -> bytes:
    """Where a semicolon was forgotten, what stands before the word that does not fit is a statement of its own; else nothing."""
    before = body[: error.offset].rstrip()
    if not before or b"\n" not in body[len(before) : error.offset]:
        return b""
    try:
        return before if parse(placeholders.filled(before).decode()) else b""
    except GrammarError:
        return b""
