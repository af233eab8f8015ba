"""Roles and who belongs to them."""

from collections.abc import Iterator, Mapping
from typing import Any

from invariants.postgres.grammar import pb, unwrap
from invariants.replay import acl
from invariants.replay.catalog import Catalog
from invariants.replay.errors import Failure
from invariants.replay.machine import Handler, Machine
from invariants.replay.names import role_named, role_oid
from invariants.replay.objects import Acl, Membership, Role, Step
from invariants.replay.records import replace
from invariants.replay.session import configured

BOOTSTRAP_OID = 10
ATTRIBUTES: Mapping[str, str] = {
    "superuser": "superuser",
    "createdb": "create_db",
    "createrole": "create_role",
    "inherit": "inherit",
    "canlogin": "login",
    "isreplication": "replication",
    "bypassrls": "bypass_rls",
}
"""The options of CREATE ROLE that are attributes of the role here."""


def _options(node: Any) -> dict[str, Any]:
    """The options of a statement by name, each an unwrapped node."""
    options: dict[str, Any] = {}
    for each in node.options:
        option = each.def_elem
        if option.defname in options:
            raise Failure("42601", "conflicting or redundant options")
        options[option.defname] = unwrap(option.arg)[1] if option.HasField("arg") else None
    return options


def _attributes(options: Mapping[str, Any]) -> dict[str, Any]:
    return {ATTRIBUTES[name]: value.boolval for name, value in options.items() if name in ATTRIBUTES}


def _members(machine: Machine, options: Mapping[str, Any], name: str) -> list[int]:
    """The roles that an option lists."""
    return [role_oid(machine.catalog, item.role_spec) for item in options[name].items] if name in options else []


def _create(machine: Machine, node: Any) -> None:
    catalog, options = machine.catalog, _options(node)
    if node.role.startswith("pg_"):
        raise Failure("42939", f'role name "{node.role}" is reserved')
    known = catalog.roles.named(node.role)
    if known and not known.external:
        raise Failure("42710", f'role "{node.role}" already exists')
    fields: dict[str, Any] = {"login": node.stmt_type == pb.ROLESTMT_USER, **_attributes(options)}
    at = catalog.at
    oid = known.oid if known else catalog.oid()
    role = catalog.roles.put(Role(oid=oid, name=node.role, made=at, at=at, history=(Step(at, "created"),), **fields))
    for group in _members(machine, options, "addroleto"):
        _join(catalog, group, role.oid, admin=None)
    for member in _members(machine, options, "adminmembers"):
        _join(catalog, role.oid, member, admin=True)
    for member in _members(machine, options, "rolemembers"):
        _join(catalog, role.oid, member, admin=None)


def _alter(machine: Machine, node: Any) -> None:
    """Also ALTER GROUP ADD and DROP USER, whose action is 1 and -1."""
    catalog, options = machine.catalog, _options(node)
    role = catalog.roles[role_oid(catalog, node.role)]
    for member in _members(machine, options, "rolemembers"):
        if node.action > 0:
            _join(catalog, role.oid, member, admin=None)
        else:
            _part(catalog, role.oid, member, BOOTSTRAP_OID, cascade=False, admin_only=False)
    attributes = _attributes(options)
    if attributes:
        words = ", ".join(name.replace("_", " ") if on else f"no {name.replace('_', ' ')}" for name, on in attributes.items())
        new = replace(role, at=catalog.at, history=(*role.history, Step(catalog.at, f"altered: {words}")), **attributes)
        catalog.roles.put(replace(new, raised=role.raised or (new.is_above and not role.is_above and _is_older(catalog, role))))


def _is_older(catalog: Catalog, role: Role) -> bool:
    """Whether a role was there before this migration, or is in use already: its making is over."""
    return role.external or role.made.file != catalog.at.file or any(_dependents(catalog, role.oid))


def _set(machine: Machine, node: Any) -> None:
    """Settings for all roles, and for a role in one database only, are no part of the role."""
    catalog = machine.catalog
    if node.HasField("role") and not node.database:
        role = catalog.roles[role_oid(catalog, node.role)]
        settings = configured(catalog, role.settings, node.setstmt)
        catalog.roles.put(replace(role, settings=settings, history=(*role.history, Step(catalog.at, "settings changed"))))


def rename(machine: Machine, node: Any) -> None:
    """ALTER ROLE ... RENAME TO."""
    catalog = machine.catalog
    role = catalog.roles[role_named(catalog, node.subname)]
    if role.oid in {catalog.session.user, catalog.session.login}:
        raise Failure("0A000", "the role of the session cannot be renamed")
    if node.newname.startswith("pg_") or role.name.startswith("pg_"):
        raise Failure("42939", f'role name "{node.newname}" is reserved')
    if catalog.roles.named(node.newname):
        raise Failure("42710", f'role "{node.newname}" already exists')
    step = Step(catalog.at, f"renamed from {role.name}")
    catalog.roles.put(replace(role, name=node.newname, at=catalog.at, history=(*role.history, step)))


def _drop(machine: Machine, node: Any) -> None:
    catalog = machine.catalog
    doomed = [role for each in node.roles if (role := _doomed(catalog, each.role_spec, missing_ok=node.missing_ok))]
    oids = {role.oid for role in doomed}
    for each in list(catalog.memberships):
        if oids & {each.role, each.member}:
            catalog.memberships.drop(each.oid)
    for role in doomed:
        if dependent := next(_dependents(catalog, role.oid), None):
            raise Failure("2BP01", f'role "{role.name}" cannot be dropped because some objects depend on it: {dependent}')
        catalog.roles.drop(role.oid)


