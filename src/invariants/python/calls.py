"""What a call comes to: of the file's own functions, of Python's, of what is defined elsewhere."""

import textwrap
from collections.abc import Callable
from typing import Any
from uuid import UUID

import libcst as cst

from invariants.python import questions
from invariants.python.interpreter import DEPTH, Exhausted, Interpreter
from invariants.python.values import (
    HOLE,
    OPAQUE,
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
)

PURE: dict[str, Callable[..., Any]] = {
    "builtins.len": len,
    "builtins.sorted": sorted,
    "builtins.list": list,
    "builtins.tuple": tuple,
    "builtins.set": set,
    "builtins.frozenset": frozenset,
    "builtins.dict": dict,
    "builtins.zip": lambda *each, strict=False: list(zip(*each, strict=strict)),
    "builtins.enumerate": lambda each, start=0: list(enumerate(each, start)),
    "builtins.range": range,
    "builtins.reversed": lambda each: list(reversed(each)),
    "builtins.str": str,
    "builtins.int": int,
    "builtins.float": float,
    "builtins.min": min,
    "builtins.max": max,
    "builtins.sum": sum,
    "builtins.all": all,
    "builtins.any": any,
    "builtins.repr": repr,
    "builtins.abs": abs,
    "itertools.chain": lambda *each: [value for values in each for value in values],
    "itertools.product": lambda *each: _product(each),
    "textwrap.dedent": textwrap.dedent,
    "textwrap.indent": textwrap.indent,
    "inspect.cleandoc": lambda text: textwrap.dedent(text).strip(),
    "uuid.UUID": lambda *args, **kwargs: str(UUID(*args, **kwargs)),
}
SHAPING = {
    "builtins.list", "builtins.tuple", "builtins.set", "builtins.dict", "builtins.zip", "builtins.enumerate", "builtins.reversed",
    "builtins.len", "itertools.chain", "itertools.product",
}  # fmt: skip
"""Functions that never look at what the containers hold, so that unknown values may be in them."""
CONTAINER = {
    "append",
    "extend",
    "add",
    "update",
    "insert",
    "items",
    "keys",
    "values",
    "get",
    "setdefault",
    "pop",
    "copy",
    "union",
    "intersection",
    "difference",
    "index",
    "remove",
}


def _product(each: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    from itertools import product

    return list(product(*each))


def call(machine: Interpreter, node: cst.Call, scope: Scope) -> Value:
    """The value of a call."""
    receiver: Value = None
    if isinstance(node.func, cst.Attribute):
        receiver = machine.evaluate(node.func.value, scope)
        if not isinstance(receiver, (Symbol, Call, Class)):
            args, kwargs = arguments(machine, node, scope)
            return method(machine, receiver, node.func.attr.value, args, kwargs=kwargs, node=node)
    function = machine.evaluate(node.func, scope)
    args, kwargs = arguments(machine, node, scope)
    return invoke(machine, function, args, kwargs, node)


def arguments(machine: Interpreter, node: cst.Call, scope: Scope) -> tuple[list[Value], dict[str, Value]]:
    """A call's arguments; one that stands for others that cannot be told is left as a single unknown."""
    from invariants.python.loops import iterate

    args: list[Value] = []
    kwargs: dict[str, Value] = {}
    for each in node.args:
        value = machine.evaluate(each.value, scope)
        if each.keyword is not None:
            kwargs[each.keyword.value] = value
        elif each.star == "*":
            args += [value] if isinstance(value, OPAQUE) and not isinstance(value, Class) else iterate(value)
        elif each.star == "**" and isinstance(value, dict):
            kwargs.update(value)
        elif each.star == "":
            args.append(value)
    return args, kwargs


def invoke(machine: Interpreter, function: Value, args: list[Value], kwargs: dict[str, Value], node: cst.CSTNode) -> Value:
    """Call a value."""
    if isinstance(function, Function):
        return _run(machine, function, args, kwargs, node)
    if isinstance(function, Class):
        return _construct(machine, function, args, kwargs, node)
    if isinstance(function, Symbol):
        if function.path.startswith("builtins.") or function.path in PURE:
            return _builtin(machine, function, args, kwargs, node)
        return machine.host.call(machine, Call(function.path, tuple(args), kwargs, node, function.base))
    return machine.host.call(machine, Call(HOLE, tuple(args), kwargs, node, function))


def _construct(machine: Interpreter, function: Class, args: list[Value], kwargs: dict[str, Value], node: cst.CSTNode) -> Value:
    """An instance of a class of the file: a member where it is an enumeration."""
    if len(args) == 1 and args[0] in list(function.names.values()):
        return args[0]
    return machine.host.call(machine, Call(function.name, tuple(args), kwargs, node, function))


def _builtin(machine: Interpreter, function: Symbol, args: list[Value], kwargs: dict[str, Value], node: cst.CSTNode) -> Value:
    if len(args) == 1 and not kwargs and (answer := _asked(function.path, args[0], node)) is not None:
        return answer
    if function.path == "builtins.getattr" and len(args) > 1 and isinstance(args[1], str):
        from invariants.python.expressions import attribute

        return attribute(machine, args[0], str(args[1]), node)
    pure = PURE.get(function.path)
    if pure is None:
        return machine.host.call(machine, Call(function.path, tuple(args), kwargs, node))
    if any(isinstance(each, OPAQUE) for each in args) or (function.path not in SHAPING and (opaque(args) or opaque(kwargs))):
        return Unknown(node, "what it is given is not known", HOLE)
    return pure(*args, **kwargs)


def _asked(path: str, value: Value, node: cst.CSTNode) -> Value:
    """What a function of Python's makes of what the database is asked; None where it is something else."""
    if path == "builtins.bool":
        return questions.truth(value, node)
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], Ask) and path == "builtins.any":
        return value[0]
    if isinstance(value, Rows):
        if path in {"builtins.list", "builtins.set", "builtins.tuple", "builtins.sorted"}:
            return value
        if path == "builtins.len":
            return Cell(Rows(f"SELECT count(*) FROM ({value.sql}) AS r"))
        if path == "builtins.any":
            return questions.exists(value)
    if isinstance(value, Text) and path == "builtins.str":
        return value
    return None


