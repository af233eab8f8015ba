"""What a SELECT puts out: expressions, stars, and functions that give rows."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from invariants.postgres.grammar import pb, unwrap
from invariants.postgres.tree import strings
from invariants.replay.plpgsql import calls
from invariants.replay.plpgsql.evaluate import Expression, compiled
from invariants.replay.plpgsql.scope import Result, Scope
from invariants.replay.plpgsql.values import MISSING, Record, Value

if TYPE_CHECKING:
    from invariants.replay.plpgsql.joins import Tables

Expansion = tuple[tuple[Value, ...], Value]


class Target(NamedTuple):
    """An output: its name, its value, the alias of a star (empty for a bare one), and the rows of a function."""

    name: str
    is_named: bool
    value: Expression
    star: str | None = None
    rows: Callable[[Scope], Result | None] | None = None

    def names_without_rows(self, scope: Scope, tables: "Tables") -> list[str]:
        """Its names where there is no row to tell them."""
        return [self.name] if self.star is None else tables.names(scope, self.star)


def targets(nodes: Any) -> list[Target]:
    """The outputs of a target list."""
    return [_target(each.res_target) for each in nodes]


def _target(node: Any) -> Target:
    kind, value = unwrap(node.val)
    name = node.name or _named(kind, value)
    if kind == "column_ref" and value.fields[-1].WhichOneof("node") == "a_star":
        parts = strings(value.fields[:-1])
        return Target(name, bool(node.name), compiled(node.val), parts[-1] if parts else "")
    if kind == "func_call" and not value.HasField("over"):
        call = calls.of(value)
        if calls.is_set(call) or not calls.is_known(call):
            return Target(name, bool(node.name), compiled(node.val), None, _rows(call))
    return Target(name, bool(node.name), compiled(node.val))


def _rows(call: calls.Call) -> Callable[[Scope], Result | None]:
    return lambda scope: calls.rows(call, scope)


def _named(kind: str, value: Any) -> str:
    """The name that PostgreSQL gives an output (FigureColname)."""
    if kind == "column_ref":
        last = value.fields[-1]
        return str(last.string.sval) if last.WhichOneof("node") == "string" else "*"
    if kind == "func_call":
        return str(value.funcname[-1].string.sval)
    if kind == "type_cast":
        inner = _named(*unwrap(value.arg))
        return strings(value.type_name.names)[-1] if inner == "?column?" else inner
    if kind == "sub_link" and value.sub_link_type == pb.EXPR_SUBLINK:
        inner = value.subselect.select_stmt.target_list
        return (inner[0].res_target.name or _named(*unwrap(inner[0].res_target.val))) if inner else "?column?"
    if kind == "sub_link":
        return {pb.EXISTS_SUBLINK: "exists", pb.ARRAY_SUBLINK: "array"}.get(value.sub_link_type, "?column?")
    return {"case_expr": "case", "coalesce_expr": "coalesce", "a_array_expr": "array", "row_expr": "row"}.get(kind, "?column?")


def expanded(them: list[Target], scope: Scope) -> tuple[tuple[str, ...], list[Expansion]]:
    """The outputs of one row; functions that give rows make as many of it."""
    names: list[str] = []
    columns: list[tuple[Value, ...]] = []
    sets: list[tuple[int, Result]] = []
    for each in them:
        if each.star is not None:
            for name, value in _star(each.star, scope):
                names.append(name)
                columns.append((value,))
            continue
        names.append(each.name)
        found = each.rows(scope) if each.rows is not None else None
        if found is None:
            columns.append((each.value(scope),))
        else:
            sets.append((len(columns), found))
            columns.append(())
    if not sets:
        return tuple(names), [(tuple(each[0] for each in columns), True)]
    return tuple(names), _multiplied(columns, sets)


def _multiplied(columns: list[tuple[Value, ...]], sets: list[tuple[int, Result]]) -> list[Expansion]:
    found: list[Expansion] = []
    for index in range(max(len(result.rows) for _, result in sets)):
        values = [each[0] if each else None for each in columns]
        here: Value = True
        for position, result in sets:
            if index < len(result.rows):
                row = result.rows[index]
                values[position] = row.values[0] if len(row.values) == 1 else Record(dict(zip(result.names, row.values, strict=True)))
                here = row.here
        found.append((tuple(values), here))
    return found


def _star(alias: str, scope: Scope) -> list[tuple[str, Value]]:
    if alias and all(frame.alias != alias for frame in scope.frames):
        record = scope.find((alias,))
        return [] if record is MISSING or not isinstance(record, Record) else list(record.fields.items())
    return [(name, frame.values[name]) for frame in scope.frames if alias in {"", frame.alias} for name in frame.names]
