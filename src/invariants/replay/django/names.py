"""Names as Django and PostgreSQL make them up."""

from collections.abc import Sequence
from hashlib import md5

LENGTH = 63


def quote(name: str) -> str:
    """An identifier as Django quotes it: ``schema"."table`` in a model's options names a schema."""
    return name if name.startswith('"') and name.endswith('"') else f'"{name}"'


def bare(table: str) -> str:
    """A table's name without its schema."""
    return table.rpartition('"."')[2].strip('"')


def generated(table: str, columns: Sequence[str], suffix: str = "") -> str:
    """The name of an index or constraint, as Django's schema editor puts it together."""
    table = bare(table)
    digest = md5("".join([table, *columns]).encode(), usedforsecurity=False).hexdigest()[:8]
    ending = f"{digest}{suffix}"
    name = f"{table}_{'_'.join(columns)}_{ending}"
    if len(name) <= LENGTH:
        return name
    if len(ending) > LENGTH / 3:
        ending = ending[: LENGTH // 3]
    rest = (LENGTH - len(ending)) // 2 - 1
    name = f"{table[:rest]}_{'_'.join(columns)[:rest]}_{ending}"
    return f"D{name[:-1]}" if name[0] == "_" or name[0].isdigit() else name


def implicit(table: str, column: str, label: str) -> str:
    """The name that PostgreSQL gives a constraint that has none (makeObjectName)."""
    first, second = bare(table), column
    while len(first) + len(second) + len(label) + 2 > LENGTH:
        if len(first) > len(second):
            first = first[:-1]
        else:
            second = second[:-1]
    return "_".join(each for each in (first, second, label) if each)
