"""Where run-time settings are set, and for how long: SET, SET LOCAL and set_config, in migrations and in function bodies."""

import re
from collections.abc import Iterator
from typing import Any

from invariants.facts import db
from invariants.facts.code import Query
from invariants.facts.place import Place
from invariants.postgres.grammar import GrammarError, parse
from invariants.replay import bodies as read
from invariants.replay import objects as o
from invariants.replay.bodies import Bodies
from invariants.replay.catalog import Catalog

FILLED = re.compile(r"(?<!['\w])\$\d+")
"""What a driver fills in, where SET takes no parameter."""
QUERIES = {"select_stmt", "insert_stmt", "update_stmt", "delete_stmt"}
"""Statements that set nothing but by calling a function."""


def settings(catalog: Catalog, database: str, bodies: Bodies) -> Iterator[db.ContextSetting]:
    """The settings that the functions of a catalog set."""
    for function in catalog.functions:
        body = function.body.lower()
        calls = "set_config" in body
        if not calls and "set " not in body:
            continue
        name = f"{catalog.schemas[function.schema].name}.{function.name}"
        for piece in bodies[function.language, function.body].pieces:  # a body that does not parse is reported by other rules
            at = _line(function, piece.line)
            for statement in piece.statements:
                if calls or statement.kind not in QUERIES:
                    yield from (db.ContextSetting(at, database, name, *each) for each in statement.settings)


def said(query: Query) -> Iterator[db.ContextSetting]:
    """The settings that SQL in the code of an application sets; the module is its file."""
    try:
        for statement in parse(FILLED.sub("'x'", query.body) if query.body.lstrip()[:3].lower() == "set" else query.body):
            yield from found(statement.node, query.at, "", query.at.file)
    except GrammarError:
        return  # whatever it is, it is no statement that sets anything


def found(node: Any, at: Place, database: str, module: str) -> Iterator[db.ContextSetting]:
    """The settings that one statement sets."""
    return (db.ContextSetting(at, database, module, *each) for each in read.settings(node))


def _line(function: o.Function, line: int) -> Place:
    """A line of a function's body, where the file shows it."""
    start = function.body_at
    if not start.file:
        return function.at
    number = min(start.line + line - 1, start.end_line)
    return Place(start.file, number, 1 if line > 1 else start.column, number, start.end_column if number == start.end_line else 1_000)
