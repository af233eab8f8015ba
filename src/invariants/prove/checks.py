"""Values that a table's checks let through, found by asking PostgreSQL about many at once."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, product
from math import prod

from invariants.postgres.identifiers import quote
from invariants.prove.catalog import Check, Column, Table
from invariants.prove.clues import compared
from invariants.prove.database import Database, Refused, literal
from invariants.prove.patterns import example
from invariants.prove.values import TEXTS, candidates, shortened

MOST = 4000
"""So many combinations are tried for checks that share columns."""
WIDEST = 60
"""So many values are tried for one column."""

Values = Mapping[str, str | None]
Row = tuple[str | None, ...]


def satisfied(database: Database, table: Table, values: Values, fixed: frozenset[str], keys: frozenset[str]) -> dict[str, str | None]:
    """The values, changed until the checks pass; as they were where nothing tried does.

    What is ``fixed`` may be absent at most, and ``keys`` not even that.
    """
    changed = dict(values)
    for columns, texts in _groups(_checks(table)):
        own = [table.column(name) for name in columns]
        if any(column.filled for column in own):
            continue
        lists = _trimmed([_choices(database, table, column, changed, texts, fixed, keys) for column in own])
        found = _first(database, own, list(product(*lists)), texts)
        for column, text in zip(own, found or (), strict=False):
            if column.name in changed or text != default(column):
                changed[column.name] = text
    return changed


def _trimmed(lists: list[list[str | None]]) -> list[list[str | None]]:
    """The longest lists cut until their combinations are few enough."""
    while prod(map(len, lists)) > MOST:
        max(lists, key=len).pop()
    return lists


def _choices(
    database: Database, table: Table, column: Column, values: Values, texts: Sequence[str], fixed: frozenset[str], keys: frozenset[str]
) -> list[str | None]:
    """What one column may be, as far as the checks that are about it alone let it."""
    first = values[column.name] if column.name in values else default(column)
    absent: list[str | None] = [] if column.not_null or column.name in keys or first is None else [None]
    if column.name in fixed:
        return [first, *absent]
    constants = [each for text in texts for each in compared(text).get(column.name, ())]
    if column.base in TEXTS:
        constants = [*_matching(constants, first or ""), *constants]
    if first and column.base in TEXTS and any(key.columns == (column.name,) for key in table.keys):
        constants = [*shortened(first), *constants]
    tried = list(islice(candidates(column, constants, first), WIDEST))
    alone = [check.text for check in _checks(table) if check.columns == (column.name,)]
    passing = _passing(database, [column], [(each,) for each in tried], alone) if alone else range(len(tried))
    known = [tried[number] for number in passing]
    return list(dict.fromkeys([*known[:1], *(each for each in known if each in constants), *absent, *known]))


def _matching(constants: Sequence[str], filler: str) -> Iterator[str]:
    """Texts that the constants match which are patterns, as far as their first sign tells."""
    yield from (made for each in constants if each.startswith("^") and (made := example(each, filler)))


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


def default(column: Column) -> str | None:
    """A default that is a constant, as text."""
    found = re.fullmatch(r"'((?:[^']|'')*)'(?:::.*)?|(-?\d+(?:\.\d+)?|true|false)", column.default or "")
    return None if found is None else found[2] or (found[1] or "").replace("''", "'")


def _first(database: Database, columns: Sequence[Column], rows: Sequence[Row], texts: Sequence[str]) -> Row | None:
    """The first of the rows that every check lets through."""
    return next((rows[number] for number in _passing(database, columns, rows, texts)), None)


def _passing(database: Database, columns: Sequence[Column], rows: Sequence[Row], texts: Sequence[str]) -> list[int]:
    """The numbers of the rows that every check lets through; none where the checks cannot be asked."""
    if not rows:
        return []
    types = [column.type_name for column in columns]
    values = ", ".join(
        f"({number}, {', '.join(f'{literal(each)}::{kind}' for each, kind in zip(row, types, strict=True))})"
        for number, row in enumerate(rows)
    )
    named = ", ".join(quote(column.name) for column in columns)
    asked = " and ".join(f"({text}) is not false" for text in texts)
    try:
        found = database.run(f'savepoint checks; select "#" from (values {values}) as "?" ("#", {named}) where {asked} order by 1')
    except Refused:
        database.run("rollback to savepoint checks")
        return []
    database.run("release savepoint checks")
    return [number for (number,) in found]
