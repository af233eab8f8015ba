"""ALTER TABLE: its subcommands about columns (manual, ALTER TABLE)."""

from collections.abc import Iterator
from typing import Any

from invariants.postgres.grammar import pb
from invariants.replay import collations, columns, constraints
from invariants.replay.constraints import Wanted
from invariants.replay.drop import Target, drop
from invariants.replay.errors import Failure
from invariants.replay.machine import Machine
from invariants.replay.names import find_type_name
from invariants.replay.objects import Column, Relation, Step
from invariants.replay.records import replace
from invariants.replay.shelf import Use
from invariants.replay.subcommands import Subcommand, definition, needs_table


def _add_column(machine: Machine, table: Relation, command: Any) -> None:
    needs_table(table)
    node = definition(command).column_def
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
        if known.collation != defined.column.collation:
            raise Failure("42P21", f'child table "{table.name}" has different collation for column "{known.name}"')
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
    needs_table(table)
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
            columns.set_default(machine, each, own, definition(command))
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
    keys = (each for each in machine.catalog.constraints_of(table.oid) if each.kind == "primary")
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
    found = find_type_name(machine, definition(command).column_def.type_name)
    collation = collations.of(machine, definition(command).column_def, found)
    for each in _family(machine, table):
        own = _column(each, column.name)
        uses = (own.uses - columns.own_uses(own)) | collations.uses(found.oid, collation)
        columns.put(machine, each, replace(own, type_name=found.name, type_oid=found.oid, collation=collation, uses=uses))


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
    columns.identity(machine, table, column, definition(command).constraint.generated_when)


def _set_identity(machine: Machine, table: Relation, command: Any) -> None:
    column = _column(table, command.name)
    if not column.identity:
        raise Failure("55000", f'column "{column.name}" of relation "{table.name}" is not an identity column')
    for option in (each.def_elem for each in definition(command).list.items):
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
}
