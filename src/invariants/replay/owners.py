"""Who owns what: OWNER TO, REASSIGN OWNED, DROP OWNED, and the privileges that follow the owner."""

from typing import Any

from invariants.postgres.grammar import pb
from invariants.replay import acl, default_privileges, privileges
from invariants.replay.catalog import Catalog
from invariants.replay.drop import Target, drop
from invariants.replay.errors import Failure
from invariants.replay.machine import Handler, Machine
from invariants.replay.names import role_oid
from invariants.replay.objects import Collation, EventTrigger, Function, Policy, Publication, Relation, Schema, Step, Type
from invariants.replay.records import replace
from invariants.replay.roles import BOOTSTRAP_OID, owned

Owned = Schema | Relation | Function | Type | Collation | EventTrigger | Publication


def give(catalog: Catalog, thing: Owned, owner: int) -> None:
    """OWNER TO: an index, or the sequence of a column, has its table's owner and no other."""
    if isinstance(thing, Relation) and thing.owner != owner:
        if thing.kind == "index":
            return
        if thing.owned_by:
            raise Failure("0A000", f'cannot change owner of sequence "{thing.name}"')
    _give(catalog, thing, owner)


def _give(catalog: Catalog, thing: Owned, owner: int) -> None:
    """Change an object's owner; wherever the old one stands in its privileges, the new one does then."""
    if thing.owner == owner:
        return
    changed: dict[str, Any] = {"owner": owner, "history": (*thing.history, _step(catalog, owner))}
    if isinstance(thing, Schema | Relation | Function | Type):
        changed["acl"] = acl.reowned(thing.acl, thing.owner, owner)
    if isinstance(thing, Relation):
        columns = tuple(replace(each, acl=acl.reowned(each.acl, thing.owner, owner)) if each.acl else each for each in thing.columns)
        changed |= {"columns": columns, "owner_at": catalog.at}
    if isinstance(thing, Function):
        changed["at"] = catalog.at
    _shelf(catalog, thing).put(replace(thing, **changed))
    if isinstance(thing, Relation):
        _give_parts(catalog, thing, owner)


def _step(catalog: Catalog, owner: int) -> Step:
    return Step(catalog.at, f"owner changed to {catalog.roles[owner].name}")


def _shelf(catalog: Catalog, thing: Owned) -> Any:
    shelves: dict[type, Any] = {
        Schema: catalog.schemas,
        Relation: catalog.relations,
        Function: catalog.functions,
        Type: catalog.types,
        Collation: catalog.collations,
        EventTrigger: catalog.event_triggers,
        Publication: catalog.publications,
    }
    return shelves[type(thing)]


def _give_parts(catalog: Catalog, table: Relation, owner: int) -> None:
    """A table's indexes and the sequences of its columns follow it."""
    keys = {each.index for each in catalog.standing_on(catalog.constraints, table.oid) if each.table == table.oid}
    indexes = {each.oid for each in catalog.standing_on(catalog.indexes, table.oid) if each.table == table.oid}
    sequences = {each.oid for each in catalog.standing_on(catalog.relations, table.oid) if each.owned_by and each.owned_by[0] == table.oid}
    for oid in sorted((keys | indexes | sequences) - {0}):
        _give(catalog, catalog.relations[oid], owner)


def _reassign(machine: Machine, node: Any) -> None:
    """REASSIGN OWNED leaves privileges and default privileges alone."""
    catalog = machine.catalog
    new = role_oid(catalog, node.newrole)
    for spec in node.roles:
        role = role_oid(catalog, spec.role_spec)
        if role == BOOTSTRAP_OID:
            raise Failure("2BP01", "cannot reassign ownership of what the database system requires")
        for each in owned(catalog, role):
            _give(catalog, _shelf(catalog, each)[each.oid], new)


def _drop_owned(machine: Machine, node: Any) -> None:
    catalog = machine.catalog
    roles = [role_oid(catalog, each.role_spec) for each in node.roles]
    if BOOTSTRAP_OID in roles:
        raise Failure("2BP01", "cannot drop what the database system requires")
    targets = [Target(each.oid) for role in roles for each in owned(catalog, role)]
    drop(catalog, targets, cascade=node.behavior == pb.DROP_CASCADE)
    for role in roles:
        _withdraw(machine, role)


def _withdraw(machine: Machine, role: int) -> None:
    """What a role was granted goes, policies forget it, and one that is for nobody else goes too."""
    catalog = machine.catalog
    for thing in (*catalog.schemas, *catalog.relations, *catalog.functions, *catalog.types):
        lists = (thing.acl, *(each.acl for each in thing.columns)) if isinstance(thing, Relation) else (thing.acl,)
        if any(role in acl.mentioned(each) for each in lists):
            privileges.withdraw(machine, thing, role)
    default_privileges.withdraw(catalog, role)
    for policy in catalog.policies:
        if role in policy.roles:
            _forget(catalog, policy, role)
    for membership in catalog.memberships:
        if membership.grantor == role:
            catalog.memberships.drop(membership.oid)


def _forget(catalog: Catalog, policy: Policy, role: int) -> None:
    kept = tuple(each for each in policy.roles if each != role)
    if not kept:
        catalog.policies.drop(policy.oid)
        return
    step = Step(catalog.at, f"no more for {catalog.roles[role].name}")
    catalog.policies.put(replace(policy, roles=kept, at=catalog.at, history=(*policy.history, step)))


HANDLERS: dict[str, Handler] = {"reassign_owned_stmt": _reassign, "drop_owned_stmt": _drop_owned}
