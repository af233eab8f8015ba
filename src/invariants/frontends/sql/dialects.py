"""Telling other dialects by what PostgreSQL has not."""

import re
from typing import Literal, NamedTuple

from invariants.postgres import split

Dialect = Literal["mysql", "sqlite", "tsql", "clickhouse", "oracle", "other"]
SIGNS: tuple[tuple[Dialect, re.Pattern[bytes]], ...] = (
    (
        "clickhouse",
        re.compile(rb"\bENGINE\s*=\s*\w*(?:MergeTree|Distributed|Kafka|MaterializedView|Null|Memory)\b|\bON\s+CLUSTER\b", re.IGNORECASE),
    ),
    ("mysql", re.compile(rb"\bENGINE\s*=\s*(?:InnoDB|MyISAM)|\bAUTO_INCREMENT\b|\bDEFAULT\s+CHARSET\b|`\w+`", re.IGNORECASE)),
    ("sqlite", re.compile(rb"\bAUTOINCREMENT\b|^[ \t]*PRAGMA\s+\w+|\bWITHOUT\s+ROWID\b", re.IGNORECASE | re.MULTILINE)),
    (
        "tsql",
        re.compile(
            rb"^[ \t]*GO[ \t]*;?[ \t\r]*$|\[dbo\]|\bNVARCHAR\b|\bIDENTITY\s*\(\s*\d|\bUNIQUEIDENTIFIER\b", re.IGNORECASE | re.MULTILINE
        ),
    ),
    ("oracle", re.compile(rb"\bVARCHAR2\b|\bNUMBER\s*\(\d", re.IGNORECASE)),
)


TELLS = 1 << 20
"""Bytes in which a file gives its dialect away, if it does; behind them there are rows."""


class Sign(NamedTuple):
    """A construct of another dialect, and where it stands."""

    dialect: Dialect
    start: int
    stop: int


def sign(content: bytes) -> Sign | None:
    """The first construct that gives another dialect away, in the code alone; for texts that PostgreSQL does not parse."""
    bare = split.bare(content[:TELLS])
    for dialect, pattern in SIGNS:
        match = pattern.search(bare)
        if match:
            return Sign(dialect, match.start(), match.end())
    return None
