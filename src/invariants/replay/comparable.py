"""Which types of columns can be compared, by a foreign key (ATAddForeignKeyConstraint) or an operator: PostgreSQL's own, no others."""

import re
from collections.abc import Mapping

from invariants.replay.catalog import Catalog
from invariants.replay.errors import Failure
from invariants.replay.objects import Relation

WHOLE = frozenset({"smallint", "integer", "bigint"})
FLOATING = frozenset({"real", "double precision"})
FAMILIES = (
    WHOLE,
    FLOATING,
    frozenset({"text", "character varying", "character", "name"}),
    frozenset({"date", "timestamp without time zone", "timestamp with time zone"}),
    frozenset({"inet", "cidr"}),
    *(frozenset({name}) for name in ("numeric", "uuid", "boolean", "bytea", "jsonb", "interval", "oid")),
)
"""The types that one operator class compares with each other, or that are cast to one of its own unasked."""
WIDER: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(WHOLE, frozenset({"numeric", "oid"}) | FLOATING),
    "numeric": FLOATING,
}
"""What else a referring column's type is cast to unasked."""


def check(table: Relation, numbers: tuple[int, ...], target: Relation, targets: tuple[int, ...]) -> None:
    """42804 where a foreign key would compare what cannot be compared."""
    own, theirs = ({each.number: each for each in relation.columns} for relation in (table, target))
    for number, other in zip(numbers, targets, strict=True):
        one, another = own[number], theirs[other]
        if not _is_comparable(one.type_name, another.type_name):
            raise Failure("42804", f'columns "{one.name}" and "{another.name}" of the foreign key are of incompatible types')


def check_again(catalog: Catalog, table: int) -> None:
    """The foreign keys of a table, and those that point to it, once its columns have changed their types."""
    for each in catalog.constraints:
        if each.kind == "foreign" and table in {each.table, each.target}:
            check(catalog.relations[each.table], each.columns, catalog.relations[each.target], each.target_columns)


COMPARISONS = {"=", "<>", "<", "<=", ">", ">="}


def check_operator(name: str, one: str, other: str) -> None:
    """42883 where no operator compares columns of these types."""
    if name in COMPARISONS and not (_is_comparable(one, other) or _is_comparable(other, one)):
        raise Failure("42883", f"operator does not exist: {one} {name} {other}")


def _is_comparable(referring: str, referenced: str) -> bool:
    """Whether a column of the first type may refer to one of the second; what is not known here may."""
    one, other = _plain(referring), _plain(referenced)
    family = next((each for each in FAMILIES if other in each), None)
    known = any(one in each for each in FAMILIES)
    return not known or family is None or one in family or other in WIDER.get(one, ())


def _plain(name: str) -> str:
    """A type without its length, precision or scale."""
    return re.sub(r"\([^)]*\)", "", name)
