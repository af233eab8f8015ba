"""DROP of everything: what goes along, and what stands in the way (manual, section 5.15, Dependency Tracking)."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from invariants.postgres.grammar import pb, unwrap
from invariants.postgres.tree import strings
from invariants.replay import collations, columns, policies, signatures
from invariants.replay.catalog import Catalog
from invariants.replay.errors import Failure
from invariants.replay.machine import Handler, Machine
from invariants.replay.names import find_type, lookup, object_named, schema_named
from invariants.replay.objects import Constraint, Relation
from invariants.replay.records import replace
from invariants.replay.shelf import Shelf

RELATIONS = {
    pb.OBJECT_TABLE: {"table", "partitioned"},
    pb.OBJECT_VIEW: {"view"},
    pb.OBJECT_MATVIEW: {"materialized"},
    pb.OBJECT_INDEX: {"index"},
    pb.OBJECT_SEQUENCE: {"sequence"},
    pb.OBJECT_FOREIGN_TABLE: {"foreign"},
}
WORDS = {
    pb.OBJECT_TABLE: "table",
    pb.OBJECT_VIEW: "view",
    pb.OBJECT_MATVIEW: "materialized view",
    pb.OBJECT_INDEX: "index",
    pb.OBJECT_SEQUENCE: "sequence",
    pb.OBJECT_FOREIGN_TABLE: "foreign table",
}
FUNCTIONS = {pb.OBJECT_FUNCTION, pb.OBJECT_PROCEDURE, pb.OBJECT_ROUTINE, pb.OBJECT_AGGREGATE}


class Target(NamedTuple):
    """What goes: an object, one column of it, or, with the number below zero, that column's default alone."""

    oid: int
    column: int = 0


def shelves(catalog: Catalog) -> tuple[Shelf[Any], ...]:
    """Every shelf that holds objects others stand on, dependents first."""
    return (
        catalog.policies,
        catalog.triggers,
        catalog.event_triggers,
        catalog.rules,
        catalog.constraints,
        catalog.indexes,
        catalog.relations,
        catalog.functions,
        catalog.types,
        catalog.publications,
        catalog.collations,
        catalog.extensions,
        catalog.default_acls,
        catalog.schemas,
    )


def drop(catalog: Catalog, targets: Iterable[Target], *, cascade: bool) -> None:
    """Drop objects and columns with what goes along; 2BP01 where something else stands on them."""
    wanted = list(dict.fromkeys(targets))
    _refuse_parts(catalog, wanted)
    gone, hindered = _closure(catalog, wanted)
    if hindered and not cascade:
        names = ", ".join(sorted(_described(catalog, target) for target in hindered))
        raise Failure("2BP01", f"cannot drop {_described(catalog, wanted[0])} because other objects depend on it: {names}")
    for target in reversed(gone):
        _remove(catalog, target)


def _refuse_parts(catalog: Catalog, wanted: list[Target]) -> None:
    """The index of a constraint, or what came from a parent, goes with its whole."""
    for target in wanted:
        index = catalog.indexes.get(target.oid)
        if index is not None and index.constraint and Target(index.constraint) not in wanted:
            raise Failure("2BP01", "cannot drop index because a constraint requires it")
        relation = catalog.relations.get(target.oid)
        uses = relation.uses if relation is not None and index is not None else frozenset()
        if any(use.auto and use.oid in catalog.indexes and Target(use.oid) not in wanted for use in uses):
            raise Failure("2BP01", "cannot drop index because the index of its parent requires it")


def _described(catalog: Catalog, target: Target) -> str:
    """An object as a message names it."""
    thing = next((shelf[target.oid] for shelf in shelves(catalog) if target.oid in shelf), None)
    kind = getattr(thing, "kind", type(thing).__name__.lower())
    return f"{kind} {getattr(thing, 'name', target.oid)}" + (f" column {abs(target.column)}" if target.column else "")


