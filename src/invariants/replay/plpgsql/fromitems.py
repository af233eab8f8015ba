"""The items of FROM: relations, subqueries, functions. Each opens to its column names, and gives its rows."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, NamedTuple, TypeAlias

from invariants.postgres.grammar import unwrap
from invariants.replay import names
from invariants.replay import objects as o
from invariants.replay.errors import Unknown
from invariants.replay.plpgsql import calls, catalogs
from invariants.replay.plpgsql.catalogs.source import Hints, Source
from invariants.replay.plpgsql.scope import Frame, Result, Scope
from invariants.replay.plpgsql.values import Record, Unsure, Value

SYSTEM = ("oid", "ctid", "xmin", "xmax", "cmin", "cmax", "tableoid")
Found: TypeAlias = Iterable[tuple[Mapping[str, Value], Value]]


class Item(NamedTuple):
    """An item, opened: its alias, its columns (None until there are rows), and what gives its rows."""

    alias: str
    names: Collection[str] | None
    rows: Callable[[Scope, Hints], Found]
    early: bool = True
    """It sees nothing of the items before it."""
    is_function: bool = False
    keys: frozenset[str] = frozenset()
    """The columns by which its rows are found fast."""


Opener: TypeAlias = Callable[[Scope], Item]


class Vague(dict[str, Value]):
    """A row that stands for any: no column can be told."""

    def __init__(self, doubt: Unsure) -> None:
        super().__init__()
        self.doubt = doubt

    def __missing__(self, name: str) -> Value:
        return self.doubt


def opener(node: Any) -> Opener:
    """How an item of FROM opens."""
    kind, value = unwrap(node)
    if kind == "range_var":
        return _relation(value)
    if kind == "range_subselect":
        return _subquery(value)
    if kind == "range_function":
        return _function(value)
    raise Unknown(f"it reads from a {kind.replace('_', ' ')}", "read from tables, subqueries and functions")


def _relation(node: Any) -> Opener:
    alias = node.alias.aliasname or node.relname
    columns = [each.string.sval for each in node.alias.colnames]

    def open_(scope: Scope) -> Item:
        result = None if node.schemaname else scope.cte(node.relname)
        if result is not None:
            return _made(alias, columns, result)
        known = names.lookup(scope.world.catalog, node.schemaname, node.relname)
        source = catalogs.find(node.schemaname, node.relname) if known is None else None
        if source is not None:
            return Item(alias, source.columns, _answered(node.relname, source), keys=source.keys)
        return _user_table(alias, columns, scope, node, known)

    return open_


def _answered(name: str, source: Source) -> Callable[[Scope, Hints], Found]:
    def rows(scope: Scope, hints: Hints) -> Found:
        for row in source.rows(scope.world.catalog, hints):
            yield row, catalogs.is_doubtful(name, row) or True

    return rows


def _user_table(alias: str, columns: list[str], scope: Scope, node: Any, known: o.Relation | None) -> Item:
    """A relation whose rows are not known: one row that may be there stands for them."""
    written = names.written(node)
    if known is None and not catalogs.is_system(node.schemaname, node.relname):
        names.find_relation(scope.world.machine, node)
    doubt = Unsure(f"it reads {written}")
    found = [] if known is None else [*columns, *(each.name for each in known.columns[len(columns) :])]
    vague = Vague(doubt)
    guess = Unsure(f"it reads the rows of {written}", guess=False)
    return Item(alias, _Columns(found, open_=known is None), lambda _scope, _hints: [(vague, guess)])


class _Columns(list[str]):
    """The columns of a user table; those every table has besides are not listed."""

    def __init__(self, found: list[str], *, open_: bool) -> None:
        super().__init__(found)
        self.open = open_

    def __contains__(self, name: object) -> bool:
        return self.open or super().__contains__(name) or name in SYSTEM


def _made(alias: str, columns: list[str], result: Result) -> Item:
    """The rows of a query that has been run."""
    found = (*columns, *result.names[len(columns) :])
    rows = [(dict(zip(found, row.values, strict=True)), row.here) for row in result.rows]
    return Item(alias, found, lambda _scope, _hints: rows)


def _subquery(node: Any) -> Opener:
    from invariants.replay.plpgsql.query import compiled_query

    query = compiled_query(node.subquery.select_stmt)
    alias = node.alias.aliasname
    columns = [each.string.sval for each in node.alias.colnames]
    if not node.lateral:
        return lambda scope: _made(alias, columns, query(scope.below()))
    return lambda _scope: Item(alias, None, lambda scope, _hints: _made(alias, columns, query(scope.below())).rows(scope, {}), early=False)


def _function(node: Any) -> Opener:
    """Functions in FROM; they may see the items before them."""
    parts = [unwrap(each.list.items[0]) for each in node.functions]
    alias = node.alias.aliasname or (parts[0][1].funcname[-1].string.sval if parts[0][0] == "func_call" else "")
    columns = [each.string.sval for each in node.alias.colnames] or [each.column_def.colname for each in node.coldeflist]
    makers = [_maker(kind, value) for kind, value in parts]

    def rows(scope: Scope, _hints: Hints) -> Found:
        results = [make(scope.below()) for make in makers]
        named = _named(results, alias if node.alias.aliasname else "", columns)
        for index in range(max(len(each.rows) for each in results)):
            values: list[Value] = []
            here: Value = True
            for result in results:
                inside = index < len(result.rows)
                values += result.rows[index].values if inside else (None,) * len(result.names)
                here = result.rows[index].here if inside else here
            if node.ordinality:
                values.append(index + 1)
            yield dict(zip([*named, *(["ordinality"] if node.ordinality and len(named) < len(values) else [])], values, strict=False)), here

    return lambda _scope: Item(alias, None, rows, early=False, is_function=True)


def _named(results: list[Result], alias: str, columns: list[str]) -> list[str]:
    """The column names: an alias names the only column of a function too."""
    own = [name for each in results for name in each.names]
    if alias and not columns and len(own) == 1 and len(results) == 1:
        own = [own[0] if own[0] in {"value", "key"} else alias]
    return [*columns, *own[len(columns) :]]


def _maker(kind: str, value: Any) -> Callable[[Scope], Result]:
    from invariants.replay.plpgsql.evaluate import compiled
    from invariants.replay.plpgsql.scope import Entry

    if kind != "func_call":
        raise Unknown("it reads from a function that is not understood here", "call it in the list of outputs")
    call = calls.of(value)
    name = value.funcname[-1].string.sval
    simple = calls.is_known(call) and not calls.is_set(call)
    single = compiled(_node(value)) if simple else None

    def make(scope: Scope) -> Result:
        found = None if single is not None else calls.rows(call, scope)
        if found is not None:
            return found
        it = single(scope) if single is not None else Unsure(f"what {name}() gives is not known here")
        if single is None:
            return Result((name,), [Entry((it,), Unsure(it.cause))])
        return (
            Result(tuple(it.fields), [Entry(tuple(it.items()), True)]) if isinstance(it, Record) else Result((name,), [Entry((it,), True)])
        )

    return make


def _node(call: Any) -> Any:
    from invariants.postgres.grammar import wrap

    return wrap("func_call", call)


def framed(item: Item, values: Mapping[str, Value]) -> Frame:
    """A row as a frame."""
    names_ = values.keys() if item.names is None else item.names
    return Frame(item.alias, names_, values, item.is_function and len(values) == 1)
