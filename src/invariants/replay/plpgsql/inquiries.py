"""Functions that ask the database or the session."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from invariants.postgres.grammar import pb
from invariants.replay import names, privileges, session
from invariants.replay import objects as o
from invariants.replay.catalog import Catalog
from invariants.replay.errors import Failure
from invariants.replay.plpgsql import casts, definitions, documents, finding, times
from invariants.replay.plpgsql.catalogs.others import SETTINGS
from invariants.replay.plpgsql.evaluate import Expression
from invariants.replay.plpgsql.scope import World
from invariants.replay.plpgsql.values import Json, Oid, Record, Unsure, Value, text_of

DATABASE = Unsure("the database's name is the server's", "postgres", "postgres")
NONE = "what PostgreSQL keeps of it is not told here"


def _role(world: World, oid: int) -> str:
    return world.catalog.roles[oid].name


def current_user(world: World) -> str:
    """CURRENT_USER."""
    return _role(world, world.catalog.session.user)


def current_schema(world: World) -> Value:
    """The first schema of the search path that exists."""
    catalog = world.catalog
    for name in catalog.session.search_path:
        plain = current_user(world) if name == '"$user"' else name
        if catalog.schemas.named(plain) is not None:
            return plain
    return None


def current_schemas(world: World, implicit: bool) -> list[str]:
    """The schemas of the search path that exist."""
    found = [world.catalog.schemas[each].name for each in names.path(world.catalog)]
    return found if implicit else [each for each in found if each != "pg_catalog"]


def session_value(node: Any) -> Expression:
    """CURRENT_USER, CURRENT_DATE and their like, which stand without parentheses."""
    operation = node.op
    if operation in {pb.SVFOP_CURRENT_USER, pb.SVFOP_CURRENT_ROLE, pb.SVFOP_USER}:
        return lambda scope: current_user(scope.world)
    if operation == pb.SVFOP_SESSION_USER:
        return lambda scope: _role(scope.world, scope.world.catalog.session.login)
    if operation == pb.SVFOP_CURRENT_SCHEMA:
        return lambda scope: current_schema(scope.world)
    doubt = DATABASE if operation == pb.SVFOP_CURRENT_CATALOG else Unsure("it depends on the moment it runs")
    return lambda _scope: doubt


def current_setting(world: World, name: str, missing_ok: Value = False) -> Value:
    """A setting's text. One of a prefix of its own exists only once it was set; what the server sets cannot be told."""
    key = name.lower()
    found = session.current(world.catalog, key)
    if found or key in dict(world.catalog.session.settings):
        return found
    if key == "is_superuser":
        return "on" if world.catalog.roles[world.catalog.session.user].superuser else "off"
    if key in SETTINGS:
        return SETTINGS[key]
    if "." not in key:
        return Unsure(f"the setting {name} is the server's")
    if missing_ok is True:
        return None
    raise Failure("42704", f'unrecognized configuration parameter "{name}"')


def set_config(world: World, name: Value, value: Value, local: Value) -> Value:
    """set_config: what SET does."""
    if name is None:
        raise Failure("22004", "SET requires parameter name")
    session.assign(world.catalog, name, "" if value is None else text_of(value), local=bool(local))
    return value


def _registered(kind: str) -> Callable[[World, Value], Value]:
    return lambda world, name: None if name is None else casts.REGISTRIES[kind](world.catalog, name)


def typeof(_world: World, value: Value) -> Value:
    """pg_typeof, of what shows its type."""
    kinds = {bool: "boolean", int: "integer", Decimal: "numeric", str: "text", Json: "jsonb", datetime: "timestamp without time zone",
             date: "date", times.Interval: "interval", float: "double precision"}  # fmt: skip
    if isinstance(value, Oid):
        return value.kind
    return kinds.get(type(value)) or Unsure("the type is not kept here")


def _user(catalog: Catalog, value: Value) -> o.Role | None:
    if isinstance(value, int):
        return catalog.roles.get(int(value))
    return catalog.roles.named(str(value))


