"""Who the tenants are: their key, their table, the application's roles and what sessions are known by, with the evidence for each."""

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from invariants.initial.values import Notice, some
from invariants.replay.tenancy import OWNERS, snake
from invariants.store import Store
from invariants.wording import counted

TOPIC = "tenancy"
KEYS = """
select k.name, count(*), (select count(*) from own_table as o where o.database = :database), k.source
from (select distinct name, source from settings_tenant_key where database in ('', :database)) as k
join db_column as c on c.database = :database and c.name = k.name
join own_table as t on t.database = :database and t.name = c.table_name
group by k.name order by 2 desc, 1"""
REFERENCES = """
select f.target, count(distinct f.table_name)
from db_constraint_column as c
join db_constraint as f on f.database = c.database and f.table_name = c.table_name and f.name = c.constraint_name
join own_table as t on t.database = c.database and t.name = c.table_name
where c.database = :database and c.column_name = :name and f.kind = 'foreign' and f.target is not null
  and not exists (select 1 from db_constraint_column as o where o.database = c.database and o.table_name = c.table_name
      and o.constraint_name = c.constraint_name and o.position > 1) and c.position = 1
group by f.target order by 2 desc, 1 limit 1"""
CANDIDATES = """
select c.name, count(*) from db_column as c join own_table as t on t.database = c.database and t.name = c.table_name
where c.database = :database and lower(c.name) like '%id' and lower(c.name) <> 'id'
group by c.name having count(*) > 1 order by 2 desc, 1 limit 4"""
ROOTS = """
select r.name, (select count(distinct f.table_name) from db_constraint as f
    join own_table as t on t.database = f.database and t.name = f.table_name
    where f.database = :database and f.target = r.name)
from (select distinct name from settings_tenant_root where database in ('', :database)) as r order by 1"""
SECURED = "select count(*), coalesce(sum(rls_enabled), 0) from row_tenant_table where database = :database"
ROLES = """
select r.name,
    (select count(distinct g.object_name) from db_grant as g join own_table as t on t.database = g.database and t.name = g.object_name
        where g.database = :database and g.grantee = r.name and g.object_kind in ('table', 'column')
          and g.privilege in ('select', 'insert', 'update', 'delete')),
    (select count(*) from db_policy_role as p where p.database = :database and p.role = r.name), r.source
from (select distinct name, source from settings_app_role where database in ('', :database)) as r order by 1"""
SESSION = """
select s.name, count(distinct p.table_name || '/' || p.name)
from settings_session_source as s
left join db_policy as p on p.database = :database and p.at = s.at
where s.name not like 'request.jwt.claim%'
group by s.name having count(p.at) > 0 or max(s.source) = 'configured'
union
select target, count(distinct reader) from db_reading
where database = :database and reader_kind = 'policy' and target in ('auth.uid', 'auth.jwt')
group by target order by 2 desc, 1"""
"""What Supabase's functions read is their own affair: policies are told by the functions."""

TERMS = "select folded from db_policy_term where database = :database"
WITH_CONSTANT = r"""'(?:,\s*\w+)?\)(?:::\w+)?(?:,\s*'[^']*'\)(?:::\w+)?)*\s*(?:(?:=|<>|!=|IN)\s*\(?'|IS (?:NOT )?NULL)"""
"""What follows the name of a setting, as policies fold to, where a constant decides."""
EACH_USER = ": no column names a larger tenant, so each user counts as one; if there is one, name it, as `keys = [...]`"
ISOLATION = '`isolation = "query"` or `"schema"`'
MISSING = {
    "root": 'no table of tenants was found: name it, as `root = "schema.table"`',
    "roles": "no role was found that the application connects as: name it, as `roles = [...]`",
    "session": "no policy asks a setting or a function who the session is: name what holds it, as `session = [...]`",
}


class Setting(NamedTuple):
    """A key of ``[tenancy]``, what it could be set to, and the evidence."""

    key: str
    values: tuple[str, ...]
    evidence: tuple[str, ...]
    is_guess: bool
    """The evidence is so thin that it is better looked for anew."""


class Tenancy(NamedTuple):
    """What there is to say of the tenants of all databases."""

    notices: list[Notice]
    settings: list[Setting]


class _Clue(NamedTuple):
    key: str
    value: str
    """Empty where nothing was found."""
    text: str
    is_guess: bool = False


def tenancy(store: Store, databases: Sequence[str]) -> Tenancy:
    """What the active facts say about tenants."""
    clues = {name: list(_clues(store, name)) for name in databases}
    notices = []
    for name, found in clues.items():
        prefix = f"{name}: " if len(databases) > 1 else ""
        notices += [Notice(TOPIC, prefix + each.text, bool(each.value) and not each.is_guess) for each in found]
    everything = [each for found in clues.values() for each in found if each.value]
    return Tenancy(notices, [_setting(key, everything) for key in ("keys", "root", "roles", "session")])


