"""Values that a call made and that are called in their turn, by a framework or by whoever called the function that answers with them."""

import ast
from collections.abc import Iterator

from invariants.facts.code import ANSWER, Alias
from invariants.frontends.python.imports import alias, unwrapped
from invariants.frontends.python.injection import is_marker, target
from invariants.frontends.python.scopes import Function, Scope
from invariants.frontends.python.symbols import held, named
from invariants.frontends.python.syntax import Module, assigned


def reached(node: ast.expr, scope: Scope) -> str:
    """The symbol of what a framework calls: that a call answers it, where one does on the spot; a variable by its name in the file."""
    node = unwrapped(node)
    if isinstance(node, ast.Name) and _holder(node.id, scope):
        return held(node, scope)
    found = named(node, scope)
    return f"{found}{ANSWER}" if isinstance(node, ast.Call) and found else found


def variables(module: Module) -> Iterator[Alias]:
    """The variables of functions that hold what one call made, and that are called by others."""
    called = set(_called(module))
    for node, scope in module.nodes if called else ():
        for name, value in assigned(node) if isinstance(node, ast.Assign | ast.AnnAssign) else ():
            if (scope.name, name) in called:
                yield from alias(module, node, scope, name, value)


def _called(module: Module) -> Iterator[tuple[str, str]]:
    for node, scope in module.nodes:
        given = target(node) if isinstance(node, ast.Call) and is_marker(node) else node.value if isinstance(node, ast.Return) else None
        if isinstance(given, ast.Name) and (owner := _holder(given.id, scope)):
            yield owner.name, given.id


def _holder(name: str, scope: Scope) -> Scope | None:
    """The function that has a variable which holds what one call made."""
    owner = scope.owner(name)
    is_made = owner is not None and isinstance(owner.node, Function) and isinstance(owner.values.get(name), ast.Call)
    return owner if is_made else None
