"""What a file did to the database, as facts: statements at their places, and what could not be told."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate

import libcst as cst

from invariants.facts.ddl import Handed, Statement
from invariants.facts.place import Place
from invariants.facts.source import Unread
from invariants.postgres.grammar import GrammarError, Parsed, parse
from invariants.python import literals
from invariants.python.interpreter import Doubt, Effect, Guard, Hint, Note, Sql
from invariants.python.source import Source
from invariants.python.values import HOLE, Part, Text, parts

DATA = {"insert_stmt", "update_stmt", "delete_stmt", "merge_stmt", "copy_stmt"}
"""Kinds of statements that change rows and nothing else."""
AGGREGATES = {"count", "sum", "avg", "min", "max", "bool_and", "bool_or"}
"""Functions that only look."""
BLANK = re.compile(r"(?:\s+|--[^\n]*|/\*.*?\*/)*", re.DOTALL)
CONCURRENTLY = re.compile(r"\bCONCURRENTLY\b", re.IGNORECASE)
TRANSACTION = re.compile(r"\s*(?:begin|commit|rollback|start\s+transaction)\b[\w\s]*;?\s*$", re.IGNORECASE)
"""What has no place in a block, where a transaction is at work already."""
SEAM = re.compile(r"[\s\"'()rRfFuU+\\]*")
"""What may stand between two literals of one text."""
SELECT = re.compile(r"\A\s*select\b", re.IGNORECASE)
TAG = "$invariants$"


def only_data(text: str) -> bool:
    """Whether a text is known to hold nothing but statements about rows; holes are taken to be values or names."""
    try:
        statements = parse(text.replace(HOLE, "x"))
    except GrammarError:
        return re.match(r"(?:insert|update|delete|select)\b", text[_blank(text) :], re.IGNORECASE) is not None
    return all(each.kind in DATA or (each.kind == "select_stmt" and not _calls(each)) for each in statements)


def _calls(statement: Parsed) -> bool:
    """Whether a SELECT calls a function at the top, which might be there for what it does."""
    values = [each.res_target.val for each in statement.node.target_list]
    return any(each.WhichOneof("node") == "func_call" and each.func_call.funcname[-1].string.sval not in AGGREGATES for each in values)


def _blank(text: str, start: int = 0) -> int:
    """Where white space and comments end."""
    match = BLANK.match(text, start)
    return match.end() if match else start


Fact = Statement | Unread | Handed


def facts(source: Source, effects: Sequence[Effect]) -> Iterator[Fact]:
    """The facts of effects, in order; notes are left to the frontend."""
    position = 0
    said: set[Fact] = set()
    for fact in _facts(source, effects):
        if isinstance(fact, Statement):
            yield fact._replace(position=position)
            position += 1
        elif fact not in said:  # a loop comes by the same line again and again
            said.add(fact)
            yield fact._replace(position=position) if isinstance(fact, Handed) else fact


def _facts(source: Source, effects: Sequence[Effect]) -> Iterator[Fact]:
    for effect in effects:
        if isinstance(effect, (Doubt, Hint)):
            yield _untold(source, effect)
        elif not isinstance(effect, Note):
            yield from _statements(source, effect)


def _untold(source: Source, effect: Doubt | Hint) -> Unread | Handed:
    at = source.place(effect.node)
    if isinstance(effect, Doubt):
        return Unread(at, effect.reason, effect.message, effect.remedy)
    return Handed(at, 0, effect.name, effect.sql, effect.doubt)


def _statements(source: Source, effect: Sql | Guard) -> Iterator[Fact]:
    if isinstance(effect, Guard):
        for each in _doubts(effect):
            yield _untold(source, each)
        effect = Sql(_block(effect), effect.node)
    yield from statements(source, effect.text, effect.node)


def statements(source: Source, text: str, node: cst.CSTNode) -> Iterator[Statement | Unread]:
    """The statements of a text that a node runs, each at its own place where the text stands in the file as it is; not counted yet."""
    layout = Layout(source, text, node)
    try:
        parsed = parse(layout.text)
    except GrammarError as error:
        at = layout.place(*[_characters(layout.text, error.offset)] * 2)
        yield Unread(at, "syntax", f"PostgreSQL does not parse this SQL: {error.message}", "Mend the statement, or exclude the file.")
        return
    for each in parsed:
        start = _blank(layout.text, _characters(layout.text, each.start))
        stop = _characters(layout.text, each.stop)
        body = layout.text[start:stop].rstrip()
        yield Statement(layout.place(start, start + len(body)), 0, each.kind, body)


def _characters(text: str, offset: int) -> int:
    """An offset in bytes as one in characters."""
    return offset if text.isascii() else len(text.encode()[:offset].decode(errors="ignore"))


def _doubts(guard: Guard) -> Iterator[Doubt | Hint]:
    for each in [*guard.then, *guard.otherwise]:
        if isinstance(each, (Doubt, Hint)):
            yield each
        elif isinstance(each, Guard):
            yield from _doubts(each)


def _block(guard: Guard) -> Text:
    """A ``DO`` block that asks the guard's question, so that replay can answer it."""
    return Text([Part(f"DO {TAG}BEGIN ", guard.node), *_conditional(guard), Part(f"END{TAG}", guard.node)])


