"""What FROM names: tables with the rows that the executor sees of them, views, sub-queries, functions, joins."""

from collections.abc import Callable, Sequence
from typing import Any

from invariants.postgres.grammar import pb, unwrap
from invariants.postgres.tree import strings
from invariants.replay import filling
from invariants.replay import objects as o
from invariants.replay.isolation import queries, rows
from invariants.replay.isolation.compiling import Test, required
from invariants.replay.isolation.context import Context
from invariants.replay.isolation.inlining import draw_call
from invariants.replay.isolation.queries import Source, require
from invariants.replay.isolation.scopes import Frame, Item
from invariants.replay.isolation.values import MINE, NULL, THEIRS, Drawn, Row, Value
from invariants.replay.isolation.visibility import visible
from invariants.replay.isolation.world import Infeasible


def source(node: Any) -> Source:
    """An entry of FROM."""
    kind, value = unwrap(node)
    if kind == "range_var":
        return _named(value)
    if kind == "range_subselect":
        return _drawn(queries.compiled(unwrap(value.subquery)[1]), value)
    if kind == "range_function":
        return _function(value)
    if kind == "join_expr":
        return _join(value)
    return lambda context, frame: _unknown(context, frame, kind)


def _unknown(context: Context, frame: Frame, what: str) -> bool:
    why = f"{what.replace('_', ' ')} in FROM was not followed"
    frame.items.append(Item("", lambda _name: context.world.doubt(why)))
    context.world.doubt(why)
    return False


def _named(node: Any) -> Source:
    """A table, view or common table expression."""
    alias = node.alias.aliasname if node.HasField("alias") else node.relname
    names = strings(node.alias.colnames) if node.HasField("alias") else []

    def added(context: Context, frame: Frame) -> bool:
        shared = None if node.schemaname else frame.table(node.relname)
        if shared is not None:
            draw, around = shared
            return _add(frame, alias, names, draw(context, around))
        relation = context.relation(node)
        if relation is None or context.is_ambiguous(node):
            return _unknown(context, frame, node.relname)
        if relation.kind in {"view", "materialized"}:
            return _add(frame, alias, names, _view(context, relation))
        context.world.steps[f"{context.tenancy.name(relation)} is asked for a row"] = None
        row, is_there = _row(context, relation, alias)
        frame.items.append(rows.item(context, row, alias))
        return (not context.is_subject(relation) or require(visible(context, row))) and is_there

    return added


def _row(context: Context, relation: o.Relation, alias: str) -> tuple[Row, bool]:
    """A row of a table, and whether it is there: any that may be, or the one that is given."""
    given = context.world.given
    if given is not None and given.table is relation and context.moment is None:
        return given, True
    row = Row(relation, context.world.choose((THEIRS, MINE)), alias)
    if given is None and context.moment is None:
        context.world.rows.append(row)
    return row, given is None


def _view(context: Context, view: o.Relation) -> Drawn:
    """A row of a view, read with its owner's rights unless it is an invoker's."""
    if context.depth > 8:
        return Drawn((("", context.world.doubt(f"{view.name} reads itself")),), is_sure=False)
    is_invoker = filling.is_invoker(view)
    inside = context.deeper(context.executor if is_invoker else view.owner, ("public",), is_pinned=context.is_pinned)
    drawn = queries.query(view.definition)(inside, Frame())
    named = tuple((column.name, value) for column, (_, value) in zip(view.columns, drawn.columns, strict=False))
    return drawn._replace(columns=named)


def _add(frame: Frame, alias: str, names: Sequence[str], drawn: Drawn) -> bool:
    """A row that was drawn, as an entry of FROM."""
    columns = {(names[number] if number < len(names) else name): value for number, (name, value) in enumerate(drawn.columns)}
    frame.items.append(Item(alias, columns.get, "", tuple(columns)))
    return drawn.is_sure


def _drawn(draw: queries.Draw, node: Any) -> Source:
    alias, names = node.alias.aliasname, strings(node.alias.colnames)
    return lambda context, frame: _add(frame, alias, names, draw(context, frame))


def _function(node: Any) -> Source:
    """A function in FROM: a row of what it returns."""
    call = node.functions[0].list.items[0]
    alias = node.alias.aliasname if node.HasField("alias") else ""
    names = strings(node.alias.colnames) if node.HasField("alias") else []
    kind, value = unwrap(call)
    if kind != "func_call" or len(node.functions) > 1:
        return lambda context, frame: _unknown(context, frame, kind)
    called = draw_call(value)
    name = alias or strings(value.funcname)[-1]

    def added(context: Context, frame: Frame) -> bool:
        drawn = called(context, frame)
        given = names or ([name] if (len(drawn.columns) == 1 and drawn.columns[0][0] in {"", "?column?"}) or _is_scalar(drawn) else [])
        return _add(frame, name, given, drawn)

    return added


def _is_scalar(drawn: Drawn) -> bool:
    return len(drawn.columns) == 1


def _join(node: Any) -> Source:
    """A join; an outer one may find no partner, whose columns are NULL then."""
    left, right = source(node.larg), source(node.rarg)
    quals = required(node.quals) if node.HasField("quals") else None
    using = strings(node.using_clause)
    if node.is_natural:
        return lambda context, frame: _unknown(context, frame, "a natural join")

    def joined(context: Context, frame: Frame) -> bool:
        wanted = context.world.choose(_sides(node.jointype))
        is_sure = True
        for side, make in (("left", left), ("right", right)):
            before = len(frame.items)
            is_sure &= make(context, frame)
            if wanted not in {"both", side}:
                frame.items[before:] = [Item(item.name, _nothing(item.column), item.schema, item.columns) for item in frame.items[before:]]
        return is_sure and (wanted != "both" or _meet(context, frame, quals, using))

    return joined


def _sides(kind: int) -> tuple[str, ...]:
    return {
        pb.JOIN_LEFT: ("both", "left"),
        pb.JOIN_RIGHT: ("both", "right"),
        pb.JOIN_FULL: ("both", "left", "right"),
    }.get(kind, ("both",))


def _nothing(column: Callable[[str], Value | None]) -> Callable[[str], Value | None]:
    """The columns of a partner that is not there."""
    return lambda name: None if column(name) is None else NULL


def _meet(context: Context, frame: Frame, quals: Test | None, using: Sequence[str]) -> bool:
    is_sure = quals is None or require(quals(context, frame))
    for name in using:
        values = [value for item in frame.items if (value := item.column(name)) is not None]
        if len(values) < 2:
            raise Infeasible
        is_sure &= require(context.world.equal(values[-2], values[-1], is_required=True))
    return is_sure
