"""Columns: as CREATE TABLE and ALTER TABLE define them, with the sequences of serial and identity columns."""

from collections.abc import Iterable, Iterator
from typing import Any, Literal, NamedTuple

from invariants.postgres.grammar import pb
from invariants.replay import collations, expressions, naming
from invariants.replay.errors import Failure
from invariants.replay.machine import Machine
from invariants.replay.names import TypeRef, find_type_name, is_serial, qualified
from invariants.replay.objects import Column, Relation, Step
from invariants.replay.privileges import initial_acl
from invariants.replay.records import replace
from invariants.replay.shelf import Use

IN_COLUMN = {pb.CONSTR_NOTNULL, pb.CONSTR_NULL, pb.CONSTR_DEFAULT, pb.CONSTR_GENERATED, pb.CONSTR_IDENTITY}
ATTRIBUTES = {
    pb.CONSTR_ATTR_DEFERRABLE: "DEFERRABLE",
    pb.CONSTR_ATTR_NOT_DEFERRABLE: "NOT DEFERRABLE",
    pb.CONSTR_ATTR_DEFERRED: "INITIALLY DEFERRED",
    pb.CONSTR_ATTR_IMMEDIATE: "INITIALLY IMMEDIATE",
}
DEFERRED = {pb.CONSTR_PRIMARY, pb.CONSTR_UNIQUE, pb.CONSTR_EXCLUSION, pb.CONSTR_FOREIGN}
"""Constraints that may be checked late."""
IDENTITY: dict[str, Literal["always", "by default"]] = {"a": "always", "d": "by default"}


class Defined(NamedTuple):
    """A column definition: the column, and the constraint nodes that are the table's."""

    column: Column
    constraints: list[Any]


def define(machine: Machine, table: Relation, node: Any) -> Defined:
    """A ColumnDef as a column that the table does not have yet; expressions wait for :func:`fill`."""
    serial = is_serial(node.type_name) if node.HasField("type_name") else None
    kind = TypeRef(serial, 0) if serial else find_type_name(machine, node.type_name)
    collation = collations.of(machine, node, kind)
    kinds = [each.constraint.contype for each in node.constraints]
    if pb.CONSTR_NULL in kinds and (pb.CONSTR_NOTNULL in kinds or serial):
        raise Failure("42601", f'conflicting NULL/NOT NULL declarations for column "{node.colname}" of table "{table.name}"')
    if sum(each in {pb.CONSTR_DEFAULT, pb.CONSTR_GENERATED, pb.CONSTR_IDENTITY} for each in kinds) + bool(serial) > 1:
        raise Failure("42601", f'more than one default, identity or generation for column "{node.colname}" of table "{table.name}"')
    at = machine.place(machine.offset(node.location))
    end = machine.catalog.at
    column = Column(
        name=naming.truncated(node.colname),
        number=table.next_number,
        type_name=kind.name,
        type_oid=kind.oid,
        collation=collation,
        not_null=bool(serial) or bool({pb.CONSTR_NOTNULL, pb.CONSTR_PRIMARY, pb.CONSTR_IDENTITY} & set(kinds)),
        at=at._replace(end_line=end.end_line, end_column=end.end_column),
        uses=collations.uses(kind.oid, collation),
    )
    return Defined(column, [each for each in _attributed(node.constraints) if each.contype not in IN_COLUMN])


def _attributed(nodes: Iterable[Any]) -> list[Any]:
    """The constraints of a column, each with the attributes that are written behind it (transformConstraintAttrs)."""
    found: list[Any] = []
    for each in (node.constraint for node in nodes):
        if each.contype not in ATTRIBUTES:
            found.append(each)
        elif not found or found[-1].contype not in DEFERRED:
            raise Failure("42601", f"misplaced {ATTRIBUTES[each.contype]} clause")
        elif each.contype in {pb.CONSTR_ATTR_DEFERRABLE, pb.CONSTR_ATTR_DEFERRED}:
            found[-1] = _deferrable(found[-1], is_deferred=each.contype == pb.CONSTR_ATTR_DEFERRED)
    return found


def _deferrable(constraint: Any, *, is_deferred: bool) -> Any:
    changed = pb.Constraint()
    changed.CopyFrom(constraint)
    changed.deferrable = True
    changed.initdeferred = changed.initdeferred or is_deferred
    return changed


def add(machine: Machine, table: Relation, column: Column) -> Relation:
    """The table with one column more."""
    if table.column(column.name) is not None:
        raise Failure("42701", f'column "{column.name}" of relation "{table.name}" already exists')
    if column.name in {"ctid", "xmin", "xmax", "cmin", "cmax", "tableoid"}:
        raise Failure("42701", f'column name "{column.name}" conflicts with a system column name')
    grown = replace(table, columns=(*table.columns, column), next_number=column.number + 1, uses=table.uses | column.uses)
    return machine.catalog.relations.put(grown)


