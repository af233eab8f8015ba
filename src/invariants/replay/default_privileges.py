"""ALTER DEFAULT PRIVILEGES: what objects to come will be granted."""

from collections.abc import Mapping
from typing import Any, Literal

from invariants.postgres.grammar import pb, unwrap
from invariants.postgres.tree import strings
from invariants.replay import acl
from invariants.replay.catalog import Catalog
from invariants.replay.errors import Failure
from invariants.replay.machine import Handler, Machine
from invariants.replay.names import role_oid, schema_named
from invariants.replay.objects import DefaultAcl, Privilege, Step
from invariants.replay.privileges import Change, change, check
from invariants.replay.records import replace
from invariants.replay.shelf import Use

Kind = Literal["table", "sequence", "function", "type", "schema"]
KINDS: Mapping[int, Kind] = {
    pb.OBJECT_TABLE: "table",
    pb.OBJECT_SEQUENCE: "sequence",
    pb.OBJECT_FUNCTION: "function",
    pb.OBJECT_ROUTINE: "function",
    pb.OBJECT_TYPE: "type",
    pb.OBJECT_SCHEMA: "schema",
}


def _alter(machine: Machine, node: Any) -> None:
    catalog = machine.catalog
    options = {each.def_elem.defname: unwrap(each.def_elem.arg)[1].items for each in node.options}
    creators = [role_oid(catalog, each.role_spec) for each in options.get("roles", ())] or [catalog.session.user]
    schemas = [schema_named(catalog, name).oid for name in strings(options.get("schemas", ()))] or [0]
    kind = KINDS.get(node.action.objtype)
    if kind is None:  # large objects, since PostgreSQL 18: they hold no rows of tables
        return
    if kind == "schema" and schemas != [0]:
        raise Failure("0LP01", "cannot use IN SCHEMA clause when using GRANT/REVOKE ON SCHEMAS")
    what = change(machine, node.action)
    check(what.named, kind)
    for creator in creators:
        for schema in schemas:
            _change(catalog, creator, schema, kind, what)


def _change(catalog: Catalog, creator: int, schema: int, kind: Kind, what: Change) -> None:
    """A list that says no more than PostgreSQL's own default is not kept (SetDefaultACL)."""
    known = catalog.default_acls.named(creator, schema, kind)
    usual = () if schema else acl.default(kind, creator)
    held = known.acl if known else usual
    for grantee in what.grantees:
        for privilege in what.privileges(kind):
            item = Privilege(grantee, privilege, creator, what.is_grant and what.option, what.at)
            if what.is_grant:
                held = acl.grant(catalog, held, item, creator)
            else:
                held = acl.revoke(catalog, held, item, creator, cascade=what.cascade, option_only=what.option)
    if not acl.same(held, usual):
        step = Step(what.at, "granted" if what.is_grant else "revoked")
        new = DefaultAcl(oid=catalog.oid(), creator=creator, schema=schema, kind=kind, uses=_uses(schema), made=what.at)
        kept = known or new
        catalog.default_acls.put(replace(kept, acl=held, history=(*kept.history, step)))
    elif known:
        catalog.default_acls.drop(known.oid)


def _uses(schema: int) -> frozenset[Use]:
    """Default privileges in a schema go with it."""
    return frozenset({Use(schema, auto=True)}) if schema else frozenset()


def withdraw(catalog: Catalog, role: int) -> None:
    """DROP OWNED: a role's own default privileges go, and those it would be granted."""
    gone = Change(is_grant=False, option=False, cascade=True, grantees=(role,), named=(), columns=(), is_all=True, at=catalog.at)
    for each in catalog.default_acls:
        if each.creator == role:
            catalog.default_acls.drop(each.oid)
        elif role in acl.mentioned(each.acl):
            _change(catalog, each.creator, each.schema, each.kind, gone)


HANDLERS: dict[str, Handler] = {"alter_default_privileges_stmt": _alter}