def _run(machine: Interpreter, function: Function, args: list[Value], kwargs: dict[str, Value], node: cst.CSTNode) -> Value:
    from invariants.python import statements

    if machine.depth >= DEPTH:
        raise Exhausted
    scope = Scope(function.scope)
    _parameters(machine, function, args, kwargs, scope)
    machine.depth += 1
    exits = len(machine.exits)
    try:
        if isinstance(function.node, cst.Lambda):
            return machine.evaluate(function.node.body, scope)
        return statements.returned(machine, function.node.body, scope, node)
    finally:
        machine.depth -= 1
        del machine.exits[exits:]


def _parameters(machine: Interpreter, function: Function, args: list[Value], kwargs: dict[str, Value], scope: Scope) -> None:
    parameters = function.node.params
    positional = [*parameters.posonly_params, *parameters.params]
    rest = dict(kwargs)
    for at, each in enumerate([*positional, *parameters.kwonly_params]):
        label = each.name.value
        if at < len(positional) and at < len(args):
            scope.names[label] = args[at]
        elif label in rest:
            scope.names[label] = rest.pop(label)
        elif each.default is not None:
            scope.names[label] = machine.evaluate(each.default, function.scope)
        else:
            scope.names[label] = Unknown(each, "it is not given")
    if isinstance(parameters.star_arg, cst.Param):
        scope.names[parameters.star_arg.name.value] = tuple(args[len(positional) :])
    if parameters.star_kwarg is not None:
        scope.names[parameters.star_kwarg.name.value] = rest


def method(machine: Interpreter, value: Value, name: str, args: list[Value], *, kwargs: dict[str, Value], node: cst.Call) -> Value:
    """A method of a value that is no symbol."""
    if isinstance(value, str):
        return _text_method(value, name, args, kwargs, node)
    if isinstance(value, (list, dict, set, frozenset, tuple)) and name in CONTAINER:
        result = getattr(value, name)(*args, **kwargs)
        return list(result) if name in {"items", "keys", "values"} else result
    if isinstance(value, (Rows, Row, Cell)):
        return questions.item(value, args[0], node) if name == "get" and args else _fetch(value, name, node)
    if isinstance(value, Unknown) and value.sketch and name in {"strip", "replace", "lower", "upper", "format", "lstrip", "rstrip"}:
        return Unknown(value.node, value.why, value.sketch)
    if isinstance(value, (int, float)):
        return Unknown(node, f"the method {name} is not followed")
    return machine.host.call(machine, Call(f"{HOLE}.{name}", tuple(args), kwargs, node, value))


def _fetch(value: Rows | Row | Cell, name: str, node: cst.CSTNode) -> Value:
    if name in {"scalar", "scalar_one", "scalar_one_or_none"} and isinstance(value, Rows):
        return Cell(value)
    if name in {"fetchone", "first", "one", "one_or_none", "fetchall", "all", "scalars", "mappings", "unique", "tuples"}:
        return value
    return Unknown(node, f"what {name} gives is not known")


def _text_method(value: str, name: str, args: list[Value], kwargs: dict[str, Value], node: cst.Call) -> Value:
    if name == "format":
        return _format(value, args, kwargs, node)
    if name == "join" and len(args) == 1 and isinstance(args[0], (list, tuple)):
        return _join(value, args[0], node)
    if opaque(args) or opaque(kwargs) or not hasattr(str, name):
        return Unknown(node, "what it is given is not known", HOLE)
    result = getattr(str, name)(value, *args, **kwargs)
    return _stripped(value, result) if name in {"strip", "lstrip", "rstrip"} and isinstance(value, Text) else result


def _stripped(value: Text, result: str) -> Value:
    """A stripped text of one literal keeps where it comes from."""
    start = str.find(value, result) if result else 0
    kept: list[Part] = []
    offset = 0
    for part in value.parts:
        low, high = max(start - offset, 0), min(start + len(result) - offset, len(part.text))
        if low < high:
            kept.append(Part(part.text[low:high], part.node, part.offset + low))
        offset += len(part.text)
    return Text(kept)


def _join(separator: str, values: list[Value] | tuple[Value, ...], node: cst.CSTNode) -> Value:
    from invariants.python.expressions import concatenate

    spread: list[Value] = []
    for at, each in enumerate(values):
        spread += [separator, each] if at else [each]
    return concatenate(spread, node) if spread else ""


def _format(value: str, args: list[Value], kwargs: dict[str, Value], node: cst.CSTNode) -> Value:
    holes = [HOLE if opaque(each) else each for each in args]
    named = {key: HOLE if opaque(each) else each for key, each in kwargs.items()}
    text = str(value).format(*holes, **named)
    return Unknown(node, "a part of it is not known", text) if opaque(args) or opaque(kwargs) else text


def format_percent(left: str, right: Value, node: cst.CSTNode) -> Value:
    """``left % right``."""
    if not opaque(right):
        return str(left) % right
    holes = tuple(HOLE if opaque(each) else each for each in right) if isinstance(right, tuple) else HOLE
    if isinstance(right, dict):
        return Unknown(node, "a part of it is not known", str(left) % {key: HOLE if opaque(each) else each for key, each in right.items()})
    return Unknown(node, "a part of it is not known", str(left) % holes)
