"""SQL files that no runner runs: what they say of row security, so that nobody takes it for done."""

import re
from collections.abc import Iterator

from invariants.facts.ddl import Statement, Stray
from invariants.frontends.sql import reader
from invariants.postgres.grammar import Parsed, parse_one, pb

TRIGGER = re.compile(rb"(?i)\bcreate\s+policy\b|\brow\s+level\s+security\b")
SECURING = {pb.AT_EnableRowSecurity, pb.AT_ForceRowSecurity}


def read(path: str, content: bytes) -> Iterator[Stray]:
    """The policies that a file would create, and the tables that it would put under row security."""
    if not TRIGGER.search(content):
        return
    for fact in reader.read(path, content):
        if isinstance(fact, Statement) and fact.kind in {"create_policy_stmt", "alter_table_stmt"}:
            yield from _said(fact, parse_one(fact.body))


def _said(fact: Statement, parsed: Parsed) -> Iterator[Stray]:
    if parsed.kind == "create_policy_stmt":
        yield Stray(fact.at, _qualified(parsed.node.table), parsed.node.policy_name)
    elif any(command.alter_table_cmd.subtype in SECURING for command in parsed.node.cmds):
        yield Stray(fact.at, _qualified(parsed.node.relation), "")


def _qualified(table: pb.RangeVar) -> str:
    return f"{table.schemaname or 'public'}.{table.relname}"
