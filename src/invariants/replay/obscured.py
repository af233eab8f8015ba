"""Statements that secure tables which they do not name for us: filled in by another program, or made at run time and not to be followed."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import get_args

from invariants.facts import db
from invariants.facts.ddl import Statement
from invariants.facts.place import Place
from invariants.facts.source import Unread

REASONS = {"template", "dynamic"}
SECURES: dict[db.Securing, re.Pattern[str]] = {
    "enable": re.compile(r"\benable\s+row\s+level\s+security", re.IGNORECASE),
    "force": re.compile(r"(?<!no )\bforce\s+row\s+level\s+security", re.IGNORECASE),
    "policy": re.compile(r"\bcreate\s+policy\b", re.IGNORECASE),
}


def obscured(statements: Iterable[Statement], unread: Iterable[Unread], database: str) -> Iterator[db.Obscured]:
    """What statements do of which some part could not be told."""
    doubts: dict[str, list[Place]] = defaultdict(list)
    for each in unread:
        if each.reason in REASONS:
            doubts[each.at.file].append(each.at)
    for statement in statements:
        at = statement.at
        if any(at.line <= doubt.line <= at.end_line for doubt in doubts.get(at.file, ())):
            for what in get_args(db.Securing):
                if SECURES[what].search(statement.body):
                    yield db.Obscured(at, database, what)
