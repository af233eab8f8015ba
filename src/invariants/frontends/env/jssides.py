"""Code that asks where it runs: what stands under ``typeof window === "undefined"`` runs on the server alone."""

import re

from tree_sitter import Node

from invariants.facts.place import Place
from invariants.frontends.env.jstree import Tree, bare, text

SERVER = re.compile(r"\btypeof\s+window\s*===?\s*['\"]undefined['\"]|\bimport\.meta\.(?:env\.SSR|server)\b")
BRANCHES = {"if_statement", "ternary_expression"}


def is_served(tree: Tree, place: Place) -> bool:
    """Whether a place is in a branch that browsers do not come to."""
    line = tree.content.split(b"\n")[place.line - 1].decode("utf-8", "replace")
    point = place.line - 1, len(line[: place.column - 1].encode())
    node = tree.root.descendant_for_point_range(point, point)
    while node is not None and (parent := node.parent) is not None:
        if _asks(tree, _condition(parent, node)):
            return True
        node = parent
    return False


def _condition(parent: Node, node: Node) -> Node | None:
    """What has to be true for a part of an expression or statement to be run."""
    if parent.type in BRANCHES and parent.child_by_field_name("consequence") == node:
        return parent.child_by_field_name("condition")
    is_right = parent.type == "binary_expression" and parent.child_by_field_name("right") == node and _is_and(parent)
    return parent.child_by_field_name("left") if is_right else None


def _asks(tree: Tree, node: Node | None, depth: int = 0) -> bool:
    """Whether an expression is only true on a server, by itself or by the constant that it names."""
    node = bare(node)
    if node is None or depth > 4:
        return False
    if node.type == "binary_expression" and _is_and(node):
        return any(_asks(tree, node.child_by_field_name(side), depth + 1) for side in ("left", "right"))
    if node.type == "identifier":
        return any(_asks(tree, value, depth + 1) for value in _values(tree, text(node)))
    return SERVER.fullmatch(text(node)) is not None


def _is_and(node: Node) -> bool:
    return text(node.child_by_field_name("operator")) == "&&"


def _values(tree: Tree, name: str) -> list[Node | None]:
    """What constants of this name hold."""
    holders = [each.parent for each in tree.named(name)]
    return [
        each.child_by_field_name("value")
        for each in holders
        if each is not None
        and each.type == "variable_declarator"
        and text(each.child_by_field_name("name")) == name
        and each.parent is not None
        and text(each.parent).startswith("const")
    ]
