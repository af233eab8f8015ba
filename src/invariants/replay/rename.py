"""ALTER ... RENAME, SET SCHEMA and OWNER TO: identities stay, so everything that stands on them follows."""

from typing import Any

from invariants.postgres.grammar import pb, unwrap
from invariants.postgres.identifiers import quote
from invariants.postgres.tree import strings
from invariants.replay import collations, columns, extensions, naming, owners, policies, rewriting, roles, routines, signatures, triggers
from invariants.replay.errors import Failure
from invariants.replay.machine import Handler, Machine
from invariants.replay.names import TEMPORARY, find_relation, lookup, object_named, qualified, role_oid, schema_named
from invariants.replay.objects import Relation, Step
from invariants.replay.records import replace
from invariants.replay.shelf import Use
from invariants.replay.types import existing

RELATIONS = {pb.OBJECT_TABLE, pb.OBJECT_VIEW, pb.OBJECT_MATVIEW, pb.OBJECT_INDEX, pb.OBJECT_SEQUENCE, pb.OBJECT_FOREIGN_TABLE}
ALL_BUT_COMPOSITE = frozenset({"table", "partitioned", "foreign", "view", "materialized", "sequence", "index"})
OWN_WORD = {pb.OBJECT_VIEW: "view", pb.OBJECT_MATVIEW: "materialized", pb.OBJECT_SEQUENCE: "sequence", pb.OBJECT_FOREIGN_TABLE: "foreign"}
"""The statements that are said of one kind of relation only; ALTER TABLE and, for a name, ALTER INDEX are said of others too."""
FUNCTIONS = {pb.OBJECT_FUNCTION, pb.OBJECT_PROCEDURE, pb.OBJECT_ROUTINE, pb.OBJECT_AGGREGATE}
TYPES = {pb.OBJECT_TYPE, pb.OBJECT_DOMAIN}


def _rename(machine: Machine, node: Any) -> None:
    kind = node.rename_type
    if kind in RELATIONS:
        relation = _relation(machine, node)
        if relation is not None:
            _check_kind(relation, kind, ALL_BUT_COMPOSITE)
            _rename_relation(machine, relation, naming.truncated(node.newname))
    elif kind in {pb.OBJECT_COLUMN, pb.OBJECT_ATTRIBUTE}:
        _rename_column(machine, node)
    elif kind == pb.OBJECT_TABCONSTRAINT:
        _rename_constraint(machine, node)
    elif kind in FUNCTIONS:
        _rewrite_function(machine, signatures.find(machine, node.object.object_with_args, kind), name=node.newname)
        routines.rename(machine, node)
    elif kind in TYPES:
        _rename_type(machine, node)
    else:
        OTHERS.get(kind, _nothing)(machine, node)


def _nothing(machine: Machine, node: Any) -> None:
    """Databases, tablespaces, languages, operators and the like are not kept."""


def _relation(machine: Machine, node: Any) -> Relation | None:
    relation = lookup(machine.catalog, node.relation.schemaname, node.relation.relname)
    if relation is None and node.missing_ok:
        return None
    return relation or find_relation(machine, node.relation)


def _check_kind(relation: Relation, kind: int, others: frozenset[str]) -> None:
    if relation.kind not in ({OWN_WORD[kind]} if kind in OWN_WORD else others):
        raise Failure("42809", f'"{relation.name}" is not of the kind the statement says')


def _rename_relation(machine: Machine, relation: Relation, name: str) -> None:
    catalog = machine.catalog
    if catalog.relations.named(relation.schema, name) is not None:
        raise Failure("42P07", f'relation "{name}" already exists')
    schema = catalog.schemas[relation.schema].name
    rewriting.relation_renamed(machine, relation, name, schema)
    relation = catalog.relations[relation.oid]
    step = Step(catalog.at, f"renamed from {schema}.{relation.name}")
    catalog.relations.put(replace(relation, name=name, history=(*relation.history, step)))
    index = catalog.indexes.get(relation.oid)
    if index is not None and index.constraint:
        catalog.constraints.put(replace(catalog.constraints[index.constraint], name=name))
    rewriting.type_renamed(machine, relation.oid, qualified(catalog, relation), f"{quote(schema)}.{quote(name)}")


def _rename_column(machine: Machine, node: Any) -> None:
    if node.relation_type == pb.OBJECT_TYPE:
        made = existing(machine, [part for part in (node.relation.schemaname, node.relation.relname) if part])
        relation: Relation | None = machine.catalog.relations[made.relation]
    else:
        relation = _relation(machine, node)
    if relation is None:
        return
    column = relation.column(node.subname)
    if column is None:
        raise Failure("42703", f'column "{node.subname}" does not exist')
    if column.inherited:
        raise Failure("42P16", f'cannot rename inherited column "{column.name}"')
    if not node.relation.inh and any(columns.children(machine, relation)):
        raise Failure("42P16", f'inherited column "{column.name}" must be renamed in child tables too')
    _give_name(machine, relation, node.subname, naming.truncated(node.newname))


