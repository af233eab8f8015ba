"""The arguments of calls: by position, by name and by default; and what a function answers in parameters (manual, section 4.3)."""

from collections.abc import Iterator, Sequence
from typing import Any

from invariants.postgres.grammar import unwrap
from invariants.replay import objects as o
from invariants.replay.isolation import casts
from invariants.replay.isolation.collated import UNTOLD
from invariants.replay.isolation.compiling import scalar as expression_of
from invariants.replay.isolation.context import Context
from invariants.replay.isolation.meetings import loosest
from invariants.replay.isolation.scopes import Frame
from invariants.replay.isolation.values import NO_ROW, NULL, Drawn, Under, Value

INPUTS = {"in", "inout", "variadic"}
OUTPUTS = {"out", "inout"}


def by_name(arguments: Sequence[Any]) -> tuple[list[Any], list[str]]:
    """What a call passes, and the names that its last arguments are passed by."""
    kinds = [unwrap(each) for each in arguments]
    values = [value.arg if kind == "named_arg_expr" else each for each, (kind, value) in zip(arguments, kinds, strict=True)]
    return values, [value.name for kind, value in kinds if kind == "named_arg_expr"]


def inputs(function: o.Function) -> list[o.Argument]:
    """The parameters that a call fills."""
    return [each for each in function.arguments if each.mode in INPUTS]


def placed(context: Context, function: o.Function, values: Sequence[Value], names: Sequence[str]) -> list[Value]:
    """The value of every parameter, in order; those that are left out have their defaults."""
    counted = len(values) - len(names)
    named = dict(zip(names, values[counted:], strict=True))
    return [
        values[number] if number < counted else named[each.name] if each.name in named else _default(context, each)
        for number, each in enumerate(inputs(function))
    ]


def parameters(context: Context, function: o.Function, values: Sequence[Value]) -> dict[str, Value]:
    """Parameters by name and by number; those that only answer are NULL to begin with."""
    given: dict[str, Value] = {each.name: NULL for each in function.arguments if each.mode == "out" and each.name}
    for number, (argument, value) in enumerate(zip(inputs(function), values, strict=False), 1):
        passed = casts.passed(context, argument.type_name, value)
        given[f"${number}"] = passed
        if argument.name:
            given |= {argument.name: passed, f"{function.name}.{argument.name}": passed}
    return given


def under(context: Context, function: o.Function, values: Sequence[Value]) -> Under | None:
    """What a function compares its parameters and variables under: what it is given, or says in its body or in what it returns."""
    known = context.world.collations
    if known is None:
        return None
    named = (known.of_type(casts.written(each.type_name).name) for each in function.arguments)
    if any(each is not None for each in named) or "collate" in function.body.lower():
        return UNTOLD
    return loosest(values)


def _default(context: Context, argument: o.Argument) -> Value:
    return NULL if argument.default is None else expression_of(argument.default)(context, Frame())


def answered(context: Context, function: o.Function, frame: Frame, drawn: Drawn) -> Drawn:
    """A row of a result; where a body in PL/pgSQL returns nothing, what its parameters are in the end."""
    if drawn is not NO_ROW or function.language != "plpgsql" or function.returns_set:
        return drawn
    shown = tuple(_shown(context, function, frame))
    return Drawn(shown) if shown else drawn


def _shown(context: Context, function: o.Function, frame: Frame) -> Iterator[tuple[str, Value]]:
    for each in function.arguments:
        if each.mode in OUTPUTS:
            value = frame.names.get(each.name)
            yield each.name, context.world.doubt(f"it was not followed what {function.name} answers") if value is None else value
