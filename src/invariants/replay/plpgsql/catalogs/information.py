"""The information schema."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from invariants.replay import objects as o
from invariants.replay import privileges
from invariants.replay.catalog import Catalog
from invariants.replay.plpgsql import definitions, finding
from invariants.replay.plpgsql.catalogs import datatypes
from invariants.replay.plpgsql.catalogs.relations import Attribute
from invariants.replay.plpgsql.catalogs.source import Hints, Source, attribute, chosen, fixed, relations, role_name, schema_name
from invariants.replay.plpgsql.values import Unsure

TABLES = {"table": "BASE TABLE", "partitioned": "BASE TABLE", "foreign": "FOREIGN", "view": "VIEW"}
CONSTRAINTS = {"primary": "PRIMARY KEY", "unique": "UNIQUE", "foreign": "FOREIGN KEY", "check": "CHECK"}
DATABASE = Unsure("the database's name is the server's", "postgres")


class Key(NamedTuple):
    """A column of a constraint."""

    constraint: o.Constraint
    relation: o.Relation
    number: int
    position: int


class Held(NamedTuple):
    """A privilege on a relation."""

    relation: o.Relation
    entry: o.Privilege


class Event(NamedTuple):
    """A trigger, once for each of its events."""

    trigger: o.Trigger
    event: str


def _tables(catalog: Catalog, hints: Hints) -> Iterable[o.Relation]:
    return (each for each in relations(catalog, hints, name="table_name") if each.kind in TABLES)


def _columns(catalog: Catalog, hints: Hints) -> Iterable[Attribute]:
    names = hints.get("column_name")
    for relation in _tables(catalog, hints):
        for column in relation.columns:
            if names is None or column.name in names:
                yield Attribute(relation, column)


def _constraints(catalog: Catalog, hints: Hints) -> Iterable[o.Constraint]:
    names = hints.get("constraint_name")
    tables = {each.oid for each in _tables(catalog, hints)} if "table_name" in hints else None
    for each in chosen(catalog.constraints, hints, name="constraint_name"):
        if each.table and each.kind != "exclusion" and (names is None or each.name in names) and (tables is None or each.table in tables):
            yield each


def _keys(catalog: Catalog, hints: Hints) -> Iterable[Key]:
    for each in _constraints(catalog, hints):
        if each.kind != "check":
            for position, number in enumerate(each.columns):
                yield Key(each, catalog.relations[each.table], number, position + 1)


def _used(catalog: Catalog, hints: Hints) -> Iterable[Key]:
    """constraint_column_usage names the target of a foreign key."""
    for each in _constraints(catalog, {name: values for name, values in hints.items() if name == "constraint_name"}):
        relation = catalog.relations[each.target if each.kind == "foreign" else each.table]
        for position, number in enumerate(each.target_columns if each.kind == "foreign" else each.columns):
            yield Key(each, relation, number, position + 1)


def _held(catalog: Catalog, hints: Hints) -> Iterable[Held]:
    for relation in _tables(catalog, hints):
        for entry in privileges.effective(catalog, "table", relation) or ():
            yield Held(relation, entry)


def _events(catalog: Catalog, hints: Hints) -> Iterable[Event]:
    names = hints.get("trigger_name")
    for trigger in catalog.triggers:
        if names is None or trigger.name in names:
            for event in sorted(trigger.events - {"truncate"}):
                yield Event(trigger, event.upper())


def _column_name(_catalog: Catalog, it: Key) -> str:
    return next((column.name for column in it.relation.columns if column.number == it.number), "")


def _yes(flag: bool) -> str:
    return "YES" if flag else "NO"


def _unique_behind(catalog: Catalog, it: o.Constraint) -> str | None:
    """The constraint of the target that a foreign key stands on."""
    wanted = set(it.target_columns)
    return next(
        (
            each.name
            for each in catalog.constraints
            if each.table == it.target and each.kind in {"primary", "unique"} and set(each.columns) == wanted
        ),
        None,
    )


def _of(get: Any) -> dict[str, Any]:
    """The columns by which the information schema names a constraint and its table."""
    return {
        "constraint_catalog": lambda _c, _it: DATABASE,
        "constraint_schema": lambda c, it: schema_name(c, c.relations[get(it).table]),
        "constraint_name": lambda _c, it: get(it).name,
        "table_catalog": lambda _c, _it: DATABASE,
    }


_SOURCES: Mapping[str, Source] = {
    "tables": Source(
        {
            "table_catalog": lambda _c, _it: DATABASE,
            "table_schema": schema_name,
            "table_name": attribute("name"),
            "table_type": lambda _c, it: "LOCAL TEMPORARY" if it.persistence == "temporary" else TABLES[it.kind],
            "is_insertable_into": lambda _c, it: _yes(it.kind != "view"),
            "is_typed": lambda _c, it: _yes(bool(it.of_type)),
        },
        _tables,
    ),
    "columns": Source(
        {
            "table_catalog": lambda _c, _it: DATABASE,
            "table_schema": lambda c, it: schema_name(c, it.relation),
            "table_name": lambda _c, it: it.relation.name,
            "column_name": lambda _c, it: it.column.name,
            "ordinal_position": lambda _c, it: it.column.number,
            "column_default": lambda _c, it: None if it.column.generated else it.column.default,
            "is_nullable": lambda _c, it: _yes(not it.column.not_null),
            "data_type": datatypes.data_type,
            "character_maximum_length": datatypes.size(0, ("character varying", "character")),
            "numeric_precision": datatypes.size(0, ("numeric",)),
            "numeric_scale": datatypes.size(1, ("numeric",)),
            "udt_catalog": lambda _c, _it: DATABASE,
            "udt_schema": datatypes.udt_schema,
            "udt_name": datatypes.udt,
            "is_identity": lambda _c, it: _yes(bool(it.column.identity)),
            "identity_generation": lambda _c, it: it.column.identity.upper() or None,
            "is_generated": lambda _c, it: "ALWAYS" if it.column.generated else "NEVER",
            "generation_expression": lambda _c, it: it.column.default if it.column.generated else None,
            "is_updatable": fixed("YES"),
        },
        _columns,
    ),
    "views": Source(
        {
            "table_catalog": lambda _c, _it: DATABASE,
            "table_schema": schema_name,
            "table_name": attribute("name"),
            "view_definition": lambda _c, it: Unsure(definitions.EXPRESSION, it.definition),
        },
        lambda c, hints: (each for each in _tables(c, hints) if each.kind == "view"),
    ),
    "schemata": Source(
        {
            "catalog_name": lambda _c, _it: DATABASE,
            "schema_name": attribute("name"),
            "schema_owner": lambda c, it: role_name(c, it.owner),
        },
        lambda c, _hints: c.schemas,
    ),
    "table_constraints": Source(
        {
            **_of(lambda it: it),
            "table_schema": lambda c, it: schema_name(c, c.relations[it.table]),
            "table_name": lambda c, it: c.relations[it.table].name,
            "constraint_type": lambda _c, it: CONSTRAINTS[it.kind],
            "is_deferrable": lambda _c, it: _yes(it.deferrable),
            "enforced": fixed("YES"),
        },
        _constraints,
    ),
    "key_column_usage": Source(
        {
            **_of(lambda it: it.constraint),
            "table_schema": lambda c, it: schema_name(c, it.relation),
            "table_name": lambda _c, it: it.relation.name,
            "column_name": _column_name,
            "ordinal_position": attribute("position"),
            "position_in_unique_constraint": lambda _c, it: it.position if it.constraint.kind == "foreign" else None,
        },
        _keys,
    ),
    "constraint_column_usage": Source(
        {
            **_of(lambda it: it.constraint),
            "table_schema": lambda c, it: schema_name(c, it.relation),
            "table_name": lambda _c, it: it.relation.name,
            "column_name": _column_name,
        },
        _used,
    ),
    "referential_constraints": Source(
        {
            **_of(lambda it: it),
            "unique_constraint_schema": lambda c, it: schema_name(c, c.relations[it.target]),
            "unique_constraint_name": _unique_behind,
            "update_rule": lambda _c, it: it.on_update.upper(),
            "delete_rule": lambda _c, it: it.on_delete.upper(),
            "match_option": fixed("NONE"),
        },
        lambda c, hints: (each for each in _constraints(c, hints) if each.kind == "foreign"),
    ),
    "check_constraints": Source(
        {**_of(lambda it: it), "check_clause": lambda _c, it: Unsure(definitions.EXPRESSION, f"({it.expression})")},
        lambda c, hints: (each for each in _constraints(c, hints) if each.kind == "check"),
    ),
    "routines": Source(
        {
            "specific_schema": schema_name,
            "specific_name": lambda _c, it: f"{it.name}_{it.oid}",
            "routine_catalog": lambda _c, _it: DATABASE,
            "routine_schema": schema_name,
            "routine_name": attribute("name"),
            "routine_type": lambda _c, it: it.kind.upper(),
            "data_type": attribute("returns"),
            "security_type": lambda _c, it: "DEFINER" if it.security_definer else "INVOKER",
            "routine_definition": attribute("body"),
        },
        lambda c, hints: (each for each in c.functions if "routine_name" not in hints or each.name in hints["routine_name"]),
    ),
    "triggers": Source(
        {
            "trigger_catalog": lambda _c, _it: DATABASE,
            "trigger_schema": lambda c, it: schema_name(c, c.relations[it.trigger.table]),
            "trigger_name": lambda _c, it: it.trigger.name,
            "event_manipulation": attribute("event"),
            "event_object_schema": lambda c, it: schema_name(c, c.relations[it.trigger.table]),
            "event_object_table": lambda c, it: c.relations[it.trigger.table].name,
            "action_timing": lambda _c, it: it.trigger.timing.upper(),
            "action_orientation": lambda _c, it: it.trigger.level.upper(),
            "action_statement": lambda c, it: f"EXECUTE FUNCTION {finding.signature(c, c.functions[it.trigger.function])}",
        },
        _events,
    ),
    "sequences": Source(
        {"sequence_schema": schema_name, "sequence_name": attribute("name")},
        lambda c, hints: (each for each in relations(c, hints, name="sequence_name") if each.kind == "sequence"),
    ),
    **{
        name: Source(
            {
                "grantor": lambda c, it: role_name(c, it.entry.grantor),
                "grantee": lambda c, it: "PUBLIC" if it.entry.grantee == o.PUBLIC else role_name(c, it.entry.grantee),
                "table_schema": lambda c, it: schema_name(c, it.relation),
                "table_name": lambda _c, it: it.relation.name,
                "privilege_type": lambda _c, it: it.entry.privilege.upper(),
                "is_grantable": lambda _c, it: _yes(it.entry.grantable),
            },
            _held,
        )
        for name in ("role_table_grants", "table_privileges")
    },
    "enabled_roles": Source({"role_name": attribute("name")}, lambda c, _hints: c.roles),
    "applicable_roles": Source({"role_name": attribute("name")}, lambda c, _hints: c.roles),
}
NARROWING = frozenset({"table_name", "constraint_name", "trigger_name", "routine_name", "sequence_name"})
SOURCES = {name: source._replace(keys=NARROWING & source.columns.keys()) for name, source in _SOURCES.items()}
