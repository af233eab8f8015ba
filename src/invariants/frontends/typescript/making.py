"""Expressions that are something, whatever is in them."""

from collections.abc import Callable

from tree_sitter import Node

from invariants.frontends.typescript.scopes import Value
from invariants.frontends.typescript.syntax import arguments, awaited, bare, named, operator

MAKING = frozenset({b"String", b"Promise.resolve", b"JSON.stringify"})
"""Functions that answer something, whatever they are given."""
GATHERING = frozenset({b"Promise.all", b"Promise.allSettled"})
"""Functions that answer as much as they are given."""


def _is_choice(node: Node) -> bool:
    """Whether an expression is its second part where its first part is nothing."""
    return operator(node) in {"||", "??"}


def is_made(node: Node) -> bool:
    """Whether an expression is something, whatever is in it: a list, an object, a promise; or that where the rest is nothing."""
    if _is_choice(node):
        return is_made(named(node)[-1]) or is_true(named(node)[-1])
    if node.type == "call_expression":
        function, given = node.child_by_field_name("function"), arguments(node)
        return function is not None and function.text in MAKING and len(given) == 1 and not _is_choice(given[0])
    return node.type in {"object", "array", "new_expression"} or (node.type == "template_string" and len(node.named_children) > 0)


def is_counted(node: Node, value: Callable[[str], Node | None]) -> bool:
    """Whether an expression is how much there is in a list that is never empty: `[user].length`; value: what a variable stands for."""
    return node.type == "member_expression" and (named(node)[-1].text == b"length") and _is_filled(named(node)[0], value)


def _is_filled(node: Node, value: Callable[[str], Node | None]) -> bool:
    inner = awaited(node)
    if inner.type == "identifier":
        held = value((inner.text or b"").decode())
        return held is not None and awaited(held).type != "identifier" and _is_filled(held, value)
    if inner.type == "call_expression":
        function, given = inner.child_by_field_name("function"), arguments(inner)
        return function is not None and function.text in GATHERING and bool(given) and _is_filled(given[0], value)
    return inner.type == "array" and any(each.type != "spread_element" for each in named(inner))


def may_be_true(values: list[Value]) -> bool:
    """Whether a variable is set to yes beside what it is found out to be: `let ok = true; if (token) ok = await verify(token)`."""
    is_set = any(is_true(each.node) for each in values)
    return is_set and (not is_true(values[0].node) or any(bare(each.node).type not in {"true", "false"} for each in values))


def is_true(node: Node) -> bool:
    """Whether an expression is yes, whatever happens."""
    return bare(node).type == "true"
