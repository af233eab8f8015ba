"""One term of a policy at a time: what it does, and the words that say why."""

import pytest

from invariants.postgres.grammar import parse_expression
from invariants.replay.isolation.sources import Sources
from invariants.replay.isolation.terms import Scope, judge

BODIES = {"public.current_tenant": "select nullif(current_setting('app.tenant', true), '')::uuid", "public.loop": "select public.loop()"}
SCOPE = Scope(
    table="public.orders",
    keys=frozenset({"tenant_id", "tenantId", "optional_id"}),
    required=frozenset({"tenant_id"}),
    sources=Sources(frozenset(), BODIES),
    predicates=frozenset({"public.is_member"}),
    roles=frozenset({"anon", "authenticated"}),
)

ISOLATES = [
    "tenant_id = current_setting('app.tenant')::uuid",
    "current_setting('app.tenant', true)::uuid = tenant_id",
    "tenant_id::text = (select nullif(current_setting('app.tenant', true), ''))",
    "\"tenantId\" = pg_catalog.current_setting('app.tenant', true)",
    "orders.tenant_id = public.current_tenant()",
    "public.orders.tenant_id = (select public.current_tenant())",
    "tenant_id = (auth.jwt() -> 'app_metadata' ->> 'org')::uuid",
    "tenant_id = (auth.jwt() #>> '{app_metadata,org}')::uuid",
    "tenant_id = ((current_setting('request.jwt.claims', true)::json) ->> 'org')::uuid",
    "tenant_id in (current_setting('app.tenant')::uuid)",
    "tenant_id = any (array[public.current_tenant()])",
    "public.is_member(tenant_id)",
    "user_id = auth.uid()",
    "status = 'open' and tenant_id = public.current_tenant()",
    "tenant_id is null or tenant_id = public.current_tenant()",
]
OPEN = {
    "true": "always true",
    "1 = 1": "always true",
    "tenant_id = tenant_id": "itself",
    "tenant_id is not null": "not which",
    "coalesce(current_setting('app.tenant', true), tenant_id::text) = tenant_id::text": "without a tenant",
    "current_setting('app.tenant', true) is null or tenant_id = public.current_tenant()": "a session without a tenant",
    "tenant_id = public.current_tenant() or true": "always true",
    "tenant_id <> public.current_tenant()": "every value of tenant_id but one",
    "tenant_id = '00000000-0000-0000-0000-000000000000'": "constant",
    "tenant_id = (auth.jwt() -> 'user_metadata' ->> 'org')::uuid": "written by the caller",
    "tenant_id = (current_setting('request.headers', true)::json ->> 'x-tenant')::uuid": "written by the caller",
    "status = 'open'": "only at the row",
    "not deleted": "only at the row",
    "auth.uid() is not null": "only at the session",
    "current_setting('app.bypass', true) = 'on'": "only at the session",
    "auth.role() = 'authenticated'": "only for the role",
    "auth.role() in ('anon', 'authenticated')": "only for the role",
}
DENIES = ["false", "null", "1 = 2", "tenant_id is null", "auth.role() = 'service_role'", "(auth.jwt() ->> 'role') = 'service_role'"]
UNVERIFIED = [
    "is_admin()",
    "may_see(tenant_id)",
    "optional_id is null",
    "tenant_id = other_tenant()",
    "tenant_id = public.loop()",
    "tenant_id in (select tenant_id from memberships where user_id = auth.uid())",
    "exists (select 1 from memberships as m where m.tenant_id = orders.tenant_id and m.user_id = auth.uid())",
    "project_id = current_setting('app.project')",
    "public.is_member(id)",
    "tenant_id = current_setting('search_path')",
]


@pytest.mark.parametrize("text", ISOLATES)
def test_a_term_that_binds_the_key_to_the_session_isolates(text: str) -> None:
    assert judge(parse_expression(text), SCOPE).word == "isolates"


@pytest.mark.parametrize(("text", "why"), OPEN.items())
def test_a_term_that_other_tenants_pass_is_open_and_says_why(text: str, why: str) -> None:
    verdict = judge(parse_expression(text), SCOPE)
    assert (verdict.word, why in verdict.reason) == ("open", True), verdict


@pytest.mark.parametrize("text", DENIES)
def test_a_term_that_no_row_passes_denies(text: str) -> None:
    assert judge(parse_expression(text), SCOPE).word == "denies"


@pytest.mark.parametrize("text", UNVERIFIED)
def test_what_cannot_be_seen_through_is_unverified(text: str) -> None:
    assert judge(parse_expression(text), SCOPE).word == "unverified"


def test_own_rows_isolate_reading_but_not_writing() -> None:
    term = parse_expression("user_id = auth.uid()")
    assert judge(term, SCOPE).word == "isolates"
    assert judge(term, SCOPE._replace(side="check")).word == "open"


def test_configured_sources_are_the_only_settings_that_count() -> None:
    known = SCOPE._replace(sources=Sources(frozenset({"app.tenant"}), {}))
    assert judge(parse_expression("tenant_id = current_setting('app.tenant')::uuid"), known).word == "isolates"
    assert judge(parse_expression("tenant_id = current_setting('app.other')::uuid"), known).word == "unverified"
