"""Strings that hold SQL."""

import re

from tree_sitter import Node

from invariants.frontends.rust.syntax import Source
from invariants.languages.sql import SHORTEST, is_sql

FILLED = re.compile(r"\{[\w:?]*\}")


def sql(source: Source, node: Node, is_format: bool = False) -> str | None:
    """The SQL that a string holds; of one that `format!` fills in, with $1, $2 ... in the places; null where it holds none."""
    text = source.string(node) if node.end_byte - node.start_byte >= SHORTEST else None
    if text is None or not is_sql(text):
        return None
    if not is_format:
        return text
    parts = FILLED.split(text)
    return parts[0] + "".join(f"${number}{part}" for number, part in enumerate(parts[1:], 1))
