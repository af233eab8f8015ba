"""Dependencies in whose place FastAPI calls others: `app.dependency_overrides`, which tests and applications fill."""

import ast
from collections.abc import Callable, Iterator

from invariants.facts.web import Setting
from invariants.frontends.python.scopes import Scope
from invariants.frontends.python.symbols import argument, callee, named
from invariants.frontends.python.syntax import Module

Told = Callable[[ast.expr], ast.expr]
"""What an expression stands for."""
TABLE = "dependency_overrides"
ANY = "*"
"""Stands for dependencies of which it cannot be told here which they are."""


def overridden(module: Module) -> Iterator[Setting]:
    """Each dependency that something is called in the place of, and what that is."""
    for node, scope in module.nodes if TABLE.encode() in module.content else ():
        for key, value in _filled(node, lambda table, scope=scope: _told(table, scope, module)):  # type: ignore[misc]
            name = named(key, scope) if key is not None else ANY
            yield Setting(module.place(node), "fastapi", f"override {name or ANY}", 0, named(value, scope) or module.text(value))  # type: ignore[arg-type]


def _filled(node: ast.AST, told: Told) -> Iterator[tuple[ast.expr | None, ast.expr]]:
    """What a statement puts into the table, by what it stands for; None where that is made elsewhere."""
    match node:
        case ast.Assign(targets=targets, value=value):
            for each in targets:
                if isinstance(each, ast.Subscript) and callee(each.value) == TABLE:
                    yield each.slice, value
                elif isinstance(each, ast.Attribute) and each.attr == TABLE:
                    yield from _of(value, told)
        case ast.AugAssign(target=ast.Attribute(attr=attr), value=value) if attr == TABLE:
            yield from _of(value, told)
        case ast.Call(func=ast.Attribute(value=holder, attr="setdefault"), args=[key, value]) if callee(holder) == TABLE:
            yield key, value
        case ast.Call(func=ast.Attribute(value=holder, attr="update")) if callee(holder) == TABLE:
            given = argument(node, 0)
            yield from _of(given, told) if given is not None else ()


def _of(table: ast.expr, told: Told) -> Iterator[tuple[ast.expr | None, ast.expr]]:
    """What a table holds."""
    match told(table):
        case ast.Dict(keys=keys, values=values):
            for key, value in zip(keys, values, strict=True):
                yield from [(key, value)] if key is not None else _of(value, told)
        case ast.Call(func=ast.Name(id="dict"), args=[], keywords=[]):
            return
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            for each in (left, right):
                yield from _of(each, told) if callee(each) != TABLE else ()
        case _:
            yield None, table


def _told(table: ast.expr, scope: Scope, module: Module) -> ast.expr:
    """What a name holds, where that is one thing."""
    if not isinstance(table, ast.Name):
        return table
    owner = scope.owner(table.id)
    found = owner.values.get(table.id) if owner is not None else module.bindings.get(table.id)
    return found if isinstance(found, ast.Dict) else table
