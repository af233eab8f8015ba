"""What is put into classes and objects from outside, after they are made: ``View.permission_classes = []``."""

import ast
from collections.abc import Iterator

from invariants.frontends.python.symbols import callee, constant, symbol
from invariants.frontends.python.syntax import Module


def changed(module: Module, name: str) -> Iterator[tuple[str, ast.expr]]:
    """What the module puts into its classes after they are made: ``View.permission_classes = []``."""
    for node in module.tree.body:
        for target, value in targets(node):
            owner, _, last = target.rpartition(".")
            if last == name and owner:
                yield owner, value


def targets(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """What is given to parts of other things: by an assignment, or by ``setattr``."""
    if isinstance(node, ast.Assign):
        yield from ((symbol(each), node.value) for each in node.targets if isinstance(each, ast.Attribute))
    call = node.value if isinstance(node, ast.Expr) else None
    if isinstance(call, ast.Call) and callee(call) == "setattr" and len(call.args) == 3:
        yield f"{symbol(call.args[0])}.{constant(call.args[1], {}) or ''}", call.args[2]
