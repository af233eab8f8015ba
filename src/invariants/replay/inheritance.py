"""Parents and children: INHERITS and partitions, at creation and by ATTACH, DETACH, INHERIT, NO INHERIT."""

from typing import Any

from invariants.replay import columns, constraints, foreign, indexes, triggers
from invariants.replay.errors import Failure
from invariants.replay.machine import Machine
from invariants.replay.objects import Relation, Step
from invariants.replay.records import replace
from invariants.replay.shelf import Use

CONFLICT = "\0"
"""The default of a column whose parents do not agree on one."""


def check_defaults(table: Relation) -> None:
    """Where parents do not agree on a default, the child has to say its own."""
    for column in table.columns:
        if column.default == CONFLICT:
            raise Failure("42611", f'column "{column.name}" inherits conflicting default values')


def columns_of(machine: Machine, table: Relation, parent: Relation, *, is_partition: bool) -> Relation:
    """The table with the columns of a parent; one that several parents declare is merged."""
    if not is_partition and parent.kind == "partitioned":
        raise Failure("42P16", f'cannot inherit from partitioned table "{parent.name}"')
    if parent.is_partition and not is_partition:
        raise Failure("42P16", f'cannot inherit from partition "{parent.name}"')
    _check_persistence(table, parent, is_partition=is_partition)
    for column in parent.columns:
        known = table.column(column.name)
        if known is not None:
            if known.type_name != column.type_name:
                raise Failure("42804", f'inherited column "{column.name}" has a type conflict')
            if known.collation != column.collation:
                raise Failure("42P21", f'inherited column "{column.name}" has a collation conflict')
            default = known.default if known.default == column.default else CONFLICT
            not_null = known.not_null or column.not_null
            merged = replace(known, inherited=known.inherited + 1, not_null=not_null, default=default)
            table = columns.put(machine, table, merged)
            continue
        kept = "" if column.identity else column.identity
        inherited = replace(
            column, number=table.next_number, local=False, inherited=1, acl=None, sequence=0, identity=kept, at=machine.catalog.at
        )
        table = columns.add(machine, table, inherited)
    return table


def _check_persistence(table: Relation, parent: Relation, *, is_partition: bool) -> None:
    """What outlives the session cannot hang on what does not; a partition lasts as long as its parent."""
    if parent.persistence == "temporary" != table.persistence:
        raise Failure("42809", f'cannot inherit from temporary relation "{parent.name}"')
    if is_partition and table.persistence == "temporary" != parent.persistence:
        raise Failure("42809", f'cannot make a temporary relation a partition of permanent relation "{parent.name}"')


def join(machine: Machine, table: Relation, parent: Relation, *, is_partition: bool) -> None:
    """Make a table the child of a parent: it stands on it, and takes its checks."""
    catalog = machine.catalog
    if parent.oid in table.parents:
        raise Failure("42P07", f'relation "{parent.name}" would be inherited from more than once')
    if table.oid in _ancestors(machine, parent):
        raise Failure("42P07", "circular inheritance is not allowed")
    use = Use(parent.oid, 0, auto=is_partition)
    catalog.relations.put(
        replace(table, parents=(*table.parents, parent.oid), is_partition=is_partition or table.is_partition, uses=table.uses | {use})
    )
    for check in machine.catalog.constraints_of(parent.oid):
        if check.kind == "check" and not check.no_inherit:
            constraints.inherit_check(machine, parent, catalog.relations[table.oid], replace(check, validated=True))


def _ancestors(machine: Machine, table: Relation) -> set[int]:
    """A table, its parents, and theirs."""
    return {table.oid}.union(*(_ancestors(machine, machine.catalog.relations[each]) for each in table.parents))


def adopt(machine: Machine, child: Relation, parent: Relation) -> None:
    """Give a partition what its parent's partitions have: keys, indexes, references, row triggers."""
    catalog = machine.catalog
    for constraint in machine.catalog.constraints_of(parent.oid):
        if constraint.kind in {"primary", "unique"}:
            constraints.key_for_partition(machine, parent, child, constraint)
    for index in list(catalog.indexes):
        if index.table == parent.oid and not index.constraint:
            names = [column.name for number in index.keys for column in parent.columns if column.number == number]
            indexes.copy_to_partition(machine, parent, child, index, names or ["expr"])
    for constraint in machine.catalog.constraints_of(parent.oid):
        if constraint.kind == "foreign":
            foreign.for_partition(machine, parent, child, constraint)
    triggers.attach(catalog, parent, child)


