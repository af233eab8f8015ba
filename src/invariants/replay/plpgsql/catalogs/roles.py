"""Roles and memberships."""

from collections.abc import Iterable, Mapping
from typing import Any

from invariants.replay import objects as o
from invariants.replay.catalog import Catalog
from invariants.replay.plpgsql.catalogs.source import Hints, Source, attribute, chosen, fixed, options


def _roles(catalog: Catalog, hints: Hints) -> Iterable[o.Role]:
    for name in ("rolname", "usename", "role_name"):
        if name in hints:
            return [role for role in map(catalog.roles.named, hints[name]) if role is not None]
    return chosen(catalog.roles, hints)


def _role_columns(prefix: str) -> dict[str, Any]:
    """pg_roles, pg_user and their like tell the same by other names."""
    return {
        f"{prefix}super": attribute("superuser"),
        f"{prefix}inherit": attribute("inherit"),
        f"{prefix}createrole": attribute("create_role"),
        f"{prefix}createdb": attribute("create_db"),
        f"{prefix}canlogin": attribute("login"),
        f"{prefix}replication": attribute("replication"),
        f"{prefix}bypassrls": attribute("bypass_rls"),
        f"{prefix}connlimit": fixed(-1),
        f"{prefix}validuntil": fixed(None),
        f"{prefix}config": lambda _c, it: options(it.settings),
    }


ROLES = Source({"oid": attribute("oid"), "rolname": attribute("name"), "rolpassword": fixed("********"), **_role_columns("rol")}, _roles)
SOURCES: Mapping[str, Source] = {
    "pg_roles": ROLES,
    "pg_authid": ROLES,
    "pg_user": Source(
        {
            "usesysid": attribute("oid"),
            "usename": attribute("name"),
            "usesuper": attribute("superuser"),
            "usebypassrls": attribute("bypass_rls"),
            "usecreatedb": attribute("create_db"),
            "userepl": attribute("replication"),
        },
        lambda c, hints: (each for each in _roles(c, hints) if each.login),
    ),
    "pg_shadow": Source(
        {"usesysid": attribute("oid"), "usename": attribute("name"), "usesuper": attribute("superuser")},
        lambda c, hints: (each for each in _roles(c, hints) if each.login),
    ),
    "pg_group": Source(
        {"grosysid": attribute("oid"), "groname": attribute("name")}, lambda c, hints: (each for each in _roles(c, hints) if not each.login)
    ),
    "pg_auth_members": Source(
        {
            "oid": attribute("oid"),
            "roleid": attribute("role"),
            "member": attribute("member"),
            "grantor": attribute("grantor"),
            "admin_option": attribute("admin"),
            "inherit_option": fixed(True),
            "set_option": fixed(True),
        },
        lambda c, _hints: c.memberships,
    ),
}
