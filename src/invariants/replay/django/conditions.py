"""Django's ``Q`` objects and expressions as SQL, as far as they are plain."""

from typing import Any

from invariants.replay.django.names import quote
from invariants.replay.django.state import Made, Name


class Untold(Exception):
    """An expression that is not known here."""


COMPARISONS = {"exact": "=", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
FUNCTIONS = {
    "Lower": "LOWER",
    "Upper": "UPPER",
    "Coalesce": "COALESCE",
    "Now": "STATEMENT_TIMESTAMP",
    "RandomUUID": "GEN_RANDOM_UUID",
    "Concat": "CONCAT",
    "Length": "LENGTH",
    "Trim": "TRIM",
    "Abs": "ABS",
    "Round": "ROUND",
}


def literal(value: str) -> str:
    """A string as an SQL literal."""
    return "'" + value.replace("'", "''") + "'"


def condition(value: Any, columns: dict[str, str]) -> str:
    """A ``Q`` as an SQL condition; Untold where it is more than comparisons of columns with constants."""
    if not isinstance(value, Made) or value.name != "Q":
        return expression(value, columns)
    pairs = [(key, each) for key, each in value.kwargs.items() if not key.startswith("_")]
    terms = [condition(each, columns) if isinstance(each, Made) else _lookup(each[0], each[1], columns) for each in [*value.args, *pairs]]
    text = f" {value.kwargs.get('_connector', 'AND')} ".join(terms)
    text = f"({text})" if len(terms) > 1 else text
    return f"NOT ({text})" if value.kwargs.get("_negated") is True else text


def _lookup(key: str, value: Any, columns: dict[str, str]) -> str:
    label, _, rest = key.partition("__")
    if label not in columns:
        raise Untold(key)
    left, lookup = quote(columns[label]), rest or "exact"
    if lookup == "isnull":
        return f"{left} IS {'' if value else 'NOT '}NULL"
    if lookup in COMPARISONS:
        if value is None:
            return f"{left} IS NULL"
        return left if value is True and lookup == "exact" else f"{left} {COMPARISONS[lookup]} {expression(value, columns)}"
    if lookup == "in" and isinstance(value, list):
        return f"{left} IN ({', '.join(expression(each, columns) for each in value)})"
    if lookup == "range" and isinstance(value, list):
        return f"{left} BETWEEN {expression(value[0], columns)} AND {expression(value[1], columns)}"
    raise Untold(key)


def expression(value: Any, columns: dict[str, str]) -> str:
    """An expression or constant as SQL."""
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "NULL"}[value]
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, str):
        return literal(value)
    if isinstance(value, Made):
        return _made(value, columns)
    raise Untold(value.path if isinstance(value, Name) else repr(value))


def _made(value: Made, columns: dict[str, str]) -> str:
    if value.name == "F" and value.args:
        if value.args[0] not in columns:
            raise Untold(str(value.args[0]))
        return quote(columns[value.args[0]])
    if value.name == "Q":
        return condition(value, columns)
    if value.name == "Value":
        return expression(value.get("value", 0), columns)
    if value.name == "OrderBy":
        return f"{_operand(value.get('expression', 0), columns)}{' DESC' if value.kwargs.get('descending') is True else ''}"
    if value.name in FUNCTIONS:
        return f"{FUNCTIONS[value.name]}({', '.join(_operand(each, columns) for each in value.args)})"
    raise Untold(value.path)


def _operand(value: Any, columns: dict[str, str]) -> str:
    """A function's argument: a plain string names a field."""
    return quote(columns[value]) if isinstance(value, str) and value in columns else expression(value, columns)
