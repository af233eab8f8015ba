"""What the settings of Django REST framework say of whatever says nothing itself: one table, merged of several, and changed later."""

import ast
from collections.abc import Iterator
from itertools import product

from invariants.facts.web import Setting
from invariants.frontends.python.frameworks.django import EVERYBODY
from invariants.frontends.python.symbols import callee, constant, elements, symbol
from invariants.frontends.python.syntax import Module, assigned

NAME = "REST_FRAMEWORK"
PERMISSIONS = "DEFAULT_PERMISSION_CLASSES"
DEFAULTS = {
    PERMISSIONS: PERMISSIONS,
    "DEFAULT_AUTHENTICATION_CLASSES": "asks DEFAULT_AUTHENTICATION_CLASSES",
}
"""What settings say, and by which name that is told."""
DEEP = 4
Table = dict[str, ast.expr]


def settings(module: Module) -> Iterator[Setting]:
    """The permissions of whatever lists none itself; where that depends on something, any of several."""
    table: Table = {}
    others: list[Table] = []
    for node in module.tree.body if NAME.encode() in module.content else ():
        if isinstance(node, ast.If | ast.Try | ast.With):
            others += [one for each in ast.walk(node) if isinstance(each, ast.stmt) and (one := _changes(each, module, table))]
        else:
            table |= _changes(node, module, table)
    for key, name in DEFAULTS.items():
        if (value := table.get(key)) is not None:
            listed = [_listed(each, module) for each in [value, *(other[key] for other in others if key in other)]]
            ways = product(*listed) if key == PERMISSIONS else ((each,) for one in listed for each in one)
            for position, told in enumerate(ways):
                yield Setting(module.place(value), "rest_framework", name, position, " | ".join(dict.fromkeys(told)))


def _listed(node: ast.expr, module: Module) -> list[str]:
    told = elements(node, module.bindings)
    names = [constant(each, module.bindings) or symbol(each) for each in ([node] if told is None else told)]
    return names or [EVERYBODY]


def _changes(node: ast.stmt, module: Module, before: Table) -> Table:
    """What a statement says of the settings, or puts into them."""
    for name, value in assigned(node):
        if name == NAME:
            return _table(value, module, before, DEEP)
    match node:
        case ast.Assign(targets=[ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=str(key)))], value=value) if name == NAME:
            return {key: value}
        case ast.AugAssign(target=ast.Name(id=name), op=ast.BitOr(), value=value) if name == NAME:
            return _table(value, module, before, DEEP)
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="update")) as call) if name == NAME:
            return _table(call, module, before, DEEP)
    return {}


def _table(node: ast.expr, module: Module, before: Table, depth: int) -> Table:
    """What a mapping holds, through names, and others that are put into it."""
    found: Table = {}
    match node if depth else None:
        case ast.Dict(keys=keys, values=values):
            for key, value in zip(keys, values, strict=True):
                if key is None:
                    found |= _table(value, module, before, depth - 1)
                elif (name := constant(key, module.bindings)) is not None:
                    found[name] = value
        case ast.Name(id=name):
            inner = module.bindings.get(name)
            return before if name == NAME else _table(inner, module, before, depth - 1) if inner is not None else {}
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return _table(left, module, before, depth - 1) | _table(right, module, before, depth - 1)
        case ast.Call(args=args, keywords=named) if callee(node) in {"dict", "update"}:
            for each in [*args, *(one.value for one in named if one.arg is None)]:
                found |= _table(each, module, before, depth - 1)
            found |= {one.arg: one.value for one in named if one.arg}
    return found
