"""ALTER TABLE: each of its subcommands, on tables and on what else it may be said of (manual, ALTER TABLE)."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from invariants.postgres.grammar import pb
from invariants.postgres.tree import strings
from invariants.replay import columns, comparable, constraints, indexes, inheritance, owners, tables
from invariants.replay.constraints import Wanted
from invariants.replay.drop import Target, drop
from invariants.replay.errors import Failure
from invariants.replay.machine import Handler, Machine
from invariants.replay.names import find_relation, find_type, find_type_name, lookup, role_oid
from invariants.replay.objects import Column, Relation, Step
from invariants.replay.shelf import Use

TABLES = {"table", "partitioned", "foreign"}
KINDS = {
    pb.OBJECT_TABLE: TABLES | {"view", "materialized", "sequence", "index"},
    pb.OBJECT_FOREIGN_TABLE: {"foreign"},
    pb.OBJECT_VIEW: {"view"},
    pb.OBJECT_MATVIEW: {"materialized"},
    pb.OBJECT_INDEX: {"index"},
    pb.OBJECT_SEQUENCE: {"sequence"},
    pb.OBJECT_TYPE: {"composite"},
}
Subcommand = Callable[[Machine, Relation, Any], None]


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


def _definition(command: Any) -> Any:
    return getattr(command, "def")


def _needs_table(relation: Relation) -> None:
    if relation.kind not in {*TABLES, "composite"}:
        raise Failure("42809", f'"{relation.name}" is not a table')


def _add_column(machine: Machine, table: Relation, command: Any) -> None:
    _needs_table(table)
    node = _definition(command).column_def
    if table.column(node.colname) is not None and command.missing_ok:
        return
    if table.is_partition or table.of_type:
        raise Failure("42809", "cannot add column to a partition or a typed table")
    if not command.recurse and any(columns.children(machine, table)):
        raise Failure("42P16", "column must be added to child tables too")
    _grow(machine, table, node, inherited=False)
    _note(machine, table.oid, f"column {node.colname} added")


def _grow(machine: Machine, table: Relation, node: Any, *, inherited: bool) -> None:
    """Add a column to a table and its children."""
    known = table.column(node.colname) if inherited else None
    defined = columns.define(machine, table, node)
    if known is not None:
        if known.type_name != defined.column.type_name:
            raise Failure("42804", f'child table "{table.name}" has different type for column "{known.name}"')
        columns.put(machine, table, replace(known, inherited=known.inherited + 1))
        return
    column = replace(defined.column, local=not inherited, inherited=int(inherited))
    table = columns.add(machine, table, column)
    table = columns.fill(machine, table, node, column.number)
    for child in columns.children(machine, table):
        _grow(machine, child, node, inherited=True)
    for each in () if inherited else sorted((Wanted(own, column.name) for own in defined.constraints), key=constraints.order):
        constraints.add(machine, machine.catalog.relations[table.oid], each)


def _column(table: Relation, name: str) -> Column:
    column = table.column(name)
    if column is None:
        raise Failure("42703", f'column "{name}" of relation "{table.name}" does not exist')
    return column


def _drop_column(machine: Machine, table: Relation, command: Any) -> None:
    _needs_table(table)
    if table.column(command.name) is None and command.missing_ok:
        return
    column = _column(table, command.name)
    if column.inherited:
        raise Failure("42P16", f'cannot drop inherited column "{column.name}"')
    if table.kind == "partitioned" and column.name in table.partition_key.split("\0"):
        raise Failure("42P16", f'cannot drop column "{column.name}" because it is part of the partition key')
    _shrink(machine, table, column, cascade=command.behavior == pb.DROP_CASCADE)
    _note(machine, table.oid, f"column {column.name} dropped")


def _shrink(machine: Machine, table: Relation, column: Column, *, cascade: bool) -> None:
    catalog = machine.catalog
    for child in list(columns.children(machine, table)):
        known = child.column(column.name)
        if known is None:
            continue
        if known.inherited <= 1 and not known.local:
            _shrink(machine, child, known, cascade=cascade)
        else:
            columns.put(machine, child, replace(known, inherited=known.inherited - 1))
    drop(catalog, [Target(table.oid, column.number)], cascade=cascade)


def _default(machine: Machine, table: Relation, command: Any) -> None:
    column = _column(table, command.name)
    if column.identity or column.generated:
        raise Failure("42601", f'column "{column.name}" of relation "{table.name}" is an identity or generated column')
    for each in _family(machine, table) if command.recurse else (table,):
        own = _column(each, column.name)
        if command.HasField("def"):
            columns.set_default(machine, each, own, _definition(command))
        else:
            columns.drop_default(machine, each, own)


def _family(machine: Machine, table: Relation) -> Iterator[Relation]:
    """A table and all its descendants."""
    yield table
    for child in columns.children(machine, table):
        yield from _family(machine, child)


def _set_not_null(machine: Machine, table: Relation, command: Any) -> None:
    constraints.set_not_null(machine, table, _column(table, command.name).name, not_null=True)


def _drop_not_null(machine: Machine, table: Relation, command: Any) -> None:
    column = _column(table, command.name)
    if column.identity:
        raise Failure("42601", f'column "{column.name}" of relation "{table.name}" is an identity column')
    keys = (each for each in constraints.of(machine, table) if each.kind == "primary")
    if any(column.number in each.columns for each in keys):
        raise Failure("42P16", f'column "{column.name}" is in a primary key')
    for parent in table.parents if table.is_partition else ():
        above = machine.catalog.relations[parent].column(column.name)
        if above is not None and above.not_null:
            raise Failure("42P16", f'column "{column.name}" is marked NOT NULL in parent table')
    constraints.set_not_null(machine, table, column.name, not_null=False)


def _type(machine: Machine, table: Relation, command: Any) -> None:
    column = _column(table, command.name)
    _refuse_type_change(machine, table, column)
    found = find_type_name(machine, _definition(command).column_def.type_name)
    for each in _family(machine, table):
        own = _column(each, column.name)
        others = frozenset(use for use in own.uses if use.oid != own.type_oid)
        uses = others | ({Use(found.oid)} if found.oid else frozenset())
        columns.put(machine, each, replace(own, type_name=found.name, type_oid=found.oid, uses=uses))


def _refuse_type_change(machine: Machine, table: Relation, column: Column) -> None:
    """Views, rules, policies and triggers that name a column hold its type; tables of a composite type its attributes'."""
    catalog = machine.catalog
    kinds = (made.oid for made in catalog.types if table.kind == "composite" and made.relation == table.oid)
    if any(each.oid != table.oid for oid in kinds for each in catalog.standing_on(catalog.relations, oid)):
        raise Failure("0A000", f"cannot alter type {table.name} because columns use it")
    if column.inherited:
        raise Failure("42P16", f'cannot alter inherited column "{column.name}"')
    if any(each.generated and Use(table.oid, column.number) in each.uses for each in table.columns):
        raise Failure("0A000", "cannot alter type of a column used by a generated column")
    for oid, uses in catalog.dependents.get(table.oid, {}).items():
        holder = catalog.policies.get(oid) or catalog.triggers.get(oid) or catalog.relations.get(oid)
        is_view = isinstance(holder, Relation) and holder.kind in {"view", "materialized"}
        if holder is not None and (is_view or not isinstance(holder, Relation)) and any(use.column == column.number for use in uses):
            raise Failure("0A000", f"cannot alter type of a column used by {holder.name}")


