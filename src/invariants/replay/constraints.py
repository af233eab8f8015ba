"""Constraints: added to new and existing tables, passed on to children and partitions."""

from typing import Any, Literal, NamedTuple

from invariants.facts.place import Place
from invariants.postgres.grammar import pb
from invariants.postgres.tree import strings
from invariants.replay import expressions, foreign, indexes, naming
from invariants.replay.columns import children
from invariants.replay.errors import Failure
from invariants.replay.machine import Machine
from invariants.replay.objects import Constraint, Relation
from invariants.replay.records import replace
from invariants.replay.shelf import Use


class Wanted(NamedTuple):
    """A constraint node, and the column that it was written on."""

    node: Any
    column: str = ""
    is_only: bool = False
    """ALTER TABLE ONLY: it is not for the children."""


def order(wanted: Wanted) -> int:
    """The order in which PostgreSQL makes the constraints of a statement: keys, then checks, then references."""
    ranks = {pb.CONSTR_PRIMARY: 0, pb.CONSTR_UNIQUE: 1, pb.CONSTR_EXCLUSION: 1, pb.CONSTR_CHECK: 2, pb.CONSTR_FOREIGN: 3}
    return ranks.get(wanted.node.contype, 2)


def without_doubles(wanted: list[Wanted]) -> list[Wanted]:
    """The constraints of a CREATE TABLE, keys on the same columns made one, which takes the first name (transformIndexConstraints)."""
    kept: list[Wanted] = []
    for each in wanted:
        prior = next((other for other in kept if _key_columns(other) and _key_columns(other) == _key_columns(each)), None)
        if prior is None:
            kept.append(each)
        elif not prior.node.conname:
            prior.node.conname = each.node.conname
    return kept


def _key_columns(wanted: Wanted) -> tuple[object, ...]:
    node = wanted.node
    if node.contype not in {pb.CONSTR_PRIMARY, pb.CONSTR_UNIQUE}:
        return ()
    return (*(strings(node.keys) or [wanted.column]), node.deferrable, node.initdeferred, node.nulls_not_distinct, len(node.including))


def add(machine: Machine, table: Relation, wanted: Wanted) -> None:
    """Add one constraint to a table."""
    node = wanted.node
    if node.contype in {pb.CONSTR_PRIMARY, pb.CONSTR_UNIQUE, pb.CONSTR_EXCLUSION}:
        _key(machine, table, wanted)
    elif node.contype == pb.CONSTR_CHECK:
        _check(machine, table, wanted)
    elif node.contype == pb.CONSTR_FOREIGN:
        foreign.add(machine, table, node, strings(node.fk_attrs) or [wanted.column])
    elif node.contype == pb.CONSTR_NOTNULL:
        for name in strings(node.keys):
            set_not_null(machine, table, name, not_null=True)
    else:
        raise Failure("0A000", "this constraint is not supported")


def set_not_null(machine: Machine, table: Relation, name: str, *, not_null: bool) -> None:
    """Whether a column refuses NULL, in the table and its children."""
    catalog = machine.catalog
    table = catalog.relations[table.oid]
    column = table.column(name)
    if column is None:
        raise Failure("42703", f'column "{name}" of relation "{table.name}" does not exist')
    if column.not_null != not_null:
        changed = replace(column, not_null=not_null, at=_at(machine, column.at))
        columns = tuple(changed if each.number == column.number else each for each in table.columns)
        catalog.relations.put(replace(table, columns=columns))
    for child in children(machine, table):
        set_not_null(machine, child, name, not_null=not_null)


def _at(machine: Machine, place: Place) -> Place:
    """A column of the statement at work keeps its own line."""
    here = machine.catalog.at
    return place if place.file == here.file and here.line <= place.line <= here.end_line else here


