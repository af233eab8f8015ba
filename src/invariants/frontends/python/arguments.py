"""The arguments of calls, and the fields of literals in them."""

import ast
from collections.abc import Iterator, Mapping

from invariants.facts.code import DISPLAY, Argument
from invariants.frontends.python.imports import unwrapped
from invariants.frontends.python.scopes import Scope
from invariants.frontends.python.symbols import named
from invariants.frontends.python.syntax import Module

DEPTH = 3


def arguments(
    module: Module, scope: Scope, function: str, position: int, call: ast.Call, sent: Mapping[ast.expr, str]
) -> Iterator[Argument]:
    """The facts of one call's arguments; sent: those that are what the caller sent."""
    starred = False
    given: list[tuple[str, ast.expr]] = []
    for place, each in enumerate(call.args):
        starred = starred or isinstance(each, ast.Starred)
        given.append(("*" if starred else str(place), each))
    for name, each in [*given, *((one.arg or "**", one.value) for one in call.keywords)]:
        for fact in _argument(module, scope, function, position, name, each, 0):
            yield fact._replace(sent=sent[each]) if each in sent and fact.name == name else fact


def _argument(module: Module, scope: Scope, function: str, position: int, name: str, node: ast.expr, depth: int) -> Iterator[Argument]:
    kind, value = _told(module, scope, node)
    yield Argument(module.place(node), function, position, name, kind, value)  # type: ignore[arg-type]
    if depth < DEPTH:
        for key, each in _fields(node):
            yield from _argument(module, scope, function, position, f"{name}.{key}", each, depth + 1)


def _fields(node: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        yield from ((str(place), each) for place, each in enumerate(node.elts))
    elif isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                yield key.value, value


def _told(module: Module, scope: Scope, node: ast.expr) -> tuple[str, str]:
    """The kind and value of an argument."""
    if isinstance(node, ast.Constant):
        return literal(node)
    node = unwrapped(node)
    if isinstance(node, ast.Lambda):
        return "function", module.scopes[node].name
    if isinstance(node, ast.Call):
        return "call", named(node, scope)
    if isinstance(node, ast.Name | ast.Attribute | ast.Subscript):
        owner = scope.owner(node.id) if isinstance(node, ast.Name) else module.top
        if isinstance(node, ast.Name) and node.id in (owner or module.top).functions:
            return "function", (owner or module.top).functions[node.id]
        return "symbol", named(node, scope)
    return "other", DISPLAY if isinstance(node, ast.List | ast.Tuple | ast.Set) and not node.elts else ""


def literal(node: ast.Constant) -> tuple[str, str]:
    """The kind and value of what is written down."""
    if node.value is None or node.value is Ellipsis:
        return ("null" if node.value is None else "other"), ""
    if isinstance(node.value, bool):
        return "boolean", str(node.value).lower()
    if isinstance(node.value, int | float):
        return "number", str(node.value)
    return ("string", node.value) if isinstance(node.value, str) else ("other", "")
