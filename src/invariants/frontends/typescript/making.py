"""Expressions that are something, whatever is in them."""

from collections.abc import Callable

from tree_sitter import Node

from invariants.frontends.typescript.scopes import Scope
from invariants.frontends.typescript.syntax import Source, arguments, awaited, bare, field, named, operator

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
    if node.type == "ternary_expression":
        condition, then, otherwise = named(node)[0], named(node)[1], named(node)[-1]
        return is_made(bare(otherwise)) and (is_made(bare(then)) or bare(condition).text == bare(then).text)
    if _gathers(awaited(node)):
        return True
    if node.type == "call_expression":
        function, given = node.child_by_field_name("function"), arguments(node)
        return function is not None and function.text in MAKING and len(given) == 1 and not _is_choice(given[0])
    return node.type in {"object", "array", "new_expression"} or (node.type == "template_string" and len(node.named_children) > 0)


def _gathers(node: Node) -> bool:
    """Whether a call waits for several promises, and answers with a list."""
    function = node.child_by_field_name("function") if node.type == "call_expression" else None
    return function is not None and function.text in GATHERING


def is_counted(node: Node, value: Callable[[str], Node | None]) -> bool:
    """Whether an expression is how much there is in a list that is never empty: `[user].length`; value: what a variable stands for."""
    return node.type == "member_expression" and (named(node)[-1].text == b"length") and is_filled(named(node)[0], value)


def stood_for(source: Source, node: Node, scope: Scope) -> Node | None:
    """What a field holds of the object that is written out in the place of nothing: "guest" of `(user ?? { id: "guest" }).id`."""
    names: list[str] = []
    while node.type == "member_expression":
        names.insert(0, source.text(named(node)[-1]))
        node = bare(named(node)[0])
    inner = _held(source, node, scope)
    is_choice = bool(names) and (_is_choice(inner) or inner.type == "ternary_expression")
    value: Node | None = _held(source, awaited(named(inner)[-1]), scope) if is_choice else inner if _is_filled_up(inner) else None
    for each in names:
        value = field(source, value, each) if value is not None and value.type == "object" else None
    return value


def _is_filled_up(node: Node) -> bool:
    """Whether an object is made of what it holds in any case, and of what another one has: `{ id: "guest", ...user }`."""
    return node.type == "object" and any(each.type == "spread_element" for each in node.named_children)


def _held(source: Source, node: Node, scope: Scope) -> Node:
    """What a variable holds; of anything else, that."""
    held = scope.value(source.text(node)) if node.type == "identifier" else None
    return awaited(held) if held is not None else node


def is_something(source: Source, node: Node) -> bool:
    """Whether an expression is something that is written out."""
    return bool(source.string(node)) or is_true(node) or is_made(bare(node))


def is_filled(node: Node, value: Callable[[str], Node | None]) -> bool:
    """Whether a list has something in it, whatever that is."""
    inner = awaited(node)
    if inner.type == "identifier":
        held = value((inner.text or b"").decode())
        return held is not None and awaited(held).type != "identifier" and is_filled(held, value)
    if inner.type == "call_expression":
        function, given = inner.child_by_field_name("function"), arguments(inner)
        return function is not None and function.text in GATHERING and bool(given) and is_filled(given[0], value)
    return inner.type == "array" and any(each.type != "spread_element" for each in named(inner))


def may_be_set(source: Source, name: str, owner: Scope) -> bool:
    """Whether a variable is set to yes beside what it is found out to be: `let ok = true; if (token) ok = await verify(token)`; or is
    something where it is taken out of what lacks it: `const { user = GUEST } = session`."""
    values = owner.values[name]
    is_set = any(is_true(each.node) for each in values)
    is_beside = is_set and (not is_true(values[0].node) or any(bare(each.node).type not in {"true", "false"} for each in values))
    return is_beside or (name in owner.fallbacks and is_something(source, owner.fallbacks[name]))


def is_true(node: Node) -> bool:
    """Whether an expression is yes, whatever happens."""
    return bare(node).type == "true"
