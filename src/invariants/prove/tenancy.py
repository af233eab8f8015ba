"""Who the tenants of a live database are: the keys of its tables, the application's roles, and what tells a session who it is."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from invariants.prove.catalog import Catalog, Table
from invariants.prove.clues import Claim, Clues
from invariants.replay.isolation.session import EDITABLE_CLAIMS, EDITABLE_SETTINGS
from invariants.replay.isolation.tenancy import USER_WORDS
from invariants.replay.tenancy import OWNERS, snake

Kind = Literal["tenant", "user", "editable", "role", "other"]

ROLE_CLAIMS = (*(Claim(name, ("role",)) for name in ("request.jwt.claims", "request.jwt.claim")), Claim("request.jwt.claim.role"))
"""Where PostgREST leaves the role that it connects as."""
USERS = {"user", "users", "profile", "profiles", "member", "account_user", "app_user", "app_users"}


class Source(NamedTuple):
    """A setting, or a member of the document it holds, and whom it tells: the session's tenant or user.

    An ``editable`` one the caller writes himself; a ``role`` is the database role's name; any ``other`` is tried with constants only.
    """

    claim: Claim
    kind: Kind


class Tenancy(NamedTuple):
    """What an attack goes by."""

    keys: Mapping[str, tuple[str, ...]]
    """By table (``schema.name``): the columns that say which tenant a row belongs to; of the table of tenants, its primary key."""
    root: str | None
    roles: tuple[str, ...]
    """What the application connects as."""
    sources: tuple[Source, ...]


class Words(NamedTuple):
    """What configuration and detection say, before the live catalog is asked."""

    keys: frozenset[str]
    """Names of columns."""
    root: str | None
    roles: tuple[str, ...]
    session: tuple[str, ...]
    """Configured settings and functions that hold who the session is."""
    platform: frozenset[str] = frozenset()
    """Tables that the platform brings: they are no tenant's, whatever their columns are called."""


def tenancy(catalog: Catalog, found: Clues, words: Words) -> Tenancy:
    """The tenancy that words describe, in a database that is there."""
    keys = {name: own for name, table in catalog.tables.items() if (own := _keys(table, words)) and name not in words.platform}
    return Tenancy(keys, words.root, words.roles, tuple(sources(found, words.keys, words.session)))


def _keys(table: Table, words: Words) -> tuple[str, ...]:
    named = tuple(column.name for column in table.columns if column.name in words.keys)
    return table.primary[:1] if not named and table.name == words.root else named


def sources(found: Clues, keys: Iterable[str], configured: Sequence[str] = ()) -> Iterator[Source]:
    """Every claim that expressions read or configuration names, and whom it tells."""
    named = [Claim(name.lower()) for name in configured if "." in name and not name.startswith(("auth.", "public."))]
    for claim in sorted({*found.claims, *named}):
        yield Source(claim, _kind(claim, found, frozenset(keys), is_configured=claim in named))


def _kind(claim: Claim, found: Clues, keys: frozenset[str], *, is_configured: bool) -> Kind:
    """By where it comes from, else by the columns it is compared with, else by its name."""
    if claim.setting.startswith(EDITABLE_SETTINGS) or EDITABLE_CLAIMS & set(claim.path):
        return "editable"
    if claim in ROLE_CLAIMS:
        return "role"
    beside = found.beside.get(claim, frozenset())
    name = (claim.path or (claim.setting.rpartition(".")[2],))[-1]
    if is_user(name):
        return "user"
    if beside & keys or is_configured or snake(name) in {snake(key) for key in keys} or _is_stem(name, keys):
        return "tenant"
    return "user" if any(map(is_user, beside)) else "other"


def is_user(name: str) -> bool:
    """The name of a column, setting or claim holds a user."""
    word = snake(name)
    return word in {*USER_WORDS, *OWNERS} or word.endswith(("user_id", "_uid", "created_by"))


def _is_stem(name: str, keys: Iterable[str]) -> bool:
    """``app.tenant`` and ``app.current_tenant_id`` say what ``tenant_id`` does."""
    stems = {stem for key in keys if (stem := snake(key).rpartition("_")[0])}
    return any(stem in snake(name) for stem in stems)


def users(catalog: Catalog) -> frozenset[str]:
    """The tables whose rows are users."""
    named = frozenset(name for name in catalog.tables if snake(name.rpartition(".")[2]) in USERS)
    referred = {
        reference.target
        for table in catalog.tables.values()
        for reference in table.references
        if len(reference.columns) == 1 and is_user(reference.columns[0])
    }
    return (named & referred) | ({"auth.users"} & catalog.tables.keys()) or named
