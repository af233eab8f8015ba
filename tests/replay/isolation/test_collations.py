"""Texts that are equal without being the same: two tenants whose keys are so see each other's rows, and nobody is told that they do not."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pytest

from invariants.facts import db
from invariants.facts.place import PLATFORM
from invariants.replay.isolation.policies import Judge
from replay.isolation.test_leaks import KNOWN
from replay.statements import run
from server import Database, installed, program

COLLATIONS = """
create role app;
create extension citext;
create collation loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
create collation other (provider = icu, locale = 'und-u-ks-level1', deterministic = false);
create collation plain (locale = 'C');
create domain slug as text collate loose;
"""
SCHEMA = """
create table tenants (id {root} primary key);
create table members (tenant_id {key} not null, user_id {user} not null, n int);
create table docs (id int primary key, tenant_id {key} not null, owner {user}, title text);
create view seen as select tenant_id as t, user_id as u from members;
create function own(t text) returns boolean language sql stable as $$ select t = current_setting('app.tenant_id', true) $$;
create function is_own(t text, s text) returns boolean language plpgsql stable as $$ declare x text; begin x := s; return x = t; end $$;
create function cited(t citext) returns boolean language sql stable as $$ select t = current_setting('app.tenant_id', true)::citext $$;
create function is_in(t text, s text) returns boolean language plpgsql stable as
    $$ begin return exists (select 1 from members m where m.user_id = s and m.n > 0 and t = m.tenant_id || ''); end $$;
grant select on docs, members, tenants, seen to app;
alter table docs enable row level security;
"""
ROWS = """
insert into tenants values {tenants};
insert into members select id, 'u_' || id, row_number() over () from tenants;
insert into docs select row_number() over (), id, 'u_' || id, 'x' from tenants;
"""
S, U = "current_setting('app.tenant_id', true)", "current_setting('app.user_id', true)"


class Case(NamedTuple):
    """What a policy asks, and of which types the keys of tenants, those of their rows, and users are."""

    asks: str
    key: str = "text collate loose"
    root: str = "text"
    user: str = "text"

    @property
    def schema(self) -> str:
        return SCHEMA.format(root=self.root, key=self.key, user=self.user)

    @property
    def policy(self) -> str:
        return f"create policy p on docs for select using ({self.asks})"


TEXT = {"key": "text"}
CROSSING = [
    Case(f"tenant_id = {S}"),
    Case(f"tenant_id = {S}", key="slug"),
    Case(f"tenant_id in ({S}, 'x')"),
    Case(f"tenant_id = any (string_to_array({S}, ','))"),
    Case(f"tenant_id is not distinct from {S}"),
    Case(f"tenant_id between {S} and {S}"),
    Case(f"(tenant_id, 1) = ({S}, 1)"),
    Case(f"case {S} when tenant_id then true else false end"),
    Case(f"nullif(tenant_id, {S}) is null"),
    Case(f"tenant_id = coalesce(nullif({S}, ''), 'none')"),
    Case(f"tenant_id || 'x' = {S} || 'x'"),
    Case(f"tenant_id::varchar = {S}"),
    Case("own(tenant_id)"),
    Case(f"is_own(tenant_id, {S})"),
    Case(f"exists (select 1 from members m where m.tenant_id = docs.tenant_id and m.user_id = {U})"),
    Case(f"exists (select 1 from seen where t = docs.tenant_id and u = {U})"),
    Case(f"tenant_id in (select tenant_id from members where user_id = {U})"),
    Case(f"tenant_id = (select x.t from (select tenant_id as t, user_id as u from members union all select 'z', 'z') x where x.u = {U})"),
    Case(f"tenant_id in (select max(tenant_id) from members where user_id = {U})"),
    Case(
        f"exists (select 1 from members m group by m.tenant_id having "
        f'case when bool_or(m.user_id = {U}) then m.tenant_id collate "C" end = docs.tenant_id)'
    ),
    Case(f"tenant_id in (values ({S}), ('x'))"),
    Case(f"tenant_id <= {S} and tenant_id >= {S}"),
    Case(f"exists (select 1 from members m join tenants t on t.id = m.tenant_id where m.user_id = {U} and t.id = docs.tenant_id)"),
    Case(f"exists (select 1 from (select {S} as tenant_id) s join members m using (tenant_id) where m.n = docs.id)"),
    Case("cited(tenant_id)", key="citext"),
    Case("cited(tenant_id::citext)", **TEXT),
    Case(f"is_in(tenant_id collate loose, {U})", **TEXT),
    Case(f"is_in(tenant_id, {U} collate loose)", **TEXT),
    Case(f"array[tenant_id] && array[{S}]"),
    Case(f"array[tenant_id] <@ array[{S}] collate loose", **TEXT),
    Case(f"tenant_id collate loose = {S}", **TEXT),
    Case(f"tenant_id = {S} collate loose", **TEXT),
    Case(f"lower(tenant_id collate loose) = lower({S})", **TEXT),
    Case(f"tenant_id::slug = {S}", **TEXT),
    Case(f"{S} = any (array[tenant_id collate loose, 'x'])", **TEXT),
    Case(f"tenant_id = {S}::citext", key="citext"),
    Case(f"tenant_id::citext = {S}::citext", **TEXT),
    Case(f"owner = {U}", key="text", user="text collate loose"),
    Case(f"exists (select 1 from members m where m.tenant_id = docs.tenant_id and m.user_id = {U})", key="text", user="text collate loose"),
    Case(f"tenant_id collate other = {S}", key="text collate loose", root="text collate loose"),
]
"""What PostgreSQL takes for equal of two tenants."""
HOLDING = [
    Case(f"tenant_id = {S}", key='text collate "C"'),
    Case(f"tenant_id = {S}", key="text collate plain"),
    Case(f"tenant_id = {S}", key='text collate "und-x-icu"'),
    Case(f'tenant_id collate "C" = {S}'),
    Case(f'{S} collate "default" = tenant_id'),
    Case(f"tenant_id collate plain = {S}", **TEXT),
    Case(f"tenant_id = {S}", key="citext"),
    Case(f"tenant_id::text = {S}", key="citext"),
    Case(f"tenant_id = {S} and title collate loose = 'X'", **TEXT),
    Case(f"tenant_id = {S}", key="text collate loose", root="text collate loose"),
    Case(f"tenant_id collate loose = {S}", key="text", root="text collate loose"),
    Case(f"tenant_id = {S}::citext", key="citext", root="citext"),
    Case(f"exists (select 1 from members m where m.tenant_id = docs.tenant_id and m.user_id = {U})", root="text collate loose"),
    Case(f"tenant_id = {S} and owner = 'U_x'", key="text", user="text collate loose"),
]
"""What looks like these, and keeps tenants apart: it is compared under another collation, or two such tenants cannot be."""


@cache
def judged(case: Case) -> db.PolicyTerm:
    """The gravest verdict on the policy."""
    machine = run(COLLATIONS + case.schema)
    machine.run(case.policy, PLATFORM)
    found = [each for each in Judge(machine.catalog, "", KNOWN).facts(machine.catalog.policies) if isinstance(each, db.PolicyTerm)]
    return min(found, key=lambda each: ("open", "unverified", "isolates", "denies").index(each.verdict))


@pytest.fixture(scope="module")
def icu() -> Iterator[Database]:
    """A database of the machine's own PostgreSQL, which knows collations of ICU; the one of the wheel does not."""
    if program("initdb") is None:
        pytest.skip("this machine has no PostgreSQL of its own")
    folder = TemporaryDirectory(prefix="postgres", ignore_cleanup_errors=True)
    with folder as path, installed(Path(path)) as server, Database.created(server) as made:
        made.run(COLLATIONS)
        yield made


