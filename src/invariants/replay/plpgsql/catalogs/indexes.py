"""Indexes."""

from collections.abc import Iterable, Mapping

from invariants.replay import objects as o
from invariants.replay.catalog import Catalog
from invariants.replay.plpgsql import definitions
from invariants.replay.plpgsql.catalogs.source import Hints, Source, attribute, chosen, fixed, relations, schema_name
from invariants.replay.plpgsql.values import Vector


def _indexes(catalog: Catalog, hints: Hints) -> Iterable[o.Index]:
    tables = hints.get("indrelid")
    return (each for each in chosen(catalog.indexes, hints, "indexrelid") if tables is None or each.table in tables)


def _index_views(catalog: Catalog, hints: Hints) -> Iterable[o.Index]:
    if "indexname" in hints:
        for relation in relations(catalog, hints, name="indexname"):
            if relation.oid in catalog.indexes:
                yield catalog.indexes[relation.oid]
        return
    tables = {each.oid for each in relations(catalog, hints, name="tablename")}
    yield from (each for each in catalog.indexes if each.table in tables)


def _relation_of(catalog: Catalog, index: o.Index) -> o.Relation:
    return catalog.relations[index.oid]


SOURCES: Mapping[str, Source] = {
    "pg_index": Source(
        {
            "indexrelid": attribute("oid"),
            "indrelid": attribute("table"),
            "indisunique": attribute("unique"),
            "indisprimary": attribute("primary"),
            "indisvalid": attribute("valid"),
            "indisready": fixed(True),
            "indislive": fixed(True),
            "indisexclusion": fixed(False),
            "indimmediate": fixed(True),
            "indkey": lambda _c, it: Vector([*it.keys, *it.include]),
            "indnatts": lambda _c, it: len(it.keys) + len(it.include),
            "indnkeyatts": lambda _c, it: len(it.keys),
            "indpred": attribute("predicate"),
            "indexprs": lambda _c, it: ", ".join(it.expressions) or None,
        },
        _indexes,
        frozenset({"indexrelid", "indrelid"}),
    ),
    "pg_indexes": Source(
        {
            "schemaname": lambda c, it: schema_name(c, _relation_of(c, it)),
            "tablename": lambda c, it: c.relations[it.table].name,
            "indexname": lambda c, it: _relation_of(c, it).name,
            "tablespace": fixed(None),
            "indexdef": definitions.index,
        },
        _index_views,
        frozenset({"indexname", "tablename"}),
    ),
}
