"""Strings that hold SQL."""

from tree_sitter import Node

from invariants.frontends.csharp.syntax import Source
from invariants.languages.sql import SHORTEST, is_sql


def sql(source: Source, node: Node) -> str | None:
    """The SQL that a string holds, with what is filled in as $1, $2 ...; null where it holds none."""
    if node.end_byte - node.start_byte < SHORTEST:
        return None
    text = source.string(node) if node.type != "interpolated_string_expression" else _filled(source, node)
    return text if text is not None and is_sql(text) else None


def _filled(source: Source, node: Node) -> str:
    parts, filled = [], 0
    for child in node.named_children:
        if child.type == "interpolation":
            filled += 1
            parts.append(f"${filled}")
        else:
            parts.append(source.string_part(child))
    return "".join(parts)
