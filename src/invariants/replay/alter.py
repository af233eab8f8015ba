"""ALTER TABLE: each of its subcommands, on tables and on what else it may be said of (manual, ALTER TABLE)."""

from typing import Any

from invariants.postgres.grammar import pb
from invariants.postgres.tree import strings
from invariants.replay import (
    alter_columns,
    alter_constraints,
    columns,
    comparable,
    constraints,
    foreign,
    indexes,
    inheritance,
    owners,
    tables,
)
from invariants.replay.constraints import Wanted
from invariants.replay.errors import Failure
from invariants.replay.machine import Handler, Machine
from invariants.replay.names import find_relation, find_type, lookup, role_oid
from invariants.replay.objects import Relation, Step
from invariants.replay.records import replace
from invariants.replay.subcommands import TABLES, Subcommand, definition

KINDS = {
    pb.OBJECT_TABLE: TABLES | {"view", "materialized", "sequence", "index"},
    pb.OBJECT_FOREIGN_TABLE: {"foreign"},
    pb.OBJECT_VIEW: {"view"},
    pb.OBJECT_MATVIEW: {"materialized"},
    pb.OBJECT_INDEX: {"index"},
    pb.OBJECT_SEQUENCE: {"sequence"},
    pb.OBJECT_TYPE: {"composite"},
}


def _alter(machine: Machine, node: Any) -> None:
    if node.objtype == pb.OBJECT_TYPE:
        relation = _composite(machine, node.relation)
    else:
        found = lookup(machine.catalog, node.relation.schemaname, node.relation.relname)
        if found is None and node.missing_ok:
            return
        relation = found or find_relation(machine, node.relation)
    if relation.kind not in KINDS.get(node.objtype, TABLES):
        raise Failure("42809", f'"{relation.name}" is not of the kind the statement says')
    for command in sorted((each.alter_table_cmd for each in node.cmds), key=_pass):
        command.recurse = node.relation.inh
        current = machine.catalog.relations[relation.oid]
        _subcommand(command)(machine, current, command)
    if any(each.alter_table_cmd.subtype == pb.AT_AlterColumnType for each in node.cmds):
        comparable.check_again(machine.catalog, relation.oid)


def _composite(machine: Machine, node: Any) -> Relation:
    made = find_type(machine, [node.schemaname, node.relname] if node.schemaname else [node.relname])
    if made is None or not made.relation:
        raise Failure("42P01", f'relation "{node.relname}" does not exist')
    return machine.catalog.relations[made.relation]


def _pass(command: Any) -> int:
    """The order in which PostgreSQL works subcommands off (AlterTablePass): drops, types, additions, constraints, the rest."""
    kind = command.subtype
    if kind in {pb.AT_DropColumn, pb.AT_DropConstraint}:
        return 0
    if kind == pb.AT_AlterColumnType:
        return 1
    if kind == pb.AT_AddColumn:
        return 2
    if kind in {pb.AT_ColumnDefault, pb.AT_SetNotNull, pb.AT_DropNotNull, pb.AT_AddIdentity, pb.AT_SetIdentity, pb.AT_DropIdentity}:
        return 3
    if kind == pb.AT_AddConstraint:
        return 4 + constraints.order(Wanted(getattr(command, "def").constraint))
    return 10


def _subcommand(command: Any) -> Subcommand:
    found = SUBCOMMANDS.get(command.subtype)
    if found is None:
        return _nothing
    return found


def _nothing(machine: Machine, relation: Relation, command: Any) -> None:
    """Storage, statistics, clustering, replica identity and the like change nothing kept here."""


def _row_security(**flags: bool) -> Subcommand:
    """ENABLE, DISABLE, FORCE, NO FORCE ROW LEVEL SECURITY."""

    def apply(machine: Machine, table: Relation, _: Any) -> None:
        if table.kind not in {"table", "partitioned"}:
            raise Failure("42809", f'"{table.name}" is not a table')
        at = machine.catalog.at
        places = {"rls_enabled": "rls_at", "rls_forced": "forced_at"}
        words = {"rls_enabled": ("enabled", "disabled"), "rls_forced": ("forced", "no longer forced")}
        for flag, value in flags.items():
            if getattr(table, flag) == value:
                continue
            step = Step(at, f"row security {words[flag][0 if value else 1]}")
            changed: dict[str, Any] = {flag: value, places[flag]: at, "history": (*table.history, step)}
            table = machine.catalog.relations.put(replace(table, **changed))

    return apply


def _owner(machine: Machine, relation: Relation, command: Any) -> None:
    owners.give(machine.catalog, relation, role_oid(machine.catalog, command.newowner))


def _inherit(machine: Machine, table: Relation, command: Any) -> None:
    inheritance.inherit(machine, table, find_relation(machine, definition(command).range_var))


