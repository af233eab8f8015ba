"""Parsing and writing PostgreSQL's SQL. Offsets are in bytes of the UTF-8 text, as the grammar counts."""

import re
from sys import intern
from threading import Thread, stack_size
from typing import Any, NamedTuple

import postgast
from google.protobuf.message import DecodeError, Message
from postgast import pg_query_pb2 as pb

from invariants.postgres.tree import ambiguous


class GrammarError(Exception):
    """The text does not parse; ``offset`` is where, in bytes."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset


class Excess(GrammarError):
    """The text may well be PostgreSQL's: it is too long or nested too deep to be read here."""


LARGEST = 256 << 10
"""Bytes of a text that are parsed at once; the tree takes forty times as much."""
SHALLOW = 16 << 10
"""Bytes of a text that any stack is deep enough for."""
STACK = 500
"""Bytes of stack for each byte of a longer text: a chain of operators is a tree as deep as it is long, and the grammar recurses."""


CHAIN = 8_000
"""Operators that may follow one another in a longer text: writing the tree out takes time that grows with the square of its depth."""
OPENINGS = 1_000
"""Comments that may begin right behind one another in a longer text: PostgreSQL's scanner looks to the end of such a run at each."""
OPERATOR = re.compile(r"[-+*/<>=~!@#%^&|:]+")
DIVIDER = re.compile(r"[,;]")
AMBIGUOUS = re.compile(r"\b(?:DISTINCT FROM|I?LIKE|SIMILAR|BETWEEN|(?:IN|ANY|ALL)(?! \(SELECT))\b")
"""What stands in every text that may lack parentheses; to look for it is far cheaper than to walk the tree."""
RUN = re.compile(r"[-+*/<>=~!@#%^&|`?]{2000,}")


class Parsed(NamedTuple):
    """One statement: its node kind (``create_stmt``), its node, and its bytes ``start`` to ``stop`` in the text."""

    kind: str
    node: Any
    start: int
    stop: int


def parse(text: str) -> list[Parsed]:
    """The statements of a text, or :class:`GrammarError` where any of them does not parse or is nested too deep."""
    size = len(text) if text.isascii() else len(text.encode())
    if size > LARGEST:
        raise Excess(f"{size} bytes long", 0)
    if size > SHALLOW and _is_chain(text):
        raise Excess("nested too deep", 0)
    try:
        result = postgast.parse(text) if size <= SHALLOW else _parsed_apart(text, size)
    except postgast.PgQueryError as error:
        before = text[: max(error.cursorpos - 1, 0)]  # cursorpos counts characters, from 1
        raise GrammarError(_shortened(error.message), len(before.encode())) from error
    except DecodeError as error:
        raise Excess("nested too deep", 0) from error
    return [_parsed(raw, size) for raw in result.stmts]


def _is_chain(text: str) -> bool:
    """Whether a text is one long chain of operators, with nothing that divides it, or of comments that begin."""
    if any(run.count("/*") > OPENINGS for run in RUN.findall(text)):
        return True
    return any(len(part) > CHAIN and len(OPERATOR.findall(part)) > CHAIN for part in DIVIDER.split(text))


def _parsed_apart(text: str, size: int) -> pb.ParseResult:
    """The tree of a text, made in a thread whose stack is deep enough for any text of that size."""
    found: list[pb.ParseResult | Exception] = []

    def work() -> None:
        try:
            found.append(postgast.parse(text))
        except (postgast.PgQueryError, DecodeError) as error:
            found.append(error)

    usual = stack_size(STACK * size)
    try:
        thread = Thread(target=work)
        thread.start()
    finally:
        stack_size(usual)
    thread.join()
    [result] = found
    if isinstance(result, Exception):
        raise result
    return result


def _shortened(message: str) -> str:
    """A message on one line; PostgreSQL quotes a string that never ends to its end."""
    line = " ".join(message.split())
    return line if len(line) <= 120 else line[:117] + "..."


def _parsed(raw: pb.RawStmt, end: int) -> Parsed:
    kind = intern(raw.stmt.WhichOneof("node") or "")  # a large file has hundreds of thousands of one kind
    stop = raw.stmt_location + raw.stmt_len if raw.stmt_len else end
    return Parsed(kind, getattr(raw.stmt, kind), raw.stmt_location, stop)


def parse_one(text: str) -> Parsed:
    """The one statement of a text."""
    statements = parse(text)
    if len(statements) != 1:
        raise GrammarError(f"{len(statements)} statements where one was expected", 0)
    return statements[0]


def parse_expression(text: str) -> pb.Node:
    """The node of a scalar expression."""
    target = parse_one(f"SELECT {text}").node.target_list
    if len(target) != 1:
        raise GrammarError("not one expression", 0)
    value: pb.Node = target[0].res_target.val
    return value


def unwrap(node: pb.Node) -> tuple[str, Any]:
    """The kind of a node and what it holds: ``("column_ref", ColumnRef(...))``; ``("", None)`` for an empty one."""
    kind = node.WhichOneof("node")
    return ("", None) if kind is None else (kind, getattr(node, kind))


def wrap(kind: str, message: Message) -> pb.Node:
    """The inverse of :func:`unwrap`."""
    node = pb.Node()
    getattr(node, kind).CopyFrom(message)
    return node


def write(node: pb.Node) -> str:
    """A statement's node as SQL text."""
    result = pb.ParseResult(version=180000)
    result.stmts.add().stmt.CopyFrom(node)
    return _written(result)


def _written(result: pb.ParseResult) -> str:
    """A tree as SQL text, its tests with the parentheses that they need."""
    text: str = postgast.deparse(result)
    if AMBIGUOUS.search(text) is not None:
        is_lacking = False
        for each in ambiguous(result):
            each.CopyFrom(_as_boolean(each))
            is_lacking = True
        return postgast.deparse(result) if is_lacking else text
    return text


def _as_boolean(node: pb.Node) -> pb.Node:
    """A cast that changes nothing: unlike tests, casts are written with the parentheses that they need."""
    names = [pb.Node(string=pb.String(sval="bool"))]
    return pb.Node(type_cast=pb.TypeCast(arg=node, type_name=pb.TypeName(names=names, typemod=-1)))


def write_expression(node: pb.Node) -> str:
    """An expression's node as SQL text."""
    result = pb.ParseResult(version=180000)
    select = result.stmts.add().stmt.select_stmt
    select.limit_option, select.op = pb.LIMIT_OPTION_DEFAULT, pb.SETOP_NONE
    select.target_list.add().res_target.val.CopyFrom(node)
    return _written(result).removeprefix("SELECT ")


__all__ = [
    "LARGEST",
    "Excess",
    "GrammarError",
    "Parsed",
    "parse",
    "parse_expression",
    "parse_one",
    "pb",
    "unwrap",
    "wrap",
    "write",
    "write_expression",
]