def crosses(database: Database, case: Case) -> bool:
    """Whether PostgreSQL shows some tenant a row of another; where two keys that are equal are refused, there is no such tenant."""
    tenants = [each for each in ("a", "A", "á", "b") if case.root == "text" or each != "A"]
    database.run("begin")
    try:
        database.run(case.schema + ROWS.format(tenants=", ".join(f"('{each}')" for each in tenants)) + case.policy)
        return any(seen(database, tenant) - {tenant} for tenant in tenants)
    finally:
        database.run("rollback")


def seen(database: Database, tenant: str) -> set[str]:
    database.run("savepoint session")
    try:
        database.run(f"set local app.tenant_id = '{tenant}'; set local app.user_id = 'u_{tenant}'; set local role app")
        return {row[0] for row in database.run("select tenant_id::text from docs")}
    finally:
        database.run("rollback to session")


def named(case: Case) -> str:
    return f"{case.asks} {case.key} {case.root} {case.user}"[:120]


@pytest.mark.parametrize("case", CROSSING, ids=named)
def test_what_is_equal_without_being_the_same_is_not_said_to_isolate(icu: Database, case: Case) -> None:
    assert crosses(icu, case), "PostgreSQL lets it through"
    assert judged(case).verdict in {"open", "unverified"}


@pytest.mark.parametrize("case", HOLDING, ids=named)
def test_what_is_equal_only_where_it_is_the_same_is_said_to_isolate(icu: Database, case: Case) -> None:
    assert not crosses(icu, case)
    assert judged(case).verdict == "isolates"


def test_two_tenants_whose_keys_are_equal_are_the_witness() -> None:
    found = judged(Case(f"tenant_id = {S}"))
    assert (found.verdict, found.reason) == ("open", "it compares keys under loose, which takes those of two tenants for one")


INDEXED = "text primary key); create unique index on tenants (lower(id)); create table others (id text"


@pytest.mark.parametrize("root", ["text check (id = lower(id))", INDEXED, "varchar(20) collate other", "uuid"])
def test_where_it_is_not_told_whether_two_such_tenants_can_be_it_is_unverified(root: str) -> None:
    found = judged(Case(f"tenant_id = {S}", root=root))
    assert (found.verdict, "under loose" in found.reason) == ("unverified", True)


@pytest.mark.parametrize(("key", "asks"), [("text collate outside", f"tenant_id = {S}"), ("text", f"tenant_id collate outside = {S}")])
def test_a_collation_that_no_migration_makes_is_unverified(key: str, asks: str) -> None:
    found = judged(Case(asks, key=key))
    assert (found.verdict, "no migration makes" in found.reason) == ("unverified", True)
