"""Calls: functions of the session's, functions declared to isolate, PostgreSQL's own, and those whose bodies are seen through."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from invariants.facts.place import PLATFORM
from invariants.postgres.grammar import GrammarError, parse, pb
from invariants.postgres.tree import placeless, strings
from invariants.replay import objects as o
from invariants.replay.isolation import aggregates, arguments, builtins, casts, queries, session
from invariants.replay.isolation.answered import answered, is_expression
from invariants.replay.isolation.bodies import procedure
from invariants.replay.isolation.compiling import Expression, expression, present
from invariants.replay.isolation.context import DEEPEST, Context
from invariants.replay.isolation.meetings import drawn_under, found, loosest, standing
from invariants.replay.isolation.members import scalar
from invariants.replay.isolation.naming import constant
from invariants.replay.isolation.overloads import meant, type_of, written_type
from invariants.replay.isolation.scopes import Frame
from invariants.replay.isolation.standard import OWN
from invariants.replay.isolation.values import MINE, NO_ROW, NULL, THEIRS, Drawn, Json, Nothing, Unknown, Value, Var
from invariants.replay.isolation.world import NoRow

Draw = Callable[[Context, Frame], Drawn]
OfSession = Callable[[Context, bool], Value]
"""What says who the session is; whether it has to say something."""
Callee = tuple[Sequence[o.Function], str, OfSession | None]
"""The functions that a call may mean, the name of the first, and what it answers where it says who the session is."""
PLATFORMS: Mapping[str, OfSession] = {
    "auth.uid": lambda context, is_required: session.user(context, "auth.uid", is_required=is_required),
    "auth.jwt": lambda _context, _is_required: Json(session.CLAIMS),
    "auth.role": lambda context, _is_required: session.role(context),
    "auth.email": lambda context, _is_required: session.claim(context, Json(session.CLAIMS, ("email",))),
}
"""Supabase's functions that say who the session is."""
BOUNDS = {"lower", "upper"}
"""Functions that ask for the ends of a range, which may have none."""
LONGEST = 20_000
"""Characters of a body that is seen through."""
DECLARE = "if it isolates, name it under `[tenancy] predicates`"


def func_call(node: Any) -> Expression:
    """A call that answers a value."""
    return _of_rows(node) or _value_call(node, draw_call(node), session.STATES)


def _of_rows(node: Any) -> Expression | None:
    """A call that sees more rows than one; None for any other."""
    return aggregates.windowed(node) if node.HasField("over") else aggregates.aggregate(node) if aggregates.is_own(node) else None


def present_call(node: Any, is_filled: bool) -> Expression | None:
    """A call that must not answer NULL, so that the one expression that its body is must not either; None for what sees more rows."""
    if node.HasField("over") or aggregates.is_own(node):
        return None
    return _value_call(node, draw_call(node, is_required=True), ("set",) if is_filled else ("set", "empty"))


def _value_call(node: Any, called: Draw, wanted: Sequence[str]) -> Expression:
    """A call as an expression; a setting that is read is one of what is wanted."""

    def evaluated(context: Context, frame: Frame) -> Value:
        try:
            return scalar(context, called(context, frame))
        except NoRow:
            return NULL

    return _setting(node, evaluated, wanted) or evaluated


def _setting(node: Any, called: Expression, wanted: Sequence[str]) -> Expression | None:
    """``current_setting`` of a name that is written out, most of what policies call; None for any other call."""
    parts, count = _named(node), len(node.args)
    if parts != ("current_setting",) or not 0 < count < 3 or (name := constant(node.args[0])) is None:
        return None
    missing_ok = count == 2 and node.args[1].a_const.boolval.boolval
    if count == 2 and not missing_ok and node.args[1].a_const.WhichOneof("val") != "boolval":
        return None

    def evaluated(context: Context, frame: Frame) -> Value:
        if context.tenancy.predicates or _callee(context, parts, count)[0]:
            return called(context, frame)
        return session.setting(context, name, missing_ok=missing_ok, wanted=wanted)

    return evaluated


def _named(node: Any) -> tuple[str, ...]:
    """What a call names, without the schema of PostgreSQL's own functions."""
    return tuple(part for part in strings(node.funcname) if part != "pg_catalog")


def row_call(node: Any) -> Expression:
    """A call that makes rows, where a query returns what it answers: no row, where it returns a set and that is empty."""
    if (made := _of_rows(node)) is not None:
        return made
    called = draw_call(node)
    return lambda context, frame: scalar(context, called(context, frame))


