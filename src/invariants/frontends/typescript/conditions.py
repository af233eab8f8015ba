"""Branches: conditions taken apart at `&&`, `||` and `!`, so that what each way through them has asked can be told."""

from collections.abc import Callable

from tree_sitter import Node

from invariants.facts.code import Arm
from invariants.frontends.typescript.reader import Reader
from invariants.frontends.typescript.syntax import bare, named

Then = Callable[[], None]
LEAVES = 6
LARGE = 1500
"""Conditions of more parts, and arms of more bytes, are not written out once for each way that leads to them."""


def branch(reader: Reader, condition: Node, then: Then, otherwise: Then | None, size: int = 0, *, is_awaited: bool = False) -> None:
    """A condition, and what is done where it holds and where it does not; one that is a promise may be awaited by whoever gets it."""
    if is_awaited and _leaves(condition) == 1:
        reader.expression(condition, "tested", awaited=True)
        _leaf(reader, condition, then, otherwise, swapped=False, quiet=True)
    elif size > LARGE or _leaves(condition) > LEAVES:
        _leaf(reader, condition, then, otherwise, swapped=False)
    else:
        _split(reader, condition, then, otherwise, swapped=False, quiet=False)


def _split(reader: Reader, condition: Node, then: Then | None, otherwise: Then | None, swapped: bool, quiet: bool) -> None:
    """Takes a condition apart; swapped: it is negated as a whole; quiet: its calls were read where a variable was given it."""
    node = bare(condition)
    operator = node.child_by_field_name("operator")
    kind = operator.type if operator is not None else ""
    if (twice := _twice_negated(node)) is not None:
        _split(reader, twice, then, otherwise, swapped, quiet)
    elif node.type == "unary_expression" and kind == "!" and _is_compound(reader, named(node)[0]):
        _split(reader, named(node)[0], then, otherwise, not swapped, quiet)
    elif node.type == "binary_expression" and kind in {"&&", "||"}:
        left, right = named(node)[0], named(node)[-1]

        def rest() -> None:
            _split(reader, right, then, otherwise, swapped, quiet)

        arms = (rest, otherwise) if (kind == "&&") != swapped else (then, rest)
        _split(reader, left, arms[0], arms[1], swapped, quiet)
    elif (stood := _stands_for(reader, node)) is not None:
        _split(reader, stood, then, otherwise, swapped, quiet=True)
    else:
        _leaf(reader, node, then, otherwise, swapped, quiet)


def _twice_negated(node: Node) -> Node | None:
    """What is asked for by `!!user`."""
    inner = bare(named(node)[0]) if node.type == "unary_expression" and node.children[0].type == "!" and named(node) else None
    is_twice = inner is not None and inner.type == "unary_expression" and inner.children[0].type == "!" and bool(named(inner))
    return named(inner)[0] if inner is not None and is_twice else None


def _leaf(reader: Reader, condition: Node, then: Then | None, otherwise: Then | None, swapped: bool, quiet: bool = False) -> None:
    if not quiet:
        reader.expression(condition)
    body = reader.body
    position = body.add("branch", reader.source.place(condition), reader.source.brief(condition)[:120])
    body.conditions.append((position, condition))
    arms: list[tuple[Arm, Then | None]] = [("then", otherwise if swapped else then), ("else", then if swapped else otherwise)]
    for arm, follow in arms:
        if follow is not None:
            with body.under(position, arm):
                follow()


def _is_compound(reader: Reader, node: Node) -> bool:
    """What is worth taking apart under a negation."""
    inner = bare(node)
    if inner.type == "unary_expression":
        return bool(named(inner)) and _is_compound(reader, named(inner)[0])
    operator = inner.child_by_field_name("operator")
    return (operator is not None and operator.type in {"&&", "||"}) or _stands_for(reader, inner) is not None


def _stands_for(reader: Reader, node: Node) -> Node | None:
    """The compound condition that a variable was given once."""
    if node.type != "identifier":
        return None
    value = reader.body.scope.value(reader.source.text(node))
    if value is None:
        return None
    inner = bare(value)
    operator = inner.child_by_field_name("operator")
    compound = operator is not None and operator.type in {"&&", "||", "!"} and inner.type in {"binary_expression", "unary_expression"}
    return inner if compound and _leaves(inner) <= LEAVES and inner.start_byte < node.start_byte else None


def _leaves(condition: Node) -> int:
    node = bare(condition)
    operator = node.child_by_field_name("operator")
    if node.type == "unary_expression" and named(node):
        return _leaves(named(node)[0])
    if node.type == "binary_expression" and operator is not None and operator.type in {"&&", "||"}:
        return _leaves(named(node)[0]) + _leaves(named(node)[-1])
    return 1
