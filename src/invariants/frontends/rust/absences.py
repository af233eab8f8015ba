"""Options of Rust's: values that may be none, and those that are there whoever comes."""

from tree_sitter import Node

from invariants.frontends.rust.scopes import Scope
from invariants.frontends.rust.syntax import Source, arguments, bare, method, named

OPTIONS = frozenset(
    "as_deref as_deref_mut ok and_then map cloned copied get first last nth strip_prefix strip_suffix or or_else filter as_ref".split()
)
"""Methods that answer an option, where what they answer is held against another one."""
MENDING = frozenset({"or", "or_else"})
MADE = frozenset({"Some", "Ok"})
LITERALS = frozenset({"string_literal", "raw_string_literal", "integer_literal", "boolean_literal"})
ARMS = {
    "if_expression": ("consequence", "alternative"),
    "match_arm": ("value",),
    "else_clause": (),
    "block": (),
    "expression_statement": (),
}
"""Where what an expression comes to is, in what has several ends; the last part, where nothing is told."""


def may_meet(source: Source, comparison: Node, scope: Scope) -> bool:
    """Whether two options are held against each other, so that none is the same as none; not where one of them is written out."""
    operator, sides = comparison.child_by_field_name("operator"), named(comparison)
    if operator is None or operator.type not in {"==", "!="} or any(source.symbol(bare(each)) in {"Some", "None"} for each in sides):
        return False
    return any(_is_option(source, each, scope) for each in sides)


def _is_option(source: Source, node: Node, scope: Scope) -> bool:
    """Whether an expression is an option, as far as its last method tells, or that of the value of its variable."""
    inner = bare(node)
    if inner.type == "identifier":
        owner = scope.owner(source.text(inner))
        values = owner.values.get(source.text(inner), []) if owner is not None else []
        return len(values) == 1 and _is_whole(values[0]) and _is_option(source, values[0], scope)
    called = method(inner)
    return called is not None and called[1] in OPTIONS and node.type not in {"try_expression", "await_expression"}


def _is_whole(value: Node) -> bool:
    """Whether a variable stands for all of a value, and not for what a pattern takes out of it."""
    declared = value.parent if value.parent is not None and value.parent.type == "let_declaration" else None
    pattern = declared.child_by_field_name("pattern") if declared is not None else None
    return pattern is not None and pattern.type == "identifier"


def is_made_up(source: Source, value: Node) -> bool:
    """Whether one of several ends of an expression is something that is written out: `None => Some("guest".to_string())`."""
    found = ends(value)
    return len(found) > 1 and any(_is_written(source, each) for each in found)


def is_mended(source: Source, call: Node) -> bool:
    """Whether a method answers something else in the place of what failed or is none: `user.or(Some(GUEST))`."""
    called, given = method(call), arguments(call)
    if called is None or called[1] not in MENDING or not given:
        return False
    held = given[-1].child_by_field_name("body") if given[-1].type == "closure_expression" else given[-1]
    return held is not None and any(bare(each).type == "call_expression" and _makes(source, bare(each)) for each in ends(bare(held)))


def _makes(source: Source, call: Node) -> bool:
    function = call.child_by_field_name("function")
    inner = function.child_by_field_name("function") if function is not None and function.type == "generic_function" else function
    return source.symbol(inner) in MADE


def ends(node: Node) -> list[Node]:
    """What the arms of a condition come to."""
    if node.type == "match_expression":
        return [end for arm in named(node.child_by_field_name("body")) if arm.type == "match_arm" for end in ends(arm)]
    arms = [arm for name in ARMS.get(node.type, ()) if (arm := node.child_by_field_name(name)) is not None]
    if not arms and node.type in ARMS:
        arms = named(node)[-1:]
    return [end for arm in arms for end in ends(arm)] if arms else [node]


def _is_written(source: Source, node: Node) -> bool:
    """Whether something is made of nothing but what stands there."""
    inner = bare(node)
    if inner.type != "call_expression" or source.symbol(inner) not in MADE or len(arguments(inner)) != 1:
        return False
    held = bare(arguments(inner)[0])
    while (called := method(held)) is not None:
        held = bare(called[0])
    return held.type in LITERALS
