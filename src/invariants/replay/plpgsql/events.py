"""Event triggers: functions that run after statements which change the schema (manual, chapter 40)."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from invariants.postgres.grammar import Parsed, pb, unwrap
from invariants.postgres.identifiers import quote
from invariants.postgres.tree import strings
from invariants.replay import names
from invariants.replay import objects as o
from invariants.replay.catalog import Catalog
from invariants.replay.machine import Machine
from invariants.replay.plpgsql import finding, handlers, invocation
from invariants.replay.plpgsql.catalogs.depend import CLASSES
from invariants.replay.plpgsql.scope import Entry, Result, World
from invariants.replay.plpgsql.sets import EVENT
from invariants.replay.plpgsql.values import Unsure

TAGS = {
    "create_stmt": "CREATE TABLE",
    "create_foreign_table_stmt": "CREATE FOREIGN TABLE",
    "select_stmt": "SELECT INTO",
    "view_stmt": "CREATE VIEW",
    "index_stmt": "CREATE INDEX",
    "create_seq_stmt": "CREATE SEQUENCE",
    "create_schema_stmt": "CREATE SCHEMA",
    "create_policy_stmt": "CREATE POLICY",
    "alter_policy_stmt": "ALTER POLICY",
    "create_trig_stmt": "CREATE TRIGGER",
    "create_enum_stmt": "CREATE TYPE",
    "composite_type_stmt": "CREATE TYPE",
    "create_domain_stmt": "CREATE DOMAIN",
    "create_extension_stmt": "CREATE EXTENSION",
    "alter_enum_stmt": "ALTER TYPE",
    "alter_function_stmt": "ALTER FUNCTION",
    "alter_default_privileges_stmt": "ALTER DEFAULT PRIVILEGES",
}
"""Command tags by kind of statement, where the kind says it all."""
OBJECTS = {
    pb.OBJECT_TABLE: "TABLE", pb.OBJECT_VIEW: "VIEW", pb.OBJECT_MATVIEW: "MATERIALIZED VIEW", pb.OBJECT_INDEX: "INDEX",
    pb.OBJECT_SEQUENCE: "SEQUENCE", pb.OBJECT_SCHEMA: "SCHEMA", pb.OBJECT_FUNCTION: "FUNCTION", pb.OBJECT_PROCEDURE: "PROCEDURE",
    pb.OBJECT_TYPE: "TYPE", pb.OBJECT_DOMAIN: "DOMAIN", pb.OBJECT_POLICY: "POLICY", pb.OBJECT_TRIGGER: "TRIGGER",
    pb.OBJECT_EXTENSION: "EXTENSION", pb.OBJECT_FOREIGN_TABLE: "FOREIGN TABLE",
}  # fmt: skip
KINDS = {"partitioned": "table", "foreign": "foreign table", "materialized": "materialized view", "composite": "composite type"}


class Command(NamedTuple):
    """A relation or function that a statement made or changed, as pg_event_trigger_ddl_commands() tells of it."""

    catalog: str
    oid: int
    kind: str
    schema: str
    identity: str


def fire(machine: Machine, parsed: Parsed) -> None:
    """Run the event triggers that a statement just applied sets off."""
    triggers = sorted(machine.catalog.event_triggers, key=lambda each: each.name)
    tag = tag_of(parsed)
    for event in ("sql_drop", "ddl_command_end") if parsed.kind == "drop_stmt" else ("ddl_command_end",):
        for trigger in triggers:
            if tag and trigger.enabled and trigger.event == event and (not trigger.tags or tag in trigger.tags):
                _run(machine, trigger, tag, parsed)


def tag_of(parsed: Parsed) -> str:
    """The command tag of a statement; empty where no event trigger fires for it."""
    node = parsed.node
    if parsed.kind == "select_stmt" and not node.HasField("into_clause"):
        return ""
    if parsed.kind == "create_table_as_stmt":
        return (
            "CREATE MATERIALIZED VIEW" if node.objtype == pb.OBJECT_MATVIEW else "SELECT INTO" if node.is_select_into else "CREATE TABLE AS"
        )
    if parsed.kind == "create_function_stmt":
        return "CREATE PROCEDURE" if node.is_procedure else "CREATE FUNCTION"
    if parsed.kind in {"alter_table_stmt", "drop_stmt", "rename_stmt", "alter_object_schema_stmt", "alter_owner_stmt"}:
        kind = getattr(
            node, {"drop_stmt": "remove_type", "alter_table_stmt": "objtype", "rename_stmt": "rename_type"}.get(parsed.kind, "object_type")
        )
        kind = node.relation_type if parsed.kind == "rename_stmt" and kind in {pb.OBJECT_COLUMN, pb.OBJECT_TABCONSTRAINT} else kind
        return f"{'DROP' if parsed.kind == 'drop_stmt' else 'ALTER'} {OBJECTS[kind]}" if kind in OBJECTS else ""
    if parsed.kind == "grant_stmt":
        return "GRANT" if node.is_grant else "REVOKE"
    return TAGS.get(parsed.kind, "")


def _run(machine: Machine, trigger: o.EventTrigger, tag: str, parsed: Parsed) -> None:
    def work(it: World) -> None:
        commands = [_row(tag, each) for each in _commands(machine.catalog, parsed)]
        it.event = {
            "pg_event_trigger_ddl_commands": Result(EVENT["pg_event_trigger_ddl_commands"], commands),
            "pg_event_trigger_dropped_objects": Result(EVENT["pg_event_trigger_dropped_objects"], list(_dropped(parsed))),
        }
        invocation.trigger(it, machine.catalog.functions[trigger.function], {"tg_event": trigger.event, "tg_tag": tag})

    handlers.within(machine, work)


def _row(tag: str, it: Command) -> Entry:
    command = Unsure("the parsed command is the server's")
    return Entry((CLASSES.get(it.catalog, 0), it.oid, 0, tag, it.kind, it.schema or None, it.identity, False, command), here=True)


def _commands(catalog: Catalog, parsed: Parsed) -> Iterator[Command]:
    """What a statement made or changed. One that found its object there already, by IF NOT EXISTS, did neither."""
    node = parsed.node
    if parsed.kind in {"create_stmt", "create_foreign_table_stmt", "create_table_as_stmt", "select_stmt", "create_seq_stmt"}:
        base = node.base_stmt if parsed.kind == "create_foreign_table_stmt" else node
        into = {
            "create_table_as_stmt": lambda: node.into.rel,
            "select_stmt": lambda: node.into_clause.rel,
            "create_seq_stmt": lambda: node.sequence,
        }
        target = into[parsed.kind]() if parsed.kind in into else base.relation
        yield from (each for each in _named(catalog, target) if catalog.relations[each.oid].made == catalog.at)
    elif parsed.kind in {"alter_table_stmt", "view_stmt"}:
        yield from _named(catalog, node.view if parsed.kind == "view_stmt" else node.relation)
    elif parsed.kind == "create_function_stmt":
        parts = strings(node.funcname)
        for function in finding.functions(catalog, parts[-2] if len(parts) > 1 else "", parts[-1])[-1:]:
            schema = catalog.schemas[function.schema].name
            identity = f"{quote(schema)}.{quote(function.name)}({','.join(function.inputs)})"
            yield Command("pg_proc", function.oid, "procedure" if node.is_procedure else "function", schema, identity)
    elif (word := tag_of(parsed).partition(" ")[2]) and parsed.kind != "drop_stmt":
        yield Command("", 0, word.lower(), "", "")


def _named(catalog: Catalog, target: Any) -> Iterator[Command]:
    found = names.lookup(catalog, target.schemaname, target.relname)
    if found is not None:
        schema = catalog.schemas[found.schema].name
        kind = KINDS.get(found.kind, found.kind)
        yield Command("pg_class", found.oid, kind, schema, f"{quote(schema)}.{quote(found.name)}")


def _dropped(parsed: Parsed) -> Iterator[Entry]:
    """What DROP names; what went with it is not told."""
    if parsed.kind != "drop_stmt":
        return
    kind = OBJECTS.get(parsed.node.remove_type, "").lower()
    for each in parsed.node.objects:
        held, value = unwrap(each)
        parts = strings(value.items) if held == "list" else [value.sval] if held == "string" else []
        if parts:
            schema = parts[-2] if len(parts) > 1 else "public"
            identity = f"{quote(schema)}.{quote(parts[-1])}"
            yield Entry((CLASSES["pg_class"], 0, 0, True, False, False, kind, schema, parts[-1], identity, parts, []), here=True)