def _no_inherit(machine: Machine, table: Relation, command: Any) -> None:
    inheritance.part(machine, table, find_relation(machine, definition(command).range_var))


def _attach(machine: Machine, parent: Relation, command: Any) -> None:
    child = find_relation(machine, definition(command).partition_cmd.name)
    if parent.kind == "index":
        indexes.attach(machine, parent, child)
    else:
        inheritance.attach(machine, parent, child)


def _detach(machine: Machine, parent: Relation, command: Any) -> None:
    child = find_relation(machine, definition(command).partition_cmd.name)
    inheritance.part(machine, child, parent)


def _set_options(machine: Machine, relation: Relation, command: Any) -> None:
    if relation.kind == "partitioned":
        raise Failure("42809", "cannot specify storage parameters for a partitioned table")
    given = dict(tables.options(definition(command).list.items))
    kept = [(name, value) for name, value in relation.options if name not in given]
    _put_options(machine, relation, (*kept, *given.items()))


def _reset_options(machine: Machine, relation: Relation, command: Any) -> None:
    given = {each.def_elem.defname for each in definition(command).list.items}
    _put_options(machine, relation, tuple((name, value) for name, value in relation.options if name not in given))


def _put_options(machine: Machine, relation: Relation, options: tuple[tuple[str, str], ...]) -> None:
    at = machine.catalog.at
    machine.catalog.relations.put(
        replace(relation, options=options, options_at=at, history=(*relation.history, Step(at, "options changed")))
    )


def _logged(persistence: Any) -> Subcommand:
    def apply(machine: Machine, relation: Relation, _: Any) -> None:
        if relation.kind not in {"table", "sequence"}:
            raise Failure("42809", f'"{relation.name}" is not a table')
        foreign.check_persistence(machine, relation, persistence)
        machine.catalog.relations.put(replace(relation, persistence=persistence))
        for each in machine.catalog.standing_on(machine.catalog.relations, relation.oid):
            if each.kind in {"sequence", "index"} and each.persistence != persistence:
                machine.catalog.relations.put(replace(each, persistence=persistence))

    return apply


def _switch(*, enabled: bool) -> Subcommand:
    """ENABLE and DISABLE TRIGGER, by name, ALL or USER."""

    def apply(machine: Machine, table: Relation, command: Any) -> None:
        mine = [each for each in machine.catalog.standing_on(machine.catalog.triggers, table.oid) if each.table == table.oid]
        wanted = [each for each in mine if not command.name or each.name == command.name]
        if command.name and not wanted:
            raise Failure("42704", f'trigger "{command.name}" for table "{table.name}" does not exist')
        for each in wanted:
            machine.catalog.triggers.put(replace(each, enabled=enabled, at=machine.catalog.at))
        for child in columns.children(machine, table):
            if child.is_partition and (not command.name or machine.catalog.triggers.named(child.oid, command.name)):
                apply(machine, child, command)

    return apply


def _of_type(machine: Machine, table: Relation, command: Any) -> None:
    made = find_type(machine, strings(definition(command).type_name.names))
    machine.catalog.relations.put(replace(table, of_type=made.oid if made else 0))


SUBCOMMANDS: dict[int, Subcommand] = {
    **alter_columns.SUBCOMMANDS,
    **alter_constraints.SUBCOMMANDS,
    pb.AT_EnableRowSecurity: _row_security(rls_enabled=True),
    pb.AT_DisableRowSecurity: _row_security(rls_enabled=False),
    pb.AT_ForceRowSecurity: _row_security(rls_forced=True),
    pb.AT_NoForceRowSecurity: _row_security(rls_forced=False),
    pb.AT_ChangeOwner: _owner,
    pb.AT_AddInherit: _inherit,
    pb.AT_DropInherit: _no_inherit,
    pb.AT_AttachPartition: _attach,
    pb.AT_DetachPartition: _detach,
    pb.AT_SetRelOptions: _set_options,
    pb.AT_ResetRelOptions: _reset_options,
    pb.AT_SetLogged: _logged("permanent"),
    pb.AT_SetUnLogged: _logged("unlogged"),
    pb.AT_EnableTrig: _switch(enabled=True),
    pb.AT_EnableAlwaysTrig: _switch(enabled=True),
    pb.AT_EnableReplicaTrig: _switch(enabled=True),
    pb.AT_DisableTrig: _switch(enabled=False),
    pb.AT_EnableTrigAll: _switch(enabled=True),
    pb.AT_DisableTrigAll: _switch(enabled=False),
    pb.AT_EnableTrigUser: _switch(enabled=True),
    pb.AT_DisableTrigUser: _switch(enabled=False),
    pb.AT_AddOf: _of_type,
}
HANDLERS: dict[str, Handler] = {"alter_table_stmt": _alter}
