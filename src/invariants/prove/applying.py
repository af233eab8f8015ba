"""Migrations run on a real database, each statement by itself: what PostgreSQL refuses costs only itself, and is told."""

import re
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from typing import NamedTuple

from invariants.facts.ddl import Statement
from invariants.facts.place import PLATFORM, Place
from invariants.postgres.grammar import parse_one
from invariants.postgres.identifiers import quote
from invariants.prove.database import Database, Refused
from invariants.replay.platform import prelude

FRESH = (
    "reset session authorization; reset role; reset all; "
    "set lc_messages = 'C'; set statement_timeout = '60s'; set client_min_messages = error"
)
"""Each migration finds the session as it was at first."""
BYSTANDERS = {
    "comment_stmt",
    "create_extension_stmt",
    "create_publication_stmt",
    "delete_stmt",
    "index_stmt",
    "insert_stmt",
    "select_stmt",
    "update_stmt",
    "vacuum_stmt",
}
"""Statements without which tenants are kept apart all the same."""
THERE = {"42710", "42723"}
"""What is refused because it is there already."""
WAITING = {"42P01", "42704", "42883", "3F000", "42703"}
"""What is refused because something it names is not there, or not there yet."""


class Problem(NamedTuple):
    """A statement that did not run as it stands, or that did not run at all."""

    at: Place
    message: str
    """A clause."""
    grave: bool
    """Something that keeps tenants apart may be missing for it."""


def bring(database: Database, runner: str) -> Iterator[Problem]:
    """Run what the platform brings before the first migration. What it says of roles holds from the next connection on."""
    for text in prelude(runner):
        yield from _ran(database, Statement(PLATFORM, 0, parse_one(text).kind, text.strip()))


def apply(database: Database, runner: str, migrations: Sequence[Sequence[Statement]]) -> Iterator[Problem]:
    """Run the migrations, in their order."""
    if runner == "schema":
        yield from _settled(database, [each for statements in migrations for each in statements])
        return
    for statements in migrations:
        database.run(FRESH)
        for statement in statements:
            yield from _ran(database, statement)


def _settled(database: Database, statements: Sequence[Statement]) -> Iterator[Problem]:
    """Files without an order: each statement as soon as what it names is there."""
    database.run(FRESH)
    while statements:
        waiting: list[Statement] = []
        problems: list[Problem] = []
        for statement in statements:
            try:
                _run(database, statement)
            except Refused as refused:
                if refused.code in WAITING:
                    waiting.append(statement)
                else:
                    problems += _mended(database, statement, refused)
        yield from problems
        if len(waiting) == len(statements):
            break
        statements = waiting
    for statement in statements:
        yield from _ran(database, statement)


def _ran(database: Database, statement: Statement) -> Iterator[Problem]:
    try:
        _run(database, statement)
    except Refused as refused:
        yield from _mended(database, statement, refused)


def _run(database: Database, statement: Statement) -> None:
    """Run a statement, unless it only opens or closes a transaction: each is one of its own here."""
    if statement.kind == "transaction_stmt":
        return
    if statement.kind == "copy_stmt" and "stdin" in statement.body.lower():
        raise Refused("0A000", "rows that come with the file are not copied")
    database.run(statement.body)


def _mended(database: Database, statement: Statement, refused: Refused) -> Iterator[Problem]:
    """Make the role or extension that is missing, and try again; else say what PostgreSQL said."""
    if role := re.fullmatch(r'role "(.+)" does not exist', refused.message):
        database.run(f"create role {quote(role[1])}")
        yield Problem(
            statement.at,
            f"role {role[1]} is created by no migration: it was made here, with no rights but those it is granted",
            grave=False,
        )
        yield from _ran(database, statement)
        return
    if statement.kind == "create_extension_stmt" and (said := _stood_in(database, statement)):
        yield Problem(statement.at, said, grave=False)
        return
    yield Problem(statement.at, f"PostgreSQL refused it: {refused.message}", grave=statement.kind not in BYSTANDERS)


def _stood_in(database: Database, statement: Statement) -> str:
    """Stand-ins for an extension that this PostgreSQL does not have, where there are any."""
    node = parse_one(statement.body).node
    texts = standins().get(node.extname)
    if not texts:
        return ""
    schema = next((each.def_elem.arg.string.sval for each in node.options if each.def_elem.defname == "schema"), "")
    path = f"set local search_path to {quote(schema)}, pg_catalog; " if schema else ""
    try:
        database.run(f"begin; {path}{texts}; commit")
    except Refused as refused:
        database.run("rollback")
        if refused.code not in THERE:
            return ""
    return f"extension {node.extname} is not installed in this PostgreSQL: plain SQL stands in for what tables need of it"


def standins() -> Mapping[str, str]:
    """By extension: the statements that stand in for it."""
    text = (files(__package__) / "standins.sql").read_text(encoding="utf-8")
    parts = re.split(r"^-- (\S+)$", text, flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))
