"""Built-in functions that give rows."""

from collections.abc import Callable, Iterable
from datetime import date

from invariants.replay.errors import Failure
from invariants.replay.plpgsql import documents, operators, patterns, times
from invariants.replay.plpgsql.scope import Entry, Result, World
from invariants.replay.plpgsql.values import Json, Unsure, Value, guess_of

LIMIT = 100_000
"""More rows than this are not made."""


def called(world: World, name: str, values: list[Value]) -> Result:
    """The rows of a built-in function; one that may be there for arguments that cannot be told."""
    doubt = next((each for each in values if isinstance(each, Unsure)), None)
    if name in world.event:
        return world.event[name]
    if doubt is not None:
        return _doubtful(name, values)
    names, make = FUNCTIONS[name]
    if None in values and name != "unnest":
        return Result(names, [])
    try:
        return Result(names or _columns(len(values)), [Entry(row, True) for row in make(*values)])
    except (TypeError, AttributeError, ValueError):
        return _doubtful(name, [Unsure(f"what {name}() gives for these values is not known here")])


def _columns(count: int) -> tuple[str, ...]:
    return ("unnest",) * count


def _doubtful(name: str, values: list[Value]) -> Result:
    """The rows as they are guessed, and one that stands for any others."""
    doubt = next(each for each in values if isinstance(each, Unsure))
    names, make = FUNCTIONS[name]
    names = names or _columns(len(values))
    guesses = [guess_of(each) for each in values]
    rows = [] if any(each is None or not isinstance(each, (list, str, int, Json, date)) for each in guesses) else list(make(*guesses))
    entries = [Entry(tuple(Unsure(doubt.cause, each) for each in row), Unsure(doubt.cause, guess=True)) for row in rows]
    return Result(names, [*entries, Entry((Unsure(doubt.cause),) * len(names), Unsure(doubt.cause, guess=False))])


def unnest(*arrays: Value) -> Iterable[tuple[Value, ...]]:
    """unnest: arrays side by side."""
    from invariants.replay.plpgsql import arrays as a

    columns = [a.parse(each) if isinstance(each, str) else a.flat(each or []) for each in arrays]
    for index in range(max(len(each) for each in columns)):
        yield tuple(each[index] if index < len(each) else None for each in columns)


def series(start: Value, stop: Value, step: Value = 1) -> Iterable[tuple[Value, ...]]:
    """generate_series."""
    if isinstance(step, str):
        step = times.interval(step)
    if isinstance(start, date):
        start, stop = times.moment(start), times.moment(stop)
        rising = step.months > 0 or step.days > 0 or step.seconds > 0
    else:
        rising = step > 0
        if step == 0:
            raise Failure("22023", "step size cannot equal zero")
    made = 0
    while (start <= stop if rising else start >= stop) and made < LIMIT:
        yield (start,)
        start = operators.plus(start, step)
        made += 1


def _single(function: Callable[..., Iterable[Value]]) -> Callable[..., Iterable[tuple[Value, ...]]]:
    return lambda *values: ((each,) for each in function(*values))


def _subscripts(array: list[Value], dimension: int) -> Iterable[tuple[Value, ...]]:
    from invariants.replay.plpgsql import arrays as a

    return ((index + 1,) for index in range(a.length(array, dimension) or 0))


EVENT = {
    "pg_event_trigger_ddl_commands": (
        "classid", "objid", "objsubid", "command_tag", "object_type", "schema_name", "object_identity", "in_extension", "command",
    ),
    "pg_event_trigger_dropped_objects": (
        "classid", "objid", "objsubid", "original", "normal", "is_temporary", "object_type", "schema_name", "object_name",
        "object_identity", "address_names", "address_args",
    ),
}  # fmt: skip


def _outside(*_values: Value) -> Iterable[tuple[Value, ...]]:
    raise Failure("39P03", "it can only be called in an event trigger function")


FUNCTIONS: dict[str, tuple[tuple[str, ...], Callable[..., Iterable[tuple[Value, ...]]]]] = {
    "unnest": ((), unnest),
    "generate_series": (("generate_series",), series),
    "generate_subscripts": (("generate_subscripts",), _subscripts),
    "regexp_split_to_table": (("regexp_split_to_table",), _single(patterns.split)),
    "regexp_matches": (("regexp_matches",), _single(patterns.matches)),
    "string_to_table": (("string_to_table",), _single(lambda text, separator: text.split(separator))),
    **{
        f"{family}_{name}": ((column,) if isinstance(column, str) else column, make)
        for family in ("json", "jsonb")
        for name, column, make in (
            ("array_elements", "value", _single(documents.elements)),
            ("array_elements_text", "value", _single(documents.elements_text)),
            ("object_keys", f"{family}_object_keys", _single(documents.keys)),
            ("each", ("key", "value"), documents.pairs),
            ("each_text", ("key", "value"), documents.pairs_text),
        )
    },
    **{name: (names, _outside) for name, names in EVENT.items()},
}
"""Their columns, and what makes their rows."""
