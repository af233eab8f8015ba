"""Functions of a JavaScript file that read for whoever calls them: their calls, and whether all of these are in the file."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from invariants.frontends.env.jstree import FUNCTIONS, Tree, name_of

EXPORTS = rb"export\s*(?:default\s*)?\{[^}]*\b%b\b|export\s+default\s+%b\b|\bexports\b[^;\n]*\b%b\b"


def is_local(tree: Tree, function: Node | None) -> bool:
    """No other file can call it: it is no method, and is not exported."""
    name = name_of(function).encode()
    if function is None or function.type == "method_definition" or not name:
        return False
    around = function.parent
    while around is not None and around.type != "program":
        if around.type in {"export_statement", "pair", "class_body"}:
            return False
        if around.type in FUNCTIONS:
            return True
        around = around.parent
    return re.search(EXPORTS.replace(b"%b", re.escape(name)), tree.content) is None


def function_named(tree: Tree, name: str) -> Node | None:
    """The function of this name in the file."""
    for node in tree.named(name):
        holder = node.parent
        if holder is None or holder.child_by_field_name("name") != node:
            continue
        value = (
            holder if holder.type in FUNCTIONS else holder.child_by_field_name("value") if holder.type == "variable_declarator" else None
        )
        if value is not None and value.type in FUNCTIONS:
            return value
    return None


def calls(tree: Tree, name: str) -> Iterator[tuple[Node, list[Node]]]:
    """The calls of a function, or of a method, of this name, with their arguments."""
    for node in tree.named(name) if name.encode() in tree.content else ():
        callee = node.parent if node.parent is not None and node.parent.type == "member_expression" else node
        call = callee.parent
        if call is not None and call.type == "call_expression" and call.child_by_field_name("function") == callee:
            arguments = call.child_by_field_name("arguments")
            yield call, [each for each in arguments.named_children if each.type != "comment"] if arguments is not None else []
