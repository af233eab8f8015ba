"""What mends each rule: afterwards the finding is gone, PostgreSQL takes the migration, and the second time there is nothing to write."""

from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest

from invariants.check import Options, Run, check
from invariants.proof import prove
from invariants.repair import Repair, lay, repair
from repositories import write
from server import Database

MOMENT = datetime(2026, 6, 1, 12, 30, tzinfo=UTC)
CONFIG = """\
[tenancy]
keys = ["tenant_id"]
root = "public.tenants"
roles = ["app_user"]
"""
START = """\
create role app_user;
create table tenants (id uuid primary key);
create table carts (id uuid primary key, tenant_id uuid not null references tenants);
create index on carts (tenant_id);
alter table carts enable row level security, force row level security;
create policy "rows of carts" on carts to app_user using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
alter table tenants enable row level security, force row level security;
create policy own on tenants using (id = nullif(current_setting('app.tenant_id', true), '')::uuid);
grant select, insert, update, delete on tenants, carts to app_user;
"""
ORDERS = "create table orders (id uuid primary key, tenant_id uuid not null references tenants);\ncreate index on orders (tenant_id);\n"
SECURED = """\
alter table orders enable row level security, force row level security;
create policy own on orders using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
"""


class Case(NamedTuple):
    """A repository in which one rule is broken for one subject."""

    rule: str
    subject: str
    text: str
    expected: tuple[str, ...]
    """What the migration says, among other things."""


CASES = {
    "a table without row security": Case(
        "rls-enabled",
        "public.orders",
        ORDERS,
        (
            "alter table public.orders enable row level security;\nalter table public.orders force row level security;\n",
            'create policy "rows of orders" on public.orders to app_user\n    using (tenant_id = (NULLIF(current_setting',
        ),
    ),
    "a name that SQL does not read as one": Case(
        "rls-enabled",
        "public.Order",
        'create table "Order" (id uuid primary key, tenant_id uuid not null references tenants);\ncreate index on "Order" (tenant_id);\n',
        ('alter table public."Order" enable', 'create policy "rows of Order" on public."Order" to app_user'),
    ),
    "a table that is not forced": Case(
        "rls-forced",
        "public.orders",
        ORDERS + SECURED.replace(", force row level security", ""),
        ("alter table public.orders force row level security;\n",),
    ),
    "a table without policies": Case(
        "rls-policy-present",
        "public.orders",
        ORDERS + "alter table orders enable row level security, force row level security;\ngrant insert on orders to app_user;\n",
        ('create policy "rows of orders" on public.orders to app_user\n',),
    ),
    "a partition": Case(
        "partition-covered",
        "public.events_1",
        "create table events (id uuid, tenant_id uuid not null references tenants) partition by hash (tenant_id);\n"
        "create table events_1 partition of events for values with (modulus 1, remainder 0);\ncreate index on events (tenant_id);\n"
        "alter table events enable row level security, force row level security;\n"
        "create policy own on events using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);\n"
        "grant select on events, events_1 to app_user;\n",
        ("alter table public.events_1 enable row level security;\n", "create policy own on public.events_1\n"),
    ),
    "a table that hangs off another": Case(
        "rls-child-covered",
        "public.notes",
        "create table notes (id uuid primary key, cart uuid not null references carts);\ngrant select, insert on notes to app_user;\n",
        (
            (
                "create policy parent_rows on public.notes\n"
                "    using (exists (select 1 from public.carts as parent where parent.id = notes.cart));\n"
            ),
        ),
    ),
    "a view that reads as its owner": Case(
        "view-invoker-secured",
        "public.cart_ids",
        "create view cart_ids as select id from carts;\ngrant select on cart_ids to app_user;\n",
        ("alter view public.cart_ids set (security_invoker = true);\n",),
    ),
    "a function without a path": Case(
        "definer-search-path-pinned",
        "public.one",
        "create function one() returns int language sql security definer as 'select 1';\n"
        "create function one(a int, b text) returns int language sql security definer as 'select 1';\n",
        (
            "alter function public.one() set search_path = public, pg_temp;\n",
            "alter function public.one(integer, text) set search_path = public, pg_temp;\n",
        ),
    ),
    "a key that may be null": Case(
        "tenant-key-required",
        "public.orders.tenant_id",
        ORDERS.replace("not null ", "") + SECURED,
        ("alter table public.orders alter column tenant_id set not null;\n",),
    ),
    "a key without an index": Case(
        "tenant-key-indexed",
        "public.orders.tenant_id",
        ORDERS.partition("\n")[0] + "\n" + SECURED,
        ("create index orders_tenant_id_idx on public.orders (tenant_id);\n",),
    ),
    "a privilege beyond row security": Case(
        "tenant-grant-minimal",
        "public.carts",
        "grant truncate, references on carts to app_user;\n",
        ("revoke references, truncate on public.carts from app_user;\n",),
    ),
}


