"""What FROM names: tables with the rows that the executor sees of them, views, sub-queries, functions, joins."""

from collections.abc import Callable, Sequence
from functools import partial
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
from invariants.replay.isolation.returned import returned
from invariants.replay.isolation.scopes import Frame, Item
from invariants.replay.isolation.shapes import columns
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
    if kind == "range_table_sample":
        return _sampled(source(value.relation))
    if kind == "range_function":
        return _function(value)
    if kind == "join_expr":
        return _join(value)
    return lambda context, frame: _unknown(context, frame, kind, value.alias.aliasname)


def _unknown(context: Context, frame: Frame, what: str, alias: str = "") -> bool:
    """An entry that may have any columns."""
    why = f"{what.replace('_', ' ')} in FROM was not followed"
    frame.items.append(Item(alias, lambda _name: context.world.doubt(why)))
    context.world.doubt(why)
    return False


def _sampled(whole: Source) -> Source:
    """Some rows of a table, or none."""

    def added(context: Context, frame: Frame) -> bool:
        whole(context, frame)
        context.world.doubt("a sample may leave out any row")
        return False

    return added


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
            return _unknown(context, frame, node.relname, alias)
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
    """A query in FROM; what stands beside it, it sees only where it is LATERAL."""
    alias, names, is_lateral = node.alias.aliasname, strings(node.alias.colnames), node.lateral

    def added(context: Context, frame: Frame) -> bool:
        around = frame if is_lateral else Frame(frame.parent, tables=frame.tables)
        return _add(frame, alias, names, draw(context, around))

    return added


def _function(node: Any) -> Source:
    """A function in FROM: a row of what it returns."""
    call = node.functions[0].list.items[0]
    alias = node.alias.aliasname if node.HasField("alias") else ""
    names = strings(node.alias.colnames) if node.HasField("alias") else []
    kind, value = unwrap(call)
    if kind != "func_call" or len(node.functions) > 1 or node.ordinality or node.coldeflist:
        return lambda context, frame: _unknown(context, frame, kind, alias)
    called, parts, count = draw_call(value), tuple(strings(value.funcname)), len(value.args)
    name = alias or parts[-1]

    def added(context: Context, frame: Frame) -> bool:
        shown = returned(context, parts, count, name)
        if shown is None:
            called(context, frame)
            return _unknown(context, frame, parts[-1], name)
        return _add(frame, name, [*names, *shown[len(names) :]], called(context, frame))

    return added


def _join(node: Any) -> Source:
    """A join; an outer one may find no partner, whose columns are NULL then."""
    left, right = source(node.larg), source(node.rarg)
    quals = required(node.quals) if node.HasField("quals") else None
    using = strings(node.using_clause)

    def joined(context: Context, frame: Frame) -> bool:
        wanted, first = context.world.choose(_sides(node.jointype)), len(frame.items)
        is_sure = not node.is_natural
        if node.is_natural:
            context.world.doubt("a natural join in FROM was not followed")
        for side, make, entry in (("left", left, node.larg), ("right", right, node.rarg)):
            is_sure &= make(context, frame) if wanted in {"both", side} else _missing(context, frame, make, entry)
        is_sure &= wanted != "both" or _meet(context, frame, quals, using)
        if node.HasField("alias"):
            frame.items[first:] = [_as_one(context, node.alias, frame.items[first:])]
        return is_sure

    return joined


def _missing(context: Context, frame: Frame, make: Source, node: Any) -> bool:
    """A partner that is not there, of which only the names of its columns matter, where they are known without looking for a row."""
    before = len(frame.items)
    if (shown := columns(context, frame, node)) is not None:
        frame.items += [Item(name, partial(_null, frozenset(names)), schema, names) for name, schema, names in shown]
        return True
    try:
        is_sure = make(context, frame)
    except Infeasible:
        del frame.items[before:]
        return _unknown(context, frame, "a partner that is not there")
    frame.items[before:] = [Item(item.name, _nothing(item.column), item.schema, item.columns) for item in frame.items[before:]]
    return is_sure


def _null(names: frozenset[str], name: str) -> Value | None:
    return NULL if name in names else None


def _as_one(context: Context, alias: Any, items: Sequence[Item]) -> Item:
    """Entries that go by one name."""
    if alias.colnames:
        return Item(alias.aliasname, lambda _name: context.world.doubt(f"{alias.aliasname} in FROM was not followed"))
    columns = tuple(name for item in items for name in item.columns)
    return Item(
        alias.aliasname, lambda name: next((value for item in items if (value := item.column(name)) is not None), None), "", columns
    )


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