def _conditional(guard: Guard) -> Iterator[Part]:
    if not guard.then:
        guard = Guard(f"NOT ({guard.condition})", guard.node, guard.otherwise)
    yield Part(f"IF {guard.condition} THEN ", guard.node)
    yield from _body(guard.then)
    if guard.otherwise:
        yield Part("ELSE ", guard.node)
        yield from _body(guard.otherwise)
    yield Part("END IF; ", guard.node)


def _body(effects: Sequence[Effect]) -> Iterator[Part]:
    for effect in effects:
        if isinstance(effect, Guard):
            yield from _conditional(effect)
        elif isinstance(effect, Sql) and not TRANSACTION.match(effect.text) and not _only_reads(effect):
            for at, part in enumerate(parts(effect.text, effect.node)):
                text = CONCURRENTLY.sub("", part.text)
                yield part._replace(text=text if at else SELECT.sub("PERFORM", text))
            yield Part("; " if effect.text.rstrip()[-1:] != ";" else " ", effect.node)


def _only_reads(effect: Sql) -> bool:
    """Whether a statement gives rows and does nothing: a block could not say where to."""
    return effect.data and SELECT.match(effect.text) is not None


class Layout:
    """A text whose lines follow the lines of the file as far as white space allows, so that offsets in it lead to the right line."""

    def __init__(self, source: Source, text: str, node: cst.CSTNode) -> None:
        self._source = source
        self._node = node
        self._parts = [part for part in parts(text, node) if part.text]
        self._exact = isinstance(text, Text) and all(isinstance(part.node, LITERALS) for part in self._parts[:1] + self._parts[-1:])
        self.text = text if len(self._parts) < 2 else self._laid_out()
        self._starts = list(accumulate((len(part.text) for part in self._parts), initial=0))

    def _laid_out(self) -> str:
        """Puts line breaks where one part ends in white space and the next begins further down."""
        line = self._source.place(self._parts[0].node).line
        for at, part in enumerate(self._parts):
            below = self._source.place(part.node).line - line if at and self._follows(at) else 0
            if below > 0 and self._parts[at - 1].text[-1] in " \t":
                self._parts[at - 1] = self._parts[at - 1]._replace(text=self._parts[at - 1].text[:-1] + "\n" * below)
                line += below
            line += part.text.count("\n")
        return "".join(part.text for part in self._parts)

    def _follows(self, at: int) -> bool:
        """Whether a part stands where it is run, or right behind the one before it."""
        whole, start = self._source.extent(self._node), self._source.start(self._parts[at].node)
        if whole[0] <= start <= whole[1]:
            return True
        before = self._source.extent(self._parts[at - 1].node)[1]
        return SEAM.fullmatch(self._source.text, before, max(start, before)) is not None and start >= before

    def place(self, start: int, stop: int) -> Place:
        """Where a stretch of the text stands: exactly, if it is written out in the file; else the node that runs it."""
        if not self._exact or not self._parts:
            return self._source.place(self._node)
        return self._source.span(self._offset(start), self._offset(max(stop, start + 1) - 1) + 1)

    def _offset(self, at: int) -> int:
        """Where in the file a character of the text stands."""
        index = min(max(bisect_right(self._starts, at) - 1, 0), len(self._parts) - 1)
        part = self._parts[index]
        start = self._source.start(part.node)
        if not isinstance(part.node, LITERALS):
            return start
        return start + literals.offset(part.node, part.offset + at - self._starts[index])


LITERALS = (cst.SimpleString, cst.FormattedStringText)
