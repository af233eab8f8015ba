"""Comments that declare who may come in."""

from collections.abc import Iterator

from tree_sitter import Node

from invariants.facts.code import Directive
from invariants.frontends.typescript.reader import Reader
from invariants.frontends.typescript.syntax import named
from invariants.languages.directives import declared


def directives(reader: Reader) -> Iterator[Directive]:
    """Every directive, and the function that it stands above."""
    if b"invariants:" not in reader.source.content:
        return
    starts = sorted((node.start_byte, name) for name, node in reader.nodes.items())
    for comment in reader.source.all({"comment"}):
        found = declared(reader.source.text(comment))
        if found:
            yield Directive(reader.source.place(comment), _below(comment, starts), *found)


def _below(comment: Node, starts: list[tuple[int, str]]) -> str:
    """The first function of the statement, member or field that comes next."""
    node = comment.next_named_sibling
    while node is not None and node.type in {"comment", "decorator"}:
        node = node.next_named_sibling
    if node is None:
        return ""
    inside = (name for start, name in starts if node.start_byte <= start < node.end_byte)
    return next(inside, _declared(node))


def _declared(node: Node) -> str:
    """What a statement without a function declares."""
    inner = node.child_by_field_name("declaration") or node
    for child in named(inner):
        name = child.child_by_field_name("name")
        if child.type == "variable_declarator" and name is not None and name.type == "identifier":
            return (name.text or b"").decode("utf-8", "replace")
    return ""
