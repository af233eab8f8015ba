"""Expressions that are something, whatever is in them."""

from tree_sitter import Node

from invariants.frontends.typescript.scopes import Value
from invariants.frontends.typescript.syntax import arguments, bare, named, operator

MAKING = frozenset({b"String", b"Promise.resolve", b"JSON.stringify"})
"""Functions that answer something, whatever they are given."""


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


def may_be_true(values: list[Value]) -> bool:
    """Whether a variable is set to yes beside what it is found out to be: `let ok = true; if (token) ok = await verify(token)`."""
    is_set = any(is_true(each.node) for each in values)
    return is_set and (not is_true(values[0].node) or any(bare(each.node).type not in {"true", "false"} for each in values))


def is_true(node: Node) -> bool:
    """Whether an expression is yes, whatever happens."""
    return bare(node).type == "true"
