"""Loops and their targets: what they go through, and which names they bind."""

from collections.abc import Iterable, Iterator

import libcst as cst

from invariants.python import questions
from invariants.python.interpreter import Interpreter
from invariants.python.values import Class, Rows, Scope, Unknown, Value

LIMIT = 1_000_000
"""Longer texts and lists than this are not put together."""


def elements(machine: Interpreter, nodes: Iterable[cst.BaseElement], scope: Scope) -> Iterator[Value]:
    """The values of a list's elements, starred ones spread; LookupError where a star's cannot be told."""
    for each in nodes:
        value = machine.evaluate(each.value, scope)
        if isinstance(each, cst.StarredElement):
            yield from iterate(value)
        else:
            yield value


def iterate(value: Value) -> list[Value]:
    """What a loop over a value goes through; LookupError where that cannot be told."""
    if isinstance(value, Class):
        return list(value.names.values())
    if isinstance(value, (list, tuple, dict, range, set, frozenset, str)):
        if len(value) > LIMIT:
            raise LookupError
        return sorted(value, key=repr) if isinstance(value, (set, frozenset)) else list(value)
    raise LookupError


def subscript_key(machine: Interpreter, node: cst.Subscript, scope: Scope) -> Value:
    """What stands between the brackets."""
    keys = [_slice(machine, each.slice, scope) for each in node.slice]
    return keys[0] if len(keys) == 1 else tuple(keys)


def _slice(machine: Interpreter, node: cst.BaseSlice, scope: Scope) -> Value:
    if isinstance(node, cst.Slice):
        return slice(*(machine.evaluate(each, scope) if each else None for each in (node.lower, node.upper, node.step)))
    assert isinstance(node, cst.Index)
    return machine.evaluate(node.value, scope)


def comprehension(machine: Interpreter, node: cst.ListComp | cst.SetComp | cst.GeneratorExp, scope: Scope) -> Value:
    """A list, set or generator made of another."""
    inner = Scope(scope)
    rows = _rows(machine, node, inner)
    if rows is not None:
        return rows
    values = [machine.evaluate(node.elt, each) for each in _scopes(machine, node.for_in, inner)]
    return set(values) if isinstance(node, cst.SetComp) else values


def dict_comprehension(machine: Interpreter, node: cst.DictComp, scope: Scope) -> Value:
    """A dictionary made of another container."""
    inner = Scope(scope)
    return {machine.evaluate(node.key, each): machine.evaluate(node.value, each) for each in _scopes(machine, node.for_in, inner)}


def _rows(machine: Interpreter, node: cst.ListComp | cst.SetComp | cst.GeneratorExp, scope: Scope) -> Value:
    """What a comprehension over a query's rows comes to; None where it is over something else."""
    rows = machine.evaluate(node.for_in.iter, scope)
    if not isinstance(rows, Rows):
        return None
    if node.for_in.ifs or node.for_in.inner_for_in:
        return Unknown(node, "which rows it keeps is not known")
    bind(machine, node.for_in.target, questions.each(rows), scope)
    return questions.collect(rows, machine.evaluate(node.elt, scope), node)


def _scopes(machine: Interpreter, loop: cst.CompFor, scope: Scope) -> Iterator[Scope]:
    """A comprehension's scope, with its names bound to each combination in turn."""
    for value in iterate(machine.evaluate(loop.iter, scope)):
        bind(machine, loop.target, value, scope)
        if all(_kept(machine, each.test, scope) for each in loop.ifs):
            if loop.inner_for_in is None:
                yield scope
            else:
                yield from _scopes(machine, loop.inner_for_in, scope)


def _kept(machine: Interpreter, test: cst.BaseExpression, scope: Scope) -> bool:
    truth = questions.truth(machine.evaluate(test, scope), test)
    if not isinstance(truth, bool):
        raise LookupError  # noqa: TRY004 - it is not of the wrong type, it cannot be told
    return truth


def bind(machine: Interpreter, target: cst.CSTNode, value: Value, scope: Scope) -> None:
    """Give a target its value: a name, a tuple of targets, an item of a container."""
    if isinstance(target, cst.Name):
        scope.names[target.value] = value
    elif isinstance(target, (cst.Tuple, cst.List)):
        _unpack(machine, target, value, scope)
    elif isinstance(target, cst.Subscript):
        container = machine.evaluate(target.value, scope)
        if isinstance(container, (dict, list)):
            container[subscript_key(machine, target, scope)] = value


def _unpack(machine: Interpreter, target: cst.Tuple | cst.List, value: Value, scope: Scope) -> None:
    wanted = [each.value for each in target.elements]
    star = next((at for at, each in enumerate(target.elements) if isinstance(each, cst.StarredElement)), None)
    try:
        values = iterate(value)
    except LookupError:
        values = []
    if star is not None and len(values) >= len(wanted) - 1:
        rest = len(values) - len(wanted) + 1
        values[star : star + rest] = [values[star : star + rest]]
    if len(values) != len(wanted):
        values = [Unknown(target, "what it is unpacked from is not known") for _ in wanted]
    for each, got in zip(wanted, values, strict=True):
        bind(machine, each, got, scope)
