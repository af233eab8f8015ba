"""Comments that declare who may come in."""

from collections.abc import Iterator

from tree_sitter import Node

from invariants.facts.code import Directive
from invariants.frontends.rust.reader import Reader
from invariants.frontends.rust.syntax import COMMENTS
from invariants.languages.directives import declared


def directives(reader: Reader) -> Iterator[Directive]:
    """Every directive, and the function that it stands above."""
    if b"invariants:" not in reader.source.content:
        return
    names = {item.node.id: name for name, item in reader.items.items()}
    for comment in reader.source.all(COMMENTS):
        found = declared(reader.source.text(comment))
        if found:
            below = _below(comment)
            yield Directive(reader.source.place(comment), names.get(below.id, "") if below is not None else "", *found)


def _below(comment: Node) -> Node | None:
    """The item that comes next, after other comments and attributes."""
    node = comment.next_named_sibling
    while node is not None and node.type in {"attribute_item", *COMMENTS}:
        node = node.next_named_sibling
    return node
