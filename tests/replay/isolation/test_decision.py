"""The decision on one policy at a time: what isolates, what is open and why, what cannot be told."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest

from invariants.facts import db, settings
from invariants.facts.place import PLATFORM
from invariants.replay.isolation.policies import Judge
from invariants.replay.machine import Machine
from replay.statements import run

SCHEMA = (Path(__file__).parent / "schema.sql").read_text()
KNOWN = [
    settings.TenantKey(PLATFORM, "", "tenant_id", "configured", ""),
    settings.TenantKey(PLATFORM, "", "tenantId", "configured", ""),
    settings.TenantRoot(PLATFORM, "", "public.tenants", "configured"),
    settings.AppRole(PLATFORM, "", "anon", "configured"),
    settings.AppRole(PLATFORM, "", "authenticated", "configured"),
    settings.Predicate(PLATFORM, "public.is_member"),
]
MEMBER = "select 1 from memberships as m where m.tenant_id = orders.tenant_id and m.user_id = auth.uid()"


@cache
def machine() -> Machine:
    return run(SCHEMA)


def terms(*policies: str, known: Sequence[object] = KNOWN) -> list[db.PolicyTerm]:
    """The verdicts on policies, which are undone again."""
    catalog = machine().catalog
    mark = catalog.journal.mark()
    try:
        machine().run(";".join(policies), PLATFORM)
        found = [each for each in Judge(catalog, "", known).facts(catalog.policies) if isinstance(each, db.PolicyTerm)]
        return [each for each in found if each.policy_name != "own"]
    finally:
        catalog.journal.undo(mark)


def worst(*policies: str, known: Sequence[object] = KNOWN) -> db.PolicyTerm:
    order = ("open", "unverified", "isolates", "denies")
    return min(terms(*policies, known=known), key=lambda each: order.index(each.verdict))


def read(text: str, table: str = "orders") -> db.PolicyTerm:
    return worst(f"create policy p on {table} for select using ({text})")


def written(text: str, table: str = "orders") -> db.PolicyTerm:
    return worst(f"create policy p on {table} for insert with check ({text})")


ISOLATES = [
    "tenant_id = current_setting('app.tenant')::uuid",
    "current_setting('app.tenant', true)::uuid = tenant_id",
    "tenant_id::text = (select nullif(current_setting('app.tenant', true), ''))",
    "\"tenantId\" = pg_catalog.current_setting('app.tenant', true)",
    "orders.tenant_id = public.tenant()",
    "public.orders.tenant_id = (select public.tenant())",
    "tenant_id = (auth.jwt() -> 'app_metadata' ->> 'org')::uuid",
    "tenant_id = (auth.jwt() #>> '{app_metadata,org}')::uuid",
    "tenant_id = ((current_setting('request.jwt.claims', true)::json) ->> 'org')::uuid",
    "tenant_id = (nullif(current_setting('app.context', true), '')::jsonb ->> 'tenant')::uuid",
    "tenant_id in (current_setting('app.tenant')::uuid)",
    "tenant_id = any (array[tenant()])",
    "tenant_id = any (string_to_array(current_setting('app.tenants', true), ',')::uuid[])",
    "tenant_id::text in (select jsonb_array_elements_text(auth.jwt() -> 'app_metadata' -> 'orgs'))",
    "(auth.jwt() -> 'app_metadata' -> 'orgs') ? tenant_id::text",
    "tenant_id is not distinct from tenant()",
    "coalesce(tenant_id = tenant(), false)",
    "case when tenant() is null then false else tenant_id = tenant() end",
    "status = 'open' and tenant_id = tenant()",
    "tenant_id = tenant() and (deleted or created_at < now())",
    "not (tenant_id is distinct from tenant()) and tenant() is not null",
    "public.is_member(tenant_id)",
    "is_in(tenant_id)",
    "decides(tenant_id)",
    "has_rank(tenant_id) = true",
    "has_rank(tenant_id, 'owner')",
    "tenant_id in (select my_tenants())",
    "tenant_id = any (array(select my_tenants()))",
    "tenant_id in (select t from my_tenants() as t)",
    "tenant_id in (select tenant_id from memberships where user_id = auth.uid())",
    f"exists ({MEMBER})",
    "exists (select * from memberships m join users u on u.id = m.user_id where u.login = auth.uid() and m.tenant_id = orders.tenant_id)",
    "auth.uid() in (select m.user_id from memberships as m where m.tenant_id = orders.tenant_id)",
    "exists (with m as (select tenant_id as t from memberships where user_id = auth.uid()) select 1 from m where t = orders.tenant_id)",
    "(select count(*) from memberships as m where m.tenant_id = orders.tenant_id and m.user_id = auth.uid()) > 0",
    "tenant_id in (select t.id from tenants as t where t.id = tenant())",
    "tenant_id = (select (raw_app_meta_data ->> 'tenant')::uuid from users where login = auth.uid())",
    "exists (select 1 from own_orders as o where o.id = orders.id)",
    "user_id = auth.uid()",
    "user_id in (select id from users where login = auth.uid())",
    "user_id = mine_of(auth.jwt() ->> 'sub')",
    "auth.uid() = any (members)",
]
OPEN = {
    "true": "always true",
    "1 = 1": "itself",
    "tenant_id = tenant_id": "itself",
    "tenant_id is not null": "not which",
    "coalesce(current_setting('app.tenant', true), tenant_id::text) = tenant_id::text": "without a tenant",
    "tenant_id = coalesce(tenant(), tenant_id)": "without a tenant",
    "current_setting('app.tenant', true) is null or tenant_id = tenant()": "a session without a tenant",
    "tenant_id = tenant() or true": "always true",
    "tenant_id <> tenant()": "every value of tenant_id but one",
    "not (tenant_id = tenant())": "a row of another tenant",
    "(tenant_id = tenant()) is not false": "a session without a tenant",
    "tenant_id not in (select my_tenants())": "a row of another tenant",
    "tenant_id >= tenant()": "a row of another tenant",
    "tenant_id = '00000000-0000-0000-0000-000000000000'": "constant",
    "tenant_id = (auth.jwt() -> 'user_metadata' ->> 'org')::uuid": "written by the caller",
    "tenant_id = (current_setting('request.headers', true)::json ->> 'x-tenant')::uuid": "written by the caller",
    "tenant_id = (select (raw_user_meta_data ->> 'tenant')::uuid from users where login = auth.uid())": "written by the caller",
    "status = 'open'": "only at the row",
    "not deleted": "only at the row",
    "data ->> 'shared' = 'yes'": "only at the row",
    "auth.uid() is not null": "only at the session",
    "(auth.jwt() ->> 'aal') = 'aal2'": "once the claim aal is 'aal2'",
    "current_setting('app.bypass', true) = 'on'": "once app.bypass is 'on'",
    "current_setting('app.bypass', true)::boolean": "once app.bypass is 'true'",
    "scoped(tenant_id)": "once app.scope is 'system'",
    "auth.role() = 'authenticated'": "only for the role",
    "auth.role() in ('anon', 'authenticated')": "only for the role",
    "current_user <> 'app'": "only for the role",
    "exists (select 1 from memberships as m where m.tenant_id = tenant_id and m.user_id = auth.uid())": "only at the session",
    "exists (select 1 from memberships as m where m.tenant_id = orders.tenant_id)": "a row of another tenant",
    "exists (select 1 from admins where user_id = auth.uid())": "only at the session",
    "exists (select 1 from plans as p where p.id = orders.plan_id and p.is_free)": "a row of another tenant",
    "exists (select 1 from users as u left join memberships as m on m.user_id = u.id where u.login = auth.uid())": "only at the session",
}
DENIES = [
    "false",
    "null",
    "1 = 2",
    "tenant_id is null",
    "auth.role() = 'service_role'",
    "(auth.jwt() ->> 'role') = 'service_role'",
    "tenant_id = ''::uuid",
    "(user_id in (select id from users where tenant() <> tenant())) is null",
    "(user_id = any (array(select id from users where false))) is null",
]
UNVERIFIED = {
    "is_admin()": "is_admin, which no migration makes",
    "may_see(tenant_id)": "name it under `[tenancy] predicates`",
    "dynamic(tenant_id)": "Execute was not followed",
    "tenant_id = circle()": "calls itself too often",
    "tenant_id operator(app.=) tenant()": "an operator of app",
    "project_id = current_setting('app.project')::uuid": "app.project is not known to say who the session is",
    "tenant_id = current_setting('search_path')::uuid": "a setting of PostgreSQL's own",
    "public.is_member(tenant())": "is not asked about the row",
    "tenant_id in (select t.id from tenants as t where t.parent_id = tenant())": "names a tenant too",
    "tenant_id in (select t.id from tenants as t where t.db_user = current_user)": "the role, which tenants may share",
    "exists (select 1 from shares as s where s.order_id = orders.id and s.partner = tenant())": "names a tenant too",
    "exists (select 1 from orders as o where o.id = orders.project_id)": "infinite recursion",
    "lower(\"tenantId\") = lower(current_setting('app.tenant', true))": "it was not followed what lower",
    "tenant_id in (with recursive t as (select tenant() as id union select t.id from t) select id from t)": "the recursive query t",
}


@pytest.mark.parametrize("text", ISOLATES)
def test_what_binds_the_row_to_the_session_isolates(text: str) -> None:
    found = read(text)
    assert found.verdict == "isolates", (found.reason, found.witness)


@pytest.mark.parametrize(("text", "why"), OPEN.items())
def test_what_other_tenants_rows_pass_is_open_and_says_why(text: str, why: str) -> None:
    found = read(text)
    assert (found.verdict, why in found.reason) == ("open", True), (found.verdict, found.reason)
    assert found.witness.startswith(("anon", "authenticated"))


@pytest.mark.parametrize("text", DENIES)
def test_what_no_row_passes_denies(text: str) -> None:
    assert read(text).verdict == "denies"


@pytest.mark.parametrize(("text", "why"), UNVERIFIED.items())
def test_what_cannot_be_seen_through_is_unverified_and_says_what_stopped_it(text: str, why: str) -> None:
    policies = ["alter table orders enable row level security"] if "from orders" in text else []
    found = worst(*policies, f"create policy p on orders for select using ({text})")
    assert (found.verdict, why in found.reason) == ("unverified", True), (found.verdict, found.reason)


def test_rows_of_no_tenant_pass_for_everyone_where_the_key_may_be_null() -> None:
    found = read("tenant_id is null or tenant_id = tenant()", "notes")
    assert (found.verdict, found.reason) == ("open", "rows without a tenant pass for every session")
    assert read("tenant_id is null or tenant_id = tenant()").verdict == "isolates"


def test_own_rows_isolate_reading_but_not_writing() -> None:
    assert read("user_id = auth.uid()").verdict == "isolates"
    assert (written("user_id = auth.uid()").verdict, "who writes the row (user_id)" in written("user_id = auth.uid()").reason) == (
        "open",
        True,
    )


def test_using_is_asked_of_written_rows_where_no_check_is_said() -> None:
    found = worst("create policy p on orders using (user_id = auth.uid())")
    assert (found.verdict, found.side, found.writes, found.command) == ("open", "using", True, "insert")


@pytest.mark.parametrize("text", ["tenant_id = tenant()", "is_in(tenant_id)", f"exists ({MEMBER})", f"exists ({MEMBER} and rank = status)"])
def test_a_check_that_asks_for_the_tenant_isolates_writing(text: str) -> None:
    assert written(text).verdict == "isolates"


@pytest.mark.parametrize("text", ["true", "status = 'x'", "project_id = auth.uid()", "user_id = auth.uid() or tenant_id = tenant()"])
def test_a_check_that_does_not_lets_rows_be_planted(text: str) -> None:
    assert written(text).verdict == "open"


def test_a_row_that_leads_to_one_of_the_sessions_is_its_own() -> None:
    assert (
        read("exists (select 1 from secrets as s where s.id = lines.secret_id and s.tenant_id = tenant())", "lines").verdict == "isolates"
    )
    assert written("exists (select 1 from secrets as s where s.id = lines.secret_id and s.tenant_id = tenant())", "lines").verdict == "open"


def test_a_reference_that_includes_the_key_keeps_written_rows_too() -> None:
    check = "exists (select 1 from secrets as s where s.id = secret_id and s.tenant_id = tenant())"
    bound = (
        "alter table secrets add unique (tenant_id, id)",
        "alter table lines add foreign key (tenant_id, secret_id) references secrets (tenant_id, id)",
    )
    assert worst(*bound, f"create policy p on lines for insert with check ({check})").verdict == "isolates"


def test_sub_queries_see_what_the_policies_of_their_tables_let_them() -> None:
    leads = "create policy p on lines for select using (exists (select 1 from secrets as s where s.id = lines.secret_id))"
    assert worst(leads).verdict == "isolates"
    [opened] = [each for each in terms(leads, "create policy wide on secrets using (true)") if each.policy_name == "p"]
    assert (opened.verdict, opened.reason) == ("open", "it sees what the policies of secrets let pass, and those are open")
    assert worst(leads, "drop policy own on secrets").verdict == "denies"
    assert worst(leads, "alter table secrets disable row level security").verdict == "open"


def test_restrictive_policies_narrow_what_permissive_ones_open() -> None:
    opened = "create policy p on orders for select using (status = 'x')"
    assert worst(opened).verdict == "open"
    found = worst(opened, "create policy r on orders as restrictive using (tenant_id = tenant())")
    assert (found.verdict, found.reason) == ("isolates", "the restrictive policy r binds it")
    assert worst(opened, "create policy r on orders as restrictive to app using (tenant_id = tenant())").verdict == "open"
    assert worst(opened, "create policy r on orders as restrictive for update using (tenant_id = tenant())").verdict == "open"


def test_policies_of_other_roles_open_nothing() -> None:
    assert worst("create policy p on orders to app using (true)").verdict == "denies"
    found = worst("create policy p on orders for delete to anon using (true)")
    assert (found.verdict, found.role, found.command) == ("open", "anon", "delete")


def test_an_update_needs_a_row_to_start_from_and_one_to_end_at() -> None:
    assert worst("create policy p on orders for update using (false) with check (true)").verdict == "denies"
    assert worst("create policy p on orders for update using (tenant_id = tenant()) with check (true)").verdict == "open"
    assert worst("create policy p on orders for update using (true) with check (tenant_id = tenant())").verdict == "open"


def test_configured_sources_are_the_only_settings_that_count() -> None:
    known = [*KNOWN, settings.SessionSource(PLATFORM, "app.tenant", "configured")]
    policy = "create policy p on orders for select using (tenant_id = current_setting('{}')::uuid)"
    assert worst(policy.format("app.tenant"), known=known).verdict == "isolates"
    found = worst(policy.format("app.other"), known=known)
    assert (found.verdict, "name the setting or function under `[tenancy] session`" in found.reason) == ("unverified", True)


def test_a_role_for_each_tenant_has_to_be_configured() -> None:
    policy = "create policy p on orders for select using (tenant_id in (select t.id from tenants as t where t.db_user = current_user))"
    assert worst(policy).verdict == "unverified"
    assert worst(policy, known=[*KNOWN, settings.SessionSource(PLATFORM, "current_user", "configured")]).verdict == "isolates"


def test_on_supabase_everybody_connects_as_one_role() -> None:
    policy = "create policy p on orders for select using (session_user = '{}')"
    assert worst("create role authenticator", policy.format("postgres")).verdict == "denies"
    assert worst("create role authenticator", policy.format("authenticator")).verdict == "open"
    assert worst(policy.format("anon")).verdict == "open"


def test_each_disjunct_is_judged_by_itself_with_its_place() -> None:
    found = terms("create policy p on orders for select using (tenant_id = tenant() or deleted or user_id = auth.uid())")
    assert [(each.position, each.verdict) for each in found] == [(0, "isolates"), (1, "open"), (2, "isolates")]


def test_a_session_in_which_the_statement_fails_opens_nothing() -> None:
    """To plan the query PostgreSQL evaluates the setting, which is not there."""
    unset = "current_setting('app.tenant', true) is null"
    assert read(f"{unset} or tenant_id = current_setting('app.tenant', true)::uuid").verdict == "open"
    found = read(f"{unset} or tenant_id = current_setting('app.tenant')::uuid")
    assert (found.verdict, "PostgreSQL fails" in found.reason) == ("unverified", True)


def test_what_fails_inside_a_function_fails_too() -> None:
    strict = "create function strict() returns uuid language sql stable as $$ select current_setting('app.tenant')::uuid $$"
    raising = "create function strict() returns uuid language plpgsql as $$ begin raise exception 'no tenant'; end $$"
    calling = "create function calling() returns uuid language sql as $$ select strict() $$"
    policy = "create policy p on orders for select using (current_setting('app.tenant', true) is null or tenant_id = {})"
    for made, name in ((strict, "strict()"), (f"{strict};{calling}", "calling()"), (raising, "strict()")):
        found = worst(made, policy.format(name))
        assert (found.verdict, "PostgreSQL fails" in found.reason) == ("unverified", True), (name, found.verdict, found.reason)


def test_it_depends_on_what_is_asked_first_where_the_other_part_fails() -> None:
    found = read("not (tenant_id = tenant() and status = current_setting('app.state'))")
    assert found.verdict == "open"
    found = read(
        "not (tenant_id is not distinct from (select tenant()) and tenant_id = current_setting('app.tenant')::uuid) and tenant() is null"
    )
    assert (found.verdict, "which part PostgreSQL evaluates first" in found.reason) == ("unverified", True)


@pytest.mark.parametrize(
    "text",
    [
        "exists (select 1 from admins where user_id = auth.uid()) and not exists (select 1 from admins as a where a.user_id = auth.uid())",
        "exists (select 1 from admins as a where a.user_id = auth.uid()) and auth.uid() not in (select user_id from admins)",
        "not exists (select 1 from tenants as t where t.id = orders.tenant_id)",
        "tenant_id = any (array(select my_tenants())) is null",
        "status = 'shared' and status not like 'sh%'",
        "status not ilike 'SH%' and status = 'shared'",
        "status like '_hare' and status = 'shared'",
        "tenant_id <> tenant() and tenant_id = any (string_to_array(current_setting('app.tenant', true), ',')::uuid[])",
    ],
)
def test_what_contradicts_itself_or_a_foreign_key_opens_nothing(text: str) -> None:
    assert read(text).verdict == "denies"


def test_a_set_that_is_empty_is_null_where_one_value_is_asked_for() -> None:
    assert read("(select my_tenants()) is null").verdict == "open"


@pytest.mark.parametrize(
    "text",
    [
        "case when deleted or tenant_id = current_setting('app.tenant')::uuid then tenant_id else null end = tenant()",
        "tenant_id = nullif(tenant_id, case when deleted or status = current_setting('app.x') then tenant() end)",
        "tenant_id = (select m.tenant_id from memberships as m where m.rank = 'x' or m.user_id = current_setting('app.x')::uuid)",
        "decides(case when deleted or tenant_id = current_setting('app.tenant')::uuid then tenant_id end)",
    ],
)
def test_what_may_fail_is_judged_wherever_it_stands(text: str) -> None:
    assert read(text).verdict in {"isolates", "open", "unverified"}
    assert written(text).verdict in {"isolates", "open", "unverified"}


def test_too_many_cases_are_said_not_guessed() -> None:
    clauses = " and ".join(f"(data ->> 'a{number}' = 'x' or status = 's{number}')" for number in range(12))
    found = read(f"({clauses}) and dynamic(tenant_id)")
    assert found.verdict == "unverified"


def test_rows_that_need_not_be_a_tenants_are_told_where_they_may_be() -> None:
    notices = "create table notices (id uuid primary key, order_id uuid references orders); alter table notices enable row level security"
    found = worst(notices, "create policy p on notices for select using (true)")
    assert (found.verdict, "where order_id is set, which may be absent" in found.reason) == ("unverified", True)
    bound = "create policy p on notices for select using (exists (select 1 from lines l where l.id = order_id and l.tenant_id = tenant()))"
    assert worst(notices.replace("references orders", "references lines"), bound).verdict == "isolates"


def test_a_function_that_bears_the_name_of_one_of_postgres_is_not_taken_for_it() -> None:
    shadow = "create function public.current_setting(text) returns text language sql as $$ select 'x' $$"
    policy = "create policy p on orders for select using (tenant_id::text = {}current_setting('app.tenant'))"
    assert worst(shadow, policy.format("")).verdict == "unverified"
    assert worst(shadow, policy.format("public.")).verdict != "isolates"


FIRMS = [settings.TenantRoot(PLATFORM, "", "public.firms", "configured"), *KNOWN[3:5]]


@pytest.mark.parametrize(
    ("key", "verdict"),
    [
        ("primary key", "isolates"),
        ("primary key deferrable initially deferred", "open"),
        ("primary key deferrable", "open"),
        (", region text, primary key (id, region)", "open"),
    ],
)
def test_who_adds_a_tenant_has_no_other_tenants_key_unless_that_is_checked_late(key: str, verdict: str) -> None:
    found = worst(f"create table firms (id uuid {key})", "create policy p on firms for insert with check (true)", known=FIRMS)
    assert found.verdict == verdict


def test_numbers_that_are_written_are_compared() -> None:
    assert read("not (2 > 1)").verdict == "denies"
    assert read("not (1.0 = 1)").verdict == "denies"
    assert read("1.0 <> 1").verdict == "denies"
    assert read("1.0 = 1").verdict == "open"
    assert read("tenant_id = tenant() or 10 <= 9 or -1.5 > -1").verdict == "isolates"
    assert read("tenant_id = tenant() or 10 > 9.5").verdict == "open"


def test_what_lies_between_one_thing_and_the_same_is_that_thing() -> None:
    assert read("tenant_id between tenant() and tenant()").verdict == "isolates"
    assert read("tenant_id not between tenant() and tenant()").verdict == "open"
    assert read("random() between random() and random()").verdict == "open"


ROLE, ADMIN = ("auth.jwt() -> 'app_metadata' -> 'role'", "auth.jwt() -> 'app_metadata' -> 'admin'")


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (f"({ROLE}) = '\"employee\"'::jsonb", "open"),
        (f"({ROLE}) in ('\"a\"'::jsonb, '\"b\"'::jsonb)", "open"),
        (f"({ROLE}) is distinct from '\"banned\"'::jsonb", "open"),
        (f"coalesce(({ADMIN})::boolean, false) = true and ({ROLE}) = '\"employee\"'::jsonb", "open"),
        (f"tenant_id = tenant() and ({ROLE}) = '\"employee\"'::jsonb", "isolates"),
        (f"tenant_id = tenant() or (({ROLE}) = '\"a\"'::jsonb and ({ROLE}) = '\"b\"'::jsonb)", "isolates"),
        (f"({ROLE}) = '\"true\"'::jsonb", "unverified"),
        (f"({ROLE}) = '1'::jsonb", "unverified"),
        (f"({ROLE}) = '\"1\"'::jsonb", "unverified"),
        ("to_jsonb(tenant_id) = (auth.jwt() -> 'app_metadata' -> 'org')", "unverified"),
    ],
)
def test_a_claim_is_the_text_that_it_is_compared_with_as_json(text: str, word: str) -> None:
    assert read(text).verdict == word
