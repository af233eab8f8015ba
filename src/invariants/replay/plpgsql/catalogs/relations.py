"""pg_class and what hangs on it: columns, defaults, indexes, constraints, inheritance, and the views over them."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from invariants.replay import objects as o
from invariants.replay.catalog import Catalog
from invariants.replay.plpgsql import finding
from invariants.replay.plpgsql.catalogs.source import (
    Hints,
    Source,
    acl,
    attribute,
    chosen,
    fixed,
    options,
    relations,
    role_name,
    schema_name,
)
from invariants.replay.plpgsql.values import Unsure

KINDS = {
    "table": "r", "partitioned": "p", "foreign": "f", "view": "v", "materialized": "m", "sequence": "S", "index": "i", "composite": "c",
}  # fmt: skip
PERSISTENCE = {"permanent": "p", "unlogged": "u", "temporary": "t"}
ACTIONS = {"no action": "a", "restrict": "r", "cascade": "c", "set null": "n", "set default": "d"}
CONSTRAINTS = {"primary": "p", "unique": "u", "foreign": "f", "check": "c", "exclusion": "x"}
IDENTITIES = {"": "", "always": "a", "by default": "d"}


class Attribute(NamedTuple):
    """A column and its relation."""

    relation: o.Relation
    column: o.Column


class Link(NamedTuple):
    """A child and its parent."""

    child: o.Relation
    parent: int
    position: int


def attributes(catalog: Catalog, hints: Hints) -> Iterable[Attribute]:
    """The columns of relations."""
    names = hints.get("attname")
    for relation in relations(catalog, hints, oid="attrelid"):
        for column in relation.columns:
            if names is None or column.name in names:
                yield Attribute(relation, column)


def links(catalog: Catalog, hints: Hints) -> Iterable[Link]:
    """Children and their parents."""
    for relation in relations(catalog, hints, oid="inhrelid"):
        for position, parent in enumerate(relation.parents):
            yield Link(relation, parent, position + 1)


def _constraints(catalog: Catalog, hints: Hints) -> Iterable[o.Constraint]:
    names, tables = hints.get("conname"), hints.get("conrelid")
    for each in chosen(catalog.constraints, hints, name="conname"):
        if (names is None or each.name in names) and (tables is None or each.table in tables):
            yield each


def _type_oid(_catalog: Catalog, it: Attribute) -> int:
    if it.column.type_oid:
        return it.column.type_oid
    name = finding.canonical(it.column.type_name)
    element = finding.NUMBERS.get(name.removesuffix("[]"), 0)
    return element + 1_000_000 if name.endswith("[]") else element


def _of_kind(*kinds: str) -> Any:
    def objects(catalog: Catalog, hints: Hints) -> Iterable[o.Relation]:
        name = next((each for each in ("tablename", "viewname", "matviewname", "sequencename") if each in hints), "")
        return (each for each in relations(catalog, hints, name=name) if each.kind in kinds)

    return objects


def _has_index(catalog: Catalog, relation: o.Relation) -> bool:
    return any(each.table == relation.oid for each in catalog.indexes)


def _table_trigger(catalog: Catalog, relation: o.Relation) -> bool:
    return any(each.table == relation.oid for each in catalog.triggers)


_SOURCES: Mapping[str, Source] = {
    "pg_class": Source(
        {
            "oid": attribute("oid"),
            "relname": attribute("name"),
            "relnamespace": attribute("schema"),
            "reltype": lambda _c, it: it.oid,
            "reloftype": attribute("of_type"),
            "relowner": attribute("owner"),
            "relam": fixed(2),
            "relfilenode": attribute("oid"),
            "reltablespace": fixed(0),
            "relkind": lambda c, it: "I" if it.kind == "index" and _is_partitioned(c, it) else KINDS[it.kind],
            "relpersistence": lambda _c, it: PERSISTENCE[it.persistence],
            "relnatts": lambda _c, it: len(it.columns),
            "relchecks": lambda c, it: sum(1 for each in c.constraints if each.table == it.oid and each.kind == "check"),
            "relhasindex": _has_index,
            "relhasrules": lambda _c, it: it.kind in {"view", "materialized"},
            "relhastriggers": _table_trigger,
            "relhassubclass": lambda c, it: any(it.oid in each.parents for each in c.relations),
            "relrowsecurity": attribute("rls_enabled"),
            "relforcerowsecurity": attribute("rls_forced"),
            "relispopulated": fixed(True),
            "relreplident": fixed("d"),
            "relispartition": attribute("is_partition"),
            "relacl": lambda c, it: acl(c, it.acl),
            "reloptions": lambda _c, it: options(it.options),
            "relpartbound": lambda _c, it: it.bound or None,
        },
        lambda c, hints: relations(c, hints, oid="oid", name="relname"),
    ),
    "pg_attribute": Source(
        {
            "attrelid": lambda _c, it: it.relation.oid,
            "attname": lambda _c, it: it.column.name,
            "attnum": lambda _c, it: it.column.number,
            "atttypid": _type_oid,
            "atttypmod": fixed(-1),
            "attnotnull": lambda _c, it: it.column.not_null,
            "atthasdef": lambda _c, it: it.column.default is not None,
            "attidentity": lambda _c, it: IDENTITIES[it.column.identity],
            "attgenerated": lambda _c, it: "s" if it.column.generated else "",
            "attisdropped": fixed(False),
            "attislocal": lambda _c, it: it.column.local,
            "attinhcount": lambda _c, it: it.column.inherited,
            "attndims": lambda _c, it: it.column.type_name.count("[]"),
            "attacl": lambda c, it: acl(c, it.column.acl),
            "attstattarget": fixed(None),
            "attoptions": fixed(None),
        },
        attributes,
    ),
    "pg_attrdef": Source(
        {
            "oid": lambda _c, it: it.relation.oid * 1600 + it.column.number,
            "adrelid": lambda _c, it: it.relation.oid,
            "adnum": lambda _c, it: it.column.number,
            "adbin": lambda _c, it: it.column.default,
        },
        lambda c, hints: (
            each for each in attributes(c, {"attrelid": hints["adrelid"]} if "adrelid" in hints else {}) if each.column.default
        ),
    ),
    "pg_inherits": Source(
        {
            "inhrelid": lambda _c, it: it.child.oid,
            "inhparent": attribute("parent"),
            "inhseqno": attribute("position"),
            "inhdetachpending": fixed(False),
        },
        links,
    ),
    "pg_partitioned_table": Source(
        {"partrelid": attribute("oid"), "partstrat": fixed(Unsure("how a table is partitioned is not kept here"))},
        lambda c, hints: (each for each in relations(c, hints, oid="partrelid") if each.kind == "partitioned"),
    ),
    "pg_constraint": Source(
        {
            "oid": attribute("oid"),
            "conname": attribute("name"),
            "connamespace": lambda c, it: c.relations[it.table].schema if it.table else c.types[it.domain].schema,
            "contype": lambda _c, it: CONSTRAINTS[it.kind],
            "condeferrable": attribute("deferrable"),
            "condeferred": fixed(False),
            "convalidated": attribute("validated"),
            "conrelid": attribute("table"),
            "contypid": attribute("domain"),
            "conindid": attribute("index"),
            "conparentid": fixed(0),
            "confrelid": attribute("target"),
            "confupdtype": lambda _c, it: ACTIONS[it.on_update] if it.kind == "foreign" else " ",
            "confdeltype": lambda _c, it: ACTIONS[it.on_delete] if it.kind == "foreign" else " ",
            "confmatchtype": lambda _c, it: "s" if it.kind == "foreign" else " ",
            "conislocal": attribute("local"),
            "coninhcount": attribute("inherited"),
            "connoinherit": attribute("no_inherit"),
            "conkey": lambda _c, it: list(it.columns) or None,
            "confkey": lambda _c, it: list(it.target_columns) or None,
            "conbin": attribute("expression"),
        },
        _constraints,
    ),
    "pg_tables": Source(
        {
            "schemaname": schema_name,
            "tablename": attribute("name"),
            "tableowner": lambda c, it: role_name(c, it.owner),
            "tablespace": fixed(None),
            "hasindexes": _has_index,
            "hasrules": fixed(False),
            "hastriggers": _table_trigger,
            "rowsecurity": attribute("rls_enabled"),
        },
        _of_kind("table", "partitioned"),
    ),
    "pg_views": Source(
        {
            "schemaname": schema_name,
            "viewname": attribute("name"),
            "viewowner": lambda c, it: role_name(c, it.owner),
            "definition": attribute("definition"),
        },
        _of_kind("view"),
    ),
    "pg_matviews": Source(
        {
            "schemaname": schema_name,
            "matviewname": attribute("name"),
            "matviewowner": lambda c, it: role_name(c, it.owner),
            "tablespace": fixed(None),
            "hasindexes": _has_index,
            "ispopulated": fixed(True),
            "definition": attribute("definition"),
        },
        _of_kind("materialized"),
    ),
    "pg_sequences": Source(
        {
            "schemaname": schema_name,
            "sequencename": attribute("name"),
            "sequenceowner": lambda c, it: role_name(c, it.owner),
        },
        _of_kind("sequence"),
    ),
    "pg_sequence": Source({"seqrelid": attribute("oid")}, _of_kind("sequence")),
    "pg_rewrite": Source(
        {"oid": attribute("oid"), "rulename": attribute("name"), "ev_class": attribute("table"), "is_instead": attribute("instead")},
        lambda c, _hints: c.rules,
    ),
    "pg_rules": Source(
        {
            "schemaname": lambda c, it: schema_name(c, c.relations[it.table]),
            "tablename": lambda c, it: c.relations[it.table].name,
            "rulename": attribute("name"),
        },
        lambda c, _hints: c.rules,
    ),
}
KEYS = {
    "pg_class": {"oid", "relname"}, "pg_attribute": {"attrelid"}, "pg_attrdef": {"adrelid"}, "pg_inherits": {"inhrelid"},
    "pg_constraint": {"oid", "conname", "conrelid"}, "pg_tables": {"tablename"}, "pg_views": {"viewname"},
}  # fmt: skip
SOURCES = {name: source._replace(keys=frozenset(KEYS.get(name, ()))) for name, source in _SOURCES.items()}


def _is_partitioned(catalog: Catalog, relation: o.Relation) -> bool:
    index = catalog.indexes.get(relation.oid)
    return index is not None and catalog.relations[index.table].kind == "partitioned"
