"""SQL in strings of code."""

import re

SQL = re.compile(
    r"\s*(?:--[^\n]*\n\s*)*(?:select\s.+\sfrom\s|select\s+\w[\w.]*\s*\(|insert\s+into\s|update\s.+\sset\s|delete\s+from\s|merge\s+into\s"
    r"|with\s+.+\s+as\s|set\s+(?:local\s|session\s|role\s)|set\s+[\w.]+\s*(?:=|to\s)|reset\s+\w|alter\s|create\s|drop\s|grant\s|truncate\s)",
    re.IGNORECASE | re.DOTALL,
)
BEGINS = re.compile(rb"[^!-~]|--|\\|(?i:select|insert|update|delete|merge|with|set|reset|alter|create|drop|grant|truncate)\b")
"""How a string begins that may hold one, as it is written in code: with a statement, or with what may stand before one."""
SHORTEST = 12
"""How long strings are at least that hold a statement, in bytes, with their quotes."""
MOST = 4_000
"""So many characters tell."""


def is_sql(text: str) -> bool:
    """Whether a string holds a statement, by how it begins."""
    return SQL.match(text[:MOST]) is not None
