"""Policies that an attacker would look for: what PostgreSQL lets cross is never said to isolate, and what holds is not said to be open."""

from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

import pytest

from invariants.facts import db, settings
from invariants.facts.place import PLATFORM
from invariants.replay.isolation.policies import Judge
from invariants.replay.machine import Machine
from replay.statements import run
from server import Database

SCHEMA = """
create role app;
create role boss;
create table tenants (id text primary key, name text);
create table users (id text primary key, is_admin boolean not null default false);
create table memberships (tenant_id text not null references tenants, user_id text not null references users, rank text, n int);
create table folders (id int primary key, tenant_id text not null references tenants);
create table docs (id int primary key, tenant_id text not null references tenants, owner text, title text);
create view members as select tenant_id, user_id, rank from memberships;
grant select on docs, memberships, tenants, users, folders, members to app;
alter table docs enable row level security;
"""
ROWS = """
insert into tenants values ('a', 'b'), ('A', 'x'), ('b', 'x'), ('ab', 'x');
insert into users select 'u_' || id from tenants;
insert into memberships select id, 'u_' || id, case id when 'a' then 'b' end, row_number() over (order by id) from tenants;
insert into folders select row_number() over (order by id), id from tenants;
insert into docs select row_number() over (order by id desc), id, 'u_' || id, 'x' from tenants;
"""
S, U = "current_setting('app.tenant_id', true)", "current_setting('app.user_id', true)"
MINE, TIED = f"m.user_id = {U}", "m.tenant_id = docs.tenant_id"
KNOWN = [
    settings.TenantKey(PLATFORM, "", "tenant_id", "configured", ""),
    settings.TenantRoot(PLATFORM, "", "public.tenants", "configured"),
    settings.AppRole(PLATFORM, "", "app", "configured"),
]


class Case(NamedTuple):
    """What a policy asks, or the policies themselves, after statements that they stand on."""

    asks: str
    before: str = ""

    @property
    def policies(self) -> str:
        return self.asks if self.asks.startswith("create policy") else f"create policy p on docs for select using ({self.asks})"


def member(body: str, parameters: str = "t text", *, language: str = "plpgsql", returns: str = "boolean") -> str:
    return f"create function is_member({parameters}) returns {returns} language {language} stable as $$ {body} $$"


def asked(body: str, **more: Any) -> Case:
    """A policy that asks a function about the tenant of a row."""
    return Case("is_member(tenant_id)", member(body, **more))


