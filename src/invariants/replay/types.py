"""Types that statements make: enums, domains, composites, ranges; and the schemas and sequences beside them."""

from typing import Any

from invariants.postgres.grammar import parse_one, pb, write, write_expression
from invariants.postgres.tree import strings
from invariants.replay import aggregates, collations, columns, expressions, naming, tables
from invariants.replay.errors import Failure
from invariants.replay.machine import Handler, Machine
from invariants.replay.names import creation_schema, find_relation, find_type, find_type_name, lookup, role_oid
from invariants.replay.objects import Constraint, Operator, Relation, Schema, Step, Type
from invariants.replay.privileges import initial_acl
from invariants.replay.records import replace
from invariants.replay.shelf import Use


def _new(machine: Machine, parts: list[str], kind: Any, **fields: Any) -> Type:
    catalog = machine.catalog
    schema = creation_schema(catalog, parts[-2] if len(parts) > 1 else "")
    name = naming.truncated(parts[-1])
    if catalog.types.named(schema.oid, name) is not None or catalog.relations.named(schema.oid, name) is not None:
        raise Failure("42710", f'type "{name}" already exists')
    user = catalog.session.user
    uses = fields.pop("uses", frozenset()) | {Use(schema.oid)}
    acl = initial_acl(machine, "type", schema.oid, user)
    made = Type(
        oid=catalog.oid(),
        name=name,
        schema=schema.oid,
        owner=user,
        kind=kind,
        acl=acl,
        uses=uses,
        made=catalog.at,
        history=(Step(catalog.at, "created"),),
        **fields,
    )
    return catalog.types.put(made)


def existing(machine: Machine, parts: list[str]) -> Type:
    """A type that a statement made."""
    found = find_type(machine, parts)
    if found is None:
        raise Failure("42704", f'type "{".".join(parts)}" does not exist')
    return found


def _enum(machine: Machine, node: Any) -> None:
    labels = strings(node.vals)
    if len(set(labels)) < len(labels):
        raise Failure("23505", "duplicate key value violates unique constraint")
    _new(machine, strings(node.type_name), "enum", labels=tuple(labels))


def _alter_enum(machine: Machine, node: Any) -> None:
    made = existing(machine, strings(node.type_name))
    if made.kind != "enum":
        raise Failure("42809", f"{made.name} is not an enum")
    labels = list(made.labels)
    if node.old_val:
        _rename_label(labels, node.old_val, node.new_val)
    elif node.new_val in labels:
        if node.skip_if_new_val_exists:
            return
        raise Failure("42710", f'enum label "{node.new_val}" already exists')
    else:
        labels.insert(_position(labels, node), node.new_val)
    machine.catalog.types.put(replace(made, labels=tuple(labels)))


def _rename_label(labels: list[str], old: str, new: str) -> None:
    if old not in labels:
        raise Failure("22023", f'"{old}" is not an existing enum label')
    if new in labels:
        raise Failure("42710", f'enum label "{new}" already exists')
    labels[labels.index(old)] = new


def _position(labels: list[str], node: Any) -> int:
    if not node.new_val_neighbor:
        return len(labels)
    if node.new_val_neighbor not in labels:
        raise Failure("22023", f'"{node.new_val_neighbor}" is not an existing enum label')
    return labels.index(node.new_val_neighbor) + (1 if node.new_val_is_after else 0)


def _domain(machine: Machine, node: Any) -> None:
    base = find_type_name(machine, node.type_name)
    collation = collations.of(machine, node, base)
    uses = collations.uses(base.oid, collation)
    made = _new(machine, strings(node.domainname), "domain", base=base.name, collation=collation, uses=uses)
    for each in (constraint.constraint for constraint in node.constraints):
        made = _domain_part(machine, made, each)


def _domain_part(machine: Machine, made: Type, node: Any) -> Type:
    catalog = machine.catalog
    if node.contype in {pb.CONSTR_NOTNULL, pb.CONSTR_NULL}:
        return catalog.types.put(replace(made, not_null=node.contype == pb.CONSTR_NOTNULL))
    if node.contype == pb.CONSTR_DEFAULT:
        expression = expressions.resolve(machine, node.raw_expr)
        return catalog.types.put(replace(made, default=expression.text, uses=made.uses | expression.uses))
    if node.contype == pb.CONSTR_CHECK:
        _domain_check(machine, made, node)
    return made


