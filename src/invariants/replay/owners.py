"""Who owns what: OWNER TO, REASSIGN OWNED, and the privileges that follow the owner."""

from dataclasses import replace
from typing import Any

from invariants.replay import acl
from invariants.replay.catalog import Catalog
from invariants.replay.errors import Failure
from invariants.replay.machine import Handler, Machine
from invariants.replay.names import role_oid
from invariants.replay.objects import EventTrigger, Function, Publication, Relation, Schema, Step, Type
from invariants.replay.roles import BOOTSTRAP_OID, owned

Owned = Schema | Relation | Function | Type | EventTrigger | Publication


def give(catalog: Catalog, thing: Owned, owner: int) -> None:
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
        EventTrigger: catalog.event_triggers,
        Publication: catalog.publications,
    }
    return shelves[type(thing)]


def _give_parts(catalog: Catalog, table: Relation, owner: int) -> None:
    """A table's indexes and the sequences of its columns follow it."""
    for each in catalog.standing_on(catalog.relations, table.oid):
        is_index = each.oid in catalog.indexes and catalog.indexes[each.oid].table == table.oid
        if is_index or (each.owned_by and each.owned_by[0] == table.oid):
            give(catalog, each, owner)


def _reassign(machine: Machine, node: Any) -> None:
    """REASSIGN OWNED leaves privileges and default privileges alone."""
    catalog = machine.catalog
    new = role_oid(catalog, node.newrole)
    for spec in node.roles:
        role = role_oid(catalog, spec.role_spec)
        if role == BOOTSTRAP_OID:
            raise Failure("2BP01", "cannot reassign ownership of what the database system requires")
        for each in owned(catalog, role):
            give(catalog, _shelf(catalog, each)[each.oid], new)


HANDLERS: dict[str, Handler] = {"reassign_owned_stmt": _reassign}