def pg_has_role(world: World, *them: Value) -> Value:
    """pg_has_role([user,] role, privilege)."""
    member = _user(world.catalog, them[0] if len(them) == 3 else current_user(world))
    role = _user(world.catalog, them[-2])
    if member is None or role is None:
        raise Failure("42704", "role does not exist")
    return member.superuser or role.oid in reached(world.catalog, member.oid)


def reached(catalog: Catalog, member: int) -> set[int]:
    """A role and all that it is a member of."""
    found, waiting = set(), [member]
    while waiting:
        current = waiting.pop()
        if current not in found:
            found.add(current)
            waiting += [each.role for each in catalog.memberships if each.member == current]
    return found


def _privileged(find: Callable[[Catalog, Value], Any]) -> Callable[..., Value]:
    """has_*_privilege([user,] object, privilege)."""

    def asked(world: World, *them: Value) -> Value:
        catalog = world.catalog
        role = _user(catalog, them[0] if len(them) == 3 else current_user(world))
        if role is None:
            raise Failure("42704", f'role "{them[0]}" does not exist')
        thing = find(catalog, them[-2])
        return role.superuser or thing.owner in reached(catalog, role.oid) or _granted(catalog, role.oid, thing, str(them[-1]))

    return asked


def _granted(catalog: Catalog, role: int, thing: Any, wanted: str) -> bool:
    asked = {each.strip().lower().removesuffix(" with grant option") for each in wanted.split(",")}
    roles = reached(catalog, role) | {o.PUBLIC}
    held = privileges.effective(catalog, KINDS[type(thing)], thing) or ()
    return any(each.grantee in roles and each.privilege in asked for each in held)


KINDS = {o.Relation: "table", o.Schema: "schema", o.Function: "function"}


def _table(catalog: Catalog, value: Value) -> o.Relation:
    number = int(value) if isinstance(value, int) else None
    found = finding.relation(catalog, finding.parts_of(value)) if number is None else catalog.relations.get(number)
    if found is None:
        raise Failure("42P01", f'relation "{value}" does not exist')
    return found


def _schema(catalog: Catalog, value: Value) -> o.Schema:
    found = catalog.schemas.get(int(value)) if isinstance(value, int) else catalog.schemas.named(value)
    if found is None:
        raise Failure("3F000", f'schema "{value}" does not exist')
    return found


def _function(catalog: Catalog, value: Value) -> o.Function:
    found = catalog.functions.get(int(value)) if isinstance(value, int) else finding.function_signed(catalog, value)
    if found is None:
        raise Failure("42883", f'function "{value}" does not exist')
    return found


def _visible(world: World, oid: Value) -> Value:
    found = world.catalog.relations.get(int(oid))
    return None if found is None else names.lookup(world.catalog, "", found.name) == found


def serial_sequence(world: World, table: Value, column: Value) -> Value:
    """pg_get_serial_sequence."""
    found = _table(world.catalog, table).column(column)
    if found is None:
        raise Failure("42703", f'column "{column}" does not exist')
    owned = world.catalog.relations.get(found.sequence)
    return None if owned is None else f"{world.catalog.schemas[owned.schema].name}.{owned.name}"


def format_type(_world: World, oid: Value, modifier: Value = None) -> Value:  # noqa: ARG001
    """format_type, without the modifier."""
    return finding.BUILT_IN.get(int(oid)) or Unsure(NONE)


def arguments(world: World, oid: Value) -> Value:
    """pg_get_function_identity_arguments."""
    found = world.catalog.functions.get(int(oid))
    if found is None:
        return None
    given = [each for each in found.arguments if each.mode != "table"]
    return ", ".join(
        " ".join(part for part in ("" if each.mode == "in" else each.mode.upper(), each.name, each.type_name) if part) for each in given
    )


def enum_range(world: World, value: Value) -> Value:  # noqa: ARG001
    """enum_range."""
    return Unsure("the type is not kept here")


def _definition(kind: str) -> Callable[..., Value]:
    return lambda world, oid, *_rest: definitions.by_oid(world.catalog, kind, oid)


