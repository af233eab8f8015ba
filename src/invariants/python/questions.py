"""What code asks of the database, kept as SQL conditions so that replay can answer them."""

import operator
from collections.abc import Callable
from typing import Any

import libcst as cst

from invariants.python.values import Ask, Call, Cell, Class, Function, Row, Rows, Symbol, Unknown, Value, opaque

SIGNS: dict[type[cst.CSTNode], tuple[str, Callable[[Any, Any], Any]]] = {
    cst.Equal: ("=", operator.eq),
    cst.NotEqual: ("<>", operator.ne),
    cst.LessThan: ("<", operator.lt),
    cst.LessThanEqual: ("<=", operator.le),
    cst.GreaterThan: (">", operator.gt),
    cst.GreaterThanEqual: (">=", operator.ge),
    cst.Is: ("=", operator.is_),
    cst.IsNot: ("<>", operator.is_not),
}
CONNECTIONS = {"alembic.op.get_bind", "alembic.op.get_context"}
"""What is always there while a migration runs."""


def literal(value: str) -> str:
    """A string as an SQL literal."""
    return "'" + value.replace("'", "''") + "'"


def name(value: str) -> str:
    """A string as an SQL identifier."""
    return '"' + value.replace('"', '""') + '"'


def exists(rows: Rows) -> Ask:
    """Whether a query gives any row."""
    return Ask(f"EXISTS ({rows.sql})")


def truth(value: Value, node: cst.CSTNode) -> bool | Ask | Unknown:
    """Whether a value is true."""
    if isinstance(value, (bool, Ask, Unknown)):
        return value
    if isinstance(value, (Rows, Row)):
        return exists(value if isinstance(value, Rows) else value.rows)
    if isinstance(value, Cell):
        return Ask(_scalar_truth(value.rows.sql))
    if isinstance(value, (Symbol, Call)):
        return True if value.path in CONNECTIONS else Unknown(node, "what it depends on is decided at run time")
    return True if isinstance(value, (Function, Class)) else bool(value)


def _scalar_truth(sql: str) -> str:
    """Whether the value a query gives is true: ``count(*)`` is by being positive, a condition by holding, any other by being there."""
    from invariants.postgres.grammar import GrammarError, parse_one, unwrap

    target: Any
    try:
        targets = parse_one(sql).node.target_list
        kind, target = unwrap(targets[0].res_target.val) if len(targets) == 1 else ("", None)
    except (GrammarError, AttributeError):
        return f"EXISTS ({sql})"
    if kind == "func_call" and target.funcname[-1].string.sval == "count":
        return f"({sql}) > 0"
    if kind in {"sub_link", "bool_expr", "null_test", "boolean_test", "a_expr"}:
        return f"COALESCE(({sql}), false)"
    return f"EXISTS ({sql})"


def negate(value: bool | Ask | Unknown, node: cst.CSTNode) -> Value:
    """The opposite."""
    if isinstance(value, Ask):
        return Ask(f"NOT ({value.sql})")
    return Unknown(node, value.why) if isinstance(value, Unknown) else not value


def compare(left: Value, sign: cst.CSTNode, right: Value, node: cst.CSTNode) -> Value:
    """A comparison, answered or asked."""
    if isinstance(sign, (cst.In, cst.NotIn)):
        return _contains(left, isinstance(sign, cst.NotIn), right, node)
    text, function = SIGNS[type(sign)]
    if right is None and isinstance(left, (Rows, Row, Cell)):
        found = exists(left if isinstance(left, Rows) else left.rows)
        return found if text == "<>" else negate(found, node)
    if isinstance(left, Ask) and isinstance(right, bool):
        return left if right is (text == "=") else negate(left, node)
    if isinstance(left, Cell) and isinstance(right, (str, int)):
        return _compare_cell(left, text, right)
    if right is None and isinstance(left, (Function, Class)):
        return text == "<>"
    if opaque(left) or opaque(right):
        return Unknown(node, "what it compares is not known")
    return function(left, right)


def _compare_cell(cell: Cell, sign: str, right: str | int) -> Ask:
    value = literal(right) if isinstance(right, str) else str(right).lower() if isinstance(right, bool) else str(right)
    if cell.column:
        return Ask(f"EXISTS (SELECT 1 FROM ({cell.rows.sql}) AS r WHERE r.{name(cell.column)} {sign} {value})")
    return Ask(f"({cell.rows.sql}) {sign} {value}")


def _contains(left: Value, negated: bool, right: Value, node: cst.CSTNode) -> Value:
    if isinstance(right, Rows) and isinstance(left, str):
        column = f"r.{name(right.column)}" if right.column else "r"
        found = Ask(f"EXISTS (SELECT 1 FROM ({right.sql}) AS r WHERE {column} = {literal(left)})")
        return negate(found, node) if negated else found
    if opaque(left) or opaque(right):
        return Unknown(node, "what it compares is not known")
    return (left in right) is not negated


def item(value: Row | Rows | Cell, key: Value, node: cst.CSTNode) -> Value:
    """``row["name"]``, ``row[0]``, ``rows[0]``, ``rows[0][0]``."""
    if isinstance(value, (Row, Rows)) and isinstance(key, str):
        rows = value.rows if isinstance(value, Row) else value
        return Cell(rows, str(key))
    if isinstance(value, Rows) and key == 0:
        return Cell(value)
    return value if isinstance(value, Cell) and key == 0 else Unknown(node, "which value it is is not known")


def each(rows: Rows) -> Value:
    """What stands for each row in turn."""
    return Cell(rows, rows.column) if rows.column else Row(rows)


def collect(rows: Rows, value: Value, node: cst.CSTNode) -> Value:
    """What the values made of each row come to."""
    if isinstance(value, Cell) and value.rows == rows and value.column:
        return Rows(rows.sql, value.column)
    if isinstance(value, Row):
        return rows
    return [value] if isinstance(value, Ask) else Unknown(node, "what it makes of the rows is not known")