JOINS = [
    f"exists (select 1 from tenants t left join memberships m on m.tenant_id = t.id and {MINE} where t.id = docs.tenant_id)",
    "exists (select 1 from tenants t left join (select 1 as x where false) y on true where t.id = docs.tenant_id and y.x is null)",
    (
        f"exists (select 1 from tenants t left join lateral (select 1 from memberships m where {MINE} and m.tenant_id = t.id) x on true "
        "where t.id = docs.tenant_id)"
    ),
    f"exists (select 1 from memberships m left join lateral (select m.tenant_id as t where false) x on true where x.t is null and {MINE})",
    "exists (with y as (select * from memberships where false) select 1 from tenants t left join y on true where t.id = docs.tenant_id)",
    "exists (select 1 from tenants t left join unnest(array[]::text[]) y on true where t.id = docs.tenant_id)",
    "exists (select 1 from tenants t left join (memberships m join users u on false) on true where t.id = docs.tenant_id)",
    f"exists (select 1 from memberships m full join tenants t on t.id = m.tenant_id and {MINE} where t.id = docs.tenant_id)",
]
"""A partner that an outer join does not find."""
COLUMNS = [
    f"tenant_id in (select name from tenants where id = {S})",
    f"tenant_id in (select rank from memberships where user_id = {U})",
    f"exists (select 1 from memberships m where m.n = docs.id and {MINE})",
    f"exists (select 1 from memberships m join tenants t on t.name = m.tenant_id where {MINE} and t.id = docs.tenant_id)",
    f"tenant_id in (select lower(m.tenant_id) from memberships m where {MINE})",
    f"tenant_id in (select left(m.tenant_id, 1) from memberships m where {MINE})",
    f"tenant_id in (select m.tenant_id::varchar(1) from memberships m where {MINE})",
    f"exists (select 1 from folders f where f.id = docs.id and f.tenant_id = {S})",
    f"id in (select f.id from folders f where f.tenant_id = {S})",
]
"""What stands in a row of the session's own, or is made of it, without naming what is its own."""
QUERIES = [
    f"tenant_id in (select id from tenants except select tenant_id from memberships where user_id = {U})",
    f"exists (select 1 from (select distinct on (rank) tenant_id, 'u_b' as user_id from memberships) m where {TIED})",
    f"exists (select 1 from (select tenant_id, max(user_id) over () as user_id from memberships) m where {MINE} and {TIED})",
    (
        f"exists (select 1 from memberships m where {MINE} group by grouping sets ((m.tenant_id), ()) "
        "having m.tenant_id = docs.tenant_id or m.tenant_id is null)"
    ),
    f"(tenant_id, 'x') in (select t.id, 'x' from tenants t union select m.tenant_id, 'x' from memberships m where {MINE})",
    f"(select count(*) filter (where {MINE}) from memberships m where {TIED}) = 0",
    f"(select count(*) filter (where {MINE}) from memberships m where {TIED}) >= 0",
    f"(select bool_or({MINE}) filter (where m.n > 0) is not null from memberships m where {TIED})",
    f"(tenant_id, owner) <> ({S}, {U})",
    f"tenant_id = all (string_to_array(nullif({S}, 'a'), ',')) is not false",
    "tenant_id = all ('{}'::text[])",
    f"tenant_id <> all (select tenant_id from memberships where user_id = {U})",
    f"(tenant_id = {S}) = (title = 'y')",
    f"tenant_id like '%' || left({S}, 1) || '%'",
    "tenant_id in (select tenant_id from users)",
]
ROWS_IN = [
    f"(tenant_id, 'b') in (select t.id, m.rank from tenants t, memberships m where {MINE})",
    f"(tenant_id, owner) in (select d.id, {U} from tenants d) or (tenant_id, 1) in (select id, 1 from tenants)",
    f"((tenant_id, owner) in (select m.tenant_id, m.user_id from memberships m where {MINE})) is not true",
    f"(tenant_id, owner) not in (select m.tenant_id, m.user_id from memberships m where {MINE})",
    "((tenant_id, 'c') in (select t.id, m.rank from tenants t, memberships m)) is null",
    f"(title, owner) in (select 'x', u.id from users u) and {S} is not null",
    f"tenant_id in (select id from tenants intersect select tenant_id from memberships where user_id <> {U})",
    f"tenant_id in (select name from tenants where id = {S} intersect select id from tenants)",
    f"exists (select id from tenants intersect select tenant_id from memberships where user_id = {U})",
    f"exists (select rank from memberships where tenant_id = docs.tenant_id intersect select null where {S} is not null)",
    f"exists (select 1 from tenants intersect select 1 from memberships m where {MINE})",
    f"(array[{S}, tenant_id])[2] = tenant_id",
    f"(array[{S}, tenant_id])[3] is null",
    f"(array[tenant_id, {S}])[1] = any (array[tenant_id])",
    f"(array[array[{S}], array[tenant_id]])[1] is null",
]
"""Rows that are asked for as wholes, and members of arrays by their numbers."""
SESSIONS = [
    "session_user <> current_user",
    "current_setting('application_name') = ''",
    "current_setting('is_superuser') = 'off'",
    "row_security_active('docs')",
]
"""What is so in every session, or in those that came to their role by SET ROLE."""
BODIES = [
    asked("declare ok boolean := true; begin declare ok boolean := false; begin null; end; return ok; end"),
    asked(f"begin ok := true; if t = {S} then ok := false; end if; end", parameters="t text, out ok boolean"),
    asked(f"declare x alias for $1; begin x := {S}; return t = {S}; end"),
    asked(f"begin t := {S}; return $1 = {S}; end"),
    asked(f"begin t := {S}; return is_member.t = {S}; end"),
    asked(f"declare a text[]; begin a[1] := {S}; a[2] := t; return t = any (a); end"),
    asked(f"declare Ok boolean := false; begin OK := t <> {S}; return ok; end"),
    asked(
        f"declare r record; begin select m.* into r from memberships m where {MINE};"
        " select m.* into r from memberships m where false; return r.tenant_id is null; end"
    ),
    asked(
        f"select exists (select 1 from memberships m where m.tenant_id = tenant_id and {MINE})", parameters="tenant_id text", language="sql"
    ),
    asked("begin return t = current_setting('app.nothing'); exception when others then return true; end"),
    Case("is_member(tenant_id) = tenant_id", member(f"begin if t = {S} then t := null; end if; end", "inout t text", returns="text")),
    Case(
        "(select ok from is_member(tenant_id))",
        member(f"begin ok := t <> {S}; end", "t text, out ok boolean, out why text", returns="record"),
    ),
    Case("is_member(b => tenant_id)", member("select b <> 'x'", "a text default 'x', b text default 'x'", language="sql")),
    Case(
        "is_member(tenant_id, 'u_' || " + S + ")",
        member(
            f"#variable_conflict use_variable\nbegin return exists (select 1 from memberships where tenant_id = t and user_id = {U}); end",
            "t text, user_id text",
        ),
    ),
]
"""Functions whose names and results are not what they seem to be."""
CHANGES = [
    Case(f"create policy p on docs for select using (tenant_id = {S}); alter policy p on docs using (true)"),
    Case("create policy p on docs to boss using (true); alter policy p on docs to public, boss"),
    Case("create policy p on docs to boss using (true)", "create role mid; grant boss to mid; grant mid to app"),
    Case(
        f"create policy p on docs using (true); create policy q on docs as restrictive to boss using (tenant_id = {S})",
        "alter role app noinherit; grant boss to app",
    ),
    Case(
        f"create policy p on docs using (exists (select 1 from members m where {MINE} and {TIED}));"
        "create or replace view members as select t.id as tenant_id, m.user_id, m.rank from tenants t, memberships m"
    ),
    Case(
        "create policy p on docs using (is_member(tenant_id));"
        "create or replace function is_member(t text) returns boolean language sql as $$ select true $$",
        f"create function is_member(t text) returns boolean language sql as $$ select t = {S} $$",
    ),
]
"""What statements make of policies, and of what they stand on, afterwards."""
CROSSING = [*map(Case, [*JOINS, *COLUMNS, *QUERIES, *ROWS_IN, *SESSIONS]), *BODIES, *CHANGES]

