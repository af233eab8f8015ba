"""Branches: `if`, `match` and what `let` asks, taken apart as the conditions of other languages are."""

from tree_sitter import Node

from invariants.frontends.rust.reader import Reader
from invariants.frontends.rust.syntax import named
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
        if node.type == "unary_expression":
            return ("!", parts) if node.children[0].type == "!" else ("", parts)
        if node.type == "let_chain":
            return "&&", parts
        operator = node.child_by_field_name("operator") if node.type == "binary_expression" else None
        return (operator.type if operator is not None and operator.type in {"&&", "||"} else ""), parts

    def leaf(self, node: Node, then: Then | None, otherwise: Then | None) -> None:
        """A condition that is one question, `let` among them."""
        reader, asked = self._reader, node
        if node.type == "let_condition" and (value := node.child_by_field_name("value")) is not None:
            reader.body.scope.bind(reader.source, node.child_by_field_name("pattern"), value)
            asked = value
        reader.expression(asked)
        divide(reader, node, reader.source.brief(node), [asked], then, otherwise)