def _closure(catalog: Catalog, wanted: list[Target]) -> tuple[list[Target], set[Target]]:
    """All that goes, and what of it goes only by CASCADE."""
    gone = dict.fromkeys(wanted)
    waiting, normal = list(wanted), set()
    while waiting:
        target = waiting.pop()
        for dependent, is_auto in _dependents(catalog, target):
            if dependent.column and (Target(dependent.oid) in gone or Target(dependent.oid, abs(dependent.column)) in gone):
                continue
            if not is_auto:
                normal.add(dependent)
            if dependent not in gone:
                gone[dependent] = None
                waiting.append(dependent)
    autos = _automatic(catalog, wanted)
    return list(gone), normal - autos - set(wanted)


def _automatic(catalog: Catalog, wanted: list[Target]) -> set[Target]:
    """What goes without CASCADE, being part of what is dropped."""
    found, waiting = set(wanted), list(wanted)
    while waiting:
        for dependent, is_auto in _dependents(catalog, waiting.pop()):
            if is_auto and dependent not in found:
                found.add(dependent)
                waiting.append(dependent)
    return found


def _dependents(catalog: Catalog, target: Target) -> Iterator[tuple[Target, bool]]:
    """What stands on a target, and whether it goes silently."""
    for oid, uses in sorted(catalog.dependents.get(target.oid, {}).items()):
        meant = [use for use in uses if not target.column or use.column == target.column]
        if not meant:
            continue
        is_auto = any(use.auto for use in meant)
        relation = catalog.relations.get(oid)
        parts = _columns_only(relation, target) if relation is not None and not is_auto else []
        if parts:
            for number in parts:
                yield Target(oid, number), False
        elif oid != target.oid:
            yield Target(oid), is_auto


def _columns_only(relation: Relation, target: Target) -> list[int]:
    """The columns, or their defaults, through which alone a table stands on a target."""
    if relation.kind not in {"table", "partitioned", "foreign", "composite"} or target.oid in relation.parents:
        return []
    if target.oid in {relation.schema, relation.of_type}:
        return []
    return [
        column.number if target.oid in {column.type_oid, column.collation} or column.generated else -column.number
        for column in relation.columns
        if any(use.oid == target.oid and use.column in {0, target.column} for use in column.uses)
    ]


def _remove(catalog: Catalog, target: Target) -> None:
    if target.column:
        _remove_column(catalog, target)
        return
    for shelf in shelves(catalog):
        if target.oid in shelf:
            if shelf is catalog.constraints:
                _release(catalog, catalog.constraints[target.oid])
            shelf.drop(target.oid)


def _release(catalog: Catalog, constraint: Constraint) -> None:
    """Checks that children have from a parent go with the parent's, unless they are their own too."""
    table = catalog.relations.get(constraint.table)
    if constraint.kind != "check" or table is None:
        return
    for other in sorted(catalog.dependents.get(table.oid, ())):
        child = catalog.relations.get(other)
        known = catalog.constraints.named(child.oid, constraint.name) if child and table.oid in child.parents else None
        if known is None:
            continue
        if known.inherited <= 1 and not known.local:
            _remove(catalog, Target(known.oid))
        else:
            catalog.constraints.put(replace(known, inherited=max(known.inherited - 1, 0)))


def _remove_column(catalog: Catalog, target: Target) -> None:
    """Take a column, or its default, away."""
    relation = catalog.relations.get(target.oid)
    column = next((each for each in relation.columns if each.number == abs(target.column)), None) if relation else None
    if relation is None or column is None:
        return
    bare = replace(column, default=None, sequence=0, generated="", uses=columns.own_uses(column))
    kept = (bare if each is column else each for each in relation.columns if each is not column or target.column < 0)
    catalog.relations.put(columns.holding(relation, kept))


def _drop(machine: Machine, node: Any) -> None:
    catalog = machine.catalog
    targets = [Target(oid) for each in node.objects for oid in _named(machine, node, each)]
    _whole_tables(catalog, targets)
    drop(catalog, targets, cascade=node.behavior == pb.DROP_CASCADE)


def _whole_tables(catalog: Catalog, targets: list[Target]) -> None:
    """A composite type's relation and a type go together."""
    for target in list(targets):
        made = catalog.types.get(target.oid)
        if made is not None and made.relation:
            targets.append(Target(made.relation))


