"""Calls of functions: aggregates, built-in functions, functions of the migrations."""

from collections.abc import Callable
from typing import Any, NamedTuple

from invariants.postgres.tree import strings
from invariants.replay.plpgsql import aggregates, arrays, inquiries, numbers, sets, texts
from invariants.replay.plpgsql.evaluate import Expression, compiled
from invariants.replay.plpgsql.operations import like_escape
from invariants.replay.plpgsql.scope import Result, Scope
from invariants.replay.plpgsql.values import GAP, Record, Unsure, Value, guess_of, lifted

STRICT: dict[str, Callable[..., Value]] = {**texts.FUNCTIONS, **arrays.FUNCTIONS, **numbers.FUNCTIONS, "like_escape": like_escape}
LENIENT: dict[str, Callable[..., Value]] = {**texts.LENIENT, **arrays.LENIENT}
MOMENTARY = {
    "now", "clock_timestamp", "statement_timestamp", "transaction_timestamp", "timeofday", "random", "gen_random_uuid", "uuid_generate_v4",
    "uuidv7", "gen_random_bytes", "nextval", "currval", "lastval", "txid_current", "pg_backend_pid", "pg_current_xact_id", "gen_salt",
    "inet_server_addr", "inet_client_addr", "pg_postmaster_start_time", "current_query", "pg_is_in_recovery", "age",
}  # fmt: skip
"""What they give is another thing each time."""


class Call(NamedTuple):
    """A call as the text makes it."""

    schema: str
    name: str
    arguments: tuple[Expression, ...]
    named: tuple[tuple[str, Expression], ...]
    variadic: bool

    @property
    def is_built_in(self) -> bool:
        return self.schema in {"", "pg_catalog"}

    def values(self, scope: Scope) -> list[Value]:
        found = [argument(scope) for argument in self.arguments]
        if self.variadic and isinstance(found[-1], list) and self.name in {"format", "concat", "concat_ws"}:
            return [*found[:-1], *found[-1]]
        return found


def of(node: Any) -> Call:
    """The call that a FuncCall node makes."""
    names = strings(node.funcname)
    arguments = [each for each in node.args if each.WhichOneof("node") != "named_arg_expr"]
    named = [each.named_arg_expr for each in node.args if each.WhichOneof("node") == "named_arg_expr"]
    return Call(
        names[-2] if len(names) > 1 else "",
        names[-1],
        tuple(compiled(each) for each in arguments),
        tuple((each.name, compiled(each.arg)) for each in named),
        node.func_variadic,
    )


def compiled_call(node: Any) -> Expression:
    """The value of a call."""
    if node.HasField("over"):
        doubt = Unsure("it computes over a window")
        return lambda _scope: doubt
    call = of(node)
    if call.is_built_in and call.name in aggregates.FUNCTIONS:
        return aggregates.compiled_aggregate(node, call.name)
    return lambda scope: value(call, scope)


def value(call: Call, scope: Scope) -> Value:
    """What a call gives where one value is wanted."""
    if call.is_built_in:
        simple = STRICT.get(call.name) or LENIENT.get(call.name)
        if simple is not None:
            return _simple(call, simple, scope)
        asking = inquiries.FUNCTIONS.get(call.name)
        if asking is not None:
            return lifted(lambda *them: _asked(asking, call.name, scope, them), *call.values(scope))
        if call.name in MOMENTARY:
            return Unsure(f"it depends on {call.name}(), which differs from run to run")
    found = rows(call, scope)
    return Unsure(f"what {_written(call)}() gives is not known here") if found is None else single(found)


def _asked(function: Callable[..., Value], name: str, scope: Scope, values: tuple[Value, ...]) -> Value:
    if None in values and name not in inquiries.LENIENT:
        return None
    try:
        return function(scope.world, *values)
    except (TypeError, AttributeError, ValueError, LookupError):
        return Unsure(f"what {name}() gives for these values is not known here")


def _written(call: Call) -> str:
    return f"{call.schema}.{call.name}" if call.schema else call.name


def _simple(call: Call, function: Callable[..., Value], scope: Scope) -> Value:
    values = call.values(scope)
    named = {name: argument(scope) for name, argument in call.named}
    if call.name in STRICT and (None in values or None in named.values()):
        doubts = [each for each in values if isinstance(each, Unsure)]
        return None if not doubts or any(each is None for each in values) else doubts[0]
    return applied(function, call.name, values, named)


def applied(function: Callable[..., Value], name: str, values: list[Value], named: dict[str, Value]) -> Value:
    """The function's value, its text known in part where its arguments are."""

    def compute(*them: Value) -> Value:
        if name in STRICT and None in them:
            return None
        try:
            return function(*them[: len(values)], **dict(zip(named, them[len(values) :], strict=True)))
        except (TypeError, AttributeError, ValueError, ArithmeticError):
            return Unsure(f"what {name}() does with these values is not known here")

    found = lifted(compute, *values, *named.values())
    if not isinstance(found, Unsure) or name not in texts.PATTERNED or named:
        return found
    known = compute(*(each.pattern if isinstance(each, Unsure) else each for each in values))
    return Unsure(found.cause, found.guess, known if isinstance(known, str) else GAP)


def rows(call: Call, scope: Scope) -> Result | None:
    """What a call gives in FROM; None where the function is not known."""
    if call.is_built_in and call.name in sets.FUNCTIONS:
        return sets.called(scope.world, call.name, call.values(scope))
    named = {name: argument(scope) for name, argument in call.named}
    return scope.world.call(scope.world, call.schema, call.name, call.values(scope), named)


def is_set(call: Call) -> bool:
    """Whether a built-in function gives rows; whether one of the migrations does is told by calling it."""
    return call.is_built_in and call.name in sets.FUNCTIONS


def is_known(call: Call) -> bool:
    """Whether a built-in function is meant."""
    names = (STRICT, LENIENT, inquiries.FUNCTIONS, MOMENTARY, sets.FUNCTIONS, aggregates.FUNCTIONS)
    return call.is_built_in and any(call.name in each for each in names)


def single(result: Result) -> Value:
    """The first row as a value: its only column, or a record."""
    if not result.rows:
        return None
    first = result.rows[0]
    it = first.values[0] if len(first.values) == 1 else Record(dict(zip(result.names, first.values, strict=True)))
    if isinstance(first.here, Unsure):
        return Unsure(first.here.cause, guess_of(it) if first.here.guess is True else None)
    return it
