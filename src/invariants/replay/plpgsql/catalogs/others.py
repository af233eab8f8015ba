"""Schemas, functions, types, roles, policies, triggers, publications, extensions, settings."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from invariants.replay import objects as o
from invariants.replay.catalog import Catalog
from invariants.replay.plpgsql import finding
from invariants.replay.plpgsql.catalogs.source import Hints, Source, acl, attribute, chosen, fixed, named, options, role_name, schema_name
from invariants.replay.plpgsql.values import Unsure, Vector

COMMANDS = {"all": "*", "select": "r", "insert": "a", "update": "w", "delete": "d"}
TYPES = {"enum": "e", "domain": "d", "composite": "c", "range": "r", "base": "b", "shell": "p"}
EVENTS = {"insert": 4, "delete": 8, "update": 16, "truncate": 32}
CONTRIB = frozenset(
    """plpgsql uuid-ossp pgcrypto citext hstore ltree pg_trgm unaccent btree_gin btree_gist tablefunc fuzzystrmatch intarray cube
    earthdistance pg_stat_statements postgres_fdw dblink file_fdw xml2 pgrowlocks pageinspect lo isn dict_int bloom amcheck
    pg_prewarm pgstattuple pg_buffercache sslinfo tcn tsm_system_rows tsm_system_time seg autoinc moddatetime insert_username
    refint""".split()
)
"""The extensions that come with PostgreSQL."""
BROUGHT = {
    "citext": ("citext",), "hstore": ("hstore",), "vector": ("vector", "halfvec", "sparsevec"), "ltree": ("ltree", "lquery"),
    "postgis": ("geometry", "geography", "box2d", "box3d"), "cube": ("cube",), "seg": ("seg",),
}  # fmt: skip
SETTINGS = {"server_version_num": "160000", "server_version": "16.0", "server_encoding": "UTF8", "block_size": "8192"}


class TypeRow(NamedTuple):
    """A row of pg_type."""

    oid: int
    name: str
    schema: int
    owner: int
    kind: str
    relation: int = 0
    base: str = ""
    not_null: bool = False
    element: int = 0


class Label(NamedTuple):
    """A label of an enum."""

    type: o.Type
    position: int
    label: str


class Named(NamedTuple):
    """Something of which only the name is known."""

    name: str
    value: Any = None


class Published(NamedTuple):
    """A table of a publication for all tables."""

    publication: o.Publication
    relation: o.Relation


def types(catalog: Catalog, hints: Hints) -> Iterable[TypeRow]:
    """The types that statements made, the row types of relations, and PostgreSQL's own."""
    wanted = hints.get("typname")
    for row in _types(catalog):
        if wanted is None or row.name in wanted:
            yield row
        array = f"_{row.name}"
        if wanted is None or array in wanted:
            yield TypeRow(row.oid + 1_000_000, array, row.schema, row.owner, "b", element=row.oid)


def _types(catalog: Catalog) -> Iterable[TypeRow]:
    for each in catalog.types:
        yield TypeRow(each.oid, each.name, each.schema, each.owner, TYPES[each.kind], each.relation, each.base, each.not_null)
    for relation in catalog.relations:
        if relation.kind not in {"index", "sequence", "composite"}:
            yield TypeRow(relation.oid, relation.name, relation.schema, relation.owner, "c", relation.oid)
    for oid, name in finding.BUILT_IN.items():
        yield TypeRow(oid, finding.INTERNAL.get(name, name), 11, 10, "b")
    for extension in catalog.extensions:
        for name in BROUGHT.get(extension.name, ()):
            yield TypeRow(extension.oid * 1_000, name, extension.schema, 10, "b")


def _labels(catalog: Catalog, hints: Hints) -> Iterable[Label]:
    for each in chosen(catalog.types, hints, "enumtypid"):
        for position, label in enumerate(each.labels):
            yield Label(each, position + 1, label)


def _functions(catalog: Catalog, hints: Hints) -> Iterable[o.Function]:
    names = hints.get("proname")
    return (each for each in chosen(catalog.functions, hints) if names is None or each.name in names)


def _policies(catalog: Catalog, hints: Hints) -> Iterable[o.Policy]:
    names = hints.get("polname", hints.get("policyname"))
    oids, tables = hints.get("polrelid"), hints.get("tablename")
    for each in catalog.policies if names is None else named(catalog.policies, names):
        if (oids is None or each.table in oids) and (tables is None or catalog.relations[each.table].name in tables):
            yield each


