"""CREATE TABLE in all its forms: columns, LIKE, INHERITS, PARTITION OF, OF type, AS query; row security is never copied."""

from collections.abc import Iterator
from typing import Any, Literal

from invariants.postgres.grammar import pb, unwrap
from invariants.postgres.tree import strings
from invariants.replay import collations, columns, constraints, expressions, filling, inheritance, likes, naming
from invariants.replay.constraints import Wanted
from invariants.replay.errors import Failure, Unknown
from invariants.replay.machine import Handler, Machine
from invariants.replay.names import creation_schema, find_relation, find_type_name
from invariants.replay.objects import FOREIGN, Column, Relation, RelationKind, Step
from invariants.replay.privileges import initial_acl
from invariants.replay.records import replace
from invariants.replay.scopes import Output
from invariants.replay.shelf import Use

PERSISTENCE: dict[str, Literal["permanent", "unlogged", "temporary"]] = {"p": "permanent", "u": "unlogged", "t": "temporary"}


def exists(machine: Machine, node: Any) -> bool:
    """Whether a RangeVar's name is taken where it would be created."""
    schema = creation_schema(machine.catalog, node.schemaname, temporary=node.relpersistence == "t")
    return machine.catalog.relations.named(schema.oid, naming.truncated(node.relname)) is not None


def new(machine: Machine, node: Any, kind: RelationKind) -> Relation:
    """An empty relation of the name a RangeVar says."""
    catalog = machine.catalog
    schema = creation_schema(catalog, node.schemaname, temporary=node.relpersistence == "t")
    name = naming.truncated(node.relname)
    if catalog.relations.named(schema.oid, name) is not None:
        raise Failure("42P07", f'relation "{name}" already exists')
    if catalog.types.named(schema.oid, name) is not None and kind != "sequence":
        raise Failure("42710", f'type "{name}" already exists')
    user, at = catalog.session.user, catalog.at
    return catalog.relations.put(
        Relation(
            oid=catalog.oid(),
            name=name,
            schema=schema.oid,
            kind=kind,
            owner=user,
            persistence=PERSISTENCE.get(node.relpersistence, "permanent"),
            acl=initial_acl(machine, "sequence" if kind == "sequence" else "table", schema.oid, user),
            uses=frozenset({Use(schema.oid)}),
            made=at,
            owner_at=at,
            rls_at=at,
            forced_at=at,
            history=(Step(at, "created"),),
        )
    )


def current(machine: Machine, table: Relation) -> Relation:
    """A relation as it is now."""
    return machine.catalog.relations[table.oid]


def _create(machine: Machine, node: Any) -> None:
    create(machine, node, "partitioned" if node.HasField("partspec") else "table")


def create(machine: Machine, node: Any, kind: RelationKind) -> Relation | None:
    """A table from a CreateStmt."""
    if node.if_not_exists and exists(machine, node.relation):
        return None
    parents = [find_relation(machine, each.range_var) for each in node.inh_relations]
    likes.qualify(machine, node.table_elts)
    table = new(machine, node.relation, kind)
    if node.options:
        table = machine.catalog.relations.put(replace(table, options=tuple(options(node.options))))
    elements = [unwrap(each) for each in node.table_elts]
    is_partition = node.HasField("partbound")
    if node.HasField("of_typename"):
        table = _of_type(machine, table, node.of_typename)
    if is_partition and parents[0].kind != "partitioned":
        raise Failure("42P17", f'"{parents[0].name}" is not partitioned')
    for parent in parents:
        table = inheritance.columns_of(machine, table, parent, is_partition=is_partition)
    wanted = _elements(machine, table, elements, typed=is_partition or node.HasField("of_typename"))
    inheritance.check_defaults(current(machine, table))
    if node.HasField("partspec"):
        _partition_by(machine, current(machine, table), node.partspec)
    for each in parents:
        inheritance.join(machine, current(machine, table), machine.catalog.relations[each.oid], is_partition=is_partition)
    _constrain(machine, table, [*wanted, *(Wanted(each.constraint) for each in node.constraints)])
    if is_partition:
        inheritance.adopt(machine, current(machine, table), parents[0])
    return current(machine, table)


def _constrain(machine: Machine, table: Relation, wanted: list[Wanted]) -> None:
    """Add constraints, all of them valid: an empty table has no row to doubt."""
    for each in constraints.without_doubles(sorted(wanted, key=constraints.order)):
        each.node.skip_validation = False
        constraints.add(machine, current(machine, table), each)


def _elements(machine: Machine, table: Relation, elements: list[tuple[str, Any]], *, typed: bool) -> list[Wanted]:
    """Add the columns; the constraints that are still to be added."""
    wanted: list[Wanted] = []
    later: list[tuple[Any, int]] = []
    for kind, value in elements:
        if kind == "column_def":
            column, own = _column(machine, current(machine, table), value, typed=typed)
            wanted += [Wanted(each, column.name) for each in own]
            later.append((value, column.number))
        elif kind == "constraint":
            wanted.append(Wanted(value))
        elif kind == "table_like_clause":
            likes.like(machine, current(machine, table), value)
    for value, number in later:
        columns.fill(machine, current(machine, table), value, number)
    return wanted


