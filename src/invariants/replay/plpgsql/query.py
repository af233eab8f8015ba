"""SELECT, computed over the catalog: set operations, CTEs, VALUES, grouping, ordering, limits."""

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

from invariants.postgres.grammar import pb, unwrap
from invariants.postgres.tree import walk
from invariants.replay.errors import Failure
from invariants.replay.plpgsql import aggregates
from invariants.replay.plpgsql.basics import constant_value
from invariants.replay.plpgsql.evaluate import Expression, compiled
from invariants.replay.plpgsql.joins import Tables, tables
from invariants.replay.plpgsql.scope import Entry, Result, Scope, here_of
from invariants.replay.plpgsql.setops import difference, distinct, intersection, union
from invariants.replay.plpgsql.targets import Target, expanded, targets
from invariants.replay.plpgsql.values import MISSING, Unsure, Value, guess_of, hashable

Query: TypeAlias = Callable[[Scope], Result]


def compiled_query(node: Any) -> Query:
    """A SelectStmt as a function of the scope around it (whose frames are none)."""
    body = _body(node)
    ctes = [each.common_table_expr for each in node.with_clause.ctes]
    if not ctes:
        return body
    made = [(each.ctename, [name.string.sval for name in each.aliascolnames], _cte(each)) for each in ctes]

    def query(scope: Scope) -> Result:
        for name, columns, make in made:
            result = make(scope.below())
            scope.ctes[name] = Result((*columns, *result.names[len(columns) :]), result.rows)
        return body(scope)

    return query


def _cte(cte: Any) -> Query:
    kind, node = unwrap(cte.ctequery)
    if kind == "select_stmt" and not _is_recursive(cte.ctename, node):
        return compiled_query(node)
    names = tuple(_returning(node)) if kind != "select_stmt" else ("?column?",)
    doubt = Unsure("it returns rows that it writes" if kind != "select_stmt" else "it is recursive")
    here = Unsure(doubt.cause, guess=False)
    return lambda _scope: Result(names, [Entry((doubt,) * len(names), here)])


def _is_recursive(name: str, node: Any) -> bool:
    return any(isinstance(each, pb.RangeVar) and each.relname == name and not each.schemaname for each in walk(node))


def _returning(node: Any) -> Iterator[str]:
    for each in node.returning_clause.exprs:
        target = each.res_target
        kind, value = unwrap(target.val)
        yield target.name or (value.fields[-1].string.sval if kind == "column_ref" else "?column?")


def _body(node: Any) -> Query:
    if node.op != pb.SETOP_NONE:
        return _ordered(node, _combined(node), None)
    if node.values_lists:
        return _ordered(node, _values(node), None)
    return _Select(node).query


def _values(node: Any) -> Query:
    rows = [[compiled(each) for each in row.list.items] for row in node.values_lists]
    names = tuple(f"column{index + 1}" for index in range(len(rows[0])))
    return lambda scope: Result(names, [Entry(tuple(each(scope) for each in row), True) for row in rows])


def _combined(node: Any) -> Query:
    left, right = compiled_query(node.larg), compiled_query(node.rarg)
    combine = {pb.SETOP_UNION: union, pb.SETOP_INTERSECT: intersection, pb.SETOP_EXCEPT: difference}[node.op]

    def query(scope: Scope) -> Result:
        first, second = left(scope), right(scope)
        rows = combine(first.rows, second.rows)
        return Result(first.names, rows if node.all else distinct(rows))

    return query


def _ordered(node: Any, query: Query, select: "_Select | None") -> Query:
    """ORDER BY of the output's columns, and LIMIT."""
    positions = [_position(each.sort_by.node) for each in node.sort_clause] if select is None else []
    sorts = [each.sort_by for each in node.sort_clause]
    limited = _limited(node)

    def sorted_query(scope: Scope) -> Result:
        result = query(scope)
        if positions:
            indexes = [each if isinstance(each, int) else result.names.index(each) for each in positions]
            keys = [tuple(row.values[index] for index in indexes) for row in result.rows]
            result = Result(result.names, arranged(result.rows, keys, sorts))
        return limited(scope, result)

    return sorted_query


