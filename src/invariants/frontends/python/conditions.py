"""Conditions taken apart at ``and``, ``or`` and ``not``, so that what each way through them has asked can be told."""

import ast
from collections.abc import Callable
from copy import copy
from typing import NamedTuple

LEAVES = 6
LARGE = 40
"""Conditions of more parts, and arms of more lines, are not written out once for each way that leads to them."""

MISSING = frozenset({"IndexError", "KeyError", "LookupError", "StopIteration"})
"""Errors of looking for what is not there."""

Then = Callable[[], object]


class Ways(NamedTuple):
    """What is done where a condition holds, and where it does not."""

    then: Then
    otherwise: Then


def split(test: ast.expr, ways: Ways, leaf: Callable[[ast.expr, Ways], object]) -> None:
    """One leaf after the other, each with what it leads to."""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=ast.BoolOp() | ast.UnaryOp(op=ast.Not()) as inner):
            split(inner, Ways(ways.otherwise, ways.then), leaf)
        case ast.IfExp(test=asked_first, body=body, orelse=orelse):
            split(asked_first, Ways(lambda: split(body, ways, leaf), lambda: split(orelse, ways, leaf)), leaf)
        case ast.UnaryOp(op=ast.Not(), operand=ast.IfExp() as inner):
            split(inner, Ways(ways.otherwise, ways.then), leaf)
        case ast.BoolOp(op=operator, values=[first, *rest]) if rest:
            others = rest[0] if len(rest) == 1 else ast.copy_location(ast.BoolOp(operator, rest), rest[0])
            split(first, _led(ways, isinstance(operator, ast.And), lambda: split(others, ways, leaf)), leaf)
        case _:
            leaf(test, ways)


def _led(ways: Ways, is_and: bool, rest: Then) -> Ways:
    """Where the first part of a condition leads: to the rest, where it does not decide alone."""
    return Ways(rest, ways.otherwise) if is_and else Ways(ways.then, rest)


def leaves(test: ast.expr) -> int:
    """How many parts a condition has."""
    if isinstance(test, ast.BoolOp):
        return sum(leaves(each) for each in test.values)
    if isinstance(test, ast.IfExp):
        return leaves(test.test) + leaves(test.body) + leaves(test.orelse)
    return leaves(test.operand) if isinstance(test, ast.UnaryOp) else 1


def is_compound(test: ast.expr | None) -> bool:
    """Whether there is something to take apart."""
    return isinstance(test, ast.BoolOp | ast.IfExp) or (
        isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not) and is_compound(test.operand)
    )


def lines(statements: list[ast.stmt]) -> int:
    """On how many lines some statements stand."""
    return (statements[-1].end_lineno or 0) - statements[0].lineno + 1 if statements else 0


def looked_up(node: ast.Try) -> ast.expr | None:
    """What one statement looks up, where its absence is all that is caught: ``try: row = rows[0]``, ``except IndexError: ...``."""
    if len(node.body) != 1 or len(node.handlers) != 1 or isinstance(node, ast.TryStar):
        return None
    caught = node.handlers[0].type
    names = caught.elts if isinstance(caught, ast.Tuple) else [caught] if caught is not None else []
    value = node.body[0].value if isinstance(node.body[0], ast.Return | ast.Assign | ast.AnnAssign | ast.Expr) else None
    while isinstance(value, ast.Attribute):
        value = value.value
    if not names or not all(isinstance(each, ast.Name) and each.id in MISSING for each in names):
        return None
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "next" and len(value.args) == 1:
        return value.args[0]
    return value if isinstance(value, ast.Subscript) and not isinstance(value.slice, ast.Slice) else None


def asked(subject: ast.expr, case: ast.match_case) -> ast.expr | None:
    """The condition that a case comes to which asks for True, False or None; null of any other."""
    if case.guard is not None:
        return None
    if isinstance(case.pattern, ast.MatchOr):
        told = [asked(subject, ast.match_case(each, None, [])) for each in case.pattern.patterns]
        return None if None in told else _restated(ast.BoolOp(ast.Or(), [each for each in told if each is not None]), subject)
    if isinstance(case.pattern, ast.MatchSequence) and isinstance(subject, ast.Tuple):
        return _each_asked(subject, case.pattern)
    if not isinstance(case.pattern, ast.MatchSingleton):
        return None
    if case.pattern.value:
        return subject
    inner = _restated(copy(subject), subject)
    if case.pattern.value is None:
        return _restated(ast.Compare(inner, [ast.Is()], [ast.Constant(None)]), subject)
    return _restated(ast.UnaryOp(ast.Not(), inner), subject)


def _each_asked(subject: ast.Tuple, pattern: ast.MatchSequence) -> ast.expr | None:
    """The condition that a case comes to which asks for several values, one by one; `_` asks for nothing."""
    pairs = [(value, each) for value, each in zip(subject.elts, pattern.patterns, strict=False) if not _is_anything(each)]
    told = [asked(value, ast.match_case(each, None, [])) for value, each in pairs]
    if len(subject.elts) != len(pattern.patterns) or not told or None in told:
        return None
    return told[0] if len(told) == 1 else _restated(ast.BoolOp(ast.And(), [each for each in told if each is not None]), subject)


def _is_anything(pattern: ast.pattern) -> bool:
    return isinstance(pattern, ast.MatchAs) and pattern.pattern is None


def _restated(node: ast.expr, place: ast.expr) -> ast.expr:
    """A condition that is not written so in the file."""
    node.is_restated = True  # type: ignore[attr-defined]
    return ast.fix_missing_locations(ast.copy_location(node, place))