def viewdef(world: World, view: Value, *_rest: Value) -> Value:
    """pg_get_viewdef."""
    return Unsure(definitions.EXPRESSION, _table(world.catalog, view).definition)


def settings_of(_world: World, *_them: Value) -> Value:
    """What is not kept here."""
    return Unsure(NONE)


def _tells(value: Value) -> Callable[..., Value]:
    return lambda _world, *_them: value


FUNCTIONS: dict[str, Callable[..., Value]] = {
    "current_user": current_user,
    "current_schema": current_schema,
    "current_schemas": current_schemas,
    "current_database": _tells(DATABASE),
    "current_setting": current_setting,
    "set_config": set_config,
    "version": _tells("PostgreSQL 16.0"),
    "to_regclass": _registered("regclass"),
    "to_regtype": _registered("regtype"),
    "to_regproc": _registered("regproc"),
    "to_regprocedure": _registered("regprocedure"),
    "to_regrole": _registered("regrole"),
    "to_regnamespace": _registered("regnamespace"),
    "pg_typeof": typeof,
    "pg_has_role": pg_has_role,
    "has_table_privilege": _privileged(_table),
    "has_sequence_privilege": _privileged(_table),
    "has_any_column_privilege": _privileged(_table),
    "has_schema_privilege": _privileged(_schema),
    "has_function_privilege": _privileged(_function),
    "pg_table_is_visible": _visible,
    "pg_get_serial_sequence": serial_sequence,
    "pg_get_userbyid": lambda world, oid: _role(world, int(oid)),
    "pg_get_constraintdef": _definition("constraints"),
    "pg_get_indexdef": _definition("indexes"),
    "pg_get_functiondef": _definition("functions"),
    "pg_get_triggerdef": settings_of,
    "pg_get_viewdef": viewdef,
    "pg_get_expr": lambda _world, text, *_rest: None if text is None else Unsure(definitions.EXPRESSION, text),
    "pg_get_function_identity_arguments": arguments,
    "pg_get_function_arguments": arguments,
    "format_type": format_type,
    "enum_range": enum_range,
    "obj_description": settings_of,
    "col_description": settings_of,
    "pg_relation_size": settings_of,
    "pg_total_relation_size": settings_of,
    "pg_advisory_lock": _tells(None),
    "pg_advisory_xact_lock": _tells(None),
    "pg_advisory_unlock": _tells(True),
    "pg_try_advisory_lock": _tells(True),
    "pg_try_advisory_xact_lock": _tells(True),
    "pg_notify": _tells(""),
    "pg_sleep": _tells(""),
    "setval": lambda _world, _name, value, *_rest: value,
    "hashtext": settings_of,
    "to_jsonb": lambda _world, value: Json(documents.to_json(value)),
    "to_json": lambda _world, value: Json(documents.to_json(value)),
    "row_to_json": lambda _world, value: Json(documents.to_json(value)),
    "jsonb_build_object": lambda _world, *them: documents.build_object(*them),
    "json_build_object": lambda _world, *them: documents.build_object(*them),
    "jsonb_build_array": lambda _world, *them: Json([documents.to_json(each) for each in them]),
    "jsonb_populate_record": lambda _world, base, document: Record({**getattr(base, "fields", {}), **document.value}),
    "num_nonnulls": lambda _world, *them: sum(each is not None for each in them),
    "num_nulls": lambda _world, *them: sum(each is None for each in them),
}
"""By name; the first argument is the world they ask."""
for _family in ("json", "jsonb"):
    FUNCTIONS |= {f"{_family}_{_name}": lambda _world, *them, _of=_of: _of(*them) for _name, _of in documents.FUNCTIONS.items()}
LENIENT = {
    "jsonb_build_object", "json_build_object", "jsonb_build_array", "num_nonnulls", "num_nulls", "set_config", "pg_typeof",
    "current_setting",
    "pg_notify", "setval", "jsonb_populate_record",
}  # fmt: skip
"""Those that do not give NULL for a NULL argument."""