def _give_name(machine: Machine, relation: Relation, old: str, new: str) -> None:
    """Rename a column of a table and of its children, each of which may have several of them for parents."""
    if relation.column(new) is not None:
        raise Failure("42701", f'column "{new}" of relation "{relation.name}" already exists')
    for child in list(columns.children(machine, relation)):
        if machine.catalog.relations[child.oid].column(old) is not None:
            _give_name(machine, child, old, new)
    column = relation.column(old)
    assert column is not None
    rewriting.column_renamed(machine, relation, column.number, new)
    relation = machine.catalog.relations[relation.oid]
    changed = tuple(replace(each, name=new) if each.number == column.number else each for each in relation.columns)
    key = "\0".join(new if part == old else part for part in relation.partition_key.split("\0"))
    step = Step(machine.catalog.at, f"column {old} renamed to {new}")
    machine.catalog.relations.put(replace(relation, columns=changed, partition_key=key, history=(*relation.history, step)))


def _rename_constraint(machine: Machine, node: Any) -> None:
    catalog = machine.catalog
    table = _relation(machine, node)
    if table is None:
        return
    known = catalog.constraints.named(table.oid, node.subname)
    if known is None:
        raise Failure("42704", f'constraint "{node.subname}" for table "{table.name}" does not exist')
    if catalog.constraints.named(table.oid, node.newname) is not None:
        raise Failure("42710", f'constraint "{node.newname}" for relation "{table.name}" already exists')
    if known.inherited:
        raise Failure("42P16", f'cannot rename inherited constraint "{known.name}"')
    if known.index:
        _rename_relation(machine, catalog.relations[known.index], node.newname)
        return
    catalog.constraints.put(replace(known, name=node.newname))
    for child in columns.children(machine, table):
        copy = catalog.constraints.named(child.oid, node.subname)
        if copy is not None and copy.inherited and known.kind == "check":
            catalog.constraints.put(replace(copy, name=node.newname))


def _rename_type(machine: Machine, node: Any) -> None:
    catalog = machine.catalog
    made = existing(machine, strings(node.object.list.items))
    if catalog.types.named(made.schema, node.newname) is not None:
        raise Failure("42710", f'type "{node.newname}" already exists')
    _place_type(machine, made.oid, made.schema, node.newname)


def _place_type(machine: Machine, oid: int, schema: int, name: str) -> None:
    catalog = machine.catalog
    where = catalog.schemas[schema].name
    rewriting.object_renamed(machine, oid, name, where)
    made = catalog.types[oid]
    catalog.types.put(replace(made, name=name, schema=schema, uses=_moved(made.uses, made.schema, schema)))
    if made.relation:
        relation = catalog.relations[made.relation]
        catalog.relations.put(replace(relation, name=name, schema=schema, uses=_moved(relation.uses, relation.schema, schema)))
    rewriting.type_renamed(machine, oid, qualified(catalog, made), f"{quote(where)}.{quote(name)}")


def _moved(uses: frozenset[Use], old: int, new: int) -> frozenset[Use]:
    """What stands on one schema, standing on another."""
    return frozenset(use._replace(oid=new) if use.oid == old else use for use in uses)


def _rewrite_function(machine: Machine, function: Any, *, name: str = "", schema: str = "") -> None:
    if function is not None:
        where = schema or machine.catalog.schemas[function.schema].name
        rewriting.object_renamed(machine, function.oid, name or function.name, where)


def _rename_schema(machine: Machine, node: Any) -> None:
    catalog = machine.catalog
    schema = schema_named(catalog, node.subname)
    if catalog.schemas.named(node.newname) is not None:
        raise Failure("42P06", f'schema "{node.newname}" already exists')
    types = [(made.oid, qualified(catalog, made)) for made in (*catalog.types, *catalog.relations) if made.schema == schema.oid]
    for relation in [each for each in catalog.relations if each.schema == schema.oid]:
        rewriting.relation_renamed(machine, relation, relation.name, node.newname)
    for each in [each for each in (*catalog.functions, *catalog.types, *catalog.collations) if each.schema == schema.oid]:
        rewriting.object_renamed(machine, each.oid, each.name, node.newname)
    step = Step(catalog.at, f"renamed from {schema.name}")
    catalog.schemas.put(replace(schema, name=node.newname, history=(*schema.history, step)))
    for oid, name in types:
        rewriting.type_renamed(machine, oid, name, name.replace(quote(schema.name), quote(node.newname), 1))


def _rename_rule(machine: Machine, node: Any) -> None:
    catalog = machine.catalog
    table = find_relation(machine, node.relation)
    known = catalog.rules.named(table.oid, node.subname)
    if known is None:
        raise Failure("42704", f'rule "{node.subname}" for relation "{table.name}" does not exist')
    catalog.rules.put(replace(known, name=node.newname))