def repaired(root: Path, text: str, config: str = CONFIG, start: str = START) -> Repair:
    """A repository of two migrations, and what would mend it."""
    write(root, {".invariants/config.toml": config, "migrations/001_start.sql": start, "migrations/002_more.sql": text})
    return repair(Options(root, cached=False), moment=MOMENT)


def broken(root: Path) -> set[tuple[str, str]]:
    return {(finding.rule, finding.subject) for finding in check(Options(root, cached=False)).findings}


def reason(found: Repair, rule: str, subject: str) -> str:
    [said] = [why for finding, why in found.unmended if (finding.rule, finding.subject) == (rule, subject)]
    return said


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_is_mended_is_found_no_more_and_postgresql_agrees(case: Case, tmp_path: Path, database: Database) -> None:
    found = repaired(tmp_path, case.text)
    assert (case.rule, case.subject) in {(each.rule, each.subject) for each in found.mended}
    [edit] = found.edits
    assert edit.path == "migrations/003_keep_tenants_apart.sql"
    for expected in case.expected:
        assert expected in edit.after
    assert not found.brought
    lay(tmp_path, found.edits)
    assert not broken(tmp_path) & {(each.rule, each.subject) for each in found.mended}
    assert repair(Options(tmp_path, cached=False), moment=MOMENT).edits == ()
    assert database.replay(START + case.text + edit.after) == []


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_takes_a_patch_back_runs_after_it(case: Case, tmp_path: Path, database: Database) -> None:
    up = "-- migrate:up\n"
    write(
        tmp_path, {".invariants/config.toml": CONFIG, "db/migrations/1_start.sql": up + START, "db/migrations/2_more.sql": up + case.text}
    )
    [edit] = repair(Options(tmp_path, cached=False), moment=MOMENT).edits
    done, undone = edit.after.split("-- migrate:down\n")
    assert database.replay(START + case.text + done + undone + done) == []


def test_a_row_of_another_tenant_is_out_of_reach_afterwards(tmp_path: Path, database: Database) -> None:
    found = repaired(tmp_path, ORDERS + "grant select on orders to app_user;\n")
    database.replay(START + ORDERS + "grant select on orders to app_user;\n" + found.edits[0].after)
    one, other = "00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-000000000002"
    database.run(f"insert into tenants values ('{one}'), ('{other}')")
    database.run(f"insert into orders values (gen_random_uuid(), '{one}'), (gen_random_uuid(), '{other}')")
    database.run("set role app_user")
    assert database.run("select tenant_id from orders") == []
    database.run(f"set app.tenant_id = '{one}'")
    assert [str(tenant) for (tenant,) in database.run("select tenant_id from orders")] == [one]


SEEN = """\
drop policy "rows of carts" on carts;
drop policy own on tenants;
create policy seen on carts for select using (tenant_id = current_setting('app.tenant_id')::uuid);
create policy seen on tenants for select using (id = current_setting('app.tenant_id')::uuid);
grant insert on orders to app_user;
"""

CIRCLE = """\
create table a (id uuid primary key, cart uuid not null references carts);
create table b (id uuid primary key, a uuid not null references a);
alter table a add b uuid references b;
"""

ALL = "grant select, insert, update, delete on all tables in schema public to app_user;\n"
PROVEN = ("a table without row security", "a partition", "a table that hangs off another", "a view that reads as its owner")