HOLDING = [
    *map(
        Case,
        [
            f"exists (select 1 from tenants t left join memberships m on m.tenant_id = t.id where {MINE} and t.id = docs.tenant_id)",
            (
                f"exists (select 1 from tenants t left join (select m.tenant_id from memberships m where {MINE}) y on y.tenant_id = t.id "
                "where t.id = docs.tenant_id and y.tenant_id is not null)"
            ),
            (
                f"exists (select 1 from tenants t, lateral (select 1 from memberships m where {MINE} and m.tenant_id = t.id) x "
                "where t.id = docs.tenant_id)"
            ),
            f"tenant_id in (select m.tenant_id from memberships m where {MINE} order by m.n limit 1)",
            f"(select count(*) filter (where {MINE}) from memberships m where {TIED}) > 0",
            f"(select bool_or(m.rank is null or m.rank = 'b') filter (where {MINE}) from memberships m where {TIED})",
            f"(tenant_id, owner) = ({S}, {U})",
            f"not ((tenant_id, 1) <> ({S}, 1))",
            f"array[tenant_id] <@ array[{S}]",
            f"(tenant_id, owner) in (select m.tenant_id, m.user_id from memberships m where {MINE})",
            f"(owner, tenant_id) in (select {U}, m.tenant_id from memberships m where {MINE})",
            f"(tenant_id, 'b') in (select m.tenant_id, m.rank from memberships m where {MINE})",
            f"(tenant_id, 1) in (values ({S}, 1))",
            f"not ((tenant_id, owner) not in (select m.tenant_id, m.user_id from memberships m where {MINE}))",
            f"tenant_id in (select id from tenants intersect select tenant_id from memberships where user_id = {U})",
            f"tenant_id in (select tenant_id from memberships where user_id = {U} intersect select id from tenants)",
            f"exists (select id from tenants where id = docs.tenant_id intersect select tenant_id from memberships where user_id = {U})",
            f"tenant_id in (select tenant_id from memberships where user_id = {U} except select tenant_id from folders where id > 5)",
            f"tenant_id = (array[{S}, 'z'])[1]",
            f"tenant_id = (array['z', {S}])[2]",
            f"tenant_id = (array[{S}, tenant_id])[1]",
            f"tenant_id = (array[tenant_id])[2] or tenant_id = {S}",
            f"tenant_id = {S} or tenant_id = any ('{{}}'::text[])",
        ],
    ),
    asked(f"begin ok := t = {S}; end", parameters="t text, out ok boolean"),
    asked(f"declare ok boolean; begin declare ok boolean := true; begin null; end; ok := t = {S}; return ok; end"),
    asked(f"declare x text; begin select m.tenant_id into x from memberships m where {MINE}; return x = t; end"),
    Case("is_member(b => tenant_id)", member(f"select b = {S}", "a text default 'x', b text default 'x'", language="sql")),
    Case(f"is_member({S}, b => tenant_id)", member("select a = b", "a text, b text", language="sql")),
    Case(
        f"create policy p on docs using (true); create policy q on docs as restrictive to boss using (tenant_id = {S})",
        "grant boss to app",
    ),
]
"""What looks like these, and lets nothing cross."""


