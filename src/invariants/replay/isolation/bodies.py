"""Bodies in PL/pgSQL that decide and return: IF, assignments, SELECT INTO, RETURN. What does more is not seen through."""

import re
from collections.abc import Callable, Sequence
from typing import Any

from invariants.postgres.grammar import parse_one, pb
from invariants.postgres.plpgsql import nodes, parse_body
from invariants.replay.isolation import casts, queries, truth
from invariants.replay.isolation.compiling import condition
from invariants.replay.isolation.compiling import scalar as expression_of
from invariants.replay.isolation.context import Context
from invariants.replay.isolation.scopes import Frame
from invariants.replay.isolation.truth import Truth
from invariants.replay.isolation.values import ERROR, NO_ROW, NULL, Drawn, Value

Draw = Callable[[Context, Frame], Drawn]
VARIABLE = re.compile(r'\w+|"[^"]+"')
"""The target of an assignment that is no part of a variable."""
CONFLICT = re.compile(r"(?s).*#\s*variable_conflict\s+use_variable", re.IGNORECASE)
"""Variables hide columns (manual, section 43.11.1)."""


class _Returned(Exception):
    """RETURN: what the function answers."""

    def __init__(self, drawn: Drawn) -> None:
        super().__init__()
        self.drawn = drawn


def procedure(body: str) -> Draw:
    """A body as what draws a row of its result."""
    block = parse_body(body)
    if CONFLICT.match(body):
        return lambda context, _frame: Drawn((("", context.world.doubt("what its names mean besides columns was not followed")),))

    def drawn(context: Context, frame: Frame) -> Drawn:
        try:
            _block(context, frame, block)
        except _Returned as returned:
            return returned.drawn
        return NO_ROW

    return drawn


def _answer(value: Value) -> _Returned:
    return _Returned(Drawn((("", value),)))


def _block(context: Context, frame: Frame, block: nodes.Block) -> None:
    """A block: what it declares hides what has that name around it, until it ends."""
    names, types = dict(frame.names), dict(frame.types)
    for each in block.declarations:
        _declare(context, frame, each)
    _handling(context, frame, block)
    for name in {each.name for each in block.declarations}:
        _restore(frame.names, names, name)
        _restore(frame.types, types, name)


def _declare(context: Context, frame: Frame, declaration: nodes.Declaration) -> None:
    """A variable, with what it begins as."""
    if declaration.alias:
        raise _answer(context.world.doubt("another name for a parameter was not followed"))
    value = expression_of(declaration.default.text)(context, frame) if declaration.default is not None else NULL
    frame.types[declaration.name] = declaration.type_name
    frame.names[declaration.name] = casts.passed(context, declaration.type_name, value)


def _restore(now: dict[str, Any], before: dict[str, Any], name: str) -> None:
    """What a name, and the fields of what it names, were before."""
    for key in [each for each in {**now, **before} if each == name or each.startswith(f"{name}.")]:
        now.pop(key, None)
        if key in before:
            now[key] = before[key]


def _handling(context: Context, frame: Frame, block: nodes.Block) -> None:
    try:
        _run(context, frame, block.body)
    except _Returned as returned:
        if block.handlers and any(value is ERROR for _, value in returned.drawn.columns):
            _handled(context, frame, block)
        raise


def _put(context: Context, frame: Frame, name: str, value: Value) -> None:
    """A variable's value from now on; what else a parameter goes by, and the fields of a record, are not followed any longer."""
    before = frame.names.get(name)
    for key in [each for each in frame.names if each.endswith(f".{name}") or each.startswith(f"{name}.")]:
        del frame.names[key]
    for key in [each for each, known in frame.names.items() if each.startswith("$") and known is before]:
        del frame.names[key]
    frame.names[name] = casts.passed(context, frame.types[name], value) if name in frame.types else value


def _handled(context: Context, frame: Frame, block: nodes.Block) -> None:
    """What a handler answers once something has failed: nobody tells here which error it was."""
    if len(block.handlers) > 1:
        raise _answer(context.world.doubt("its exception handlers were not followed"))
    _run(context, frame, block.handlers[0].body)


def _run(context: Context, frame: Frame, statements: Sequence[nodes.Statement]) -> None:
    for statement in statements:
        handler = STATEMENTS.get(type(statement))
        if handler is None:
            words = type(statement).__name__
            raise _answer(context.world.doubt(f"a function's {words} was not followed"))
        handler(context, frame, statement)


