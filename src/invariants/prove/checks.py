"""Values that a table's checks let through, found by asking PostgreSQL about many at once."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, product

from invariants.postgres.grammar import GrammarError, parse_expression, pb
from invariants.postgres.identifiers import quote
from invariants.postgres.tree import walk
from invariants.prove.catalog import Check, Column, Table
from invariants.prove.database import Database, Refused, literal
from invariants.prove.values import candidates

MOST = 3000
"""So many combinations are tried for checks that share columns."""

Values = Mapping[str, str | None]


def satisfied(database: Database, table: Table, values: Values, fixed: frozenset[str]) -> dict[str, str | None]:
    """The values, with those that are not fixed changed until the checks pass; as they were where nothing tried does."""
    changed = dict(values)
    for columns, texts in _groups(_checks(table)):
        own = [table.column(name) for name in columns]
        if any(column.filled for column in own):
            continue
        constants = [each for text in texts for each in _constants(text)]
        lists = [_choices(column, changed, constants, fixed, len(own)) for column in own]
        found = _first(database, own, islice(product(*lists), MOST), texts)
        for column, text in zip(own, found or (), strict=False):
            if column.name in changed or text != default(column):
                changed[column.name] = text
    return changed


def _checks(table: Table) -> Iterator[Check]:
    yield from table.checks
    for column in table.columns:
        for text in column.checks:
            yield Check(column.name, (column.name,), re.sub(r"\bVALUE\b", lambda _, name=column.name: quote(name), text))  # type: ignore[misc]


def _groups(checks: Iterator[Check]) -> list[tuple[tuple[str, ...], list[str]]]:
    """Checks that share columns belong together."""
    groups: list[tuple[tuple[str, ...], list[str]]] = []
    for check in checks:
        columns, texts = check.columns, [check.text]
        for other in [group for group in groups if set(group[0]) & set(check.columns)]:
            groups.remove(other)
            columns, texts = tuple(dict.fromkeys((*other[0], *columns))), [*other[1], *texts]
        if columns:
            groups.append((columns, texts))
    return groups


def _choices(column: Column, values: Values, constants: Sequence[str], fixed: frozenset[str], shared: int) -> list[str | None]:
    """What one column may be; the more columns share a check, the fewer each."""
    if column.name in fixed:
        return [values.get(column.name)]
    first = values[column.name] if column.name in values else default(column)
    return list(islice(candidates(column, constants, first), max(2, round(MOST ** (1 / shared)))))


def default(column: Column) -> str | None:
    """A default that is a constant, as text."""
    found = re.fullmatch(r"'((?:[^']|'')*)'(?:::.*)?|(-?\d+(?:\.\d+)?|true|false)", column.default or "")
    return None if found is None else found[2] or (found[1] or "").replace("''", "'")


def _constants(text: str) -> Iterator[str]:
    try:
        tree = parse_expression(text)
    except GrammarError:
        return
    for each in walk(tree):
        if isinstance(each, pb.A_Const):
            kind = each.WhichOneof("val")
            yield from {"sval": [each.sval.sval], "ival": [str(each.ival.ival)], "fval": [each.fval.fval]}.get(kind or "", [])


def _first(
    database: Database, columns: Sequence[Column], rows: Iterator[tuple[str | None, ...]], texts: Sequence[str]
) -> tuple[str | None, ...] | None:
    """The first of the rows that every check lets through."""
    tried = list(rows)
    types = [column.type_name for column in columns]
    values = ", ".join(
        f"({number}, {', '.join(f'{literal(each)}::{kind}' for each, kind in zip(row, types, strict=True))})"
        for number, row in enumerate(tried)
    )
    named = ", ".join(quote(column.name) for column in columns)
    asked = " and ".join(f"({text}) is not false" for text in texts)
    query = f'select "#" from (values {values}) as "?" ("#", {named}) where {asked} order by 1 limit 1'
    try:
        found = database.run(f"savepoint checks; {query}")
    except Refused:
        database.run("rollback to savepoint checks")
        return None
    database.run("release savepoint checks")
    return tried[found[0][0]] if found else None