def _extensions(catalog: Catalog, _hints: Hints) -> Iterable[o.Extension]:
    if all(each.name != "plpgsql" for each in catalog.extensions):
        yield o.Extension(oid=13_000, name="plpgsql", schema=11)
    yield from catalog.extensions


def _available(_catalog: Catalog, hints: Hints) -> Iterable[Named]:
    """Which extensions a server has is known only of those that come with PostgreSQL."""
    for name in hints.get("name", CONTRIB):
        yield Named(str(name))


def _published(catalog: Catalog, _hints: Hints) -> Iterable[Published]:
    """The tables of publications; which tables one lists is not kept."""
    for publication in catalog.publications:
        if publication.all_tables:
            for relation in catalog.relations:
                if relation.kind in {"table", "partitioned"}:
                    yield Published(publication, relation)


def _trigger_type(_catalog: Catalog, it: o.Trigger) -> int:
    timing = {"before": 2, "after": 0, "instead of": 64}[it.timing]
    return (it.level == "row") + timing + sum(EVENTS[each] for each in it.events)


def _settings(catalog: Catalog, hints: Hints) -> Iterable[Named]:
    known = {**SETTINGS, **dict(catalog.session.settings)}
    names = hints.get("name", known)
    return (Named(str(name), known.get(str(name), Unsure(f"the setting {name} is the server's"))) for name in names)


