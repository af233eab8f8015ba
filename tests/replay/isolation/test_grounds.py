"""Answers that are given again are those that would be given anew, and what a question reaches has it asked anew."""

import os
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from invariants.facts.ddl import Statement
from invariants.frontends.sql import read
from invariants.replay.isolation import asking
from invariants.replay.isolation.decision import Answer, decide
from invariants.replay.isolation.grounds import NONE, Grounds
from invariants.replay.isolation.search import Question, Start
from invariants.replay.isolation.tenancy import Tenancy
from invariants.replay.run import Migration, Progress, advance, begin, told
from replay.statements import run

EXAMPLES = int(os.environ.get("INVARIANTS_CHANGES", "12")) * 5
PRODUCT = """
create role app;
create table tenants (id uuid primary key);
create table members (tenant_id uuid not null references tenants, user_id uuid not null);
create table orders (id uuid primary key, tenant_id uuid not null references tenants, open boolean);
create table lines (order_id uuid not null references orders, amount int);
create function mine() returns uuid language sql stable as $$ select current_setting('app.tenant_id')::uuid $$;
create function belongs(t uuid) returns boolean language sql security definer
  as $$ select exists (select 1 from members m where m.tenant_id = t and m.user_id = current_setting('app.user_id')::uuid) $$;
alter table orders enable row level security; alter table orders force row level security;
alter table lines enable row level security; alter table lines force row level security;
alter table members enable row level security;
grant select, insert, update on orders, lines, members to app;
create policy own on orders using (tenant_id = mine());
create policy theirs on orders for select using (belongs(tenant_id));
create policy through on lines using (exists (select 1 from orders o where o.id = order_id));
create policy self on members using (tenant_id = mine());
"""
CHANGES = [
    "create table notes (id uuid primary key, tenant_id uuid not null references tenants, text text);",
    "alter table notes enable row level security; create policy own on notes using (tenant_id = mine());",
    "create policy own on notes using (exists (select 1 from members m where m.tenant_id = notes.tenant_id));",
    "alter table orders add column note text;",
    "alter table orders disable row level security;",
    "alter table members disable row level security;",
    "drop policy self on members; create policy self on members using (true);",
    "drop policy own on orders;",
    "alter policy own on orders using (tenant_id = mine() or open);",
    "create policy strict on orders as restrictive using (tenant_id = mine());",
    "create policy circular on orders using (exists (select 1 from lines l where l.order_id = orders.id));",
    "create policy circular on members using (exists (select 1 from members m where m.tenant_id = members.tenant_id));",
    "create or replace function mine() returns uuid language sql stable as $$ select current_setting('app.tenant')::uuid $$;",
    "create or replace function mine() returns uuid language sql as $$ select tenant_id from orders limit 1 $$;",
    "create or replace function belongs(t uuid) returns boolean language sql as $$ select true $$;",
    "create schema other; create table other.members (tenant_id uuid, user_id uuid);",
    "alter table members rename to people;",
    "alter table orders rename column tenant_id to shop_id;",
    "alter table orders alter column tenant_id drop not null;",
    "alter table members add primary key (tenant_id);",
    "create role owner; alter function belongs owner to owner; alter table members owner to owner;",
    "alter role app bypassrls;",
    "create view people as select * from members; grant select on people to app;",
    "create policy seen on lines for select using (exists (select 1 from people p where p.tenant_id = mine()));",
    "drop table lines;",
    "create table regions (tenant_id uuid); alter table lines add column tenant_id uuid;",
    "alter table tenants rename to shops;",
    "alter table tenants rename column id to number;",
    "alter table tenants add column code text unique; create index on orders (open);",
    "create table parts (amount int) inherits (lines); alter table lines rename to rows;",
    "alter table lines add column number serial; alter table lines alter column number drop default;",
    "alter table lines add column number serial; drop sequence lines_number_seq cascade;",
    "alter role app rename to application;",
    "grant select on orders to public; revoke select on lines from app;",
    "alter schema public rename to main;",
    "create function stamp() returns trigger language plpgsql as $$ begin return new; end $$;",
    "create trigger stamped before insert on lines for each row execute function stamp(); alter function stamp rename to mark;",
    "create type state as enum ('new', 'old'); alter table lines add column state state; alter type state rename to status;",
    "create materialized view totals as select tenant_id, count(*) from orders group by 1; create unique index on totals (tenant_id);",
]


def migration(number: int, text: str) -> Migration:
    path = f"{number}.sql"
    return Migration(path, [each for each in read(path, text.encode()) if isinstance(each, Statement)])