def _named(machine: Machine, node: Any, each: Any) -> Iterator[int]:
    """The oids that one object of a DROP names; none where it is missing and may be."""
    try:
        yield from _oids(machine, node.remove_type, each)
    except Failure as failure:
        if not (node.missing_ok and failure.sqlstate in {"42P01", "42704", "42883", "3F000", "42P17"}):
            raise


def _oids(machine: Machine, kind: int, each: Any) -> Iterator[int]:
    catalog = machine.catalog
    _, value = unwrap(each)
    if kind in RELATIONS:
        yield _relation(machine, kind, strings(value.items)).oid
    elif kind in FUNCTIONS:
        yield from _function(machine, kind, value)
    elif kind in {pb.OBJECT_TYPE, pb.OBJECT_DOMAIN}:
        yield _type(machine, strings(value.names), kind)
    elif kind == pb.OBJECT_COLLATION:
        yield collations.existing(catalog, strings(value.items)).oid
    elif kind == pb.OBJECT_SCHEMA:
        yield schema_named(catalog, value.sval).oid
    elif kind in {pb.OBJECT_POLICY, pb.OBJECT_TRIGGER, pb.OBJECT_RULE}:
        yield _on_table(machine, kind, strings(value.items))
    elif kind == pb.OBJECT_EVENT_TRIGGER:
        yield object_named(catalog.event_triggers, "event trigger", value.sval).oid
    elif kind in {pb.OBJECT_EXTENSION, pb.OBJECT_PUBLICATION}:
        shelf: Shelf[Any] = catalog.extensions if kind == pb.OBJECT_EXTENSION else catalog.publications
        found = shelf.named(value.sval)
        if found is None:
            raise Failure("42704", f'"{value.sval}" does not exist')
        yield found.oid


def _function(machine: Machine, kind: int, node: Any) -> Iterator[int]:
    """The function to drop; none where PostgreSQL or an extension brings it."""
    function = signatures.find(machine, node, kind)
    if function is not None and function.kind == "aggregate" and kind == pb.OBJECT_FUNCTION:
        raise Failure("42809", f'"{function.name}" is an aggregate function')
    if function is not None:
        yield function.oid


def _relation(machine: Machine, kind: int, parts: list[str]) -> Relation:
    schema = parts[-2] if len(parts) > 1 else ""
    if schema and machine.catalog.schemas.named(schema) is None:
        raise Failure("3F000", f'schema "{schema}" does not exist')
    relation = lookup(machine.catalog, schema, parts[-1])
    if relation is None:
        raise Failure("42704" if kind == pb.OBJECT_INDEX else "42P01", f'{WORDS[kind]} "{parts[-1]}" does not exist')
    if relation.kind not in RELATIONS[kind]:
        raise Failure("42809", f'"{relation.name}" is not a {WORDS[kind]}')
    return relation


def _type(machine: Machine, parts: list[str], kind: int) -> int:
    if len(parts) > 1 and machine.catalog.schemas.named(parts[-2]) is None:
        raise Failure("3F000", f'schema "{parts[-2]}" does not exist')
    found = find_type(machine, parts)
    if found is None:
        raise Failure("42704", f'type "{".".join(parts)}" does not exist')
    if kind == pb.OBJECT_DOMAIN and found.kind != "domain":
        raise Failure("42809", f'"{found.name}" is not a domain')
    return found.oid


def _on_table(machine: Machine, kind: int, parts: list[str]) -> int:
    table = lookup(machine.catalog, parts[-3] if len(parts) > 2 else "", parts[-2])
    if table is None:
        raise Failure("42P01", f'relation "{parts[-2]}" does not exist')
    if kind == pb.OBJECT_POLICY:
        return policies.find(machine, table, parts[-1]).oid
    shelf: Shelf[Any] = machine.catalog.triggers if kind == pb.OBJECT_TRIGGER else machine.catalog.rules
    found = shelf.named(table.oid, parts[-1])
    if found is None:
        raise Failure("42704", f'"{parts[-1]}" for table "{table.name}" does not exist')
    if kind == pb.OBJECT_TRIGGER and found.parent:
        raise Failure("2BP01", f"cannot drop trigger {parts[-1]}, which its parent's requires")
    return int(found.oid)


HANDLERS: dict[str, Handler] = {"drop_stmt": _drop}