def draw_call(node: Any, *, is_required: bool = False) -> Draw:
    """A call as what draws a row of what it returns, which must not be NULL where it is required."""
    parts = _named(node)
    passed, names = arguments.by_name(node.args)
    made = [expression(each) for each in passed]
    written = [written_type(each) for each in passed]

    def drawn(context: Context, frame: Frame) -> Drawn:
        functions, name, of_session = _callee(context, parts, len(made))
        if of_session is not None:
            value = of_session(context, is_required)
            return Drawn((("", value if context.world.collations is None else _said(context, functions, value)),))
        function = functions[0] if functions else None
        values = [each(context, frame) for each in made]
        if len(functions) > 1 and not names:
            types = [type_of(each, value) for each, value in zip(written, values, strict=True)]
            function = meant(functions, types, is_ordered=context.is_pinned or len(parts) > 1)
            if function is None:
                return Drawn((("", context.world.doubt(f"there is more than one {parts[-1]}, and it cannot be told which is meant")),))
            name = context.tenancy.name(function)
        elif names and (len(functions) != 1 or set(names) - {each.name for each in arguments.inputs(functions[0])}):
            return _unseen(context, f"{name} is called by the names of its parameters, which was not followed")
        if context.tenancy.is_predicate(name):
            return Drawn((("", _declared(context, name, values)),))
        if function is not None and parts[0] in OWN:
            return Drawn((("", context.world.doubt(f"{parts[0]} is PostgreSQL's own and the repository's: say which, with its schema")),))
        if function is not None:
            return _kept_call(context, function, name, arguments.placed(context, function, values, names), is_required=is_required)
        if node.func_variadic or (name in BOUNDS and "range" in type_of(written[0], values[0])):
            return _unseen(context, f"{name} of a range or of a list of arguments was not followed")
        return Drawn((("", builtins.call(context, name, values, is_required=is_required)),))

    return drawn


def _callee(context: Context, parts: tuple[str, ...], count: int) -> Callee:
    """What a call means along the path that is searched, which is looked up once."""
    known, key = context.tenancy.callees, (context.path, parts, count)
    if key not in known:
        functions = context.functions(parts, count)
        name = context.tenancy.name(functions[0]) if functions else ".".join(parts)
        known[key] = (functions, name, _of_session(context.tenancy.sources, name, functions) if count == 0 else None)
    callee: Callee = known[key]
    return callee


def _of_session(sources: frozenset[str], name: str, functions: Sequence[o.Function]) -> OfSession | None:
    """A function that says who the session is: one that is configured to, or a platform's that no migration put another in the place of."""
    if {name, name.removeprefix("public.")} & sources:
        return lambda context, is_required: session.source(context, name, is_required=is_required)
    if functions and functions[0].body_at != PLATFORM:
        return None
    return PLATFORMS.get(name)


def _said(context: Context, functions: Sequence[o.Function], value: Value) -> Value:
    """The same, of a type that may compare in its own way."""
    known = context.world.collations
    under = known.of_type(casts.written(functions[0].returns).name) if known is not None and functions else None
    return value if under is None else standing(value, under)


def _declared(context: Context, name: str, values: Sequence[Value]) -> Value:
    """A function declared to isolate: false of another tenant's row and of none, anything of the session's own."""
    context.world.steps[f"{name} is declared to isolate"] = None
    marks = frozenset[str]().union(*(found(each).marks for each in values if isinstance(each, Var)))
    if THEIRS in marks or any(isinstance(each, Nothing) for each in values):
        return context.world.constant("false")
    if MINE in marks:
        return context.world.constant(context.world.choose(("true", "false")))
    return context.world.doubt(f"{name} is declared to isolate, but is not asked about the row")


def _kept_call(context: Context, function: o.Function, name: str, values: list[Value], *, is_required: bool) -> Drawn:
    """A call; one that is made again answers the same, unless it is volatile, or returns a set, of which each call draws a row."""
    if function.returns_set:
        return _row_of(_called(context, function, name, values, is_required=is_required))
    if function.name.lower() in context.tenancy.volatility.changing or any(isinstance(each, Unknown) for each in values):
        return _called(context, function, name, values, is_required=is_required)
    key = ("call", function.oid, context.moment, *[found(each) if isinstance(each, Var) else each for each in values])
    key = key if context.world.collations is None else (*key, loosest(values))
    drawn = context.world.kept.get(key)
    if not isinstance(drawn, Drawn):
        drawn = context.world.kept[key] = _called(context, function, name, values, is_required=is_required)
    return drawn


