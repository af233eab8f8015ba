"""pg_depend, as far as it is asked: sequences of columns, what views and constraints stand on, and nothing of extensions."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from invariants.replay.catalog import Catalog
from invariants.replay.plpgsql.catalogs.source import Hints, Source, attribute, fixed

CLASSES = {
    "pg_type": 1247, "pg_attribute": 1249, "pg_proc": 1255, "pg_class": 1259, "pg_authid": 1260, "pg_database": 1262, "pg_constraint": 2606,
    "pg_namespace": 2615, "pg_rewrite": 2618, "pg_trigger": 2620, "pg_extension": 3079, "pg_policy": 3256, "pg_event_trigger": 3466,
    "pg_enum": 3501, "pg_publication": 6104, "pg_index": 2610, "pg_inherits": 2611, "pg_attrdef": 2604,
}  # fmt: skip
"""The oids that PostgreSQL gave its own catalogs."""


class Dependency(NamedTuple):
    """What depends on what."""

    catalog: int
    oid: int
    reference: int
    referenced: int
    column: int
    kind: str


def _rows(catalog: Catalog, _hints: Hints) -> Iterable[Dependency]:
    for relation in catalog.relations:
        if relation.owned_by is not None:
            table, number = relation.owned_by
            column = next((each for each in catalog.relations[table].columns if each.number == number), None)
            yield Dependency(
                CLASSES["pg_class"], relation.oid, CLASSES["pg_class"], table, number, "i" if column and column.identity else "a"
            )
        elif relation.kind in {"view", "materialized"}:
            yield from _uses(catalog, relation, CLASSES["pg_rewrite"])
    for constraint in catalog.constraints:
        yield from _uses(catalog, constraint, CLASSES["pg_constraint"])
    for policy in catalog.policies:
        yield from _uses(catalog, policy, CLASSES["pg_policy"])


def _uses(catalog: Catalog, thing: Any, owner: int) -> Iterable[Dependency]:
    for use in sorted(thing.uses):
        yield Dependency(owner, thing.oid, _class_of(catalog, use.oid), use.oid, use.column, "a" if use.auto else "n")


def _class_of(catalog: Catalog, oid: int) -> int:
    if oid in catalog.relations:
        return CLASSES["pg_class"]
    return CLASSES["pg_proc"] if oid in catalog.functions else CLASSES["pg_type"]


SOURCE = Source(
    {
        "classid": attribute("catalog"),
        "objid": attribute("oid"),
        "objsubid": fixed(0),
        "refclassid": attribute("reference"),
        "refobjid": attribute("referenced"),
        "refobjsubid": attribute("column"),
        "deptype": attribute("kind"),
    },
    _rows,
)
