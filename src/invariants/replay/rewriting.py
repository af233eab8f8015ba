"""Following renames: PostgreSQL keeps expressions by identity, so their text changes with the names in it."""

from collections.abc import Callable
from typing import Any

from invariants.postgres.grammar import parse_expression, parse_one, unwrap, wrap, write, write_expression
from invariants.postgres.identifiers import quote
from invariants.replay.expressions import name_outputs, searching_public, table_scope
from invariants.replay.machine import Machine
from invariants.replay.objects import Column, Index, Policy, Relation
from invariants.replay.records import replace
from invariants.replay.references import NAMED, Reference
from invariants.replay.resolver import Resolver
from invariants.replay.scopes import Scope

Change = Callable[[Reference], None]
"""Changes the names in one reference's node."""


def column_renamed(machine: Machine, table: Relation, number: int, name: str) -> None:
    """Rewrite what names a column; to be called before it has its new name."""

    def change(reference: Reference) -> None:
        is_named = reference.kind == "column" and not reference.is_alias and unwrap(reference.node.fields[-1])[0] == "string"
        if is_named and reference.oid == table.oid and reference.number == number:
            reference.node.fields[len(reference.node.fields) - 1].string.sval = name

    follow(machine, table.oid, change)


def relation_renamed(machine: Machine, table: Relation, name: str, schema: str) -> None:
    """Rewrite what names a relation; to be called before it has its new name or schema."""

    def change(reference: Reference) -> None:
        if reference.oid != table.oid:
            return
        if reference.kind == "relation" and hasattr(reference.node, "relname"):
            reference.node.relname, reference.node.schemaname = name, schema
        elif reference.kind == "relation":
            constant = reference.node.arg.a_const if hasattr(reference.node, "arg") else reference.node
            constant.sval.sval = f"{quote(schema)}.{quote(name)}"
        elif reference.item is not None and not reference.item.is_alias:
            _requalify(reference.node, name, schema, is_row=reference.number == 0)

    follow(machine, table.oid, change)


def _requalify(node: Any, name: str, schema: str, *, is_row: bool) -> None:
    count = len(node.fields) + is_row
    if count > 1:
        node.fields[count - 2].string.sval = name
    if count > 2:
        node.fields[count - 3].string.sval = schema


def object_renamed(machine: Machine, oid: int, name: str, schema: str) -> None:
    """Rewrite what calls a function, or names a type or collation; to be called before it has its new name or schema."""

    def change(reference: Reference) -> None:
        if reference.oid == oid and reference.kind in NAMED:
            field = getattr(reference.node, NAMED[reference.kind])
            del field[:]
            for part in (schema, name):
                field.add().string.sval = part

    follow(machine, oid, change)


def follow(machine: Machine, oid: int, change: Change) -> None:
    """Apply a change to every kept text that stands on an object."""
    catalog = machine.catalog
    dependents = set(catalog.dependents.get(oid, ())) | {oid}
    for dependent in sorted(dependents):
        if (policy := catalog.policies.get(dependent)) is not None:
            catalog.policies.put(_policy(machine, policy, change))
        elif (constraint := catalog.constraints.get(dependent)) is not None:
            if constraint.expression is not None and constraint.table:
                text = _expression(machine, constraint.expression, constraint.table, change)
                catalog.constraints.put(replace(constraint, expression=text))
        elif (relation := catalog.relations.get(dependent)) is not None:
            _relation(machine, relation, change)


def _relation(machine: Machine, relation: Relation, change: Change) -> None:
    catalog = machine.catalog
    index = catalog.indexes.get(relation.oid)
    if index is not None:
        catalog.indexes.put(_index(machine, index, change))
    elif relation.definition:
        catalog.relations.put(replace(relation, definition=_query(machine, relation.definition, change)))
    elif any(column.default is not None for column in relation.columns):
        columns = tuple(_column(machine, relation, column, change) for column in relation.columns)
        catalog.relations.put(replace(relation, columns=columns))


def _policy(machine: Machine, policy: Policy, change: Change) -> Policy:
    using = None if policy.using is None else _expression(machine, policy.using, policy.table, change)
    check = None if policy.check is None else _expression(machine, policy.check, policy.table, change)
    return replace(policy, using=using, check=check)


def _index(machine: Machine, index: Index, change: Change) -> Index:
    expressions = tuple(_expression(machine, each, index.table, change) for each in index.expressions)
    predicate = None if index.predicate is None else _expression(machine, index.predicate, index.table, change)
    return replace(index, expressions=expressions, predicate=predicate)


def _column(machine: Machine, relation: Relation, column: Column, change: Change) -> Column:
    if column.default is None:
        return column
    return replace(column, default=_expression(machine, column.default, relation.oid, change))


def _expression(machine: Machine, text: str, table: int, change: Change) -> str:
    node = parse_expression(text)
    changed = _changed(machine, node, table_scope(machine, machine.catalog.relations[table]), change)
    return write_expression(node) if changed else text


def _query(machine: Machine, text: str, change: Change) -> str:
    parsed = parse_one(text)
    node = wrap(parsed.kind, parsed.node)
    return write(node) if _changed(machine, node, Scope(), change) else text


def _changed(machine: Machine, node: Any, scope: Scope, change: Change) -> bool:
    """Apply a change to a tree; whether anything in it is different now."""
    before = node.SerializeToString()
    name_outputs(node)
    resolver = Resolver(machine, strict=False)
    with searching_public(machine):
        resolver.visit(node, scope)
    for reference in resolver.references:
        change(reference)
    return bool(node.SerializeToString() != before)


def type_renamed(machine: Machine, oid: int, old: str, name: str) -> None:
    """Give every column and argument of a type the type's new name."""
    for function in machine.catalog.standing_on(machine.catalog.functions, oid):
        names = {old: name, f"{old}[]": f"{name}[]"}
        arguments = tuple(replace(each, type_name=names.get(each.type_name, each.type_name)) for each in function.arguments)
        machine.catalog.functions.put(replace(function, arguments=arguments, returns=names.get(function.returns, function.returns)))
    for relation in machine.catalog.relations:
        if any(column.type_oid == oid for column in relation.columns):
            columns = tuple(_retyped(column, oid, name) for column in relation.columns)
            machine.catalog.relations.put(replace(relation, columns=columns))


def _retyped(column: Column, oid: int, name: str) -> Column:
    if column.type_oid != oid:
        return column
    return replace(column, type_name=name + "[]" if column.type_name.endswith("[]") else name)