def after(changes: Sequence[str], *, remembering: bool) -> tuple[Progress, list[Any]]:
    """The facts after the last of the changes; told after each of them too where answers are remembered, and parts are kept."""
    progress, facts = begin("plain"), list[Any]()
    kept: dict[str, list[Any]] = {}
    texts = [PRODUCT, *changes]
    for number, text in enumerate(texts):
        advance(progress, "main", [migration(number, text)])
        if remembering or number == len(texts) - 1:
            facts, parts = told(progress, "main", "plain", [], str(number), kept.__contains__)
            kept |= {key: own for key, own in parts.items() if own is not None}
            facts += [fact for key in parts for fact in kept[key]]
    return progress, facts


@settings(max_examples=EXAMPLES, deadline=None, derandomize="CI" in os.environ)
@given(some.lists(some.sampled_from(CHANGES), max_size=6))
def test_an_answer_that_is_given_again_is_the_one_that_would_be_given(changes: list[str]) -> None:
    assert after(changes, remembering=True)[1] == after(changes, remembering=False)[1]


def asked(monkeypatch: pytest.MonkeyPatch, change: str) -> set[str]:
    """The tables that questions are asked of anew after a change."""
    progress, _ = after([], remembering=True)
    tables: set[str] = set()

    def noted(tenancy: Tenancy, question: Question, start: Start | None) -> Answer:
        tables.add(question.table.name)
        return decide(tenancy, question, start)

    monkeypatch.setattr(asking, "decide", noted)
    advance(progress, "main", [migration(1, change)])
    told(progress, "main", "plain", [])
    return tables


@pytest.mark.parametrize(
    ("change", "tables"),
    [
        ("select 1;", set()),
        ("create table regions (id int);", set()),
        (CHANGES[0] + CHANGES[1], set()),
        (CHANGES[0] + CHANGES[2], {"notes"}),
        ("alter table lines add column note text;", {"lines"}),
        ("create or replace function belongs(t uuid) returns boolean language sql as $$ select true $$;", {"orders", "lines"}),
        ("create role other;", {"orders", "lines", "members"}),
    ],
    ids=["nothing", "a table", "a policy like others", "a policy of its own", "a column", "a function", "a role"],
)
def test_what_a_question_reaches_has_it_asked_anew(monkeypatch: pytest.MonkeyPatch, change: str, tables: set[str]) -> None:
    assert asked(monkeypatch, change) == tables


def told_anew(change: str) -> set[str]:
    """The relations that are told of anew after a change."""
    progress, _ = after([], remembering=True)
    advance(progress, "main", [migration(1, change)])
    parts = told(progress, "main", "plain", [], "1").parts
    since = {int(key.split()[1]) for key in parts if key.startswith("1 ")}
    return {table.name for table in progress.catalog.relations if table.oid in since}


@pytest.mark.parametrize(
    ("change", "tables"),
    [
        ("create table regions (id int);", {"regions"}),
        (CHANGES[0] + CHANGES[1], {"notes"}),
        ("alter table lines add column note text;", {"lines"}),
        ("alter table orders disable row level security;", {"orders", "lines"}),
        ("alter table members add primary key (tenant_id);", {"orders", "lines", "members"}),
        ("alter table tenants rename to shops;", {"orders", "lines", "members", "shops"}),
        ("alter table lines drop constraint lines_order_id_fkey;", {"lines"}),
        ("create view open_lines as select * from lines;", {"open_lines"}),
        ("create index on lines (amount);", {"lines"}),
        ("grant delete on lines to app;", {"lines"}),
        ("create role other;", {"tenants", "orders", "lines", "members"}),
    ],
    ids=[
        "a table",
        "a policy",
        "a column",
        "a table that others ask",
        "a key",
        "a name",
        "a reference",
        "a view",
        "an index",
        "a grant",
        "a role",
    ],
)
def test_what_a_part_stands_on_has_it_told_anew(change: str, tables: set[str]) -> None:
    assert told_anew(change) == tables


def test_a_part_that_is_not_kept_any_more_is_told_again() -> None:
    progress, facts = after([], remembering=True)
    again, parts = told(progress, "main", "plain", [], "1")
    assert {key.split()[0] for key in parts} == {"0"}
    assert [*again, *(fact for own in parts.values() for fact in own or ())] == facts


def test_nothing_is_kept_where_an_answer_hangs_on_which_question_came_first() -> None:
    circular = "create policy circular on orders using (exists (select 1 from lines l where l.order_id = orders.id));"
    assert after([], remembering=True)[0].answers.known
    assert after([circular], remembering=True)[0].answers == NONE


def test_a_name_that_is_written_with_escapes_may_be_any_name() -> None:
    catalog = run("create table tenants (id int)", 'create table "Order lines" (id int)', "create table orders (id int)").catalog
    grounds = Grounds(Tenancy(catalog, []))
    names = {each[0].name for about in grounds.of(['exists (select 1 from U&"\\006frders")']) for each in about}
    assert names == {"tenants", "Order lines", "orders"}
    assert {each[0].name for about in grounds.of(["true"]) for each in about} == {"Order lines"}, "no text is searched for that"