def _row_of(drawn: Drawn) -> Drawn:
    """A row of a set; :class:`NoRow` where it is empty."""
    if drawn is NO_ROW:
        raise NoRow
    return drawn


def _called(context: Context, function: o.Function, name: str, values: list[Value], *, is_required: bool) -> Drawn:
    """A function of the repository's, seen through where its body can be."""
    if context.depth >= DEEPEST:
        return _unseen(context, f"{name} calls itself too often to be seen through")
    if function.strict and any(each is NULL for each in values):
        return Drawn((("", NULL),))
    if any("." in each or each in {"role", "session_authorization"} for each, _ in function.settings):
        return _unseen(context, f"{name} is called with settings of its own, which were not followed")
    context.world.effort.call()
    path, is_pinned = _path(function.settings, context.tenancy.catalog.schemas[function.schema].name, context.path)
    executor = function.owner if function.security_definer else context.executor
    inside = context.deeper(executor, path, is_pinned=is_pinned, is_later=function.volatility == "volatile")
    frame = Frame(names=arguments.parameters(context, function, values), under=arguments.under(context, function, values))
    context.world.steps[f"{name} is seen through" + (", with its owner's rights" if function.security_definer else "")] = None
    if len(function.body) > LONGEST:
        return _unseen(context, f"the body of {name} is too long to be seen through; {DECLARE}")
    try:
        body = (is_required and _present(function)) or _body(function.language, function.body)
    except GrammarError:
        return _unseen(context, f"the body of {name} does not parse")
    if body is None:
        return _unseen(context, f"it depends on {name}, which was not seen through; {DECLARE}")
    try:
        drawn = _returned(context, function, arguments.answered(context, function, frame, body(inside, frame)))
    except NoRow:
        return NO_ROW
    return _told(name, drawn if frame.under is None else drawn_under(drawn, frame.under))


def _told(name: str, drawn: Drawn) -> Drawn:
    """A row of a function's result; where it cannot be told, in which function that is so."""
    for _, value in drawn.columns:
        if isinstance(value, Unknown):
            return Drawn((("", Unknown(f"{value.why} (in {name}); {DECLARE}")),), drawn.is_sure)
    return drawn


def _returned(context: Context, function: o.Function, drawn: Drawn) -> Drawn:
    """A row of a function's result, as the function is declared to return it."""
    if len(drawn.columns) != 1:
        return drawn
    name, value = drawn.columns[0]
    passed = casts.passed(context, function.returns, value)
    return drawn if passed is value else drawn._replace(columns=((name, passed),))


def _unseen(context: Context, why: str) -> Drawn:
    return Drawn((("", context.world.doubt(why)),))


@lru_cache(maxsize=1024)
def _path(settings: tuple[tuple[str, str], ...], schema: str, path: tuple[str, ...]) -> tuple[tuple[str, ...], bool]:
    """The schemas that a function's names are looked up in, and whether in that order: those it pins, else its own and its caller's."""
    pinned = dict(settings).get("search_path")
    if pinned is None:
        return tuple(dict.fromkeys((schema, *path))), False
    return tuple(name for part in pinned.split(",") if (name := part.strip().strip("\"'"))), True


def _present(function: o.Function) -> Draw | None:
    """A function's body as what draws a row that is not NULL; None where it is more than one expression."""
    answer = answered(function.body) if is_expression(function) else None
    if answer is None:
        return None
    value = present(answer)
    return lambda context, frame: Drawn((("", value(context, frame)),))


@lru_cache(maxsize=1024)
def _body(language: str, body: str) -> Draw | None:
    """A function's body as what draws a row of its result; None where it cannot be seen through."""
    if language == "plpgsql":
        return procedure(body)
    if language != "sql":
        return None
    statements = parse(body)
    if not statements or not isinstance(statements[-1].node, pb.SelectStmt | pb.ReturnStmt) or len(statements) > 1:
        return None
    node = placeless(statements[-1].node)
    if isinstance(node, pb.ReturnStmt):
        value = expression(node.returnval)
        return lambda context, frame: Drawn((("", value(context, frame)),))
    return _or_nothing(queries.compiled(node), node)


def _or_nothing(draw: Draw, node: Any) -> Draw:
    """A query's row, or NULL where there is none; whoever wants a set asks for a row that is there."""
    if queries.is_there(node):
        return draw

    def drawn(context: Context, frame: Frame) -> Drawn:
        if not context.world.choose((True, False)):
            return NO_ROW
        return draw(context, frame)

    return drawn
