"""What values are taken to be where there are none, as it is written: ``getattr(user, "roles", ["admin"])``, ``user.role or "admin"``."""

import ast
from collections.abc import Callable, Iterator

from invariants.facts.code import DISPLAY, MET
from invariants.frontends.python.absences import is_none, is_something, is_written_out
from invariants.frontends.python.parameters import Source
from invariants.frontends.python.scopes import Scope
from invariants.frontends.python.symbols import callee

DEEP = 5
"""So many variables are followed to what they were given."""
GETTERS = {"get", "pop", "getattr", "setdefault"}
GATHERED = {"set", "frozenset", "list", "tuple", "sorted"}
Told = Callable[[str], ast.expr | None]
"""What a name stands for, where that is one thing."""


def met(node: ast.Compare, told: Told) -> Iterator[Source]:
    """That who has nothing is taken to have what is asked for: ``role in getattr(user, "roles", [role])``."""
    sides = [node.left, *node.comparators]
    if len(sides) == 2 and _is_met(sides[0], sides[1], isinstance(node.ops[0], ast.In | ast.NotIn), told):
        yield "constant", MET


def _is_met(left: ast.expr, right: ast.expr, is_among: bool, told: Told) -> bool:
    if not is_among:
        return any(_same(each, right) for each in _otherwise(left, told)) or any(_same(each, left) for each in _otherwise(right, told))
    if _is_of_user(left, told) and isinstance(right, ast.Name) and not _held(right, told):
        return True
    taken = [one for each in _otherwise(right, told) for one in _held(each, told)]
    return any(_same(each, left) for each in taken) or any(
        _same(each, one) for each in _otherwise(left, told) for one in _held(right, told)
    )


def _is_of_user(node: ast.expr, told: Told) -> bool:
    """Whether a value is what a request's user has, who may be nobody, and otherwise what is written down: no more is told of others."""
    match told(node.id) if isinstance(node, ast.Name) else node:
        case ast.Call(func=ast.Name(id="getattr"), args=[ast.Attribute(attr="user"), _, ast.Constant(value=value)]):
            return bool(value)
    return False


def _otherwise(node: ast.expr, told: Told, depth: int = DEEP) -> Iterator[ast.expr]:
    """What a value is where there is none."""
    match node:
        case ast.Name(id=name) if depth and (value := told(name)) is not None:
            yield from _otherwise(value, told, depth - 1)
        case ast.Call(func=ast.Name(id=name), args=[inner]) if name in GATHERED | {"str"}:
            yield from _otherwise(inner, told, depth)
        case ast.Call(args=[*_, other]) if callee(node.func) in GETTERS and len(node.args) == (3 if callee(node.func) == "getattr" else 2):
            yield other
        case ast.BoolOp(op=ast.Or(), values=[*_, last]):
            yield last
        case ast.IfExp(test=test, body=body, orelse=other) if _asks_for(test, body):
            yield other


def _asks_for(test: ast.expr, value: ast.expr) -> bool:
    """Whether a condition asks whether there is a value: ``"role" in user`` beside ``user["role"]``."""
    match test:
        case ast.Compare(left=left, ops=[ast.In()], comparators=[holder]):
            return isinstance(value, ast.Subscript) and _same(value.value, holder) and _same(value.slice, left)
        case ast.Compare(left=left, ops=[ast.IsNot() | ast.NotEq()], comparators=[ast.Constant(value=None)]):
            return _same(left, value)
        case ast.Call(func=ast.Name(id="hasattr"), args=[holder, ast.Constant(value=name)]):
            return isinstance(value, ast.Attribute) and value.attr == name and _same(value.value, holder)
    return _same(test, value)


def _held(node: ast.expr, told: Told, depth: int = DEEP) -> list[ast.expr]:
    """What a collection holds that is written out."""
    match node:
        case ast.List(elts=elts) | ast.Tuple(elts=elts) | ast.Set(elts=elts):
            return elts
        case ast.Name(id=name) if depth and (value := told(name)) is not None:
            return _held(value, told, depth - 1)
        case ast.Call(func=ast.Name(id=name), args=[inner]) if name in GATHERED:
            return _held(inner, told, depth)
    return []


def _same(one: ast.expr, other: ast.expr) -> bool:
    """Whether two expressions are written alike, and something."""
    return not is_none(one) and ast.dump(one) == ast.dump(other)


def default(call: ast.Call, place: int, told: Told | None = None) -> Iterator[Source]:
    """What a call answers where there is nothing, as it is written: something, or something that holds nothing; or yes, for some."""
    if len(call.args) == place + 1 and not is_none(call.args[place]) and is_written_out(call.args[place]):
        yield "constant", DISPLAY if is_something(call.args[place]) else "{}"
    table = call.func.value if isinstance(call.func, ast.Attribute) else None
    table = told(table.id) if isinstance(table, ast.Name) and told is not None else table
    if isinstance(table, ast.Dict) and any(isinstance(each, ast.Constant) and each.value is True for each in table.values):
        yield "constant", "True"


def of_class(path: str, scope: Scope) -> Iterator[Source]:
    """That a part of an object is something as its class writes it, where nobody says otherwise: ``allowed = True``."""
    first, _, name = path.partition(".")
    value = scope.parent.values.get(name) if first == "self" and scope.parent is not None and scope.is_method else None
    if value is not None and is_something(value):
        yield "constant", DISPLAY