def _column(machine: Machine, table: Relation, node: Any, *, typed: bool) -> tuple[Column, list[Any]]:
    """A column of the statement: new, merged with an inherited one, or an override of a typed one."""
    known = table.column(naming.truncated(node.colname))
    if known is None or (known.local and not typed):
        if typed:
            raise Failure("42703", f'column "{node.colname}" does not exist')
        defined = columns.define(machine, table, node)
        columns.add(machine, table, defined.column)
        return defined.column, defined.constraints
    if typed:
        own = [each.constraint for each in node.constraints]
        not_null = known.not_null or any(each.contype in {pb.CONSTR_NOTNULL, pb.CONSTR_PRIMARY} for each in own)
        changed = replace(known, not_null=not_null)
        columns.put(machine, table, changed)
        return changed, [each for each in own if each.contype not in columns.IN_COLUMN]
    defined = columns.define(machine, table, node)
    if defined.column.type_name != known.type_name:
        raise Failure("42804", f'column "{known.name}" has a type conflict')
    merged = replace(known, local=True, not_null=known.not_null or defined.column.not_null)
    columns.put(machine, table, merged)
    return merged, defined.constraints


def _of_type(machine: Machine, table: Relation, node: Any) -> Relation:
    catalog = machine.catalog
    made = catalog.types.get(find_type_name(machine, node).oid)
    if made is None or made.kind != "composite":
        raise Failure("42809", "type is not a composite type")
    shape = catalog.relations[made.relation]
    copied = tuple(replace(each, at=catalog.at) for each in shape.columns)
    uses = table.uses | {Use(made.oid)}
    return catalog.relations.put(replace(table, columns=copied, next_number=shape.next_number, of_type=made.oid, uses=uses))


def _partition_by(machine: Machine, table: Relation, spec: Any) -> None:
    """The partition key: column names, divided by NUL, an empty one for an expression."""
    names = []
    for each in (param.partition_elem for param in spec.part_params):
        if each.name and table.column(each.name) is None:
            raise Failure("42703", f'column "{each.name}" named in partition key does not exist')
        if not each.name:
            expressions.resolve(machine, each.expr, table)
        names.append(each.name)
    machine.catalog.relations.put(replace(table, partition_key="\0".join(names)))


def options(nodes: Any) -> Iterator[tuple[str, str]]:
    """Storage parameters; the bare name of one means true."""
    for each in nodes:
        option = each.def_elem
        kind, value = unwrap(option.arg) if option.HasField("arg") else ("", None)
        name = f"{option.defnamespace}.{option.defname}" if option.defnamespace else option.defname
        yield name.lower(), _option(kind, value)


def _option(kind: str, value: Any) -> str:
    if kind == "string":
        return str(value.sval)
    if kind == "integer":
        return str(value.ival)
    if kind == "float":
        return str(value.fval)
    if kind == "boolean":
        return "true" if value.boolval else "false"
    return strings(value.names)[-1] if kind == "type_name" else "true"


def _create_foreign(machine: Machine, node: Any) -> None:
    create(machine, node.base_stmt, "foreign")


def _create_as(machine: Machine, node: Any) -> None:
    """CREATE TABLE AS and CREATE MATERIALIZED VIEW."""
    is_table = node.objtype != pb.OBJECT_MATVIEW
    from_query(machine, node.into, node.query, "table" if is_table else "materialized", missing_only=node.if_not_exists)


def from_query(machine: Machine, into: Any, query: Any, kind: RelationKind, *, missing_only: bool) -> None:
    """A relation with the columns of a query; a materialized view stands on what it reads."""
    if missing_only and exists(machine, into.rel):
        return
    found = _query(machine, query)
    if not into.skip_data:
        filling.check(machine.catalog, found.uses, machine.catalog.session.user)
    relation = new(machine, into.rel, kind)
    if kind == "materialized" and expressions.reads_temporary(machine, found):
        raise Failure("0A000", "materialized views must not use temporary tables or views")
    names = [*strings(into.col_names), *(output.name for output in found.outputs[len(into.col_names) :])]
    if len(set(names)) < len(names):
        raise Failure("42701", "a column is specified more than once")
    is_one = query.select_stmt.op == pb.SETOP_NONE
    pairs = enumerate(zip(names, found.outputs, strict=False), 1)
    made = tuple(_filled(machine, name, number, output, is_one=is_one) for number, (name, output) in pairs)
    is_view = kind == "materialized"
    uses = relation.uses.union(*(each.uses for each in made)) | (found.uses if is_view else frozenset())
    text = found.text if is_view else ""
    parameters = tuple(options(into.options))
    changed = replace(relation, columns=made, next_number=len(made) + 1, definition=text, uses=uses, options=parameters)
    machine.catalog.relations.put(replace(changed, populated=not is_view or not into.skip_data))


def _filled(machine: Machine, name: str, number: int, output: Output, *, is_one: bool) -> Column:
    """A column that a query returns; of several queries together nobody follows which collation that is."""
    is_plain = output.is_literal or not machine.catalog.collations
    collation = 0 if is_plain else output.collation if is_one else FOREIGN
    return Column(
        name=name,
        number=number,
        type_name=output.type_name,
        collation=collation,
        at=machine.catalog.at,
        uses=collations.uses(collation),
    )


def _query(machine: Machine, node: Any) -> expressions.Query:
    if unwrap(node)[0] != "select_stmt":
        raise Unknown("which columns a prepared statement answers is not followed", "write out its query here")
    return expressions.query(machine, node)


HANDLERS: dict[str, Handler] = {
    "create_stmt": _create,
    "create_foreign_table_stmt": _create_foreign,
    "create_table_as_stmt": _create_as,
}