def put(machine: Machine, table: Relation, column: Column) -> Relation:
    """The table with one column changed; what columns stand on, the table stands on."""
    return machine.catalog.relations.put(holding(table, (column if each.number == column.number else each for each in table.columns)))


def holding(table: Relation, columns: Iterable[Column]) -> Relation:
    """The table with other columns, standing on what they stand on."""
    kept = tuple(columns)
    return replace(table, columns=kept, uses=_uses(table, kept))


def _uses(table: Relation, columns: Iterable[Column]) -> frozenset[Use]:
    of_columns = {use for column in table.columns for use in column.uses}
    return frozenset(table.uses - of_columns) | {use for column in columns for use in column.uses}


def fill(machine: Machine, table: Relation, node: Any, number: int) -> Relation:
    """Give a column its default, generation expression, identity or serial sequence."""
    column = next(each for each in table.columns if each.number == number)
    if is_serial(node.type_name):
        return _serial(machine, table, column)
    for each in (constraint.constraint for constraint in node.constraints):
        if each.contype == pb.CONSTR_DEFAULT:
            table = set_default(machine, table, column, each.raw_expr)
        elif each.contype == pb.CONSTR_GENERATED:
            expression = expressions.resolve(machine, each.raw_expr, table)
            uses = column.uses | expression.uses
            table = put(machine, table, replace(column, default=expression.text, generated="stored", uses=uses))
        elif each.contype == pb.CONSTR_IDENTITY:
            table = identity(machine, table, column, each.generated_when)
        column = next(each for each in table.columns if each.number == number)
    return table


def set_default(machine: Machine, table: Relation, column: Column, node: Any) -> Relation:
    """A default; DEFAULT NULL is none."""
    kind, value = node.WhichOneof("node"), node
    if kind == "a_const" and value.a_const.isnull:
        return put(machine, table, replace(column, default=None))
    expression = expressions.resolve(machine, node)
    return put(machine, table, replace(column, default=expression.text, uses=own_uses(column) | expression.uses))


def own_uses(column: Column) -> frozenset[Use]:
    """What a column stands on that has no default: its type and its collation."""
    return collations.uses(column.type_oid, column.collation)


def drop_default(machine: Machine, table: Relation, column: Column) -> Relation:
    """No default any more."""
    return put(machine, table, replace(column, default=None, uses=own_uses(column)))


def _serial(machine: Machine, table: Relation, column: Column) -> Relation:
    sequence = own_sequence(machine, table, column)
    text = f"nextval('{qualified(machine.catalog, sequence)}'::regclass)"
    changed = replace(column, default=text, sequence=sequence.oid, uses=column.uses | {Use(sequence.oid)})
    return put(machine, table, changed)


def identity(machine: Machine, table: Relation, column: Column, when: str) -> Relation:
    """GENERATED ... AS IDENTITY."""
    if column.identity:
        raise Failure("55000", f'column "{column.name}" of relation "{table.name}" is already an identity column')
    if column.default is not None:
        raise Failure("42601", f'both default and identity specified for column "{column.name}" of table "{table.name}"')
    if column.type_name not in {"smallint", "integer", "bigint"}:
        raise Failure("22023", "identity column type must be smallint, integer, or bigint")
    sequence = own_sequence(machine, table, column)
    return put(machine, table, replace(column, identity=IDENTITY[when], sequence=sequence.oid, not_null=True))


def own_sequence(machine: Machine, table: Relation, column: Column) -> Relation:
    """The sequence of a serial or identity column, which goes with it."""
    catalog = machine.catalog
    name = naming.relation_name(catalog, table.name, column.name, "seq", table.schema)
    return catalog.relations.put(
        Relation(
            oid=catalog.oid(),
            name=name,
            schema=table.schema,
            kind="sequence",
            owner=table.owner,
            persistence=table.persistence,
            acl=initial_acl(machine, "sequence", table.schema, table.owner),
            owned_by=(table.oid, column.number),
            uses=frozenset({Use(table.oid, column.number, auto=True)}),
            made=catalog.at,
            owner_at=catalog.at,
            history=(Step(catalog.at, "created"),),
        )
    )


def children(machine: Machine, table: Relation) -> Iterator[Relation]:
    """The partitions and inheritance children of a table, its own only."""
    for oid in sorted(machine.catalog.dependents.get(table.oid, ())):
        relation = machine.catalog.relations.get(oid)
        if relation is not None and table.oid in relation.parents:
            yield relation
