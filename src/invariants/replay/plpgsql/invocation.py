"""Calling the functions and procedures of the migrations, in SQL and PL/pgSQL."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from invariants.postgres.grammar import GrammarError
from invariants.postgres.plpgsql import nodes as n
from invariants.postgres.plpgsql import parse_body
from invariants.replay import objects as o
from invariants.replay import session
from invariants.replay.catalog import Session
from invariants.replay.errors import Failure, Unknown
from invariants.replay.plpgsql import casts, finding
from invariants.replay.plpgsql.evaluate import expression
from invariants.replay.plpgsql.execution import Execution, parsed
from invariants.replay.plpgsql.interpreter import Interpreter
from invariants.replay.plpgsql.literals import parse_bool
from invariants.replay.plpgsql.query import compiled_query
from invariants.replay.plpgsql.scope import Entry, Result, Scope, World
from invariants.replay.plpgsql.values import Json, Record, Unsure, Value, guess_of
from invariants.replay.plpgsql.variables import NO_TYPE, Frame, Locals, Variable, declared, type_named
from invariants.replay.records import replace

INPUTS = {"in", "inout", "variadic"}
OUTPUTS = {"out", "inout", "table"}


def body_of(text: str) -> n.Block:
    """A PL/pgSQL body; 42601 where it does not parse."""
    try:
        return parse_body(text)
    except GrammarError as error:
        raise Failure("42601", error.message) from error


def call(world: World, schema: str, name: str, values: list[Value], named: dict[str, Value]) -> Result | None:
    """The rows that a function gives; None where the migrations made none of that name."""
    candidates = [each for each in finding.functions(world.catalog, schema, name) if each.kind in {"function", "procedure"}]
    if not candidates:
        return None
    function = _chosen(candidates, values, named)
    if function is None:
        raise Failure("42883", f"function {name} does not exist with these arguments")
    given = _bound(world, function, values, named)
    if function.strict and None in given.values():
        return Result((name,), [] if function.returns_set else [Entry((None,), True)])
    with world.budget.deeper(), _as(world, function):
        return _run(world, function, given)


def _chosen(candidates: list[o.Function], values: Sequence[Value], named: dict[str, Value]) -> o.Function | None:
    """The function that fits the arguments best."""
    fitting = [each for each in candidates if _takes(each, len(values), set(named))]
    return max(fitting, key=lambda each: _likeness(each, values), default=None)


def _takes(function: o.Function, count: int, named: set[str]) -> bool:
    inputs = _inputs(function)
    required = [each for each in inputs[count:] if each.default is None and each.mode != "variadic" and each.name not in named]
    fits = count <= len(inputs) or any(each.mode == "variadic" for each in inputs)
    return fits and not required and named <= {each.name for each in inputs[count:]}


def _inputs(function: o.Function) -> list[o.Argument]:
    """The arguments a caller gives; a procedure's caller gives the OUT ones too."""
    modes = INPUTS | {"out"} if function.kind == "procedure" else INPUTS
    return [each for each in function.arguments if each.mode in modes]


def _likeness(function: o.Function, values: Sequence[Value]) -> int:
    """How many arguments have just the type that their values show."""
    kinds = {bool: {"boolean"}, int: {"integer", "bigint", "smallint"}, str: {"text", "name", "character varying"}, Json: {"jsonb", "json"}}
    pairs = zip(function.inputs, (guess_of(each) for each in values), strict=False)
    return sum(2 if name in kinds.get(type(value), ()) else name.endswith("[]") == isinstance(value, list) for name, value in pairs)


def _bound(world: World, function: o.Function, values: Sequence[Value], named: dict[str, Value]) -> dict[str, Value]:
    """The arguments by name; one without a name goes by its number."""
    inputs = _inputs(function)
    found: dict[str, Value] = {}
    for index, argument in enumerate(inputs):
        key = argument.name or f"${index + 1}"
        if argument.mode == "variadic":
            rest = list(values[index:])
            found[key] = rest[0] if len(rest) == 1 and isinstance(rest[0], list) else rest
        elif index < len(values):
            found[key] = _converted(world, values[index], argument.type_name)
        elif argument.name in named:
            found[key] = _converted(world, named[argument.name], argument.type_name)
        elif argument.default is not None:
            found[key] = _converted(world, expression(argument.default)(Scope(world)), argument.type_name)
    return found


def _converted(world: World, value: Value, type_name: str) -> Value:
    kind = type_named(type_name)
    plain = kind == NO_TYPE or kind.name.startswith("any") or isinstance(value, Record)
    return value if plain else casts.cast(world.catalog, value, kind)


