"""The queries inside function bodies, in SQL and PL/pgSQL."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import postgast

from invariants.postgres.grammar import GrammarError, Parsed, parse

DYNAMIC = frozenset({"PLpgSQL_stmt_dynexecute", "PLpgSQL_stmt_dynfors"})


class Query(NamedTuple):
    """A query of a body: its statements, the line of the body it stands on (from 1), and whether its text is made at run time."""

    statements: tuple[Parsed, ...]
    line: int
    dynamic: bool


def queries(language: str, body: str, source: str) -> Iterator[Query]:
    """The queries of a function, given its body and the whole CREATE statement; GrammarError where they do not parse.

    Other languages than SQL and PL/pgSQL have none that can be seen.
    """
    if language == "sql":
        for statement in parse(body):
            skipped = body.encode()[: statement.start].decode(errors="replace")
            yield Query((statement,), skipped.count("\n") + 1, dynamic=False)
    elif language == "plpgsql":
        try:
            parsed = postgast.parse_plpgsql(source)
        except postgast.PgQueryError as error:
            raise GrammarError(error.message, 0) from error
        yield from _expressions(parsed, 0, "")


def _expressions(node: Any, line: int, kind: str) -> Iterator[Query]:
    """Every PLpgSQL_expr below a node of the PL/pgSQL parser's JSON."""
    if isinstance(node, list):
        for each in node:
            yield from _expressions(each, line, kind)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key == "PLpgSQL_expr":
                yield _query(value, line, kind)
            else:
                below = value.get("lineno", line) if isinstance(value, dict) else line
                yield from _expressions(value, below, key if key.startswith("PLpgSQL") else kind)


def _query(expression: dict[str, Any], line: int, kind: str) -> Query:
    text, mode = expression["query"], expression.get("parseMode", 0)
    if mode >= 3:  # an assignment: RAW_PARSE_PLPGSQL_ASSIGN1 and following
        text = text.partition(":=")[2] or text.partition("=")[2]
    return Query(tuple(parse(text if mode == 0 else f"SELECT {text}")), max(line, 1), kind in DYNAMIC)