def _setting(key: str, clues: Sequence[_Clue]) -> Setting:
    """One list for all databases."""
    own = [each for each in clues if each.key == key]
    values, texts = dict.fromkeys(each.value for each in own), dict.fromkeys(each.text for each in own)
    return Setting(key, tuple(values), tuple(texts), any(each.is_guess for each in own))


def _clues(store: Store, database: str) -> Iterator[_Clue]:
    """The evidence for everything that was found in a database, and a word on what was not."""
    keys = list(_keys(store, database))
    yield from keys or [_Clue("keys", "", _no_key(store, database))]
    is_guess = any(each.is_guess for each in keys)
    roots = [each._replace(is_guess=is_guess) for each in _roots(store, database)]
    others = [*roots, *_roles(store, database), *_session(store, database)]
    yield from others
    if keys:
        yield from (_Clue(key, "", text) for key, text in MISSING.items() if key not in {each.key for each in others})
    yield from _secured(store, database)


def _keys(store: Store, database: str) -> Iterator[_Clue]:
    for name, tables, of, source in _ask(store, KEYS, database=database):
        targets = _ask(store, REFERENCES, database=database, name=name)
        target = f" and references `{targets[0][0]}` in {targets[0][1]}" if targets else ""
        is_guess = source == "detected" and snake(name) in OWNERS
        doubt = EACH_USER if is_guess else ""
        yield _Clue("keys", name, f"`{name}` is in {tables} of {counted(of, 'tables')}{target}{doubt}", is_guess)


def _no_key(store: Store, database: str) -> str:
    seen = some([f"{name} in {counted(tables, 'tables')}" for name, tables in _ask(store, CANDIDATES, database=database)])
    return f"no column was found that says which tenant a row belongs to: name it, as `keys = [...]`{seen and f' (there is {seen})'}"


def _roots(store: Store, database: str) -> Iterator[_Clue]:
    for name, tables in _ask(store, ROOTS, database=database):
        why = f", which {counted(tables, 'tables')} {'references' if tables == 1 else 'reference'}" if tables else ""
        yield _Clue("root", name, f"`{name}` is the table of tenants{why}")


def _roles(store: Store, database: str) -> Iterator[_Clue]:
    for role, tables, policies, source in _ask(store, ROLES, database=database):
        granted = f"may read or write {counted(tables, 'tables')}" if tables else ""
        named = f"{counted(policies, 'policies')} {'names' if policies == 1 else 'name'}" if policies else ""
        unheld = "the configuration names" if source == "configured" else "holds nothing on these tables"
        why = " and that ".join(each for each in (granted, named) if each) or unheld
        yield _Clue("roles", role, f"`{role}` is a role that {why}")


def _session(store: Store, database: str) -> Iterator[_Clue]:
    for name, policies in _ask(store, SESSION, database=database):
        asking = f"{counted(policies, 'policies')} {'asks' if policies == 1 else 'ask'} for" if policies else "the configuration names"
        if policies and _is_switch(store, database, name):
            yield _Clue(
                "switch", name, f"`{name}`, which {asking}, is compared with constants only: it says what a session may do, not who it is"
            )
        else:
            yield _Clue("session", name, f"`{name}` says who the session is, which {asking}")


def _is_switch(store: Store, database: str, name: str) -> bool:
    """Policies compare the setting with constants and with nothing else."""
    quoted = re.escape(name)
    texts = [text for (text,) in _ask(store, TERMS, database=database) if re.search(quoted, text, re.IGNORECASE)]
    compared = re.compile(rf"current_setting\('{quoted}{WITH_CONSTANT}", re.IGNORECASE)
    return bool(texts) and all(len(compared.findall(text)) == len(re.findall(quoted, text, re.IGNORECASE)) for text in texts)


def _secured(store: Store, database: str) -> Iterator[_Clue]:
    tables, secured = _ask(store, SECURED, database=database)[0]
    if secured:
        yield _Clue("isolation", "row", f"row security is enabled on {secured} of {counted(tables, 'tenant tables')}")
    elif tables:
        yield _Clue("isolation", "", f"no tenant table is under row security: where queries or schemas keep tenants apart, say {ISOLATION}")


def _ask(store: Store, query: str, **values: str) -> list[tuple[Any, ...]]:
    """The rows of a query whose values are texts."""
    return store.ask(re.sub(r":(\w+)", lambda match: "'" + values[match[1]].replace("'", "''") + "'", query))[1]
