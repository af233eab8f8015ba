"""Which types of columns can be compared or put into one: by a foreign key (ATAddForeignKeyConstraint), an operator, a UNION."""

import re
from collections.abc import Mapping, Sequence

from invariants.replay.catalog import Catalog
from invariants.replay.errors import Failure
from invariants.replay.objects import Relation, Type
from invariants.replay.scopes import Output

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


COMPARISONS = {"=", "<>", "<", "<=", ">", ">="}


def check(catalog: Catalog, table: Relation, numbers: tuple[int, ...], target: Relation, targets: tuple[int, ...]) -> None:
    """42804 where a foreign key would compare what cannot be compared."""
    own, theirs = ({each.number: each for each in relation.columns} for relation in (table, target))
    for number, other in zip(numbers, targets, strict=True):
        one, another = own[number], theirs[other]
        if not _is_comparable(catalog, one.type_name, another.type_name):
            raise Failure("42804", f'columns "{one.name}" and "{another.name}" of the foreign key are of incompatible types')


def check_again(catalog: Catalog, table: int) -> None:
    """The foreign keys of a table, and those that point to it, once its columns have changed their types."""
    for each in catalog.constraints:
        if each.kind == "foreign" and table in {each.table, each.target}:
            check(catalog, catalog.relations[each.table], each.columns, catalog.relations[each.target], each.target_columns)


def check_operator(catalog: Catalog, name: str, one: str, other: str) -> None:
    """42883 where no operator compares columns of these types; an empty type is not known."""
    if name in COMPARISONS and one and other and not (_is_comparable(catalog, one, other) or _is_comparable(catalog, other, one)):
        raise Failure("42883", f"operator does not exist: {one} {name} {other}")


def check_union(catalog: Catalog, outputs: Sequence[Output], others: Sequence[Output]) -> None:
    """42804 where the columns of two queries have no type in common."""
    for one, other in zip(outputs, others, strict=False):
        if one.is_literal or other.is_literal or not (one.type_name and other.type_name):
            continue
        if not _is_comparable(catalog, one.type_name, other.type_name) and not _is_comparable(catalog, other.type_name, one.type_name):
            raise Failure("42804", f"types {one.type_name} and {other.type_name} cannot be matched")


def _is_comparable(catalog: Catalog, referring: str, referenced: str) -> bool:
    """Whether a column of the first type may refer to one of the second; what is not known here may."""
    one, other = _base(catalog, referring), _base(catalog, referenced)
    family = _family(catalog, other)
    return not _family(catalog, one) or not family or one in family or other in WIDER.get(one, ())


def _family(catalog: Catalog, name: str) -> frozenset[str]:
    """The types that are compared with one of this name; none where that is not known. Arrays and enums are compared with their like."""
    made = _made(catalog, name)
    if name.endswith("[]") or (made is not None and made.kind == "enum"):
        return frozenset({name})
    return next((each for each in FAMILIES if name in each), frozenset())


def _base(catalog: Catalog, name: str) -> str:
    """A type without its length, precision or scale; what a domain is over."""
    plain = re.sub(r"\([^)]*\)", "", name)
    made = _made(catalog, plain)
    return _base(catalog, made.base) if made is not None and made.kind == "domain" else plain


def _made(catalog: Catalog, name: str) -> Type | None:
    """The type that a statement made under a name, which says its schema."""
    schema = catalog.schemas.named(name.partition(".")[0])
    return catalog.types.named(schema.oid, name.partition(".")[2]) if schema else None
