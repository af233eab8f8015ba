"""What an expression comes to."""

import operator
from collections.abc import Callable
from typing import Any

import libcst as cst

from invariants.python import calls, definitions, literals, questions
from invariants.python.interpreter import Interpreter
from invariants.python.loops import LIMIT, comprehension, dict_comprehension, elements, subscript_key
from invariants.python.values import (
    HOLE,
    Ask,
    Call,
    Cell,
    Class,
    Function,
    Part,
    Row,
    Rows,
    Scope,
    Symbol,
    Text,
    Unknown,
    Value,
    opaque,
    parts,
)

ARITHMETIC: dict[type[cst.CSTNode], Callable[[Any, Any], Any]] = {
    cst.Add: operator.add,
    cst.AddAssign: operator.add,
    cst.Subtract: operator.sub,
    cst.SubtractAssign: operator.sub,
    cst.Multiply: operator.mul,
    cst.Divide: operator.truediv,
    cst.FloorDivide: operator.floordiv,
    cst.Modulo: operator.mod,
    cst.BitOr: operator.or_,
    cst.BitOrAssign: operator.or_,
    cst.BitAnd: operator.and_,
}


def evaluate(machine: Interpreter, node: cst.CSTNode, scope: Scope) -> Value:
    """What an expression comes to; Unknown where that cannot be told."""
    handler = EVALUATORS.get(type(node))
    if handler is None:
        return Unknown(node, f"a {type(node).__name__} is not followed")
    try:
        return handler(machine, node, scope)
    except (TypeError, ValueError, LookupError, ArithmeticError, AttributeError, SyntaxError) as error:
        return Unknown(node, f"it fails when it is evaluated ({type(error).__name__})")


CONSTANTS = {"True": True, "False": False, "None": None}


def _name(machine: Interpreter, node: cst.Name, scope: Scope) -> Value:
    if node.value in CONSTANTS:
        return CONSTANTS[node.value]
    try:
        return scope.find(node.value)
    except KeyError:
        return machine.host.attribute(definitions.elsewhere(node.value, scope))


def _constant(_: Interpreter, node: cst.Integer | cst.Float, __: Scope) -> Value:
    return node.evaluated_value


def _string(_: Interpreter, node: cst.SimpleString, __: Scope) -> Value:
    value = literals.value(node)
    return Text([Part(value, node)]) if isinstance(value, str) else value


def _concatenated(machine: Interpreter, node: cst.ConcatenatedString, scope: Scope) -> Value:
    return concatenate([machine.evaluate(node.left, scope), machine.evaluate(node.right, scope)], node)


def _formatted(machine: Interpreter, node: cst.FormattedString, scope: Scope) -> Value:
    raw = "r" in node.prefix.lower()
    return concatenate([_piece(machine, each, scope, raw) for each in node.parts], node)


def _piece(machine: Interpreter, node: cst.BaseFormattedStringContent, scope: Scope, raw: bool) -> Value:
    if isinstance(node, cst.FormattedStringText):
        return Text([Part(literals.formatted(node.value, raw), node)])
    assert isinstance(node, cst.FormattedStringExpression)
    value = machine.evaluate(node.expression, scope)
    if isinstance(value, Unknown):
        return value if value.sketch else Unknown(node.expression, value.why, HOLE)
    if opaque(value):
        return Unknown(
            node.expression,
            f"{value.path} is defined elsewhere" if isinstance(value, Symbol) else "a part of it is defined elsewhere",
            HOLE,
        )
    if node.conversion == "r":
        value = repr(value)
    if node.format_spec:
        spec = concatenate([_piece(machine, each, scope, False) for each in node.format_spec], node)
        value = format(value, spec)
    return Text([Part(str(value), node.expression)])


