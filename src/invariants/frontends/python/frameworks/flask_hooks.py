"""Hooks that are taken away again: ``app.before_request_funcs.clear()``, ``bp.before_request_funcs[None] = []``."""

import ast

from invariants.frontends.python.symbols import held
from invariants.frontends.python.syntax import Module

HELD = "before_request_funcs"
"""Where Flask keeps the functions that it calls before requests."""
TAKES = {"clear", "pop", "remove"}


def dropped(module: Module) -> set[str]:
    """The applications and blueprints from which hooks are taken, be it some of them."""
    nodes = module.nodes if HELD.encode() in module.content else []
    found = [(each, scope) for node, scope in nodes for each in _taken_from(node)]
    return {held(each.value, scope) for each, scope in found if isinstance(each, ast.Attribute) and each.attr == HELD}


def _taken_from(node: ast.AST) -> list[ast.expr]:
    """What a statement or a call takes something from, or puts something in the place of, by the whole of it."""
    match node:
        case ast.Call(func=ast.Attribute(value=value, attr=word)) if word in TAKES:
            return [_whole(value)]
        case ast.Assign(targets=targets) | ast.Delete(targets=targets):
            return list(map(_whole, targets))
    return []


def _whole(node: ast.expr) -> ast.expr:
    return node.value if isinstance(node, ast.Subscript) else node
