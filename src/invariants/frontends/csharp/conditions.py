"""Branches: conditions taken apart as those of other languages are."""

from tree_sitter import Node

from invariants.frontends.csharp.reader import Reader
from invariants.frontends.csharp.syntax import named
from invariants.languages import conditions
from invariants.languages.conditions import Then


def branch(reader: Reader, condition: Node, then: Then | None, otherwise: Then | None, size: int = 0) -> None:
    """A condition, and what is done where it holds and where it does not."""
    Conditions(reader).branch(condition, then, otherwise, size)


def divide(reader: Reader, at: Node, said: str, asked: list[Node], then: Then | None, otherwise: Then | None) -> None:
    """A branch of two arms, whose condition was read."""
    conditions.divide(reader.body, reader.source, at, said, asked, then, otherwise)


class Conditions(conditions.Conditions):
    """The conditions of a file."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def joins(self, node: Node) -> tuple[str, list[Node]]:
        parts = named(node)
        if node.type == "parenthesized_expression":
            return "(", parts
        if node.type == "prefix_unary_expression":
            return ("!", parts) if node.children[0].type == "!" else ("", parts)
        operator = node.child_by_field_name("operator") if node.type == "binary_expression" else None
        return (operator.type if operator is not None and operator.type in {"&&", "||"} else ""), parts

    def leaf(self, node: Node, then: Then | None, otherwise: Then | None) -> None:
        """A condition that is one question; `is not` and `is null` among them, said as other languages say them."""
        self._reader.expression(node)
        divide(self._reader, node, said(self._reader, node), [node], then, otherwise)


def said(reader: Reader, node: Node) -> str:
    """A condition on one line: without `await`, and `is null` as a comparison."""
    text = reader.source.brief(node).replace("await ", "").replace("?.", ".")
    for written, meant in (
        (" is not null", " != null"),
        (" is null", " == null"),
        (" is not true", " != true"),
        (" is false", " == false"),
    ):
        text = text.replace(written, meant)
    return text