@cache
def machine() -> Machine:
    return run(SCHEMA)


def verdict(case: Case) -> str:
    """The gravest verdict on what stands on the documents."""
    catalog = machine().catalog
    mark = catalog.journal.mark()
    try:
        for each in filter(None, (case.before, case.policies)):
            machine().run(each, PLATFORM)
        found = {each.verdict for each in Judge(catalog, "", KNOWN).facts(catalog.policies) if isinstance(each, db.PolicyTerm)}
        return next(word for word in ("open", "unverified", "isolates", "denies") if word in found)
    finally:
        catalog.journal.undo(mark)


@pytest.fixture(scope="module")
def rows(server: Any) -> Iterator[Database]:
    """A database with the rows of four tenants, each with one user."""
    with Database.created(server) as made:
        made.run(SCHEMA + ROWS)
        yield made


def crosses(database: Database, case: Case) -> bool:
    """Whether PostgreSQL shows some tenant a row of another."""
    database.run("begin")
    try:
        for each in filter(None, (case.before, case.policies)):
            database.run(each)
        return any(seen(database, tenant) - {tenant} for tenant in ("a", "A", "b", "ab"))
    finally:
        database.run("rollback")


def seen(database: Database, tenant: str) -> set[str]:
    database.run("savepoint session")
    try:
        database.run(f"set local app.tenant_id = '{tenant}'; set local app.user_id = 'u_{tenant}'; set local role app")
        return {row[0] for row in database.run("select tenant_id from docs")}
    finally:
        database.run("rollback to session")


@pytest.mark.parametrize("case", CROSSING, ids=lambda case: f"{case.asks} {case.before}"[:120])
def test_what_lets_a_row_cross_is_not_said_to_isolate(rows: Database, case: Case) -> None:
    assert crosses(rows, case), "PostgreSQL lets it through"
    assert verdict(case) in {"open", "unverified"}


@pytest.mark.parametrize("case", HOLDING, ids=lambda case: f"{case.asks} {case.before}"[:120])
def test_what_lets_no_row_cross_is_said_to_isolate(rows: Database, case: Case) -> None:
    assert not crosses(rows, case)
    assert verdict(case) == "isolates"