def _position(node: Any) -> int | str:
    kind, value = unwrap(node)
    if kind == "a_const":
        return int(constant_value(value)) - 1
    if kind == "column_ref":
        return str(value.fields[-1].string.sval)
    raise Failure("0A000", "invalid UNION/INTERSECT/EXCEPT ORDER BY clause")


def arranged(rows: list[Entry], keys: list[tuple[Value, ...]], sorts: list[Any]) -> list[Entry]:
    """Rows in the order of their keys."""
    key = aggregates.sort_key(sorts)
    return [rows[index] for index in sorted(range(len(rows)), key=lambda index: key(keys[index]))]


def _limited(node: Any) -> Callable[[Scope, Result], Result]:
    limit = compiled(node.limit_count) if node.HasField("limit_count") else None
    offset = compiled(node.limit_offset) if node.HasField("limit_offset") else None

    def cut(scope: Scope, result: Result) -> Result:
        if limit is None and offset is None:
            return result
        first = guess_of(offset(scope)) if offset else 0
        count = guess_of(limit(scope)) if limit else None
        start = 0 if first in {None, MISSING} else int(first)
        stop = None if count in {None, MISSING} else start + int(count)
        return Result(result.names, _window(result.rows, start, stop))

    return cut


def _window(rows: list[Entry], start: int, stop: int | None) -> list[Entry]:
    """Some of the rows; behind one that may be missing, none has a certain place."""
    kept, certain, guessed, doubt = [], 0, 0, None
    for index, row in enumerate(rows):
        guess = guess_of(row.here) is True
        inside = start <= guessed and (stop is None or guessed < stop) and guess
        doubt = doubt or (row.here if isinstance(row.here, Unsure) else None)
        if doubt is None:
            if start <= index and (stop is None or index < stop):
                kept.append(row)
        elif stop is None or certain < stop:
            kept.append(Entry(row.values, Unsure(doubt.cause, inside) if start or (stop is not None and index >= stop) else row.here))
        certain += row.here is True
        guessed += guess
    return kept


