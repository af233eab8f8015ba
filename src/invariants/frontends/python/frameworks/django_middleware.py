"""The middleware of Django's settings: one list, and what is put into it or taken from it later, perhaps only sometimes."""

import ast
from collections.abc import Iterator
from typing import NamedTuple

from invariants.frontends.python.symbols import constant, parts
from invariants.frontends.python.syntax import Module, assigned

NAME = "MIDDLEWARE"
PUTS = {"append", "insert", "extend"}


class Listed(NamedTuple):
    """One middleware, and whether it is always there."""

    node: ast.expr
    is_sure: bool = True


def middleware(module: Module) -> list[Listed]:
    """What is listed in the end."""
    found: list[Listed] = []
    for node in module.tree.body if NAME.encode() in module.content else ():
        is_sure = not isinstance(node, ast.If | ast.Try | ast.With)
        for each in [node] if is_sure else [one for one in ast.walk(node) if isinstance(one, ast.stmt)]:
            found = _changed(each, module, found, is_sure)
    return [each for each in found if constant(each.node, module.bindings)]


def _changed(node: ast.stmt, module: Module, found: list[Listed], is_sure: bool) -> list[Listed]:
    """The list after a statement, which is reached for sure or only sometimes."""
    for name, value in assigned(node):
        if name == NAME:
            told = list(_told(value, module, found, is_sure))
            return told if is_sure else [*(each._replace(is_sure=False) for each in found if each not in told), *told]
    match node:
        case ast.AugAssign(target=ast.Name(id=name), value=value) if name == NAME:
            return [*found, *_told(value, module, [], is_sure)]
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=attr), args=[*_, given])) if name == NAME:
            return _called(attr, given, module, found, is_sure)
    return found


def _called(method: str, given: ast.expr, module: Module, found: list[Listed], is_sure: bool) -> list[Listed]:
    if method in PUTS:
        told = list(_told(given, module, [], is_sure)) if method == "extend" else [Listed(given, is_sure)]
        return [*told, *found] if method == "insert" else [*found, *told]
    if method != "remove":
        return found
    gone = [each for each in found if constant(each.node, module.bindings) == constant(given, module.bindings)]
    if is_sure:
        return [each for each in found if each not in gone]
    return [each._replace(is_sure=each not in gone and each.is_sure) for each in found]


def _told(node: ast.expr, module: Module, found: list[Listed], is_sure: bool) -> Iterator[Listed]:
    """What a list holds; the list's own name stands for what it held before."""
    for each in parts(node, {name: value for name, value in module.bindings.items() if name != NAME}):
        inner = each.value if isinstance(each, ast.Starred) else each
        if isinstance(inner, ast.Name) and inner.id == NAME:
            yield from found
        elif not isinstance(each, ast.Starred):
            yield Listed(each, is_sure)
