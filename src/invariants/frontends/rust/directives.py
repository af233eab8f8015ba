"""Comments that declare who may come in."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from invariants.facts.code import Directive
from invariants.frontends.rust.reader import Reader
from invariants.frontends.rust.syntax import COMMENTS

WORDS = re.compile(r"invariants:\s*auth\s+(?P<posture>.*?)(?:\s+--\s*(?P<reason>.*?))?\s*(?:\*/)?\s*$", re.MULTILINE)


def directives(reader: Reader) -> Iterator[Directive]:
    """Every directive, and the function that it stands above."""
    if b"invariants:" not in reader.source.content:
        return
    names = {item.node.id: name for name, item in reader.items.items()}
    for comment in _comments(reader.source.root):
        found = WORDS.search(reader.source.text(comment))
        if found:
            below = _below(comment)
            name = names.get(below.id, "") if below is not None else ""
            yield Directive(reader.source.place(comment), name, found["posture"].strip(), (found["reason"] or "").strip())


def _comments(root: Node) -> Iterator[Node]:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.type in COMMENTS:
            yield node
        waiting.extend(reversed(node.named_children))


def _below(comment: Node) -> Node | None:
    """The item that comes next, after other comments and attributes."""
    node = comment.next_named_sibling
    while node is not None and node.type in {"attribute_item", *COMMENTS}:
        node = node.next_named_sibling
    return node