class _Select:
    """A plain SELECT."""

    def __init__(self, node: Any) -> None:
        self.node = node
        self.tables: Tables = tables(list(node.from_clause), node.where_clause if node.HasField("where_clause") else None)
        self.targets: list[Target] = targets(node.target_list)
        self.keys = [self._key(each) for each in node.group_clause]
        self.having = compiled(node.having_clause) if node.HasField("having_clause") else None
        self.grouped = bool(self.keys) or self.having is not None or _aggregates(node)
        self.sorts = [each.sort_by for each in node.sort_clause]
        self.orders = [self._key(each.node) for each in self.sorts]
        self.outputs = [self._position(each.node) for each in self.sorts]
        self.distinct_on = [self._key(each) for each in node.distinct_clause if each.WhichOneof("node")]
        self.is_distinct = len(node.distinct_clause) > 0
        self.query = _ordered(node, self._rows, self)

    def _key(self, node: Any) -> Expression:
        """A key of GROUP BY or ORDER BY: a position, an output's name, or an expression."""
        kind, value = unwrap(node)
        if kind == "a_const" and value.WhichOneof("val") == "ival":
            target: Target = self.targets[value.ival.ival - 1]
            return target.value
        if kind == "column_ref" and len(value.fields) == 1:
            name = value.fields[0].string.sval
            aliased = next((each for each in self.targets if each.name == name and each.is_named), None)
            if aliased is not None:
                return _either(compiled(node), aliased.value)
        return compiled(node)

    def _rows(self, scope: Scope) -> Result:
        bindings = list(self.tables(scope))
        members = self._groups(scope, bindings) if self.grouped else bindings
        names: tuple[str, ...] = ()
        rows: list[Entry] = []
        keys: list[tuple[Value, ...]] = []
        for member, here in members:
            names, expansions = expanded(self.targets, member)
            for values, mark in expansions:
                rows.append(Entry(values, here_of(here, mark)))
                keys.append((*self._order(member, values), *(each(member) for each in self.distinct_on)))
        names = names or tuple(name for each in self.targets for name in each.names_without_rows(scope, self.tables))
        return Result(names, self._finished(rows, keys))

    def _position(self, node: Any) -> int | None:
        """Which output a key of ORDER BY names by its number."""
        kind, value = unwrap(node)
        plain = kind == "a_const" and value.WhichOneof("val") == "ival" and all(each.star is None for each in self.targets)
        return value.ival.ival - 1 if plain else None

    def _order(self, member: Scope, values: tuple[Value, ...]) -> Iterator[Value]:
        for output, order in zip(self.outputs, self.orders, strict=True):
            yield order(member) if output is None else values[output]

    def _finished(self, rows: list[Entry], keys: list[tuple[Value, ...]]) -> list[Entry]:
        """The rows in order, those alike once."""
        if self.orders:
            key, count = aggregates.sort_key(self.sorts), len(self.orders)
            order = sorted(range(len(rows)), key=lambda index: key(keys[index][:count]))
            rows, keys = [rows[index] for index in order], [keys[index] for index in order]
        if self.distinct_on:
            firsts: dict[Any, Entry] = {}
            for row, each in zip(rows, keys, strict=True):
                firsts.setdefault(hashable(list(each[len(self.orders) :])), row)
            return list(firsts.values())
        return distinct(rows) if self.is_distinct else rows

    def _groups(self, scope: Scope, bindings: list[tuple[Scope, Value]]) -> Iterator[tuple[Scope, Value]]:
        groups: dict[Any, list[tuple[Scope, Value]]] = {}
        for member, here in bindings:
            groups.setdefault(hashable([key(member) for key in self.keys]), []).append((member, here))
        if not groups and not self.keys:
            groups[()] = []
        for members in groups.values():
            first = members[0][0] if members else scope
            grouped = Scope(scope.world, first.frames, scope.outer, members, scope.ctes)
            here = True if not self.keys else _some([each for _, each in members])
            kept = True if self.having is None else self.having(grouped)
            if kept is True or isinstance(kept, Unsure):
                yield grouped, here_of(here, kept)


def _some(marks: list[Value]) -> Value:
    """Whether a group has any row."""
    doubts = [each for each in marks if isinstance(each, Unsure)]
    if len(doubts) < len(marks):
        return True
    guesses = [each.guess for each in doubts]
    return Unsure(doubts[0].cause, True if True in guesses else MISSING if MISSING in guesses else False)


def _either(first: Expression, second: Expression) -> Expression:
    """A column of FROM, or else the output of that name."""

    def value(scope: Scope) -> Value:
        try:
            return first(scope)
        except Failure:
            return second(scope)

    return value


def _aggregates(node: Any) -> bool:
    """Whether the outputs aggregate; aggregates of queries inside are their own."""
    return any(_has_aggregate(each.res_target.val) for each in node.target_list)


def _has_aggregate(node: Any) -> bool:
    kind, value = unwrap(node)
    if kind == "sub_link":
        return bool(value.HasField("testexpr")) and _has_aggregate(value.testexpr)
    if kind == "func_call":
        name = value.funcname[-1].string.sval
        if name in aggregates.FUNCTIONS and not value.HasField("over"):
            return True
    return any(_has_aggregate(each) for each in _children(value)) if kind else False


def _children(message: Any) -> Iterator[Any]:
    """The nodes right below a message."""
    for field, value in message.ListFields():
        if field.message_type is None:
            continue
        for each in value if not hasattr(value, "ListFields") else [value]:
            if isinstance(each, pb.Node):
                yield each
            else:
                yield from _children(each)
