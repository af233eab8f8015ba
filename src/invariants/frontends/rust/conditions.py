"""Branches: conditions taken apart at `&&`, `||` and `!`, so that what each way through them has asked can be told."""

from collections.abc import Callable

from tree_sitter import Node

from invariants.facts.code import Arm
from invariants.frontends.rust.reader import Reader
from invariants.frontends.rust.syntax import named

Then = Callable[[], None]
LEAVES = 6
LARGE = 1500
"""Conditions of more parts, and arms of more bytes, are not written out once for each way that leads to them."""


def branch(reader: Reader, condition: Node, then: Then | None, otherwise: Then | None, size: int = 0) -> None:
    """A condition, and what is done where it holds and where it does not."""
    if size > LARGE or _leaves(condition) > LEAVES:
        leaf(reader, condition, then, otherwise)
    else:
        _split(reader, condition, then, otherwise)


def _split(reader: Reader, node: Node, then: Then | None, otherwise: Then | None) -> None:
    """Takes a condition apart."""
    kind, parts = _operator(node), named(node)
    if node.type == "parenthesized_expression":
        _split(reader, parts[0], then, otherwise)
    elif kind == "!":
        _split(reader, parts[0], otherwise, then)
    elif kind == "&&":
        _all(reader, parts, then, otherwise)
    elif kind == "||":
        _split(reader, parts[0], then, lambda: _split(reader, parts[-1], then, otherwise))
    else:
        leaf(reader, node, then, otherwise)


def _all(reader: Reader, parts: list[Node], then: Then | None, otherwise: Then | None) -> None:
    """Conditions that must all hold, one after another."""
    if len(parts) == 1:
        _split(reader, parts[0], then, otherwise)
    else:
        _split(reader, parts[0], lambda: _all(reader, parts[1:], then, otherwise), otherwise)


def leaf(reader: Reader, condition: Node, then: Then | None, otherwise: Then | None) -> None:
    """A condition that is one question, `let` among them."""
    asked = condition
    if condition.type == "let_condition" and (value := condition.child_by_field_name("value")) is not None:
        reader.body.scope.bind(reader.source, condition.child_by_field_name("pattern"), value)
        asked = value
    reader.expression(asked)
    divide(reader, condition, reader.source.brief(condition), [asked], then, otherwise)


def divide(reader: Reader, at: Node, said: str, asked: list[Node], then: Then | None, otherwise: Then | None) -> None:
    """A branch of two arms, whose condition was read."""
    body = reader.body
    position = body.add("branch", reader.source.place(at), said[:120])
    body.conditions += [(position, each) for each in asked]
    arms: list[tuple[Arm, Then | None]] = [("then", then), ("else", otherwise)]
    for arm, follow in arms:
        if follow is not None:
            with body.under(position, arm):
                follow()


def _operator(node: Node) -> str:
    if node.type == "unary_expression":
        return node.children[0].type
    if node.type == "let_chain":
        return "&&"
    operator = node.child_by_field_name("operator") if node.type == "binary_expression" else None
    return operator.type if operator is not None else ""


def _leaves(node: Node) -> int:
    kind = _operator(node)
    if kind in {"&&", "||", "!"} or node.type == "parenthesized_expression":
        return sum(_leaves(each) for each in named(node))
    return 1