def _add_identity(machine: Machine, table: Relation, command: Any) -> None:
    column = _column(table, command.name)
    if not column.not_null:
        raise Failure("55000", f'column "{column.name}" of relation "{table.name}" must be declared NOT NULL before identity can be added')
    columns.identity(machine, table, column, _definition(command).constraint.generated_when)


def _set_identity(machine: Machine, table: Relation, command: Any) -> None:
    column = _column(table, command.name)
    if not column.identity:
        raise Failure("55000", f'column "{column.name}" of relation "{table.name}" is not an identity column')
    for option in (each.def_elem for each in _definition(command).list.items):
        if option.defname == "generated":
            identity = columns.IDENTITY[chr(option.arg.integer.ival)]
            columns.put(machine, table, replace(column, identity=identity))


def _drop_identity(machine: Machine, table: Relation, command: Any) -> None:
    column = _column(table, command.name)
    if not column.identity:
        if command.missing_ok:
            return
        raise Failure("55000", f'column "{column.name}" of relation "{table.name}" is not an identity column')
    sequence = column.sequence
    columns.put(machine, table, replace(column, identity="", sequence=0))
    drop(machine.catalog, [Target(sequence)], cascade=False)


def _drop_expression(machine: Machine, table: Relation, command: Any) -> None:
    column = _column(table, command.name)
    if not column.generated:
        if command.missing_ok:
            return
        raise Failure("55000", f'column "{column.name}" of relation "{table.name}" is not a stored generated column')
    columns.drop_default(machine, table, replace(column, generated=""))


