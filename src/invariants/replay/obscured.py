"""What may secure tables and cannot be told: filled in by another program, made at run time and not followed, done by another file."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import get_args

from invariants.facts import db
from invariants.facts.ddl import Handed, Statement
from invariants.facts.place import Place
from invariants.facts.source import Unread
from invariants.replay.machine import Machine
from invariants.replay.names import lookup
from invariants.replay.objects import Relation
from invariants.replay.records import replace

REASONS = {"template", "dynamic"}
SECURES: dict[db.Securing, re.Pattern[str]] = {
    "enable": re.compile(r"\benable\s+row\s+level\s+security", re.IGNORECASE),
    "force": re.compile(r"(?<!no )\bforce\s+row\s+level\s+security", re.IGNORECASE),
    "policy": re.compile(r"\bcreate\s+policy\b", re.IGNORECASE),
    "index": re.compile(r"\bcreate\s+(unique\s+)?index\b|\badd\s+(constraint\s+\S+\s+)?(primary|unique)\b", re.IGNORECASE),
    "require": re.compile(r"\bset\s+not\s+null\b", re.IGNORECASE),
}
NAME = r'(?:"[^"]+"|\w+)'
BEFORE = r"\b(?:table\s+(?:if\s+exists\s+)?(?:only\s+)?|on\s+)"
ABOUT = re.compile(rf"{BEFORE}({NAME}(?:\.{NAME})?)(?=[\s(;]|$)", re.IGNORECASE)
"""Where a statement says which table it is about."""
HIDDEN = re.compile(rf'{BEFORE}[\w."]*\ufffd', re.IGNORECASE)
"""The same where a part of that cannot be told."""
ROW_SECURITY: tuple[db.Securing, ...] = ("enable", "force", "policy")
REMEDY = "Write the SQL out as constants that can be read here."


def obscured(statements: Iterable[Statement], unread: Iterable[Unread], database: str) -> Iterator[db.Obscured]:
    """What statements do of which some part could not be told."""
    doubts: dict[str, list[Place]] = defaultdict(list)
    for each in unread:
        if each.reason in REASONS:
            doubts[each.at.file].append(each.at)
    for statement in statements:
        at = statement.at
        if any(at.line <= doubt.line <= at.end_line for doubt in doubts.get(at.file, ())):
            for what in _does(statement.body):
                yield db.Obscured(at, database, what)


def suspect(machine: Machine, code: Handed, database: str) -> Iterator[db.Obscured]:
    """Note on the tables that code names what it may do to them, as far as its SQL is known; answers what it may do to any."""
    whats = list(_does(code.body)) if code.body else get_args(db.Securing) if code.name else ROW_SECURITY
    names = [code.name] if code.name else ABOUT.findall(code.body)
    for table in filter(None, (_table(machine, name) for name in names)):
        machine.catalog.relations.put(replace(table, obscured=(*table.obscured, *((what, code.at) for what in whats))))
        if code.doubt:
            machine.unread.append(Unread(code.at, "dynamic", code.doubt, REMEDY))
    if not names or HIDDEN.search(code.body):
        yield from (db.Obscured(code.at, database, what) for what in whats)


def _does(text: str) -> Iterator[db.Securing]:
    return (what for what in get_args(db.Securing) if SECURES[what].search(text))


def _table(machine: Machine, name: str) -> Relation | None:
    """The table of a name as code writes it, qualified or not."""
    schema, _, own = name.replace('"', "").rpartition(".")
    found = lookup(machine.catalog, schema, own)
    return found if found is not None and found.kind in {"table", "partitioned"} else None