def _domain_check(machine: Machine, made: Type, node: Any) -> None:
    catalog = machine.catalog
    name = naming.truncated(node.conname) or naming.constraint_name(catalog, made.name, "", "check", made.schema)
    if catalog.constraints.named(-made.oid, name) is not None:
        raise Failure("42710", f'constraint "{name}" for domain "{made.name}" already exists')
    found = expressions.uses(machine, node.raw_expr)
    text = write_expression(node.raw_expr)
    catalog.constraints.put(
        Constraint(
            oid=catalog.oid(),
            name=name,
            table=0,
            domain=made.oid,
            kind="check",
            expression=text,
            made=catalog.at,
            validated=not node.skip_validation,
            uses=found | {Use(made.oid, 0, auto=True)},
        )
    )


def _alter_domain(machine: Machine, node: Any) -> None:
    catalog = machine.catalog
    made = existing(machine, strings(node.type_name))
    if made.kind != "domain":
        raise Failure("42809", f"{made.name} is not a domain")
    if node.subtype == "T":
        text = expressions.resolve(machine, getattr(node, "def")).text if node.HasField("def") else None
        catalog.types.put(replace(made, default=text))
    elif node.subtype in {"N", "O"}:
        catalog.types.put(replace(made, not_null=node.subtype == "O"))
    elif node.subtype == "C":
        _domain_part(machine, made, getattr(node, "def").constraint)
    elif node.subtype in {"X", "V"}:
        _domain_constraint(machine, made, node)


def _domain_constraint(machine: Machine, made: Type, node: Any) -> None:
    catalog = machine.catalog
    known = catalog.constraints.named(-made.oid, node.name)
    if known is None:
        if node.missing_ok:
            return
        raise Failure("42704", f'constraint "{node.name}" of domain "{made.name}" does not exist')
    if node.subtype == "X":
        catalog.constraints.drop(known.oid)
    else:
        catalog.constraints.put(replace(known, validated=True))


def _composite(machine: Machine, node: Any) -> None:
    """A composite type and the relation that holds its attributes."""
    catalog = machine.catalog
    parts = [node.typevar.schemaname, node.typevar.relname] if node.typevar.schemaname else [node.typevar.relname]
    made = _new(machine, parts, "composite")
    shape = catalog.relations.put(
        Relation(
            oid=catalog.oid(),
            name=made.name,
            schema=made.schema,
            kind="composite",
            owner=made.owner,
            made=catalog.at,
            uses=frozenset({Use(made.oid, 0, auto=True)}),
        )
    )
    catalog.types.put(replace(made, relation=shape.oid))
    for each in node.coldeflist:
        find_type_name(machine, each.column_def.type_name)  # serial is a word of tables only
        shape = columns.add(machine, shape, columns.define(machine, shape, each.column_def).column)


def _range(machine: Machine, node: Any) -> None:
    parts = strings(node.type_name)
    subtype = next((each.def_elem.arg.type_name for each in node.params if each.def_elem.defname == "subtype"), None)
    oid = find_type_name(machine, subtype).oid if subtype is not None else 0
    made = _new(machine, parts, "range", uses=frozenset({Use(oid)} if oid else ()))
    multirange = made.name.replace("range", "multirange") if "range" in made.name else f"{made.name}_multirange"
    told = (each.def_elem for each in node.params if each.def_elem.defname == "multirange_type_name")
    named = next((strings(each.arg.type_name.names) for each in told), [multirange])
    schema = [machine.catalog.schemas[made.schema].name] if len(named) == 1 else []
    _new(machine, [*schema, *named], "range", uses=frozenset({Use(made.oid, 0, auto=True)}))


def _define(machine: Machine, node: Any) -> None:
    """CREATE AGGREGATE, TYPE (base), OPERATOR, COLLATION, TEXT SEARCH ..."""
    if node.kind == pb.OBJECT_AGGREGATE:
        aggregates.create(machine, node)
    elif node.kind == pb.OBJECT_OPERATOR:
        _define_operator(machine, node)
    elif node.kind == pb.OBJECT_COLLATION:
        collations.create(machine, node)
    elif node.kind == pb.OBJECT_TYPE:
        parts = strings(node.defnames)
        known = find_type(machine, parts)
        if known is not None and known.kind == "shell":
            machine.catalog.types.put(replace(known, kind="base"))
        else:
            _new(machine, parts, "base" if node.definition else "shell")


