"""The names PostgreSQL gives what a statement leaves unnamed: ``orders_tenant_id_fkey`` (makeObjectName, ChooseIndexName)."""

from collections.abc import Iterable, Iterator

from invariants.replay.catalog import Catalog
from invariants.replay.errors import Failure
from invariants.replay.objects import Relation

LENGTH = 63
"""Bytes of a name (NAMEDATALEN - 1)."""


def truncated(name: str, length: int = LENGTH) -> str:
    """A name cut to so many bytes, never inside a character."""
    return name.encode()[:length].decode(errors="ignore")


def joined(first: str, second: str, label: str) -> str:
    """``first_second_label``, the longer of the first two cut until it fits."""
    overhead = len(label.encode()) + 1 + (1 if second else 0)
    one, two = len(first.encode()), len(second.encode())
    while one + two > LENGTH - overhead:
        if one > two:
            one -= 1
        else:
            two -= 1
    return "_".join(part for part in (truncated(first, one), truncated(second, two), label) if part)


def _numbered(first: str, second: str, label: str) -> Iterator[str]:
    yield joined(first, second, label)
    number = 0
    while True:
        number += 1
        yield joined(first, second, f"{label}{number}")


def addition(columns: Iterable[str]) -> str:
    """The column names of an index or key, as far as they are used in its name."""
    text = ""
    for column in columns:
        text += ("_" if text else "") + column
        if len(text.encode()) >= LENGTH + 1:
            break
    return truncated(text)


def relation_name(catalog: Catalog, first: str, second: str, label: str, schema: int, *, is_constraint: bool = False) -> str:
    """A free name for an index or sequence; one that serves a constraint is no constraint's name either."""
    for name in _numbered(first, second, label):
        if catalog.relations.named(schema, name) is None and not (is_constraint and _is_constraint(catalog, name, schema)):
            return name
    raise AssertionError("unreachable")


def constraint_name(catalog: Catalog, first: str, second: str, label: str, schema: int, taken: Iterable[str] = ()) -> str:
    """A free name for a constraint of a schema."""
    for name in _numbered(first, second, label):
        if name not in taken and not _is_constraint(catalog, name, schema):
            return name
    raise AssertionError("unreachable")


def _is_constraint(catalog: Catalog, name: str, schema: int) -> bool:
    return any(_schema(catalog, each.table, each.domain) == schema for each in catalog.constraints.alike(name))


def _schema(catalog: Catalog, table: int, domain: int) -> int:
    if table:
        return catalog.relations[table].schema
    return catalog.types[domain].schema


def distinct(names: Iterable[str]) -> list[str]:
    """Index column names, later doubles numbered (ChooseIndexColumnNames)."""
    found: list[str] = []
    for name in names:
        candidate, number = name, 0
        while candidate in found:
            number += 1
            candidate = truncated(name, LENGTH - len(str(number))) + str(number)
        found.append(candidate)
    return found


def free(catalog: Catalog, table: Relation, name: str) -> str:
    """A constraint's own name, refused where the table has one of that name."""
    name = truncated(name)
    if catalog.constraints.named(table.oid, name) is not None:
        raise Failure("42710", f'constraint "{name}" for relation "{table.name}" already exists')
    return name