def _add_constraint(machine: Machine, table: Relation, command: Any) -> None:
    _needs_table(table)
    node = _definition(command).constraint
    constraints.add(machine, table, Wanted(node, is_only=not command.recurse))


def _drop_constraint(machine: Machine, table: Relation, command: Any) -> None:
    known = machine.catalog.constraints.named(table.oid, command.name)
    if known is None:
        if command.missing_ok:
            return
        raise Failure("42704", f'constraint "{command.name}" of relation "{table.name}" does not exist')
    if known.inherited:
        raise Failure("42P16", f'cannot drop inherited constraint "{known.name}" of relation "{table.name}"')
    drop(machine.catalog, [Target(known.oid)], cascade=command.behavior == pb.DROP_CASCADE)


def _validate(machine: Machine, table: Relation, command: Any) -> None:
    known = machine.catalog.constraints.named(table.oid, command.name)
    if known is None:
        raise Failure("42704", f'constraint "{command.name}" of relation "{table.name}" does not exist')
    if known.kind not in {"check", "foreign"}:
        raise Failure("42809", f'constraint "{known.name}" of relation "{table.name}" is not a foreign key or check constraint')
    machine.catalog.constraints.put(replace(known, validated=True))


def _alter_constraint(machine: Machine, table: Relation, command: Any) -> None:
    definition = _definition(command)
    node = definition.atalter_constraint if definition.WhichOneof("node") == "atalter_constraint" else definition.constraint
    known = machine.catalog.constraints.named(table.oid, node.conname)
    if known is None:
        raise Failure("42704", f'constraint "{node.conname}" of relation "{table.name}" does not exist')
    machine.catalog.constraints.put(replace(known, deferrable=node.deferrable))


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
    inheritance.inherit(machine, table, find_relation(machine, _definition(command).range_var))


def _no_inherit(machine: Machine, table: Relation, command: Any) -> None:
    inheritance.part(machine, table, find_relation(machine, _definition(command).range_var))


def _attach(machine: Machine, parent: Relation, command: Any) -> None:
    child = find_relation(machine, _definition(command).partition_cmd.name)
    if parent.kind == "index":
        indexes.attach(machine, parent, child)
    else:
        inheritance.attach(machine, parent, child)


def _detach(machine: Machine, parent: Relation, command: Any) -> None:
    child = find_relation(machine, _definition(command).partition_cmd.name)
    inheritance.part(machine, child, parent)


def _set_options(machine: Machine, relation: Relation, command: Any) -> None:
    if relation.kind == "partitioned":
        raise Failure("42809", "cannot specify storage parameters for a partitioned table")
    given = dict(tables.options(_definition(command).list.items))
    kept = [(name, value) for name, value in relation.options if name not in given]
    _put_options(machine, relation, (*kept, *given.items()))


def _reset_options(machine: Machine, relation: Relation, command: Any) -> None:
    given = {each.def_elem.defname for each in _definition(command).list.items}
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
        constraints.check_persistence(machine, relation, persistence)
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
    made = find_type(machine, strings(_definition(command).type_name.names))
    machine.catalog.relations.put(replace(table, of_type=made.oid if made else 0))


def _note(machine: Machine, oid: int, what: str) -> None:
    table = machine.catalog.relations[oid]
    machine.catalog.relations.put(replace(table, history=(*table.history, Step(machine.catalog.at, what))))


SUBCOMMANDS: dict[int, Subcommand] = {
    pb.AT_AddColumn: _add_column,
    pb.AT_AddColumnToView: _add_column,
    pb.AT_DropColumn: _drop_column,
    pb.AT_ColumnDefault: _default,
    pb.AT_SetNotNull: _set_not_null,
    pb.AT_DropNotNull: _drop_not_null,
    pb.AT_AlterColumnType: _type,
    pb.AT_AddIdentity: _add_identity,
    pb.AT_SetIdentity: _set_identity,
    pb.AT_DropIdentity: _drop_identity,
    pb.AT_DropExpression: _drop_expression,
    pb.AT_AddConstraint: _add_constraint,
    pb.AT_DropConstraint: _drop_constraint,
    pb.AT_ValidateConstraint: _validate,
    pb.AT_AlterConstraint: _alter_constraint,
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