@pytest.mark.parametrize("name", PROVEN)
def test_nothing_crosses_afterwards_that_crossed_before(name: str, tmp_path: Path, database: Database) -> None:
    text = CASES[name].text + ALL
    found = repaired(tmp_path / "product", text)
    assert crossed(tmp_path / "product", database)
    lay(tmp_path / "product", found.edits)
    assert crossed(tmp_path / "product", database) == set()


def crossed(root: Path, database: Database) -> set[str]:
    """The tables whose rows went from one tenant to another, in an attack on a real database."""
    [[name, folder]] = database.run("select current_database(), current_setting('unix_socket_directories')")
    proof = prove(Run(Options(root, cached=False)), f"postgresql://postgres@/{name}?host={folder}", lambda *_: None)
    return {each.table for each in proof.tables if each.verdict == "crossed"}


UNMENDED = {
    "policies that fit nothing": (
        ORDERS.replace("tenant_id uuid not null references tenants", "tenant_id text not null"),
        ("rls-enabled", "public.orders"),
        "no policy of the repository fits its key tenant_id",
    ),
    "a command that no policy knows": (
        ORDERS + SEEN,
        ("rls-enabled", "public.orders"),
        "lets anybody insert",
    ),
    "a materialized view": (
        "create materialized view report as select * from carts;\ngrant select on report to app_user;\n",
        ("view-invoker-secured", "public.report"),
        "a materialized view keeps its rows",
    ),
    "a view of what its callers may not read": (
        ORDERS + SECURED + "create view ids as select id from orders;\ngrant select on ids to app_user;\n",
        ("view-invoker-secured", "public.ids"),
        "app_user may not read public.orders",
    ),
    "a parent that stays open": (
        "create table open (id uuid primary key, tenant_id text not null);\ncreate table notes (open uuid not null references open);\n",
        ("rls-child-covered", "public.notes"),
        "public.open, which it hangs off, is not kept apart itself",
    ),
    "tables that would ask each other": (
        CIRCLE,
        ("rls-child-covered", "public.a"),
        "its policy would ask public.b, and that may ask it in turn",
    ),
    "rows without a parent": (
        "create table notes (cart uuid references carts);\n",
        ("rls-child-covered", "public.notes"),
        "its rows need not lead to a row of public.carts",
    ),
    "a key that is set to null": (
        ORDERS.replace("not null references tenants", "references tenants on delete set null") + SECURED,
        ("tenant-key-required", "public.orders.tenant_id"),
        "a foreign key sets it to NULL",
    ),
    "rows of nobody that are meant": (
        ORDERS.replace("not null ", "") + SECURED.replace("using (", "using (tenant_id is null or "),
        ("tenant-key-required", "public.orders.tenant_id"),
        "rows without a tenant, so that they are meant",
    ),
    "a function that policies rely on": (
        (
            "create table members (tenant_id uuid not null references tenants, person text not null, primary key (tenant_id, person));\n"
            "create function mine() returns setof uuid language sql stable security definer set search_path = public, pg_temp as "
            "'select tenant_id from members where person = current_setting(''app.person'', true)';\n"
            "alter table members enable row level security;\ncreate policy own on members using (tenant_id in (select mine()));\n"
        ),
        ("rls-forced", "public.members"),
        "a function that reads it as its owner",
    ),
    "what is for a person to say": (
        "create policy wide on carts using (true);\n",
        ("rls-policy-isolates", "public.carts/wide"),
        "for a person to say",
    ),
    "what could not be decided": (
        "do $$ begin execute 'create table t' || random()::text || ' (tenant_id uuid)'; end $$;\n",
        ("migration-readable", "migrations/002_more.sql"),
        "could not be told",
    ),
}


@pytest.mark.parametrize(("text", "subject", "expected"), UNMENDED.values(), ids=UNMENDED)
def test_what_is_not_mended_is_told_with_the_reason(text: str, subject: tuple[str, str], expected: str, tmp_path: Path) -> None:
    assert expected in reason(repaired(tmp_path, text), *subject)


