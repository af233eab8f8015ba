"""Comments that declare who may come in."""

from collections.abc import Iterator

from tree_sitter import Node

from invariants.facts.code import Directive
from invariants.frontends.csharp.reader import Reader
from invariants.frontends.csharp.syntax import COMMENTS
from invariants.languages.directives import declared


def directives(reader: Reader) -> Iterator[Directive]:
    """Every directive, and the method or type that it stands above."""
    if b"invariants:" not in reader.source.content:
        return
    names = {**reader.named, **{item.node.id: name for name, item in reader.types.items()}}
    for comment in reader.source.all(COMMENTS):
        found = declared(reader.source.text(comment))
        if found:
            below = _below(comment)
            yield Directive(reader.source.place(comment), names.get(below.id, "") if below is not None else "", *found)


def _below(comment: Node) -> Node | None:
    """What comes next, after other comments; of a comment between attributes and a method, the method."""
    node = comment.next_named_sibling
    while node is not None and node.type in COMMENTS:
        node = node.next_named_sibling
    is_inside = comment.parent is not None and comment.parent.type.endswith("_declaration") and node is not None
    return comment.parent if is_inside and node is not None and node.type in {"attribute_list", "modifier"} else node