def _key(machine: Machine, table: Relation, wanted: Wanted) -> None:
    node, catalog = wanted.node, machine.catalog
    kind: Literal["primary", "unique", "exclusion"] = "unique"
    if node.contype == pb.CONSTR_PRIMARY:
        kind = "primary"
        if any(each.table == table.oid and each.kind == "primary" for each in machine.catalog.constraints_of(table.oid)):
            raise Failure("42P16", f'multiple primary keys for table "{table.name}" are not allowed')
    elif node.contype == pb.CONSTR_EXCLUSION:
        kind = "exclusion"
    if node.indexname:
        _using_index(machine, table, node, kind)
        return
    found = _keys(machine, table, wanted)
    labels = {"primary": "pkey", "unique": "key", "exclusion": "excl"}
    second = "" if kind == "primary" else naming.addition(found.names)
    name = naming.truncated(node.conname)
    if not name:
        name = naming.relation_name(catalog, table.name, second, labels[kind], table.schema, is_constraint=True)
    if catalog.relations.named(table.schema, name) is not None:
        raise Failure("42P07", f'relation "{name}" already exists')
    if table.kind == "partitioned" and kind != "exclusion":
        indexes.check_partition_key(table, found.numbers)
    constraint = _put_key(machine, table, node, kind, naming.free(machine.catalog, table, name), found)
    for child in children(machine, table) if table.kind == "partitioned" and not wanted.is_only else ():
        key_for_partition(machine, table, child, constraint)


def _put_key(machine: Machine, table: Relation, node: Any, kind: Any, name: str, found: indexes.Keys, parent: int = 0) -> Constraint:
    catalog = machine.catalog
    uses = frozenset(found.uses | ({Use(parent, 0, auto=True)} if parent else set())) or frozenset({Use(table.oid, 0, auto=True)})
    constraint = catalog.constraints.put(
        Constraint(
            oid=catalog.oid(),
            name=name,
            table=table.oid,
            kind=kind,
            columns=tuple(number for number in found.numbers if number),
            deferrable=node.deferrable,
            local=not parent,
            inherited=1 if parent else 0,
            uses=uses,
            made=machine.place(machine.offset(node.location)) if node.location > 0 and not parent else catalog.at,
        )
    )
    constraint = indexes.serve(machine, table, constraint, name, node.access_method or "btree", found)
    if kind == "primary":
        for number in found.numbers:
            set_not_null(machine, table, next(each.name for each in table.columns if each.number == number), not_null=True)
    return constraint


def key_for_partition(machine: Machine, parent: Relation, child: Relation, constraint: Constraint) -> None:
    """A partition's part of its parent's primary or unique key."""
    catalog = machine.catalog
    columns = [next(each.name for each in parent.columns if each.number == number) for number in constraint.columns]
    numbers = tuple(indexes.column_number(child, name) for name in columns)
    if any(each.kind == constraint.kind and each.columns == numbers for each in machine.catalog.constraints_of(child.oid)):
        return
    label = "pkey" if constraint.kind == "primary" else "key"
    second = "" if constraint.kind == "primary" else naming.addition(columns)
    name = naming.relation_name(catalog, child.name, second, label, child.schema, is_constraint=True)
    uses = frozenset(Use(child.oid, number, auto=True) for number in numbers)
    node = pb.Constraint(location=-1)
    own = _put_key(machine, child, node, constraint.kind, name, indexes.Keys(numbers, (), uses, columns), constraint.oid)
    for each in children(machine, child):
        key_for_partition(machine, child, each, own)


def _keys(machine: Machine, table: Relation, wanted: Wanted) -> indexes.Keys:
    if wanted.node.contype == pb.CONSTR_EXCLUSION:
        elements = [each.list.items[0] for each in wanted.node.exclusions]
        return indexes.keys(machine, table, elements)
    names = strings(wanted.node.keys) or [wanted.column]
    if len(set(names)) < len(names):
        raise Failure("42701", "column appears twice in a key")
    numbers = tuple(indexes.column_number(table, name, in_key=True) for name in names)
    included = strings(wanted.node.including)
    uses = {Use(table.oid, number, auto=True) for number in numbers}
    uses |= {Use(table.oid, indexes.column_number(table, name), auto=True) for name in included}
    return indexes.Keys(numbers, (), frozenset(uses), names + included)