def _doomed(catalog: Catalog, spec: Any, *, missing_ok: bool) -> Role | None:
    if spec.roletype != pb.ROLESPEC_CSTRING:
        raise Failure("22023", "cannot use special role specifier in DROP ROLE")
    role = catalog.roles.named(spec.rolename)
    if role is None:
        if missing_ok:
            return None
        raise Failure("42704", f'role "{spec.rolename}" does not exist')
    if role.oid in {catalog.session.user, catalog.session.login}:
        raise Failure("55006", "current user cannot be dropped")
    if role.oid == BOOTSTRAP_OID or role.name.startswith("pg_"):
        raise Failure("2BP01", f"cannot drop role {role.name} because it is required by the database system")
    return role


def _dependents(catalog: Catalog, role: int) -> Iterator[str]:
    """What keeps a role from being dropped (pg_shdepend), in words."""
    yield from (f"owner of {each.name}" for each in owned(catalog, role))
    yield from (f"privileges for {name}" for name, held in _lists(catalog) if role in acl.mentioned(held))
    yield from ("default privileges" for each in catalog.default_acls if role == each.creator)
    yield from (f"target of policy {each.name}" for each in catalog.policies if role in each.roles)
    yield from ("grantor of a membership" for each in catalog.memberships if role == each.grantor)


def _lists(catalog: Catalog) -> Iterator[tuple[str, Acl]]:
    """Every access control list, and what it is for."""
    for thing in (*catalog.schemas, *catalog.relations, *catalog.functions, *catalog.types):
        yield thing.name, thing.acl
    for relation in catalog.relations:
        yield from ((f"column {each.name} of {relation.name}", each.acl) for each in relation.columns if each.acl)
    for default in catalog.default_acls:
        yield "objects to come", default.acl


def owned(catalog: Catalog, role: int) -> Iterator[Any]:
    """What a role owns, without indexes, which go with their tables."""
    kept = (catalog.schemas, catalog.relations, catalog.functions, catalog.types, catalog.collations)
    for shelf in (*kept, catalog.event_triggers, catalog.publications):
        for each in shelf:
            if each.owner == role and getattr(each, "kind", "") != "index":
                yield each


def _grant(machine: Machine, node: Any) -> None:
    catalog = machine.catalog
    options = {each.def_elem.defname: unwrap(each.def_elem.arg)[1].boolval for each in node.opt}
    by = role_oid(catalog, node.grantor) if node.HasField("grantor") else _grantor(catalog)
    for granted in node.granted_roles:
        role = role_named(catalog, granted.access_priv.priv_name)
        for grantee in node.grantee_roles:
            if grantee.role_spec.roletype == pb.ROLESPEC_PUBLIC:
                raise Failure("42704", 'role "public" does not exist')
            member = role_oid(catalog, grantee.role_spec)
            if node.is_grant:
                _join(catalog, role, member, admin=options.get("admin"), grantor=by)
            elif not options or "admin" in options:  # the options INHERIT and SET leave the membership
                _part(catalog, role, member, by, cascade=node.behavior == pb.DROP_CASCADE, admin_only="admin" in options)


def _grantor(catalog: Catalog) -> int:
    user = catalog.roles[catalog.session.user]
    return BOOTSTRAP_OID if user.superuser or user.external else user.oid


def _join(catalog: Catalog, role: int, member: int, *, admin: bool | None, grantor: int | None = None) -> None:
    """Make a role a member of another; ``admin`` None leaves the option as it is."""
    group = catalog.roles[role].name
    if member in acl.groups(catalog, role):
        raise Failure("0LP01", f'role "{group}" is a member of role "{catalog.roles[member].name}"')
    by = _grantor(catalog) if grantor is None else grantor
    known = catalog.memberships.named(role, member, by)
    at = catalog.at
    if known is None:
        step = Step(at, f"made a member of {group}")
        new = Membership(oid=catalog.oid(), role=role, member=member, grantor=by, admin=bool(admin), made=at, history=(step,))
        catalog.memberships.put(new)
    elif admin is not None and admin != known.admin:
        step = Step(at, "admin option granted" if admin else "admin option revoked")
        catalog.memberships.put(replace(known, admin=admin, made=at, history=(*known.history, step)))


def _part(catalog: Catalog, role: int, member: int, by: int, *, cascade: bool, admin_only: bool) -> None:
    """Take a membership back, or its admin option; what was granted by virtue of that goes too."""
    known = catalog.memberships.named(role, member, by)
    if known is None:
        return
    others = [each for each in catalog.memberships if each.role == role and each.oid != known.oid]
    if known.admin and not any(each.member == member and each.admin for each in others):
        for each in [each for each in others if each.grantor == member]:
            if not cascade:
                raise Failure("2BP01", "dependent privileges exist")
            _part(catalog, role, each.member, member, cascade=True, admin_only=False)
    if admin_only:
        step = Step(catalog.at, "admin option revoked")
        catalog.memberships.put(replace(known, admin=False, history=(*known.history, step)))
    else:
        catalog.memberships.drop(known.oid)


HANDLERS: dict[str, Handler] = {
    "create_role_stmt": _create,
    "alter_role_stmt": _alter,
    "alter_role_set_stmt": _set,
    "drop_role_stmt": _drop,
    "grant_role_stmt": _grant,
}