def inherit(machine: Machine, table: Relation, parent: Relation) -> None:
    """ALTER TABLE ... INHERIT: the child has to have the parent's columns already."""
    if parent.kind == "partitioned" or parent.is_partition or table.is_partition:
        raise Failure("42809", "cannot inherit from a partitioned table or a partition, nor can a partition inherit")
    _check_persistence(table, parent, is_partition=False)
    _match(machine, table, parent)
    join(machine, machine.catalog.relations[table.oid], parent, is_partition=False)
    _note(machine, table.oid, f"inherits from {parent.name}")


def attach(machine: Machine, parent: Relation, table: Relation) -> None:
    """ALTER TABLE ... ATTACH PARTITION."""
    if parent.kind != "partitioned":
        raise Failure("42809", f'"{parent.name}" is not partitioned')
    if table.is_partition:
        raise Failure("42809", f'"{table.name}" is already a partition')
    _check_persistence(table, parent, is_partition=True)
    extra = {column.name for column in table.columns} - {column.name for column in parent.columns}
    if extra:
        raise Failure("42804", f'table "{table.name}" contains column "{min(extra)}" not found in parent "{parent.name}"')
    _match(machine, table, parent)
    join(machine, machine.catalog.relations[table.oid], parent, is_partition=True)
    adopt(machine, machine.catalog.relations[table.oid], parent)
    _note(machine, table.oid, f"attached to {parent.name}")


def _match(machine: Machine, table: Relation, parent: Relation) -> None:
    for column in parent.columns:
        known = machine.catalog.relations[table.oid].column(column.name)
        if known is None:
            raise Failure("42804", f'child table is missing column "{column.name}"')
        if known.type_name != column.type_name:
            raise Failure("42804", f'child table "{table.name}" has different type for column "{column.name}"')
        if known.collation != column.collation:
            raise Failure("42P21", f'child table "{table.name}" has different collation for column "{column.name}"')
        if column.not_null and not known.not_null:
            raise Failure("42804", f'column "{column.name}" in child table must be marked NOT NULL')
        columns.put(machine, machine.catalog.relations[table.oid], replace(known, inherited=known.inherited + 1))
    for check in machine.catalog.constraints_of(parent.oid):
        if check.kind == "check" and not check.no_inherit:
            own = machine.catalog.constraints.named(table.oid, check.name)
            if own is None:
                raise Failure("42804", f'child table is missing constraint "{check.name}"')


def part(machine: Machine, table: Relation, parent: Relation) -> None:
    """DETACH PARTITION and NO INHERIT: what was inherited becomes the table's own."""
    catalog = machine.catalog
    if parent.oid not in table.parents:
        raise Failure("42P01", f'relation "{table.name}" is not a child of relation "{parent.name}"')
    triggers.detach(catalog, table)
    kept = tuple(_own(column, parent) for column in table.columns)
    uses = frozenset(use for use in table.uses if use.oid != parent.oid)
    parents = tuple(each for each in table.parents if each != parent.oid)
    catalog.relations.put(replace(table, columns=kept, parents=parents, is_partition=False, uses=uses))
    family = {parent.oid} | {each.oid for each in machine.catalog.constraints_of(parent.oid)}
    family |= {each.index for each in machine.catalog.constraints_of(parent.oid)} | {
        each.oid for each in catalog.indexes if each.table == parent.oid
    }
    for constraint in machine.catalog.constraints_of(table.oid):
        released = frozenset(use for use in constraint.uses if use.oid not in family or (use.oid == constraint.target and not use.auto))
        if constraint.inherited:
            catalog.constraints.put(replace(constraint, inherited=constraint.inherited - 1, local=True, uses=released))
    for index in [each for each in catalog.indexes if each.table == table.oid]:
        relation = catalog.relations[index.oid]
        catalog.relations.put(replace(relation, uses=frozenset(use for use in relation.uses if use.oid not in family)))
    _note(machine, table.oid, f"detached from {parent.name}")


def _own(column: Any, parent: Relation) -> Any:
    if parent.column(column.name) is None:
        return column
    return replace(column, local=True, inherited=max(column.inherited - 1, 0))


def _note(machine: Machine, oid: int, what: str) -> None:
    table = machine.catalog.relations[oid]
    machine.catalog.relations.put(replace(table, history=(*table.history, Step(machine.catalog.at, what))))