def test_a_configured_session_is_used_where_the_repository_has_no_policy(tmp_path: Path, database: Database) -> None:
    start = "create role app_user;\ncreate table tenants (id uuid primary key);\n"
    assert "no `[tenancy] session`" in reason(repaired(tmp_path, ORDERS, start=start), "rls-enabled", "public.orders")
    found = repaired(tmp_path, ORDERS, CONFIG + 'session = ["app.tenant_id", "app.user_id"]\n', start)
    assert {(each.rule, each.subject) for each in found.mended} >= {("rls-enabled", "public.orders"), ("rls-enabled", "public.tenants")}
    assert "    using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);" in found.edits[0].after
    assert database.replay(start + ORDERS + found.edits[0].after) == []


def test_a_policy_that_a_person_is_to_write_is_shown_in_the_words_of_the_others(tmp_path: Path) -> None:
    shop = "create function shop() returns uuid language sql stable as $$ select nullif(current_setting('app.shop', true), '')::uuid $$;\n"
    start = START.replace("nullif(current_setting('app.tenant_id', true), '')::uuid", "shop()")
    orders = ORDERS + SECURED.replace("using (tenant_id", "using (true or tenant_id")
    start, orders = (text.replace("tenant_id", '"shopId"') for text in (start, orders))
    repaired(tmp_path, orders, CONFIG.replace("tenant_id", "shopId"), shop + start)
    [found] = [each for each in check(Options(tmp_path, cached=False)).findings if each.rule == "rls-policy-isolates"]
    assert found.binding == '"shopId" = shop()'
    write(tmp_path, {"migrations/001_start.sql": START.split("alter table carts", maxsplit=1)[0] + "grant select on carts to app_user;\n"})
    [found] = [each for each in check(Options(tmp_path, cached=False)).findings if each.rule == "rls-policy-isolates"]
    assert found.binding == ""


def test_tables_that_hang_off_mended_ones_are_mended_with_them(tmp_path: Path, database: Database) -> None:
    text = ORDERS + "create table lines (id uuid primary key, order_id uuid not null references orders);\n"
    text += "create table remarks (line uuid not null references lines);\n"
    found = repaired(tmp_path, text)
    assert {each.subject for each in found.mended} == {"public.orders", "public.lines", "public.remarks"}
    assert database.replay(START + text + found.edits[0].after) == []


def test_a_row_that_leads_to_two_tenants_is_seen_by_neither(tmp_path: Path, database: Database) -> None:
    text = "create table swaps (one uuid not null references carts, other uuid references carts);\ngrant select on swaps to app_user;\n"
    found = repaired(tmp_path, text)
    database.replay(START + text + found.edits[0].after)
    tenants = [f"00000000-0000-0000-0000-00000000000{number}" for number in (1, 2)]
    for tenant in tenants:
        database.run(f"insert into tenants values ('{tenant}'); insert into carts values ('{tenant}', '{tenant}')")
    for one, other in (tenants, tenants[::-1], (tenants[0], tenants[0])):
        database.run(f"insert into swaps values ('{one}', '{other}')")
    database.run(f"insert into swaps values ('{tenants[0]}', null)")
    database.run("set role app_user")
    database.run(f"set app.tenant_id = '{tenants[0]}'")
    assert len(database.run("select * from swaps")) == 2
    database.run(f"set app.tenant_id = '{tenants[1]}'")
    assert database.run("select * from swaps") == []


def test_force_is_not_asked_for_where_it_is_switched_off(tmp_path: Path) -> None:
    found = repaired(tmp_path, ORDERS, CONFIG + 'force = "off"\nforce_reason = "The owner runs reports."\n')
    assert "enable row level security" in found.edits[0].after
    assert "force" not in found.edits[0].after


def test_what_is_carved_out_or_owed_is_left_alone_unless_asked(tmp_path: Path) -> None:
    stanza = '[[carveout]]\nrule = "rls-enabled"\nsubject = "public.orders"\nreason = "It is for all."\nowner = "us"\n'
    write(tmp_path, {".invariants/carveouts.toml": stanza})
    assert repaired(tmp_path, ORDERS).edits == ()
    write(tmp_path, {".invariants/carveouts.toml": ""})
    debt = '{"schema": "invariants-baseline/1", "debt": [{"rule": "rls-enabled", "subject": "public.orders"}]}'
    write(tmp_path, {".invariants/baseline.json": debt})
    assert repaired(tmp_path, ORDERS).edits == ()
    assert repair(Options(tmp_path, cached=False), baseline=True, moment=MOMENT).edits
