"""Ways through the functions of Rust's: what is done on some of them only, and what they end with."""

from collections.abc import Iterator

from tree_sitter import Node

from invariants.frontends.rust.syntax import arguments, bare, method, named, switch

CONDITIONAL = frozenset({"if_expression", "match_expression", "for_expression", "while_expression", "loop_expression"})


def is_conditional(node: Node) -> bool:
    """Whether an expression is evaluated on one way through its function only."""
    return any(each.type in CONDITIONAL for each in around(node))


def ways(node: Node) -> Iterator[Node]:
    """The conditions that an expression stands in, those among them by which the code is built."""
    yield from (each for each in around(node) if each.type in CONDITIONAL or switch(each) is not None)


def around(node: Node) -> Iterator[Node]:
    """What an expression stands in, up to its function."""
    outer = node.parent
    while outer is not None and outer.type not in {"function_item", "closure_expression", "async_block"}:
        yield outer
        outer = outer.parent


def within(node: Node, last: Node) -> bool:
    """Whether a chain is what a function comes to, and not an argument on the way to it."""
    inner = bare(last)
    while inner.type == "call_expression" and inner != node:
        called, inside = method(inner), arguments(inner)
        if called is None and len(inside) == 1 and (inner.child_by_field_name("function") or inner).text in {b"Ok", b"Some"}:
            inner = bare(inside[0])
        elif called is not None and inner.start_byte <= node.start_byte and called[0].end_byte >= node.end_byte:
            inner = bare(called[0])
        else:
            return False
    return inner == node


def returned(function: Node) -> Iterator[Node]:
    """What `return` answers in a function, with what blocks at its end come to."""
    waiting = [function.child_by_field_name("body")]
    while waiting:
        node = waiting.pop()
        if node is None or node.type == "closure_expression":
            continue
        if node.type == "return_expression" and named(node):
            yield named(node)[0]
        waiting.extend(node.named_children)
