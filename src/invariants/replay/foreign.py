"""Foreign keys: added to tables, passed on to partitions (manual, CREATE TABLE: REFERENCES)."""

from typing import Any

from invariants.postgres.tree import strings
from invariants.replay import comparable, indexes, naming
from invariants.replay.columns import children
from invariants.replay.errors import Failure
from invariants.replay.machine import Machine
from invariants.replay.names import find_relation
from invariants.replay.objects import Constraint, Index, Relation
from invariants.replay.records import replace
from invariants.replay.shelf import Use

ACTIONS = {"a": "no action", "r": "restrict", "c": "cascade", "n": "set null", "d": "set default", "": "no action"}


REFERENCES = {"permanent": {"permanent"}, "unlogged": {"permanent", "unlogged"}, "temporary": {"temporary"}}
"""What a table of each persistence may reference."""


def add(machine: Machine, table: Relation, node: Any, names: list[str]) -> None:
    """Add a foreign key on these columns."""
    catalog = machine.catalog
    target = find_relation(machine, node.pktable)
    if target.kind not in {"table", "partitioned"}:
        raise Failure("42809", f'referenced relation "{target.name}" is not a table')
    if target.persistence not in REFERENCES[table.persistence]:
        raise Failure("42P16", f"constraints on {table.persistence} tables may not reference {target.persistence} tables")
    numbers = tuple(_column(table, name) for name in names)
    key = _target_key(machine, target, strings(node.pk_attrs))
    if len(key.keys) != len(numbers):
        raise Failure("42830", "number of referencing and referenced columns for foreign key disagree")
    targets = tuple(_column(target, name) for name in strings(node.pk_attrs)) or key.keys
    comparable.check(catalog, table, numbers, target, targets)
    name = naming.free(catalog, table, node.conname) if node.conname else ""
    if not name:
        name = naming.constraint_name(catalog, table.name, naming.addition(names), "fkey", table.schema)
    uses = {Use(table.oid, number, auto=True) for number in numbers} | {Use(target.oid, number) for number in targets} | {Use(key.oid)}
    foreign = Constraint(
        oid=catalog.oid(),
        name=name,
        table=table.oid,
        kind="foreign",
        columns=numbers,
        target=target.oid,
        target_columns=targets,
        on_delete=ACTIONS[node.fk_del_action],
        on_update=ACTIONS[node.fk_upd_action],
        validated=not node.skip_validation,
        deferrable=node.deferrable,
        uses=frozenset(uses),
        made=machine.place(machine.offset(node.location)),
    )
    catalog.constraints.put(foreign)
    if table.kind == "partitioned":
        for child in children(machine, table):
            for_partition(machine, table, child, foreign)


def check_persistence(machine: Machine, table: Relation, persistence: str) -> None:
    """A permanent table may reference permanent ones only, an unlogged one must not be referenced by permanent ones."""
    if table.persistence == "temporary":
        raise Failure("42P16", f'cannot change logged status of table "{table.name}" because it is temporary')
    relations = machine.catalog.relations
    foreign = [each for each in machine.catalog.constraints if each.kind == "foreign" and each.table != each.target]
    targets = {relations[each.target].persistence for each in foreign if each.table == table.oid}
    referencing = {relations[each.table].persistence for each in foreign if each.target == table.oid}
    others, refused = (targets, "unlogged") if persistence == "permanent" else (referencing, "permanent")
    if refused in others:
        raise Failure(
            "42P16", f'could not change table "{table.name}" to {persistence}: it references, or is referenced by, {refused} tables'
        )


def for_partition(machine: Machine, parent: Relation, child: Relation, foreign: Constraint) -> None:
    """A partition's copy of its parent's foreign key."""
    catalog = machine.catalog
    names = [next(each.name for each in parent.columns if each.number == number) for number in foreign.columns]
    numbers = tuple(indexes.column_number(child, name) for name in names)
    for known in catalog.constraints_of(child.oid):
        if known.kind == "foreign" and known.columns == numbers and known.target == foreign.target:
            return
    name = foreign.name
    if catalog.constraints.named(child.oid, name) is not None:
        name = naming.constraint_name(catalog, child.name, naming.addition(names), "fkey", child.schema)
    uses = {Use(child.oid, number, auto=True) for number in numbers} | {use for use in foreign.uses if use.oid != parent.oid}
    uses.add(Use(foreign.oid, 0, auto=True))
    oid = catalog.oid()
    copy = replace(foreign, oid=oid, name=name, table=child.oid, columns=numbers, local=False, inherited=1, uses=frozenset(uses))
    catalog.constraints.put(copy)
    for each in children(machine, child):
        for_partition(machine, child, each, copy)


def _column(table: Relation, name: str) -> int:
    column = table.column(name)
    if column is None:
        raise Failure("42703", f'column "{name}" referenced in foreign key constraint does not exist')
    return column.number


def _target_key(machine: Machine, target: Relation, names: list[str]) -> Index:
    """The unique index that a foreign key points to."""
    wanted, is_late = {_column(target, name) for name in names}, False
    for oid in sorted(machine.catalog.dependents.get(target.oid, ())):
        index = machine.catalog.indexes.get(oid) or machine.catalog.indexes.get(_index_of(machine, oid))
        if index is None or index.table != target.oid or not index.unique or index.predicate is not None or index.expressions:
            continue
        if (set(index.keys) == wanted) if names else index.primary:
            constraint = machine.catalog.constraints.get(index.constraint)
            if constraint is None or not constraint.deferrable:
                return index
            is_late = True
    if is_late:
        kind = "unique constraint" if names else "primary key"
        raise Failure("55000", f'cannot use a deferrable {kind} for referenced table "{target.name}"')
    if not names:
        raise Failure("42704", f'there is no primary key for referenced table "{target.name}"')
    raise Failure("42830", f'there is no unique constraint matching given keys for referenced table "{target.name}"')


def _index_of(machine: Machine, oid: int) -> int:
    constraint = machine.catalog.constraints.get(oid)
    return constraint.index if constraint else 0
