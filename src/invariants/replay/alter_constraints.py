"""ALTER TABLE: its subcommands about constraints (manual, ALTER TABLE)."""

from typing import Any

from invariants.postgres.grammar import pb
from invariants.replay import constraints
from invariants.replay.constraints import Wanted
from invariants.replay.drop import Target, drop
from invariants.replay.errors import Failure
from invariants.replay.machine import Machine
from invariants.replay.objects import Relation
from invariants.replay.records import replace
from invariants.replay.subcommands import Subcommand, definition, needs_table


def _add_constraint(machine: Machine, table: Relation, command: Any) -> None:
    needs_table(table)
    node = definition(command).constraint
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
    said = definition(command)
    node = said.atalter_constraint if said.WhichOneof("node") == "atalter_constraint" else said.constraint
    known = machine.catalog.constraints.named(table.oid, node.conname)
    if known is None:
        raise Failure("42704", f'constraint "{node.conname}" of relation "{table.name}" does not exist')
    machine.catalog.constraints.put(replace(known, deferrable=node.deferrable))


SUBCOMMANDS: dict[int, Subcommand] = {
    pb.AT_AddConstraint: _add_constraint,
    pb.AT_DropConstraint: _drop_constraint,
    pb.AT_ValidateConstraint: _validate,
    pb.AT_AlterConstraint: _alter_constraint,
}
