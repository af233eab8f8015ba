"""Where run-time settings are set, and for how long: SET, SET LOCAL and set_config, in migrations and in function bodies."""

import re
from collections.abc import Iterator
from typing import Any

from invariants.facts import db
from invariants.facts.code import Query
from invariants.facts.place import Place
from invariants.postgres.bodies import queries
from invariants.postgres.grammar import GrammarError, pb, unwrap
from invariants.postgres.tree import strings, walk
from invariants.replay import objects as o
from invariants.replay.catalog import Catalog
from invariants.replay.isolation.naming import constant

FILLED = re.compile(r"(?<!['\w])\$\d+")
"""What a driver fills in, where SET takes no parameter."""
QUERIES = {"select_stmt", "insert_stmt", "update_stmt", "delete_stmt"}
"""Statements that set nothing but by calling a function."""


def settings(catalog: Catalog, database: str) -> Iterator[db.ContextSetting]:
    """The settings that the functions of a catalog set."""
    for function in catalog.functions:
        body = function.body.lower()
        calls = "set_config" in body
        if not calls and "set " not in body:
            continue
        name = f"{catalog.schemas[function.schema].name}.{function.name}"
        try:
            for query in queries(function.language, function.body):
                at = _line(function, query.line)
                for statement in query.statements:
                    if calls or statement.kind not in QUERIES:
                        yield from found(statement.node, at, database, name)
        except GrammarError:
            continue  # migration-readable and definer-function-confined report the body itself


def said(query: Query) -> Iterator[db.ContextSetting]:
    """The settings that SQL in the code of an application sets; the module is its file."""
    try:
        for each in queries("sql", FILLED.sub("'x'", query.body) if query.body.lstrip()[:3].lower() == "set" else query.body):
            for statement in each.statements:
                yield from found(statement.node, query.at, "", query.at.file)
    except GrammarError:
        return  # whatever it is, it is no statement that sets anything


def found(node: Any, at: Place, database: str, module: str) -> Iterator[db.ContextSetting]:
    """The settings that one statement sets."""
    for message in walk(node):
        if isinstance(message, pb.VariableSetStmt) and message.kind in {pb.VAR_SET_VALUE, pb.VAR_SET_CURRENT}:
            yield db.ContextSetting(at, database, module, message.name.lower(), "transaction" if message.is_local else "session")
        elif isinstance(message, pb.FuncCall) and strings(message.funcname)[-1] == "set_config" and len(message.args) == 3:
            name = (constant(message.args[0]) or "").lower()
            yield db.ContextSetting(at, database, module, name, _scope(message.args[2]))


def _scope(node: Any) -> Any:
    kind, value = unwrap(node)
    if kind != "a_const" or value.WhichOneof("val") != "boolval":
        return "unknown"
    return "transaction" if value.boolval.boolval else "session"


def _line(function: o.Function, line: int) -> Place:
    """A line of a function's body, where the file shows it."""
    start = function.body_at
    if not start.file:
        return function.at
    number = min(start.line + line - 1, start.end_line)
    return Place(start.file, number, 1 if line > 1 else start.column, number, start.end_column if number == start.end_line else 1_000)
