"""Access control lists: what they hold by default, and what GRANT and REVOKE make of them (PostgreSQL's acl.c)."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from invariants.facts.place import PLATFORM
from invariants.replay.catalog import Catalog
from invariants.replay.errors import Failure
from invariants.replay.objects import PUBLIC, Acl, Privilege

ALL: Mapping[str, tuple[str, ...]] = {
    "table": ("insert", "select", "update", "delete", "truncate", "references", "trigger"),
    "column": ("insert", "select", "update", "references"),
    "sequence": ("select", "update", "usage"),
    "function": ("execute",),
    "schema": ("usage", "create"),
    "type": ("usage",),
    "database": ("create", "temporary", "connect"),
    "language": ("usage",),
    "tablespace": ("create",),
    "foreign-data wrapper": ("usage",),
    "foreign server": ("usage",),
}
"""What ALL PRIVILEGES means for each kind of object, as PostgreSQL 15 and 16 have it."""

EVERYONE: Mapping[str, tuple[str, ...]] = {
    "function": ("execute",),
    "type": ("usage",),
    "language": ("usage",),
    "database": ("temporary", "connect"),
}
"""What PUBLIC may do with a new object of each kind."""

List = tuple[Privilege, ...]


def default(kind: str, owner: int) -> List:
    """What a NULL acl stands for (acldefault)."""
    own = () if kind == "column" else ALL[kind]
    everyone = tuple(Privilege(PUBLIC, each, owner, False, PLATFORM) for each in EVERYONE.get(kind, ()))
    return everyone + tuple(Privilege(owner, each, owner, False, PLATFORM) for each in own)


def same(one: Iterable[Privilege], other: Iterable[Privilege]) -> bool:
    """Whether two lists allow the same, whoever wrote them down and in whatever order."""
    return {each[:4] for each in one} == {each[:4] for each in other}


def privileged(catalog: Catalog, role: int) -> set[int]:
    """The roles whose privileges a role uses: its own, and those it inherits from its roles."""
    found, waiting = {role}, [role]
    granted: dict[int, list[int]] = {}
    for each in catalog.memberships:
        granted.setdefault(each.member, []).append(each.role)
    while waiting:
        member = waiting.pop()
        if member in granted and catalog.roles[member].inherit:
            new = [each for each in granted[member] if each not in found]
            found.update(new)
            waiting += new
    return found


def groups(catalog: Catalog, role: int) -> set[int]:
    """The roles that a role belongs to, through others too, inheriting or not; itself among them."""
    found, waiting = {role}, [role]
    while waiting:
        member = waiting.pop()
        new = {each.role for each in catalog.memberships if each.member == member} - found
        found |= new
        waiting += new
    return found


def acts_as(catalog: Catalog, role: int, owner: int) -> bool:
    """Whether a role may do what an owner may (has_privs_of_role). A role made elsewhere is taken to be able to."""
    if role == owner:
        return True
    known = catalog.roles.get(role)
    return known is not None and (known.superuser or known.external or owner in privileged(catalog, role))


def grantor(catalog: Catalog, user: int, acl: List, owner: int, wanted: Collection[str]) -> tuple[int, set[str]]:
    """In whose name a user grants, and which of the wanted privileges (select_best_grantor)."""
    if acts_as(catalog, user, owner):
        return owner, set(wanted)
    best, most = user, set[str]()
    for role in sorted(privileged(catalog, user), key=lambda each: each != user):
        options = {each.privilege for each in acl if each.grantee == role and each.grantable and each.privilege in wanted}
        if len(options) > len(most):
            best, most = role, options
    return best, most


def grant(catalog: Catalog, acl: List, new: Privilege, owner: int) -> List:
    """A list with one privilege more (aclupdate, ACL_MODECHG_ADD)."""
    if new.grantable:
        _refuse_circle(catalog, acl, new, owner)
    for position, old in enumerate(acl):
        if old[:3] == new[:3]:
            return acl if old.grantable or not new.grantable else (*acl[:position], new, *acl[position + 1 :])
    return (*acl, new)


def revoke(catalog: Catalog, acl: List, gone: Privilege, owner: int, *, cascade: bool, option_only: bool = False) -> List:
    """A list without a privilege or without its grant option, and without what was granted by virtue of that."""
    for position, old in enumerate(acl):
        if old[:3] == gone[:3]:
            kept = (old._replace(grantable=False, at=gone.at),) if option_only and old.grantable else (old,) if option_only else ()
            rest = (*acl[:position], *kept, *acl[position + 1 :])
            return _abandon(catalog, rest, old, owner, cascade=cascade) if old.grantable else rest
    return acl


def _abandon(catalog: Catalog, acl: List, lost: Privilege, owner: int, *, cascade: bool) -> List:
    """What depends on a lost grant option goes too (recursive_revoke)."""
    role = lost.grantee
    if role == owner or _may_grant(catalog, acl, role, lost.privilege, owner):
        return acl
    for each in acl:
        if each.grantor == role and each.privilege == lost.privilege:
            if not cascade:
                raise Failure("2BP01", "dependent privileges exist")
            acl = revoke(catalog, acl, each, owner, cascade=True)
    return acl


def _may_grant(catalog: Catalog, acl: List, role: int, privilege: str, owner: int) -> bool:
    roles = privileged(catalog, role)
    by_option = any(each.grantable and each.privilege == privilege and each.grantee in roles for each in acl)
    return by_option or owner in roles or catalog.roles[role].superuser


def _refuse_circle(catalog: Catalog, acl: List, new: Privilege, owner: int) -> None:
    """No grant option may rest on itself (check_circularity)."""
    if new.grantor == owner:
        return
    for each in acl:
        if each.grantee == new.grantee and each.grantable and each.privilege == new.privilege:
            acl = revoke(catalog, acl, each, owner, cascade=True)
    if not _may_grant(catalog, acl, new.grantor, new.privilege, owner):
        raise Failure("0LP01", "grant options cannot be granted back to your own grantor")


def reowned(acl: Acl, old: int, new: int) -> Acl:
    """A list after a change of owner: the new one stands wherever the old one stood, equal entries merged (aclnewowner)."""
    if acl is None:
        return None
    merged: dict[tuple[int, str, int], Privilege] = {}
    for each in acl:
        moved = each._replace(grantee=_moved(each.grantee, old, new), grantor=_moved(each.grantor, old, new))
        known = merged.get(moved[:3])
        merged[moved[:3]] = known if known is not None and (known.grantable or not moved.grantable) else moved
    return tuple(merged.values())


def _moved(role: int, old: int, new: int) -> int:
    return new if role == old else role


def mentioned(acl: Acl) -> Iterator[int]:
    """The roles in a list."""
    for each in acl or ():
        yield from (each.grantee, each.grantor)


def holds_any(catalog: Catalog, acl: List, role: int) -> bool:
    """Whether a role may do anything at all with an object."""
    roles = privileged(catalog, role) | {PUBLIC}
    return any(each.grantee in roles for each in acl)
