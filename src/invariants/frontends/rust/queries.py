"""Strings that hold SQL."""

import re

from tree_sitter import Node

from invariants.frontends.rust.syntax import Source

SQL = re.compile(
    r"\s*(?:--[^\n]*\n\s*)*(?:select\s.+\sfrom\s|select\s+\w[\w.]*\s*\(|insert\s+into\s|update\s.+\sset\s|delete\s+from\s|merge\s+into\s"
    r"|with\s+.+\s+as\s|set\s+(?:local\s|session\s|role\s)|set\s+[\w.]+\s*(?:=|to\s)|reset\s+\w|alter\s|create\s|drop\s|grant\s|truncate\s)",
    re.IGNORECASE | re.DOTALL,
)
FILLED = re.compile(r"\{[\w:?]*\}")


def sql(source: Source, node: Node, is_format: bool = False) -> str | None:
    """The SQL that a string holds; of one that `format!` fills in, with $1, $2 ... in the places; null where it holds none."""
    text = source.string(node) if node.end_byte - node.start_byte >= 12 else None
    if text is None or not SQL.match(text[:4000]):
        return None
    if not is_format:
        return text
    parts = FILLED.split(text)
    return parts[0] + "".join(f"${number}{part}" for number, part in enumerate(parts[1:], 1))
