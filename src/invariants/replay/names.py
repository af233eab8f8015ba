"""Names in statements, looked up as PostgreSQL does: along the search path, pg_catalog first (manual, section 5.9.3)."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from invariants.postgres.grammar import pb, unwrap
from invariants.postgres.identifiers import quote
from invariants.postgres.tree import strings
from invariants.replay import typenames
from invariants.replay.catalog import Catalog
from invariants.replay.errors import Failure
from invariants.replay.machine import Machine
from invariants.replay.objects import PUBLIC, Collation, Relation, Role, Schema, Type
from invariants.replay.shelf import Shelf, T, Use

TEMPORARY = "pg_temp"
PG_CATALOG = 11
PUBLIC_SCHEMA = "public"


def path(catalog: Catalog) -> Iterator[int]:
    """The schemas of the search path that exist, the temporary one and pg_catalog first."""
    named = catalog.session.search_path
    seen: set[int] = set()
    implicit = [each for each in (TEMPORARY, "pg_catalog") if each not in named]
    for name in (*implicit, *named):
        schema = catalog.schemas.named(_user_schema(catalog) if name == '"$user"' else name)
        if schema is not None and schema.oid not in seen:
            seen.add(schema.oid)
            yield schema.oid


def _user_schema(catalog: Catalog) -> str:
    return catalog.roles[catalog.session.user].name


def schemas(catalog: Catalog, parts: Sequence[str]) -> Iterator[int]:
    """The schemas in which a name, qualified or not, is looked for."""
    if len(parts) < 2:
        yield from path(catalog)
    elif (schema := catalog.schemas.named(parts[-2])) is not None:
        yield schema.oid


def schema_named(catalog: Catalog, name: str) -> Schema:
    """The schema of that name."""
    schema = catalog.schemas.named(name)
    if schema is None:
        raise Failure("3F000", f'schema "{name}" does not exist')
    return schema


def creation_schema(catalog: Catalog, name: str = "", *, temporary: bool = False) -> Schema:
    """The schema in which something is created: the one said, else the first of the search path that exists."""
    if temporary or name == TEMPORARY:
        if name not in {"", TEMPORARY}:
            raise Failure("42P16", "cannot create temporary relation in non-temporary schema")
        known = catalog.schemas.named(TEMPORARY)
        return known or catalog.schemas.put(Schema(oid=catalog.oid(), name=TEMPORARY, owner=catalog.session.login))
    if name:
        return schema_named(catalog, name)
    for each in catalog.session.search_path:
        schema = catalog.schemas.named(_user_schema(catalog) if each == '"$user"' else each)
        if schema is not None:
            return schema
    raise Failure("3F000", "no schema has been selected to create in")


def lookup(catalog: Catalog, schema: str, name: str) -> Relation | None:
    """The relation of a name, with its schema or, where that is empty, along the search path."""
    for oid in schemas(catalog, (schema, name) if schema else (name,)):
        relation = catalog.relations.named(oid, name)
        if relation is not None:
            return relation
    return None


def find_relation(machine: Machine, node: Any) -> Relation:
    """The relation that a RangeVar names; 42P01 where there is none."""
    relation = lookup(machine.catalog, node.schemaname, node.relname)
    if relation is None:
        if node.schemaname and machine.catalog.schemas.named(node.schemaname) is None:
            raise Failure("3F000", f'schema "{node.schemaname}" does not exist')
        raise Failure("42P01", f'relation "{written(node)}" does not exist')
    return relation


def written(node: Any) -> str:
    """A RangeVar as a message writes it."""
    return f"{node.schemaname}.{node.relname}" if node.schemaname else str(node.relname)


def qualified(catalog: Catalog, thing: Any) -> str:
    """``schema.name`` of a relation, function or type, quoted where it must be."""
    return f"{quote(catalog.schemas[thing.schema].name)}.{quote(thing.name)}"


def find_type(machine: Machine, parts: Sequence[str]) -> Type | None:
    """The type of a name that a statement made; None for one that PostgreSQL or an extension brings."""
    for oid in schemas(machine.catalog, parts):
        found = machine.catalog.types.named(oid, parts[-1])
        if found is not None:
            return found
    return None


def find_collation(catalog: Catalog, parts: Sequence[str]) -> Collation | None:
    """The collation of a name that a statement made; None for PostgreSQL's own, and where there is none."""
    found = (catalog.collations.named(oid, parts[-1]) for oid in schemas(catalog, parts))
    return next((each for each in found if each is not None), None)


class TypeRef(NamedTuple):
    """A type: its name as format_type writes it, the oid of the made type or relation behind it (0 for PostgreSQL's own)."""

    name: str
    oid: int


