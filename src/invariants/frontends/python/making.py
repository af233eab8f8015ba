"""Values that a call made and that are called in their turn, by a framework or by whoever called the function that answers with them."""

import ast
from collections.abc import Iterator

from invariants.facts.code import ANSWER, Alias
from invariants.frontends.python.imports import alias, unwrapped
from invariants.frontends.python.injection import is_marker, target, written
from invariants.frontends.python.scopes import Function, Scope
from invariants.frontends.python.symbols import held, named, symbol
from invariants.frontends.python.syntax import Module, assigned

LOCATED = (b".path", b".method", b'"path"', b'"method"')


def reached(node: ast.expr, scope: Scope) -> str:
    """The symbol of what a framework calls: that a call answers it, where one does on the spot; a variable by its name in the file."""
    node = unwrapped(node)
    if isinstance(node, ast.Name) and _holder(node.id, scope):
        return held(node, scope)
    found = written(node) if isinstance(node, ast.Lambda) else named(node, scope)
    return f"{found}{ANSWER}" if isinstance(node, ast.Call) and found else found


def variables(module: Module) -> Iterator[Alias]:
    """The variables of functions that hold what one call made, and that are called by others."""
    called = set(_called(module))
    for node, scope in module.nodes if called else ():
        for name, value in assigned(node) if isinstance(node, ast.Assign | ast.AnnAssign) else ():
            if (scope.name, name) in called:
                yield from alias(module, node, scope, name, value)


def located(module: Module) -> Iterator[Alias]:
    """The variables that are the path or the method of a request, and nothing else: ``path = request.url.path``."""
    for scope in module.scopes.values() if any(each in module.content for each in LOCATED) else ():
        for name, value in scope.values.items() if isinstance(scope.node, Function) else ():
            if found := _located(value):
                yield Alias(module.place(value), f"{scope.name}.{name}", found, called=False)  # type: ignore[arg-type]


def _located(node: ast.expr | None) -> str:
    is_plain = node is not None and not any(isinstance(each, ast.Call) for each in ast.walk(node))
    match node:
        case ast.Attribute(attr="path" | "path_info" | "method") if is_plain:
            return symbol(node)
        case ast.Subscript(value=holder, slice=ast.Constant(value="path" | "method" as name)) if is_plain:
            return f"{symbol(holder)}.{name}"
    return ""


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