_SOURCES: Mapping[str, Source] = {
    "pg_namespace": Source(
        {
            "oid": attribute("oid"),
            "nspname": attribute("name"),
            "nspowner": attribute("owner"),
            "nspacl": lambda c, it: acl(c, it.acl),
        },
        lambda c, hints: chosen(c.schemas, hints),
    ),
    "pg_proc": Source(
        {
            "oid": attribute("oid"),
            "proname": attribute("name"),
            "pronamespace": attribute("schema"),
            "proowner": attribute("owner"),
            "prolang": lambda _c, it: {"sql": 14, "plpgsql": 13_001, "c": 13, "internal": 12}.get(it.language, 13_002),
            "prokind": lambda _c, it: it.kind[0],
            "prosecdef": attribute("security_definer"),
            "proleakproof": attribute("leakproof"),
            "proisstrict": attribute("strict"),
            "proretset": attribute("returns_set"),
            "provolatile": lambda _c, it: it.volatility[0],
            "pronargs": lambda _c, it: len(it.inputs),
            "prorettype": lambda _c, it: finding.NUMBERS.get(it.returns, 0),
            "proargnames": lambda _c, it: [each.name for each in it.arguments] or None,
            "proargtypes": lambda _c, it: Vector(finding.NUMBERS.get(each, 0) for each in it.inputs),
            "prosrc": attribute("body"),
            "proconfig": lambda _c, it: options(it.settings),
            "proacl": lambda c, it: acl(c, it.acl),
        },
        _functions,
    ),
    "pg_language": Source(
        {"oid": lambda _c, it: it.value, "lanname": attribute("name"), "lanpltrusted": fixed(True)},
        lambda _c, _hints: [Named("internal", 12), Named("c", 13), Named("sql", 14), Named("plpgsql", 13_001)],
    ),
    "pg_type": Source(
        {
            "oid": attribute("oid"),
            "typname": attribute("name"),
            "typnamespace": attribute("schema"),
            "typowner": attribute("owner"),
            "typtype": attribute("kind"),
            "typcategory": lambda _c, it: "A" if it.element else {"e": "E", "c": "C"}.get(it.kind, "U"),
            "typrelid": attribute("relation"),
            "typelem": attribute("element"),
            "typarray": lambda _c, it: 0 if it.element else it.oid + 1_000_000,
            "typnotnull": attribute("not_null"),
            "typbasetype": lambda _c, it: finding.NUMBERS.get(finding.canonical(it.base), 0) if it.base else 0,
            "typisdefined": fixed(True),
            "typdefault": fixed(None),
        },
        types,
    ),
    "pg_enum": Source(
        {"oid": lambda _c, it: it.type.oid * 1_000 + it.position, "enumtypid": lambda _c, it: it.type.oid, "enumlabel": attribute("label"),
         "enumsortorder": attribute("position")},
        _labels,
    ),
    "pg_policy": Source(
        {
            "oid": attribute("oid"),
            "polname": attribute("name"),
            "polrelid": attribute("table"),
            "polcmd": lambda _c, it: COMMANDS[it.command],
            "polpermissive": attribute("permissive"),
            "polroles": lambda _c, it: list(it.roles),
            "polqual": attribute("using"),
            "polwithcheck": attribute("check"),
        },
        _policies,
    ),
    "pg_policies": Source(
        {
            "schemaname": lambda c, it: schema_name(c, c.relations[it.table]),
            "tablename": lambda c, it: c.relations[it.table].name,
            "policyname": attribute("name"),
            "permissive": lambda _c, it: "PERMISSIVE" if it.permissive else "RESTRICTIVE",
            "roles": lambda c, it: [role_name(c, each) for each in it.roles],
            "cmd": lambda _c, it: it.command.upper(),
            "qual": attribute("using"),
            "with_check": attribute("check"),
        },
        _policies,
    ),
    "pg_trigger": Source(
        {
            "oid": attribute("oid"),
            "tgrelid": attribute("table"),
            "tgname": attribute("name"),
            "tgfoid": attribute("function"),
            "tgtype": _trigger_type,
            "tgenabled": lambda _c, it: "O" if it.enabled else "D",
            "tgisinternal": fixed(False),
            "tgconstraint": fixed(0),
            "tgparentid": attribute("parent"),
        },
        lambda c, hints: (each for each in c.triggers if "tgname" not in hints or each.name in hints["tgname"]),
    ),
    "pg_event_trigger": Source(
        {"oid": attribute("oid"), "evtname": attribute("name"), "evtevent": attribute("event"), "evtowner": attribute("owner"),
         "evtfoid": attribute("function"), "evtenabled": lambda _c, it: "O" if it.enabled else "D",
         "evttags": lambda _c, it: sorted(it.tags) or None},
        lambda c, _hints: c.event_triggers,
    ),
    "pg_extension": Source(
        {"oid": attribute("oid"), "extname": attribute("name"), "extnamespace": attribute("schema"), "extowner": fixed(10),
         "extversion": lambda _c, it: Unsure(f"which version of {it.name} a server has differs")},
        _extensions,
    ),
    "pg_available_extensions": Source(
        {"name": attribute("name"), "default_version": lambda _c, it: Unsure(f"which version of {it.name} a server has differs"),
         "installed_version": lambda c, it: None if c.extensions.named(it.name) is None else "1.0", "comment": fixed("")},
        _available,
    ),
    "pg_publication": Source(
        {"oid": attribute("oid"), "pubname": attribute("name"), "pubowner": attribute("owner"), "puballtables": attribute("all_tables")},
        lambda c, _hints: c.publications,
    ),
    "pg_publication_tables": Source(
        {"pubname": lambda _c, it: it.publication.name, "schemaname": lambda c, it: schema_name(c, it.relation),
         "tablename": lambda _c, it: it.relation.name},
        _published,
    ),
    "pg_publication_rel": Source(
        {"prpubid": lambda _c, it: it.publication.oid, "prrelid": lambda _c, it: it.relation.oid}, _published
    ),
    "pg_settings": Source({"name": attribute("name"), "setting": attribute("value")}, _settings),
    "pg_database": Source(
        {"oid": fixed(5), "datname": lambda _c, it: it.value, "datdba": fixed(10), "datallowconn": fixed(True)},
        lambda _c, _hints: [Named("database", Unsure("the database's name is the server's", "postgres"))],
    ),
    "pg_stat_activity": Source({"pid": fixed(0), "datname": fixed(""), "usename": fixed(""), "state": fixed("")}, lambda _c, _hints: ()),
    "pg_default_acl": Source(
        {"oid": attribute("oid"), "defaclrole": attribute("creator"), "defaclnamespace": attribute("schema"),
         "defaclobjtype": lambda _c, it: {"table": "r", "sequence": "S", "function": "f", "type": "T", "schema": "n"}[it.kind],
         "defaclacl": lambda c, it: acl(c, it.acl)},
        lambda c, _hints: c.default_acls,
    ),
}  # fmt: skip
NARROWING = frozenset({"oid", "proname", "enumtypid", "polname", "policyname", "polrelid", "tgname"})
SOURCES = {name: source._replace(keys=NARROWING & source.columns.keys()) for name, source in _SOURCES.items()}


def is_doubtful(name: str, row: Any) -> Unsure | None:
    """Whether a row may be missing on some servers."""
    if name == "pg_available_extensions" and row.thing.name not in CONTRIB:
        return Unsure(f"whether a server has the extension {row.thing.name} differs", guess=True)
    return None
