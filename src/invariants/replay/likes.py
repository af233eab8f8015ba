"""LIKE: what a table copies from another. Never its owner, privileges, triggers, foreign keys, row security or policies."""

from typing import Any

from invariants.postgres.grammar import parse_expression, unwrap
from invariants.replay import columns, constraints, indexes, naming
from invariants.replay.machine import Machine
from invariants.replay.names import find_relation
from invariants.replay.objects import Column, Constraint, Index, Relation
from invariants.replay.records import replace
from invariants.replay.shelf import Use

CONSTRAINTS, DEFAULTS, GENERATED, IDENTITY, INDEXES = 4, 8, 16, 32, 64
"""Bits of TableLikeClause.options (parsenodes.h)."""


def qualify(machine: Machine, elements: Any) -> None:
    """Say the schemas of the tables to copy, which the new one may hide."""
    for kind, clause in map(unwrap, elements):
        if kind == "table_like_clause":
            source = find_relation(machine, clause.relation)
            clause.relation.schemaname = machine.catalog.schemas[source.schema].name


def like(machine: Machine, table: Relation, node: Any) -> None:
    """Copy columns, and what INCLUDING asks for."""
    source = find_relation(machine, node.relation)
    for column in source.columns:
        table = _column(machine, table, column, node.options)
    if node.options & CONSTRAINTS:
        for each in machine.catalog.constraints_of(source.oid):
            if each.kind == "check":
                _check(machine, table, source, each)
    if node.options & INDEXES:
        for index in [each for each in machine.catalog.indexes if each.table == source.oid]:
            _index(machine, machine.catalog.relations[table.oid], source, index)


def _column(machine: Machine, table: Relation, column: Column, asked: int) -> Relation:
    keeps = bool(asked & (GENERATED if column.generated else DEFAULTS))
    copy = replace(
        column,
        number=table.next_number,
        default=column.default if keeps else None,
        generated=column.generated if keeps else "",
        identity="",
        sequence=0,
        acl=None,
        local=True,
        inherited=0,
        at=machine.catalog.at,
        uses=column.uses if keeps else columns.own_uses(column),
    )
    table = columns.add(machine, table, copy)
    if column.identity and asked & IDENTITY:
        table = columns.identity(machine, table, copy, "a" if column.identity == "always" else "d")
    return table


def _numbers(source: Relation, table: Relation, numbers: tuple[int, ...]) -> tuple[int, ...]:
    names = {column.number: column.name for column in source.columns}
    return tuple(indexes.column_number(table, names[number]) if number else 0 for number in numbers)


def _check(machine: Machine, table: Relation, source: Relation, check: Constraint) -> None:
    catalog = machine.catalog
    numbers = tuple(sorted(_numbers(source, table, check.columns)))
    uses = {Use(table.oid, number, auto=True) for number in (0, *numbers)} | {use for use in check.uses if use.oid != source.oid}
    copy = replace(check, oid=catalog.oid(), table=table.oid, columns=numbers, local=True, inherited=0, uses=frozenset(uses))
    catalog.constraints.put(replace(copy, made=catalog.at, validated=True))  # the new table has no row that could break it


def _index(machine: Machine, table: Relation, source: Relation, index: Index) -> None:
    catalog = machine.catalog
    numbers = _numbers(source, table, index.keys)
    names = {column.number: column.name for column in source.columns}
    texts = iter(index.expressions)
    words = naming.distinct(names.get(number) or indexes.expression_name(parse_expression(next(texts))) for number in index.keys)
    uses = frozenset(Use(table.oid, number, auto=True) for number in numbers if number) or frozenset({Use(table.oid, 0, auto=True)})
    constraint = catalog.constraints.get(index.constraint)
    if constraint is None:
        name = naming.relation_name(catalog, table.name, naming.addition(words), "idx", table.schema)
        copy = replace(index, oid=catalog.oid(), table=table.oid, keys=numbers, include=_numbers(source, table, index.include))
        indexes.create(machine, table, name, copy, uses)
        return
    label = {"primary": "pkey", "unique": "key"}.get(constraint.kind, "excl")
    second = "" if label == "pkey" else naming.addition(words)
    name = naming.relation_name(catalog, table.name, second, label, table.schema, is_constraint=True)
    made = replace(constraint, oid=catalog.oid(), name=name, table=table.oid, columns=numbers, uses=uses, index=0, made=catalog.at)
    made = catalog.constraints.put(made)
    indexes.serve(machine, table, made, name, index.method, indexes.Keys(numbers, index.expressions, uses, words))
    for number in numbers if constraint.kind == "primary" else ():
        constraints.set_not_null(machine, table, next(each.name for each in table.columns if each.number == number), not_null=True)
