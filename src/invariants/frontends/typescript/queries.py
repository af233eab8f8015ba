"""Strings that hold SQL."""

from tree_sitter import Node

from invariants.frontends.typescript.syntax import Source
from invariants.languages.sql import BEGINS, SHORTEST, is_sql


def sql(source: Source, node: Node) -> str | None:
    """The SQL that a string holds, with what is filled in as $1, $2 ...; null where it holds none."""
    if node.end_byte - node.start_byte < SHORTEST or not BEGINS.match(source.content, node.start_byte + 1):
        return None
    parts, filled = [], 0
    for child in node.named_children:
        if child.type == "template_substitution":
            filled += 1
            parts.append(f"${filled}")
        else:
            parts.append(source.string_part(child))
    text = "".join(parts)
    return text if is_sql(text) else None