def _using_index(machine: Machine, table: Relation, node: Any, kind: Literal["primary", "unique", "exclusion"]) -> None:
    """ADD PRIMARY KEY USING INDEX: the index takes the constraint's name."""
    catalog = machine.catalog
    relation = catalog.relations.named(table.schema, node.indexname)
    index = catalog.indexes.get(relation.oid) if relation else None
    if relation is None or index is None or index.table != table.oid:
        raise Failure("42704", f'index "{node.indexname}" does not exist')
    if index.constraint or not index.unique or index.expressions or index.predicate is not None:
        raise Failure("55000" if index.constraint else "42809", f'"{node.indexname}" cannot serve as a key')
    name = naming.free(machine.catalog, table, node.conname or node.indexname)
    uses = frozenset(Use(table.oid, number, auto=True) for number in index.keys)
    constraint = Constraint(
        oid=catalog.oid(), name=name, table=table.oid, kind=kind, columns=index.keys, index=index.oid, uses=uses, made=catalog.at
    )
    catalog.constraints.put(constraint)
    catalog.relations.put(replace(relation, name=name, uses=frozenset({Use(constraint.oid, 0, auto=True)})))
    catalog.indexes.put(replace(index, constraint=constraint.oid, primary=kind == "primary"))
    if kind == "primary":
        for number in index.keys:
            set_not_null(machine, table, next(each.name for each in table.columns if each.number == number), not_null=True)


def _check(machine: Machine, table: Relation, wanted: Wanted) -> None:
    node, catalog = wanted.node, machine.catalog
    if wanted.is_only and not node.is_no_inherit and any(children(machine, table)):
        raise Failure("42P16", "constraint must be added to child tables too")
    expression = expressions.resolve(machine, node.raw_expr, table)
    numbers = tuple(sorted({use.column for use in expression.uses if use.oid == table.oid and use.column}))
    single = next(each.name for each in table.columns if each.number == numbers[0]) if len(numbers) == 1 else ""
    known = naming.truncated(node.conname)
    merged = catalog.constraints.named(table.oid, known) if known else None
    if merged is not None and merged.inherited and not merged.local and merged.expression == expression.text:
        catalog.constraints.put(replace(merged, local=True))
        return
    name = (
        naming.free(machine.catalog, table, known) if known else naming.constraint_name(catalog, table.name, single, "check", table.schema)
    )
    uses = {each._replace(auto=each.oid == table.oid) for each in expression.uses} | {Use(table.oid, 0, auto=True)}
    check = Constraint(
        oid=catalog.oid(),
        name=name,
        table=table.oid,
        kind="check",
        columns=numbers,
        expression=expression.text,
        validated=not node.skip_validation,
        no_inherit=node.is_no_inherit,
        uses=frozenset(uses),
        made=machine.place(machine.offset(node.location)),
    )
    catalog.constraints.put(check)
    if not check.no_inherit:
        for child in children(machine, table):
            inherit_check(machine, table, child, check)


def inherit_check(machine: Machine, parent: Relation, child: Relation, check: Constraint) -> None:
    """A child's copy of its parent's check; one of the same name becomes it."""
    catalog = machine.catalog
    known = catalog.constraints.named(child.oid, check.name)
    if known is not None:
        catalog.constraints.put(replace(known, inherited=known.inherited + 1))
        return
    names = [next(each.name for each in parent.columns if each.number == number) for number in check.columns]
    numbers = tuple(sorted(indexes.column_number(child, name) for name in names))
    others = {use for use in check.uses if use.oid != parent.oid}
    uses = frozenset({Use(child.oid, number, auto=True) for number in (0, *numbers)} | others)
    oid = catalog.oid()
    copy = catalog.constraints.put(replace(check, oid=oid, table=child.oid, columns=numbers, local=False, inherited=1, uses=uses))
    for each in children(machine, child):
        inherit_check(machine, child, each, copy)