def find_type_name(machine: Machine, node: Any) -> TypeRef:
    """The type that a TypeName node means; 42704 where there is none."""
    parts = strings(node.names)
    if node.pct_type:
        return _of_column(machine, parts)
    found = _base(machine, parts, node)
    return TypeRef(found.name + "[]", found.oid) if node.array_bounds else found


def type_name(machine: Machine, node: Any) -> str:
    """A TypeName as format_type writes it; types that statements made are written ``schema.name``."""
    return find_type_name(machine, node).name


def type_uses(machine: Machine, node: Any) -> frozenset[Use]:
    """What a TypeName stands on."""
    oid = find_type_name(machine, node).oid
    return frozenset({Use(oid)}) if oid else frozenset()


def _base(machine: Machine, parts: list[str], node: Any) -> TypeRef:
    name = parts[-1]
    if len(parts) == 1 or parts[-2] == "pg_catalog":
        if name in typenames.BUILT_IN and not (len(parts) == 1 and _shadowed(machine, name)):
            return TypeRef(_modified(name, node), 0)
        if name.startswith("_") and name[1:] in typenames.BUILT_IN:
            return TypeRef(typenames.SPELLED.get(name[1:], name[1:]) + "[]", 0)
    return _made(machine, parts)


def _shadowed(machine: Machine, name: str) -> bool:
    """pg_catalog comes first unless the path says otherwise."""
    return "pg_catalog" in machine.catalog.session.search_path and find_type(machine, [name]) is not None


def _made(machine: Machine, parts: list[str]) -> TypeRef:
    catalog = machine.catalog
    is_array = parts[-1].startswith("_") and find_type(machine, [*parts[:-1], parts[-1][1:]]) is not None
    wanted = [*parts[:-1], parts[-1][1:]] if is_array else parts
    found = find_type(machine, wanted) or lookup(catalog, parts[-2] if len(parts) > 1 else "", parts[-1])
    if found is not None:
        return TypeRef(qualified(catalog, found) + ("[]" if is_array else ""), found.oid)
    if parts[-1] in typenames.BROUGHT or _may_be_brought(machine, parts):
        return TypeRef(parts[-1], 0)
    raise Failure("42704", f'type "{".".join(parts)}" does not exist')


def _may_be_brought(machine: Machine, parts: list[str]) -> bool:
    """Where an extension lives that is not known here, a type of its schema may be its own."""
    where = set(schemas(machine.catalog, parts))
    return len(parts) > 1 and any(each.schema in where for each in machine.catalog.extensions)


def _of_column(machine: Machine, parts: list[str]) -> TypeRef:
    """``table.column%TYPE``."""
    relation = lookup(machine.catalog, parts[-3] if len(parts) > 2 else "", parts[-2])
    column = relation.column(parts[-1]) if relation else None
    if column is None:
        raise Failure("42P01" if relation is None else "42703", f'"{".".join(parts)}" does not exist')
    return TypeRef(column.type_name, column.type_oid)


def _modified(name: str, node: Any) -> str:
    """A built-in type with its modifiers, where format_type puts them."""
    spelled = typenames.SPELLED.get(name, name)
    numbers = [value.ival.ival for kind, value in map(unwrap, node.typmods) if kind == "a_const" and value.WhichOneof("val") == "ival"]
    if name == "interval":
        return typenames.interval(numbers)
    if not numbers:
        return name if name == "bpchar" else spelled
    inside = f"({','.join(map(str, numbers))})"
    first, space, rest = spelled.partition(" with")
    return first + inside + space + rest if name.startswith("time") else spelled + inside


def is_serial(node: Any) -> str | None:
    """The integer type behind a serial one."""
    parts = strings(node.names)
    return typenames.SERIALS.get(parts[-1]) if len(parts) == 1 and not node.array_bounds and isinstance(node, pb.TypeName) else None


def object_named(shelf: Shelf[T], what: str, name: str) -> T:
    """What a shelf holds under a name that no schema goes before."""
    found = shelf.named(name)
    if found is None:
        raise Failure("42704", f'{what} "{name}" does not exist')
    return found


def role_named(catalog: Catalog, name: str) -> int:
    """The role of that name; one that no migration makes is taken to be there, since roles belong to the cluster."""
    role = catalog.roles.named(name)
    if role is None:
        role = catalog.roles.put(Role(oid=catalog.oid(), name=name, made=catalog.at, at=catalog.at, external=True))
    return role.oid


def role_oid(catalog: Catalog, spec: Any) -> int:
    """The role that a RoleSpec means."""
    if spec.roletype == pb.ROLESPEC_PUBLIC:
        return PUBLIC
    if spec.roletype in {pb.ROLESPEC_CURRENT_USER, pb.ROLESPEC_CURRENT_ROLE}:
        return catalog.session.user
    if spec.roletype == pb.ROLESPEC_SESSION_USER:
        return catalog.session.login
    return role_named(catalog, spec.rolename)