def _define_operator(machine: Machine, node: Any) -> None:
    """CREATE OPERATOR. One on a type that was made here cannot be meant where PostgreSQL's own types are compared."""
    catalog, parts = machine.catalog, strings(node.defnames)
    schema = creation_schema(catalog, "".join(parts[:-1]))
    named = [each.def_elem.arg.type_name for each in node.definition if each.def_elem.defname in {"leftarg", "rightarg"}]
    if not any(find_type_name(machine, each).oid for each in named):
        uses = frozenset({Use(schema.oid)})
        catalog.operators.put(Operator(oid=catalog.oid(), name=parts[-1], schema=schema.oid, uses=uses, made=catalog.at))


def _schema(machine: Machine, node: Any) -> None:
    catalog = machine.catalog
    role = role_oid(catalog, node.authrole) if node.HasField("authrole") else catalog.session.user
    name = naming.truncated(node.schemaname) or catalog.roles[role].name
    if catalog.schemas.named(name) is not None:
        if node.if_not_exists:
            return
        raise Failure("42P06", f'schema "{name}" already exists')
    if name.startswith("pg_"):
        raise Failure("42939", f'unacceptable schema name "{name}"')
    acl = initial_acl(machine, "schema", 0, role)
    catalog.schemas.put(Schema(oid=catalog.oid(), name=name, owner=role, acl=acl, made=catalog.at, history=(Step(catalog.at, "created"),)))
    _elements(machine, node, name, role)


def _elements(machine: Machine, node: Any, name: str, role: int) -> None:
    """CREATE SCHEMA ... CREATE TABLE ...: its elements are made in it, as its owner."""
    if not node.schema_elts:
        return
    catalog = machine.catalog
    outer = catalog.session
    catalog.configure(replace(outer, search_path=(name, *outer.search_path), user=role))
    for element in node.schema_elts:
        text = write(element)
        machine.apply(parse_one(text), text, catalog.at)
    catalog.configure(replace(catalog.session, search_path=outer.search_path, user=outer.user))


def _sequence(machine: Machine, node: Any) -> None:
    if node.if_not_exists and tables.exists(machine, node.sequence):
        return
    _own(machine, tables.new(machine, node.sequence, "sequence"), node.options)


def _alter_sequence(machine: Machine, node: Any) -> None:
    sequence = lookup(machine.catalog, node.sequence.schemaname, node.sequence.relname)
    if sequence is None and node.missing_ok:
        return
    sequence = sequence or find_relation(machine, node.sequence)
    if sequence.kind != "sequence":
        raise Failure("42809", f'"{sequence.name}" is not a sequence')
    _own(machine, sequence, node.options)


def _own(machine: Machine, sequence: Relation, nodes: Any) -> None:
    """OWNED BY: the sequence goes with the column."""
    catalog = machine.catalog
    for option in (each.def_elem for each in nodes if each.def_elem.defname == "owned_by"):
        parts = strings(option.arg.list.items)
        kept = frozenset(use for use in sequence.uses if not (sequence.owned_by and use.oid == sequence.owned_by[0]))
        if parts == ["none"]:
            catalog.relations.put(replace(sequence, owned_by=None, uses=kept))
            continue
        table = find_relation(machine, pb.RangeVar(schemaname=parts[-3] if len(parts) > 2 else "", relname=parts[-2]))
        column = table.column(parts[-1])
        if column is None:
            raise Failure("42703", f'column "{parts[-1]}" of relation "{table.name}" does not exist')
        if table.schema != sequence.schema:
            raise Failure("55000", "sequence must be in same schema as table it is linked to")
        if table.owner != sequence.owner:
            raise Failure("55000", "sequence must have same owner as table it is linked to")
        uses = kept | {Use(table.oid, column.number, auto=True)}
        catalog.relations.put(replace(sequence, owned_by=(table.oid, column.number), uses=uses))


HANDLERS: dict[str, Handler] = {
    "create_enum_stmt": _enum,
    "alter_enum_stmt": _alter_enum,
    "create_domain_stmt": _domain,
    "alter_domain_stmt": _alter_domain,
    "composite_type_stmt": _composite,
    "create_range_stmt": _range,
    "define_stmt": _define,
    "create_schema_stmt": _schema,
    "create_seq_stmt": _sequence,
    "alter_seq_stmt": _alter_sequence,
}
