"""The queries inside function bodies, in SQL and PL/pgSQL."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any, NamedTuple

from invariants.postgres.grammar import Excess, Parsed, parse
from invariants.postgres.plpgsql import nodes, parse_body

STATEMENTS = {nodes.Run, nodes.Perform, nodes.ForQuery, nodes.ReturnQuery, nodes.Open, nodes.Declaration}
"""The nodes whose field ``query`` is a statement; every other piece of SQL is an expression."""


class Query(NamedTuple):
    """A query of a body: its statements, the line of the body it stands on (from 1), and whether its text is made at run time."""

    statements: tuple[Parsed, ...]
    line: int
    dynamic: bool


def queries(language: str, body: str) -> Iterator[Query]:
    """The queries of a function's body; GrammarError where it does not parse. Other languages have none that can be seen."""
    content = body.encode()
    if language == "sql":
        for statement in parse(body):
            skipped = len(content[statement.start : statement.stop]) - len(content[statement.start : statement.stop].lstrip())
            yield Query((statement,), content[: statement.start + skipped].count(b"\n") + 1, dynamic=False)
    elif language == "plpgsql":
        for owner, name, sql in _all_pieces(body):
            dynamic = (isinstance(owner, nodes.Execute) and name == "text") or (name == "query" and getattr(owner, "dynamic", False))
            whole = name == "query" and type(owner) in STATEMENTS and not dynamic and not getattr(owner, "cursor", False)
            line = content[: sql.offset].count(b"\n") + 1
            yield Query(tuple(parse(sql.text if whole else f"SELECT {sql.text}")), line, bool(dynamic))


def _all_pieces(body: str) -> list[tuple[Any, str, nodes.Sql]]:
    try:
        return list(_pieces(parse_body(body)))
    except RecursionError as error:
        raise Excess("nested too deep", 0) from error


def _pieces(node: Any, owner: Any = None, name: str = "") -> Iterator[tuple[Any, str, nodes.Sql]]:
    """Every piece of SQL below a node, with the node that holds it and the field it is in; the targets of assignments are none."""
    if isinstance(node, nodes.Sql):
        yield owner, name, node
    elif isinstance(node, tuple):
        for each in node:
            yield from _pieces(each, owner, name)
    elif is_dataclass(node):
        for field in fields(node):
            if not (isinstance(node, nodes.Assign) and field.name == "target"):
                yield from _pieces(getattr(node, field.name), node, field.name)
