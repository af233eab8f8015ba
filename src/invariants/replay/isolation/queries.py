"""Queries inside expressions: one row that a query may return is drawn, and the world answers which rows there are."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from invariants.postgres.grammar import parse_one, pb, unwrap
from invariants.postgres.tree import placeless, strings, walk
from invariants.replay.isolation import aggregates, truth
from invariants.replay.isolation.collated import UNTOLD
from invariants.replay.isolation.compiling import Expression, Test, expression, required, test
from invariants.replay.isolation.context import Context
from invariants.replay.isolation.meetings import drawn_under
from invariants.replay.isolation.scopes import Frame
from invariants.replay.isolation.standard import SETS
from invariants.replay.isolation.values import NULL, Drawn, Value
from invariants.replay.isolation.world import Infeasible, NoRow
from invariants.replay.outputs import column_name

Draw = Callable[[Context, Frame], Drawn]
Source = Callable[[Context, Frame], bool]
"""Adds what FROM names to a frame; whether it is surely there."""


@lru_cache(maxsize=1024)
def query(text: str) -> Draw:
    """The query that a text is."""
    return compiled(placeless(parse_one(text).node))


def compiled(select: Any) -> Draw:
    """A SELECT as what draws one of its rows; :class:`Infeasible` where it has none."""
    if not isinstance(select, pb.SelectStmt):
        return lambda context, _frame: _refuse(context, "a query that writes")
    tables, is_recursive = _with(select), select.with_clause.recursive
    inner = _inner(select)

    def drawn(context: Context, frame: Frame) -> Drawn:
        context.world.effort.draw()
        own = Frame(frame)
        for name, made in tables.items():  # each sees those before it, and nothing of FROM
            own.tables[name] = (made, Frame(frame, tables=own.tables if is_recursive else dict(own.tables)))
        return inner(context, own)

    return drawn


def _inner(select: Any) -> Draw:
    """A SELECT without its WITH."""
    if select.op != pb.SETOP_NONE:
        return _combined(select)
    if select.values_lists:
        return _values(select)
    if what := aggregates.unfollowed(select):
        return lambda context, _frame: _refuse(context, what)
    return _Select.of(aggregates.unfiltered(select)).draw


def _refuse(context: Context, what: str) -> Drawn:
    context.world.doubt(f"{what} was not followed")
    return Drawn((("", context.world.doubt(f"{what} was not followed")),), is_sure=False)


def _with(select: Any) -> dict[str, Any]:
    """Common table expressions; a recursive one is not followed."""
    found: dict[str, Any] = {}
    for each in select.with_clause.ctes if select.HasField("with_clause") else ():
        cte = each.common_table_expr
        _, inner = unwrap(cte.ctequery)
        names = strings(cte.aliascolnames)
        found[cte.ctename] = _renamed(_cte(cte, inner, is_recursive=select.with_clause.recursive), names)
    return found


def _cte(cte: Any, inner: Any, *, is_recursive: bool) -> Draw:
    names_itself = any(isinstance(each, pb.RangeVar) and each.relname == cte.ctename for each in walk(inner))
    if is_recursive and names_itself:
        return lambda context, _frame: _refuse(context, f"the recursive query {cte.ctename}")
    return compiled(inner)


def _renamed(draw: Draw, names: Sequence[str]) -> Draw:
    if not names:
        return draw

    def drawn(context: Context, frame: Frame) -> Drawn:
        row = draw(context, frame)
        columns = tuple((names[number] if number < len(names) else name, value) for number, (name, value) in enumerate(row.columns))
        return row._replace(columns=columns)

    return drawn


def _combined(select: Any) -> Draw:
    """UNION: a row of either. INTERSECT: a row of both. EXCEPT only narrows its left side, nobody looks by how much."""
    left, right = compiled(select.larg), compiled(select.rarg)
    if select.op == pb.SETOP_UNION:
        return lambda context, frame: _either(context, context.world.choose((left, right))(context, frame))

    if select.op == pb.SETOP_INTERSECT:
        return lambda context, frame: _of_both(context, left(context, frame), right(context, frame))

    def narrowed(context: Context, frame: Frame) -> Drawn:
        context.world.doubt("EXCEPT was not followed")
        return left(context, frame)._replace(is_sure=False)

    return narrowed


def _of_both(context: Context, one: Drawn, other: Drawn) -> Drawn:
    """A row that two queries return; NULL in one is NULL in the other."""
    is_sure = one.is_sure and other.is_sure
    if len(one.columns) != len(other.columns):
        context.world.doubt("INTERSECT of columns that cannot be told was not followed")
        return one._replace(is_sure=False)
    for (_, left), (_, right) in zip(one.columns, other.columns, strict=True):
        is_sure &= (left is NULL and right is NULL) or require(context.world.equal(left, right, is_required=True))
    return one._replace(is_sure=is_sure)


def _either(context: Context, drawn: Drawn) -> Drawn:
    """A row of one of several queries: nobody follows which of them says what its texts are compared under."""
    return drawn if context.world.collations is None else drawn_under(drawn, UNTOLD)


def _values(select: Any) -> Draw:
    rows = [[expression(each) for each in values.list.items] for values in select.values_lists]

    def drawn(context: Context, frame: Frame) -> Drawn:
        row = context.world.choose(rows)
        return _either(context, Drawn(tuple((f"column{number}", each(context, frame)) for number, each in enumerate(row, 1))))

    return drawn


@dataclass(frozen=True, slots=True)
class Target:
    """A column that a query returns; ``star`` is the qualifier of ``*``, empty for all of FROM, None for no star."""

    name: str
    value: Expression
    star: str | None


@dataclass(frozen=True, slots=True)
class _Select:
    """SELECT ... FROM ... WHERE."""

    sources: tuple[Source, ...]
    where: Test | None
    having: Test | None
    targets: tuple[Target, ...]
    is_one: bool
    """It aggregates all rows into one, which is there even where they are not."""
    are_several: bool
    """It asks all rows for more than one thing."""
    calls: tuple[tuple[tuple[str, ...], int], ...]
    """What it calls and with how many arguments, of which the repository may have made aggregates."""
    is_grouped: bool
    is_cut: bool
    """It may leave out every row (LIMIT, OFFSET)."""

    @classmethod
    def of(cls, select: Any) -> "_Select":
        from invariants.replay.isolation.sources import source

        return cls(
            tuple(source(each) for each in select.from_clause),
            required(select.where_clause) if select.HasField("where_clause") else None,
            test(select.having_clause) if select.HasField("having_clause") else None,
            tuple(_target(each.res_target) for each in select.target_list),
            aggregates.is_one(select),
            aggregates.are_several(select),
            tuple((tuple(strings(each.funcname)), len(each.args)) for each in aggregates.called(select) if not aggregates.is_own(each)),
            bool(select.group_clause),
            is_cut(select),
        )

    def draw(self, context: Context, frame: Frame) -> Drawn:
        if any(each.kind == "aggregate" for call in self.calls for each in context.functions(*call)):
            return _refuse(context, "an aggregate of the repository's")
        if self.is_grouped and context.world.collations is not None:
            return _refuse(context, "a query that may group texts that are not the same")
        if self.is_one and (self.sources or self.where) and not context.world.choose((True, False)):
            return self._drawn_of_none(context, frame)
        try:
            is_sure = self._found(context, frame) and not self.is_cut
        except NoRow:
            raise Infeasible from None  # it was supposed that there are rows
        frame.again = lambda: self._again(context, frame)
        frame.answers = aggregates.of_several if self.are_several else None
        return self._shown(context, frame, is_sure=is_sure)

    def _found(self, context: Context, frame: Frame) -> bool:
        """Put a row of FROM that WHERE lets pass into a frame; whether it is surely there."""
        is_sure = True
        for each in self.sources:
            is_sure &= each(context, frame)
        return (self.where is None or require(self.where(context, frame))) and is_sure

    def _again(self, context: Context, frame: Frame) -> tuple[Frame, bool]:
        """Another of the rows that this query aggregates."""
        other = Frame(frame.parent, tables=frame.tables)
        return other, self._found(context, other) and not self.is_grouped

    def _drawn_of_none(self, context: Context, frame: Frame) -> Drawn:
        """The row that is made of none."""
        frame.answers = aggregates.of_none
        return self._shown(context, frame, is_sure=not self.is_cut)

    def _shown(self, context: Context, frame: Frame, *, is_sure: bool) -> Drawn:
        """The columns of a row, which HAVING is asked of too."""
        if self.having is not None:
            said = self.having(context, frame)
            if self.is_one and not said & truth.TRUE:
                raise NoRow
            is_sure &= require(said)
        columns: list[tuple[str, Value]] = []
        for target in self.targets:
            if target.star is None:
                columns.append((target.name, target.value(context, frame)))
            else:
                columns += _shown(target.star, frame)
        return Drawn(tuple(columns), is_sure)


def require(said: truth.Truth) -> bool:
    """A condition that the row must pass; whether it surely does."""
    if not said & truth.TRUE:
        raise Infeasible
    return said == truth.TRUE


def is_cut(select: Any) -> bool:
    """Whether LIMIT or OFFSET may leave out every row."""
    limit, offset = select.limit_count.a_const, select.limit_offset.a_const
    is_limited = select.HasField("limit_count") and not (limit.isnull or limit.ival.ival > 0)
    return is_limited or (select.HasField("limit_offset") and (offset.WhichOneof("val") != "ival" or offset.ival.ival > 0))


def is_there(select: Any) -> bool:
    """Whether a query surely has a row, unless HAVING or a function says at once that it has none (:class:`NoRow`)."""
    if not isinstance(select, pb.SelectStmt) or is_cut(select):
        return False
    if select.op != pb.SETOP_NONE:
        return select.op == pb.SETOP_UNION and (is_there(select.larg) or is_there(select.rarg))
    if any(strings(each.funcname)[-1] in SETS for each in aggregates.called(select)):
        return False
    return aggregates.is_one(select) or not (select.from_clause or select.HasField("where_clause"))


def _target(target: Any) -> Target:
    kind, value = unwrap(target.val)
    star = None
    if kind == "column_ref" and unwrap(value.fields[-1])[0] == "a_star":
        star = strings(list(value.fields)[:-1])[-1] if len(value.fields) > 1 else ""
    return Target(target.name or column_name(target.val), _returned(target.val), star)


def _returned(node: Any) -> Expression:
    from invariants.replay.isolation.inlining import row_call  # it stands on this module

    kind, value = unwrap(node)
    return row_call(value) if kind == "func_call" else expression(node)


def _shown(star: str, frame: Frame) -> Iterator[tuple[str, Value]]:
    """What ``*`` shows."""
    for item in frame.items:
        if star in {"", item.name}:
            yield from ((name, value) for name in item.columns if (value := item.column(name)) is not None)