def _rename_domain_constraint(machine: Machine, node: Any) -> None:
    catalog = machine.catalog
    made = existing(machine, strings(node.object.list.items))
    known = catalog.constraints.named(-made.oid, node.subname)
    if known is None:
        raise Failure("42704", f'constraint "{node.subname}" for domain "{made.name}" does not exist')
    catalog.constraints.put(replace(known, name=node.newname))


OTHERS = {
    pb.OBJECT_POLICY: policies.rename,
    pb.OBJECT_TRIGGER: triggers.rename,
    pb.OBJECT_EVENT_TRIGGER: triggers.rename_event,
    pb.OBJECT_PUBLICATION: extensions.rename_publication,
    pb.OBJECT_SCHEMA: _rename_schema,
    pb.OBJECT_ROLE: roles.rename,
    pb.OBJECT_RULE: _rename_rule,
    pb.OBJECT_DOMCONSTRAINT: _rename_domain_constraint,
    pb.OBJECT_COLLATION: collations.rename,
}


def _set_schema(machine: Machine, node: Any) -> None:
    kind = node.object_type
    if kind in RELATIONS:
        relation = _relation(machine, node)
        if relation is not None:
            _check_kind(relation, kind, ALL_BUT_COMPOSITE - {"index"})
            _move(machine, relation, node.newschema)
    elif kind in FUNCTIONS:
        _rewrite_function(machine, signatures.find(machine, node.object.object_with_args, kind), schema=node.newschema)
        routines.move(machine, node)
    elif kind in TYPES:
        made = existing(machine, strings(node.object.list.items))
        schema = schema_named(machine.catalog, node.newschema)
        if machine.catalog.types.named(schema.oid, made.name) not in {None, made}:
            raise Failure("42710", f'type "{made.name}" already exists in schema "{schema.name}"')
        _place_type(machine, made.oid, schema.oid, made.name)
    elif kind in {pb.OBJECT_EXTENSION, pb.OBJECT_COLLATION}:
        (extensions if kind == pb.OBJECT_EXTENSION else collations).move(machine, node)


def _move(machine: Machine, relation: Relation, name: str) -> None:
    """A relation with its indexes and the sequences of its columns."""
    catalog = machine.catalog
    schema = schema_named(catalog, name)
    if TEMPORARY in {schema.name, catalog.schemas[relation.schema].name}:
        raise Failure("0A000", "cannot move objects into or out of temporary schemas")
    if schema.oid == relation.schema:
        return
    if catalog.relations.named(schema.oid, relation.name) is not None:
        raise Failure("42P07", f'relation "{relation.name}" already exists in schema "{name}"')
    old = catalog.schemas[relation.schema].name
    rewriting.relation_renamed(machine, relation, relation.name, name)
    relation = catalog.relations[relation.oid]
    uses = _moved(relation.uses, relation.schema, schema.oid)
    before, step = qualified(catalog, relation), Step(catalog.at, f"moved from {old}")
    relation = catalog.relations.put(replace(relation, schema=schema.oid, uses=uses, history=(*relation.history, step)))
    parts = [each for each in catalog.indexes if each.table == relation.oid]
    owned = [
        each.oid for each in catalog.standing_on(catalog.relations, relation.oid) if each.owned_by and each.owned_by[0] == relation.oid
    ]
    for oid in (*(each.oid for each in parts), *owned):
        _move(machine, catalog.relations[oid], name)
    rewriting.type_renamed(machine, relation.oid, before, qualified(catalog, relation))


def _owner(machine: Machine, node: Any) -> None:
    """ALTER ... OWNER TO for all but tables, which have a subcommand for it."""
    catalog = machine.catalog
    kind, owner = node.object_type, role_oid(catalog, node.newowner)
    form, value = unwrap(node.object)
    if kind in FUNCTIONS:
        function = signatures.find(machine, value, kind)
        if function is not None:
            owners.give(catalog, function, owner)
    elif kind == pb.OBJECT_SCHEMA:
        owners.give(catalog, schema_named(catalog, value.sval), owner)
    elif kind in TYPES:
        owners.give(catalog, existing(machine, strings(value.items)), owner)
    elif kind == pb.OBJECT_COLLATION:
        owners.give(catalog, collations.existing(catalog, strings(value.items)), owner)
    elif kind == pb.OBJECT_EVENT_TRIGGER:
        owners.give(catalog, object_named(catalog.event_triggers, "event trigger", value.sval), owner)
    elif kind == pb.OBJECT_PUBLICATION and form == "string":
        owners.give(catalog, object_named(catalog.publications, "publication", value.sval), owner)


HANDLERS: dict[str, Handler] = {"rename_stmt": _rename, "alter_object_schema_stmt": _set_schema, "alter_owner_stmt": _owner}