def _assign(context: Context, frame: Frame, statement: nodes.Assign) -> None:
    _put(context, frame, _target(context, statement.target.text), expression_of(statement.value.text)(context, frame))


def _target(context: Context, written: str) -> str:
    """The variable that is assigned to."""
    target = written.strip()
    if not VARIABLE.fullmatch(target):
        raise _answer(context.world.doubt(f"the assignment to {target} was not followed"))
    return target.strip('"') if target.startswith('"') else target.lower()


def _if(context: Context, frame: Frame, statement: nodes.If) -> None:
    for test, body in statement.branches:
        said = condition(test.text)(context, frame)
        if said == truth.TRUE:
            return _run(context, frame, body)
        _unsure(context, said)
    return _run(context, frame, statement.otherwise)


def _unsure(context: Context, said: Truth) -> None:
    """Leave where a condition fails, or where it may be true or not."""
    if said == truth.ERROR:
        raise _answer(ERROR)
    if said & (truth.TRUE | truth.ERROR):
        raise _answer(context.world.unsure())


def _case(context: Context, frame: Frame, statement: nodes.Case) -> None:
    subject = expression_of(statement.subject.text)(context, frame) if statement.subject is not None else None
    for test, body in statement.branches:
        said = _chosen(context, frame, subject, test)
        if said == truth.TRUE:
            return _run(context, frame, body)
        _unsure(context, said)
    if statement.otherwise is None:
        raise _answer(ERROR)
    return _run(context, frame, statement.otherwise)


def _chosen(context: Context, frame: Frame, subject: Value | None, test: nodes.Sql) -> Truth:
    """Whether a branch of CASE is the one."""
    if subject is None:
        return condition(test.text)(context, frame)
    return context.world.equal(subject, expression_of(test.text)(context, frame))


def _return(context: Context, frame: Frame, statement: nodes.Return) -> None:
    if statement.value is None:
        raise _Returned(NO_ROW)
    raise _answer(expression_of(statement.value.text)(context, frame))


def _return_query(context: Context, frame: Frame, statement: nodes.ReturnQuery) -> None:
    """A row of the query; the function may add others after it."""
    if statement.dynamic:
        raise _answer(context.world.doubt("it runs SQL made at run time"))
    if context.world.choose((True, False)):
        raise _Returned(queries.query(statement.query.text)(context, frame))


def _raise(_context: Context, _frame: Frame, statement: nodes.Raise) -> None:
    if statement.level.lower() in {"", "exception"}:
        raise _answer(ERROR)


def _selected(context: Context, frame: Frame, statement: nodes.Run) -> None:
    """SELECT ... INTO: the row's values, or NULLs where there is none."""
    if not isinstance(parse_one(statement.query.text).node, pb.SelectStmt):
        raise _answer(context.world.doubt("a function that writes was not followed"))
    row: Drawn | None = None
    if context.world.choose((True, False)):
        row = queries.query(statement.query.text)(context, frame)
        if not row.is_sure:
            raise _answer(context.world.unsure())
    elif statement.strict:
        raise _answer(ERROR)
    frame.names["found"] = context.world.constant("false" if row is None else "true")
    _fill(context, frame, statement.into, row)


def _fill(context: Context, frame: Frame, targets: Sequence[str], row: Drawn | None) -> None:
    """Targets by position; a record takes all columns, by name."""
    columns = row.columns if row is not None else ()
    names = [_target(context, each) for each in targets]
    for number, name in enumerate(names):
        _put(context, frame, name, columns[number][1] if number < len(columns) else NULL)
    if len(names) == 1:
        frame.names.update({f"{names[0]}.{name}": value for name, value in columns})


def _perform(context: Context, frame: Frame, statement: nodes.Perform) -> None:
    """PERFORM tells only whether there was a row."""
    there = context.world.choose((True, False))
    if there and not queries.query(statement.query.text)(context, frame).is_sure:
        raise _answer(context.world.unsure())
    frame.names["found"] = context.world.constant("true" if there else "false")


def _nothing(_context: Context, _frame: Frame, _statement: Any) -> None:
    """What changes nothing."""


STATEMENTS: dict[type, Callable[[Context, Frame, Any], None]] = {
    nodes.Assign: _assign,
    nodes.Block: _block,
    nodes.Case: _case,
    nodes.If: _if,
    nodes.Null: _nothing,
    nodes.Perform: _perform,
    nodes.Raise: _raise,
    nodes.Return: _return,
    nodes.ReturnQuery: _return_query,
    nodes.Run: _selected,
}
