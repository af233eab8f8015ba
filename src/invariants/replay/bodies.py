"""What the bodies of functions say: what they name, and which settings they set. It hangs on their texts alone, so that it is told once."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from invariants.postgres.grammar import GrammarError, Parsed, pb, unwrap
from invariants.postgres.tree import strings, walk
from invariants.replay import objects as o
from invariants.replay.isolation.naming import constant

if TYPE_CHECKING:
    from invariants.postgres.bodies import Query

WRITES = (pb.InsertStmt, pb.UpdateStmt, pb.DeleteStmt, pb.MergeStmt)
Reach = Literal["transaction", "session", "unknown"]


class Mention(NamedTuple):
    """A relation or function that a text names: its schema where it says one, its name, and what is done to it."""

    schema: str
    name: str
    is_function: bool
    writes: bool


class Setting(NamedTuple):
    """A setting that a statement sets, and for how long."""

    name: str
    reach: Reach


class Statement(NamedTuple):
    """A statement of a body: its node kind, what it names, and what it sets."""

    kind: str
    mentions: tuple[Mention, ...]
    settings: tuple[Setting, ...]


class Piece(NamedTuple):
    """A query of a body: its statements, the line of the body it stands on, and whether its text is made at run time."""

    statements: tuple[Statement, ...]
    line: int
    dynamic: bool


class Body(NamedTuple):
    """What a body says, as far as it parses."""

    pieces: tuple[Piece, ...]
    is_whole: bool


Bodies = Mapping[tuple[str, str], Body]
"""By language and text."""


def told(functions: Iterator[o.Function], known: Bodies) -> dict[tuple[str, str], Body]:
    """The bodies of these functions; those that are known are not read again."""
    wanted = {(function.language, function.body): None for function in functions}
    return {key: known[key] if key in known else _body(*key) for key in wanted}


def _body(language: str, text: str) -> Body:
    from invariants.postgres.bodies import queries  # few migrations make a function

    pieces: list[Piece] = []
    try:
        for query in queries(language, text):
            pieces.append(_piece(query))  # noqa: PERF401  what came before a fault counts
    except GrammarError:
        return Body(tuple(pieces), is_whole=False)
    return Body(tuple(pieces), is_whole=True)


def _piece(query: "Query") -> Piece:
    return Piece(tuple(map(_statement, query.statements)), query.line, query.dynamic)


def _statement(parsed: Parsed) -> Statement:
    messages = list(walk(parsed.node))
    return Statement(parsed.kind, tuple(sorted(set(_mentions(messages)))), tuple(_settings(messages)))


def mentions(node: Any) -> Iterator[Mention]:
    """The relations and functions that a parse tree names; its own common table expressions are none."""
    return _mentions(list(walk(node)))


def _mentions(messages: list[Any]) -> Iterator[Mention]:
    own = {each.ctename for each in messages if isinstance(each, pb.CommonTableExpr)}
    targets = {(each.relation.schemaname, each.relation.relname) for each in messages if isinstance(each, WRITES)}
    for each in messages:
        if isinstance(each, pb.RangeVar) and (each.schemaname or each.relname not in own):
            yield Mention(each.schemaname, each.relname, is_function=False, writes=(each.schemaname, each.relname) in targets)
        elif isinstance(each, pb.FuncCall):
            names = strings(each.funcname)
            yield Mention(names[-2] if len(names) > 1 else "", names[-1], is_function=True, writes=False)


def settings(node: Any) -> Iterator[Setting]:
    """The settings that a parse tree sets."""
    return _settings(walk(node))


def _settings(messages: Iterable[Any]) -> Iterator[Setting]:
    for message in messages:
        if isinstance(message, pb.VariableSetStmt) and message.kind in {pb.VAR_SET_VALUE, pb.VAR_SET_CURRENT}:
            yield Setting(message.name.lower(), "transaction" if message.is_local else "session")
        elif isinstance(message, pb.FuncCall) and strings(message.funcname)[-1] == "set_config" and len(message.args) == 3:
            yield Setting((constant(message.args[0]) or "").lower(), _reach(message.args[2]))


def _reach(node: Any) -> Reach:
    kind, value = unwrap(node)
    if kind != "a_const" or value.WhichOneof("val") != "boolval":
        return "unknown"
    return "transaction" if value.boolval.boolval else "session"
