"""Strings that hold SQL."""

import re

from tree_sitter import Node

from invariants.frontends.typescript.syntax import Source

SQL = re.compile(
    r"\s*(?:--[^\n]*\n\s*)*(?:select\s.+\sfrom\s|select\s+\w[\w.]*\s*\(|insert\s+into\s|update\s.+\sset\s|delete\s+from\s|merge\s+into\s"
    r"|with\s+.+\s+as\s|set\s+(?:local\s|session\s|role\s)|set\s+[\w.]+\s*(?:=|to\s)|reset\s+\w|alter\s|create\s|drop\s|grant\s|truncate\s)",
    re.IGNORECASE | re.DOTALL,
)


def sql(source: Source, node: Node) -> str | None:
    """The SQL that a string holds, with what is filled in as $1, $2 ...; null where it holds none."""
    if node.end_byte - node.start_byte < 12:
        return None
    parts, filled = [], 0
    for child in node.named_children:
        if child.type == "template_substitution":
            filled += 1
            parts.append(f"${filled}")
        else:
            parts.append(source.string_part(child))
    text = "".join(parts)
    return text if SQL.match(text[:4000]) else None