def concatenate(values: list[Value], node: cst.CSTNode) -> Value:
    """Texts one after another; with one that cannot be told among them, the rest is at least a sketch."""
    if all(isinstance(value, str) for value in values):
        return Text([part for value in values for part in parts(value, node)])
    sketch = "".join(str(value) if isinstance(value, str) else getattr(value, "sketch", "") or HOLE for value in values)
    culprit = next(value for value in values if not isinstance(value, str))
    if isinstance(culprit, Unknown):
        return Unknown(culprit.node, culprit.why, sketch)
    return Unknown(node, "a part of it is defined elsewhere", sketch)


def _attribute(machine: Interpreter, node: cst.Attribute, scope: Scope) -> Value:
    return attribute(machine, machine.evaluate(node.value, scope), node.attr.value, node)


def attribute(machine: Interpreter, value: Value, name: str, node: cst.CSTNode) -> Value:
    """An attribute of a value."""
    if isinstance(value, Symbol):
        return machine.host.attribute(Symbol(f"{value.path}.{name}", value.base))
    if isinstance(value, Call):
        return machine.host.attribute(Symbol(f"{value.path}().{name}", value))
    if isinstance(value, Class):
        return _class_attribute(machine, value, name, node)
    if isinstance(value, Row):
        return Cell(value.rows, name)
    if isinstance(value, Text) and name == "value":
        return value
    if isinstance(value, Unknown):
        return Unknown(value.node, value.why)
    return Unknown(node, f"its attribute {name} is not followed")


def _class_attribute(machine: Interpreter, value: Class, name: str, node: cst.CSTNode) -> Value:
    if name in {"__members__", "__name__"}:
        return value.names if name == "__members__" else value.name
    try:
        return value.find(name)
    except KeyError:
        del machine
        return Unknown(node, f"class {value.name} has no {name} in this file")


def _subscript(machine: Interpreter, node: cst.Subscript, scope: Scope) -> Value:
    value = machine.evaluate(node.value, scope)
    key = subscript_key(machine, node, scope)
    if isinstance(value, Symbol) and isinstance(key, str):
        return machine.host.attribute(Symbol(f"{value.path}.{key}", value.base))  # an enumeration's member
    if isinstance(value, (Symbol, Class)):
        return value if not isinstance(value, Class) or not isinstance(key, str) else value.find(key)  # or a generic class
    if isinstance(value, (Row, Rows, Cell)):
        return questions.item(value, key, node)
    if isinstance(value, Unknown) or opaque(key):
        return Unknown(node, "what it is taken from is not known")
    return value[key]


def _sequence(machine: Interpreter, node: cst.List | cst.Tuple | cst.Set, scope: Scope) -> Value:
    values = list(elements(machine, node.elements, scope))
    return values if isinstance(node, cst.List) else tuple(values) if isinstance(node, cst.Tuple) else set(values)


def _dict(machine: Interpreter, node: cst.Dict, scope: Scope) -> Value:
    result: dict[Value, Value] = {}
    for each in node.elements:
        value = machine.evaluate(each.value, scope)
        if isinstance(each, cst.DictElement):
            result[machine.evaluate(each.key, scope)] = value
        else:
            result.update(value)
    return result


def _binary(machine: Interpreter, node: cst.BinaryOperation, scope: Scope) -> Value:
    left, right = machine.evaluate(node.left, scope), machine.evaluate(node.right, scope)
    return operate(node.operator, left, right, node)


def operate(sign: cst.CSTNode, left: Value, right: Value, node: cst.CSTNode) -> Value:
    """A binary operation on two values."""
    if isinstance(sign, (cst.Add, cst.AddAssign)) and (_is_text(left) or _is_text(right)):
        return concatenate([left, right], node)
    if isinstance(sign, cst.Modulo) and isinstance(left, str):
        return calls.format_percent(left, right, node)
    function = ARITHMETIC.get(type(sign))
    if function is None or isinstance(left, OPERANDS) or isinstance(right, OPERANDS) or _long(sign, left, right):
        return Unknown(node, "what it is computed from is not known")
    return function(left, right)


