"""Who the tenants are: their key, their root table and the application's roles, where configuration does not say.

Detection counts: the key is the column name, of those that products use for a tenant, that most tables carry. What policies compare
with a setting of the session is a key too, whatever its name.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from invariants.facts import db, settings
from invariants.facts.place import Place
from invariants.replay.bound import bound

STEMS: tuple[tuple[str, ...], ...] = (
    ("tenant",),
    ("organization", "organisation", "org"),
    ("workspace",),
    ("company",),
    ("business",),
    ("team",),
    ("account",),
    ("shop", "store"),
    ("firm",),
    ("practice", "clinic"),
    ("school",),
    ("client",),
    ("project",),
    ("household", "family"),
)
"""What products call a tenant, the surest first; the words of one row mean the same."""

OWNERS = ("user_id", "owner_id", "profile_id")
"""What stands in for a tenant where every user is one, on platforms whose clients reach the tables directly."""

CLIENTS: Mapping[str, frozenset[str]] = {"supabase": frozenset({"anon", "authenticated"})}
"""By runner: the roles that a platform's clients connect as, whatever migrations make of them."""


class Schema(NamedTuple):
    """The facts of one database that detection looks at."""

    database: str
    runner: str
    tables: Sequence[db.Table]
    columns: Sequence[db.Column]
    constraints: Sequence[db.Constraint]
    constraint_columns: Sequence[db.ConstraintColumn]
    roles: Sequence[db.Role]
    grants: Sequence[db.Grant]
    policy_roles: Sequence[db.PolicyRole]
    policies: Sequence[db.Policy]


def snake(name: str) -> str:
    """``tenantId`` and ``TenantID`` as ``tenant_id``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def keys(schema: Schema) -> list[settings.TenantKey]:
    """The detected tenant keys: by their names, and by what policies do with them."""
    found = _named(schema)
    pairs = bound(schema.policies)
    compared = Counter(name for _, name in pairs)
    known = {each.name for each in found}
    others = {name for name, count in compared.items() if count > 1 and name not in known and snake(name) not in OWNERS}
    own = _own(schema)
    others -= {name for name in others if _is_narrower(name, pairs, known, [each for each in schema.columns if each.table_name in own])}
    columns = [column for column in schema.columns if column.table_name in own and column.name in others]
    return found + _spellings(schema.database, columns, len(own), "policies compare it with a setting of the session")


def _is_narrower(name: str, pairs: set[tuple[str, str]], known: set[str], columns: Iterable[db.Column]) -> bool:
    """Whether a column parts what belongs to one tenant: it may be absent from most, and is compared only beside what names the tenant."""
    keyed = {table for table, other in pairs if other in known}
    tables = {table for table, other in pairs if other == name}
    required = {column.table_name for column in columns if column.not_null and column.name == name}
    return tables <= keyed and 2 * len(tables & required) < len(tables)


def _own(schema: Schema) -> set[str]:
    """The tables that migrations made and that stay."""
    return {table.name for table in schema.tables if table.origin == "migration" and table.persistence != "temporary"}


def _named(schema: Schema) -> list[settings.TenantKey]:
    """Every spelling of the stem that most tables carry; none where no table does."""
    own = _own(schema)
    columns = [column for column in schema.columns if column.table_name in own]
    referring = _referring(schema)
    best = _best(Counter(stem for column in columns if (stem := _stem(column.name))), columns, referring)
    if best:
        words = STEMS[best - 1]
        return _spellings(
            schema.database, [c for c in columns if _stem(c.name) == best], len(own), f"{words[0]} is what they call a tenant"
        )
    if schema.runner != "supabase":
        return []
    owned = [column for column in columns if snake(column.name) in OWNERS and (column.table_name, column.name) in referring]
    return _spellings(schema.database, owned, len(own), "no column names a larger tenant, so each user is one")


@lru_cache(maxsize=4096)
def _stem(name: str) -> int:
    """The row of STEMS, from 1, that a column name such as ``orgId`` belongs to; 0 for none."""
    word = snake(name)
    if not word.endswith(("_id", "_uuid")):
        return 0
    word = word.rpartition("_")[0]
    return next((row for row, stem in enumerate(STEMS, 1) if word in stem), 0)


def _referring(schema: Schema) -> dict[tuple[str, str], str]:
    """The columns that single-column foreign keys start from, and the tables they point to."""
    sizes = Counter((each.table_name, each.constraint_name) for each in schema.constraint_columns)
    targets = {(each.table_name, each.name): each.target for each in schema.constraints if each.kind == "foreign" and each.target}
    return {
        (each.table_name, each.column_name): targets[each.table_name, each.constraint_name]
        for each in schema.constraint_columns
        if (each.table_name, each.constraint_name) in targets and sizes[each.table_name, each.constraint_name] == 1
    }


def _best(counts: Counter[int], columns: Sequence[db.Column], referring: dict[tuple[str, str], str]) -> int:
    """The stem most tables carry; a surer word wins where it has at least half as many. One table alone must refer to a root."""
    if not counts:
        return 0
    most = max(counts.values())
    best = min(stem for stem, count in counts.items() if count * 2 >= most)
    if counts[best] > 1 or any((c.table_name, c.name) in referring for c in columns if _stem(c.name) == best):
        return best
    return 0


def _spellings(database: str, columns: Sequence[db.Column], tables: int, why: str) -> list[settings.TenantKey]:
    first: dict[str, Place] = {}
    counts = Counter(column.name for column in columns)
    for column in columns:
        first.setdefault(column.name, column.at)
    return [
        settings.TenantKey(first[name], database, name, "detected", f"on {count} of {tables} tables, and {why}")
        for name, count in counts.most_common()
    ]


def root(schema: Schema, names: Iterable[str]) -> settings.TenantRoot | None:
    """The table that most tenant keys point to, else the one that is named like the key."""
    wanted = set(names)
    votes = Counter(target for (_, column), target in _referring(schema).items() if column in wanted)
    places = {table.name: table.at for table in schema.tables if table.origin == "migration"}
    for name, _ in votes.most_common():
        if name in places:
            return settings.TenantRoot(places[name], schema.database, name, "detected")
    alike = {_plural(word) for name in wanted if (word := snake(name).rpartition("_")[0])}
    named = next((name for name in places if snake(name.partition(".")[2]) in alike), None)
    return settings.TenantRoot(places[named], schema.database, named, "detected") if named else None


def _plural(word: str) -> str:
    return word[:-1] + "ies" if word.endswith("y") else word + ("es" if word.endswith("s") else "s")


def app_roles(schema: Schema) -> Iterator[settings.AppRole]:
    """The roles that rows are granted to, or that policies name, and that are neither a platform's nor an operator's."""
    others = _operators(schema) | {"public"}
    places: dict[str, Place] = {}
    for grant in schema.grants:
        if grant.object_kind in {"table", "column"} and grant.privilege in {"select", "insert", "update", "delete"}:
            places.setdefault(grant.grantee, grant.at)
    for policy_role in schema.policy_roles:
        places.setdefault(policy_role.role, policy_role.at)
    for role, at in sorted(places.items()):
        if role not in others and not role.startswith(("pg_", "supabase_", "dashboard_")):
            yield settings.AppRole(at, schema.database, role, "detected")


def _operators(schema: Schema) -> set[str]:
    """The roles that own tables, or were made to stand above row security. One that was put there later is the application's still."""
    above = {role.name for role in schema.roles if (role.superuser or role.bypass_rls) and not role.raised}
    return (above | {table.owner for table in schema.tables}) - CLIENTS.get(schema.runner, frozenset())