@contextmanager
def _as(world: World, function: o.Function) -> Iterator[None]:
    """The session as the function sees it: its settings, and its owner where it is a definer's."""
    catalog = world.catalog
    if not function.settings and not function.security_definer:
        yield
        return
    before = catalog.session
    if function.security_definer:
        catalog.configure(replace(before, user=function.owner))
    for name, value in function.settings:
        session.assign(catalog, name, value)
    yield
    catalog.configure(_restored(catalog.session, before, {name for name, _ in function.settings}))


def _restored(after: Session, before: Session, names: set[str]) -> Session:
    """The session once a function is over: who acts and what its SET clauses set are as before."""
    kept = tuple(each for each in after.settings if each[0] not in names)
    back = tuple(each for each in before.settings if each[0] in names)
    path = before.search_path if "search_path" in names else after.search_path
    return replace(after, user=before.user, search_path=path, settings=(*kept, *back))


def _run(world: World, function: o.Function, given: dict[str, Value]) -> Result:
    local = Locals(world.catalog)
    frame = Frame(function.name)
    for index, argument in enumerate(function.arguments):
        key = argument.name or f"${index + 1}"
        variable = declared(world.catalog, argument.type_name)
        variable.value = given.get(key)
        frame.variables[key] = variable
    local.frames.append(frame)
    inner = replace(world, variables=local, parameters=list(given.values()))
    if function.language == "plpgsql":
        return _interpreted(inner, function, local, frame)
    if function.language == "sql":
        return _sql(inner, function, local)
    doubt = Unsure(f"{function.name} is written in {function.language}, which is not run here")
    return Result((function.name,), [Entry((doubt,), Unsure(doubt.cause) if function.returns_set else True)])


def _interpreted(world: World, function: o.Function, local: Locals, frame: Frame) -> Result:
    at = world.at
    interpreter = Interpreter(world, local, body_of(function.body), lambda _offset: at)
    interpreter.start()
    outputs = {each.name: frame.variables[each.name] for each in function.arguments if each.mode in OUTPUTS}
    if function.returns_set:
        names = tuple(outputs) or interpreter.names or (function.name,)
        return Result(names, [_row(each, outputs) for each in interpreter.rows])
    if outputs:
        return Result(tuple(outputs), [Entry(tuple(each.value for each in outputs.values()), True)])
    return Result((function.name,), [Entry((_returned(world, function, interpreter.value),), True)])


def trigger(world: World, function: o.Function, variables: dict[str, Value]) -> None:
    """Run an event trigger's function, which sees what set it off as variables."""
    if function.language != "plpgsql":
        raise Unknown(
            f"the event trigger function {function.name} is written in {function.language}", "write it in PL/pgSQL, or carve it out"
        )
    local = Locals(world.catalog)
    frame = Frame(function.name, {name: Variable(value) for name, value in variables.items()})
    local.frames.append(frame)
    world.variables = local
    with _as(world, function):
        _interpreted(world, function, local, frame)


def _row(row: Entry, outputs: dict[str, Variable]) -> Entry:
    """RETURN NEXT without a value gives the output variables."""
    if outputs and len(row.values) != len(outputs):
        return Entry(tuple(each.value for each in outputs.values()), row.here)
    return row


def _returned(world: World, function: o.Function, value: Value) -> Value:
    if function.returns == "boolean" and isinstance(value, str):
        return parse_bool(value)
    return _converted(world, value, function.returns) if function.returns not in {"void", "record", "trigger", "event_trigger"} else value


def _sql(world: World, function: o.Function, local: Locals) -> Result:
    """The last query's rows."""
    execution = Execution(world, local)
    result = Result((), [])
    for each in parsed(function.body):
        world.budget.step()
        if each.kind == "select_stmt" and not each.node.HasField("into_clause"):
            result = compiled_query(each.node)(Scope(world))
        elif each.kind in {"insert_stmt", "update_stmt", "delete_stmt", "merge_stmt"}:
            doubt = Unsure("it returns rows that it writes")
            result = Result((function.name,), [Entry((doubt,), Unsure(doubt.cause, guess=False))])
        else:
            execution.apply(each, function.body)
            result = Result((), [])
    outputs = tuple(each.name for each in function.arguments if each.mode in OUTPUTS)
    names = outputs if len(outputs) == len(result.names) else (function.name,) if len(result.names) == 1 else result.names
    rows = result.rows if function.returns_set else result.rows[:1] or [Entry((None,) * max(len(names), 1), True)]
    return Result(names or (function.name,), rows)