def _is_text(value: Value) -> bool:
    """Whether a value is a text, or known to be one though not all of it is."""
    return isinstance(value, str) or (isinstance(value, Unknown) and value.sketch != "")


OPERANDS = (Unknown, Symbol, Call, Function, Class, Ask, Rows, Row, Cell)


def _long(sign: cst.CSTNode, left: Value, right: Value) -> bool:
    """Whether a multiplication would make something huge."""
    if not isinstance(sign, cst.Multiply):
        return False
    sizes = [len(each) if hasattr(each, "__len__") else abs(each) for each in (left, right)]
    return bool(sizes[0] * sizes[1] > LIMIT)


def _unary(machine: Interpreter, node: cst.UnaryOperation, scope: Scope) -> Value:
    value = machine.evaluate(node.expression, scope)
    if isinstance(node.operator, cst.Not):
        return questions.negate(questions.truth(value, node), node)
    if opaque(value):
        return Unknown(node, "what it is computed from is not known")
    return -value if isinstance(node.operator, cst.Minus) else ~value if isinstance(node.operator, cst.BitInvert) else value


def _boolean(machine: Interpreter, node: cst.BooleanOperation, scope: Scope) -> Value:
    left = machine.evaluate(node.left, scope)
    truth = questions.truth(left, node)
    conjunction = isinstance(node.operator, cst.And)
    if isinstance(truth, bool):
        return machine.evaluate(node.right, scope) if truth is conjunction else left
    right = questions.truth(machine.evaluate(node.right, scope), node)
    if right is (not conjunction):
        return right
    if isinstance(truth, Ask) and isinstance(right, Ask):
        return Ask(f"({truth.sql} {'AND' if conjunction else 'OR'} {right.sql})")
    if isinstance(truth, Ask) and isinstance(right, bool):
        return truth
    return Unknown(node, "what it depends on is not known")


def _comparison(machine: Interpreter, node: cst.Comparison, scope: Scope) -> Value:
    left = machine.evaluate(node.left, scope)
    result: Value = True
    for target in node.comparisons:
        right = machine.evaluate(target.comparator, scope)
        result = questions.compare(left, target.operator, right, node)
        if result is not True:
            return result
        left = right
    return result


def _conditional(machine: Interpreter, node: cst.IfExp, scope: Scope) -> Value:
    truth = questions.truth(machine.evaluate(node.test, scope), node)
    if isinstance(truth, bool):
        return machine.evaluate(node.body if truth else node.orelse, scope)
    return Unknown(node, "which of the two it is is not known")


def _lambda(_: Interpreter, node: cst.Lambda, scope: Scope) -> Value:
    return Function(node, scope)


def _walrus(machine: Interpreter, node: cst.NamedExpr, scope: Scope) -> Value:
    value = machine.evaluate(node.value, scope)
    if isinstance(node.target, cst.Name):
        scope.names[node.target.value] = value
    return value


EVALUATORS: dict[type[cst.CSTNode], Callable[[Interpreter, Any, Scope], Value]] = {
    cst.Name: _name,
    cst.Integer: _constant,
    cst.Float: _constant,
    cst.SimpleString: _string,
    cst.ConcatenatedString: _concatenated,
    cst.FormattedString: _formatted,
    cst.Attribute: _attribute,
    cst.Subscript: _subscript,
    cst.List: _sequence,
    cst.Tuple: _sequence,
    cst.Set: _sequence,
    cst.Dict: _dict,
    cst.BinaryOperation: _binary,
    cst.UnaryOperation: _unary,
    cst.BooleanOperation: _boolean,
    cst.Comparison: _comparison,
    cst.IfExp: _conditional,
    cst.Lambda: _lambda,
    cst.NamedExpr: _walrus,
    cst.ListComp: comprehension,
    cst.SetComp: comprehension,
    cst.GeneratorExp: comprehension,
    cst.DictComp: dict_comprehension,
    cst.Call: calls.call,
}
