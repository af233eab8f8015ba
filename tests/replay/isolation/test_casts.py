"""Casts and constants: what PostgreSQL takes for one value, the decision never takes for two that tell tenants apart."""

from functools import cache
from typing import Any

import pytest
from pg8000.native import DatabaseError

from invariants.facts import db, settings
from invariants.facts.place import PLATFORM
from invariants.replay.isolation.constants import alike
from invariants.replay.isolation.policies import Judge
from invariants.replay.machine import Machine
from replay.isolation.test_decision import read
from replay.statements import run
from server import Database

KEYS = {
    "text": ["acme", "ACME", "acme ", "acme1", "01", "1", "1.0", "t", "true", "x" * 70 + "1", "x" * 70 + "2"],
    "slug": ["acme", "ACME", "acme ", "acme1", "x"],
    "bigint": ["1", "2", "10", "16777216", "16777217", "32769", "9007199254740992", "9007199254740993"],
    "numeric": ["1", "2", "1.4", "1.5"],
    "uuid": ["a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a12"],
}
"""The keys of tenants, by their type."""
SCHEMA = """
create role app; create domain slug as text; create domain short as varchar(4);
create table tenants (id KEY primary key);
create table docs (id int, tenant_id KEY not null, is_public boolean not null, title text, due timestamptz, n numeric);
create function rounded(x real) returns real language sql immutable as $$ select x $$;
create function cut(x text) returns text language plpgsql immutable as $$
declare y char(80) := x; begin return y; end $$;
create function first_of(x text) returns "char" language sql immutable as $$ select x::"char" $$;
grant select on docs to app; alter table docs enable row level security;
"""
S = "current_setting('app.t', true)"
N = f"nullif({S}, '')::bigint"
LOSSY = {
    "text": [
        f"tenant_id::varchar(4) = {S}",
        f"tenant_id::char(8) = {S}::char(8)",
        f"tenant_id::bpchar = {S}::bpchar",
        f"tenant_id::char = {S}::char",
        f"tenant_id::name = {S}::name",
        f'tenant_id::"char" = {S}::"char"',
        f"tenant_id::short = {S}",
        f"tenant_id = {S}::short",
        f"tenant_id = lower({S})",
        f"trim(tenant_id) = {S}",
        f"cut(tenant_id) = {S}",
        f"first_of(tenant_id) = first_of({S})",
        f"case when tenant_id ~ '^[0-9]+$' and {S} ~ '^[0-9]+$' then tenant_id::bigint = {S}::bigint else false end",
        f"case when tenant_id ~ '^[0-9.]+$' and {S} ~ '^[0-9.]+$' then tenant_id::numeric = {S}::numeric else false end",
        f"case when tenant_id in ('t', 'true', '1') and {S} in ('t', 'true', '1') then tenant_id::bool = {S}::bool else false end",
        f"case when tenant_id ~ '^1[.0]*$' and {S} ~ '^1[.0]*$' then tenant_id::jsonb = {S}::jsonb else false end",
    ],
    "slug": [f"lower(tenant_id) = lower({S})", f"trim(tenant_id) = trim({S})", f"tenant_id::varchar(4) = {S}"],
    "bigint": [
        f"tenant_id::real = {N}::real",
        f"tenant_id::float8 = {N}::float8",
        f"tenant_id = nullif({S}, '')::float8",
        f"tenant_id::numeric(20,-2) = {N}::numeric(20,-2)",
        f"tenant_id::bit(3) = {N}::bit(3)",
        f"tenant_id::varchar(1) = {S}::varchar(1)",
        f"rounded(tenant_id) = rounded({N})",
        f"case when tenant_id < 100000 and {N} < 100000 then tenant_id::int::bool = {N}::int::bool end",
    ],
    "numeric": [
        f"tenant_id::int = nullif({S}, '')::numeric::int",
        f"tenant_id::numeric(5,0) = nullif({S}, '')::numeric(5,0)",
    ],
    "uuid": [f"tenant_id::varchar(20) = {S}::varchar(20)", f"tenant_id::text::char(8) = {S}::char(8)"],
}
"""Terms by which a tenant sees another's rows, as PostgreSQL takes their keys for one."""
OPENING = [
    "(tenant_id = {S} or is_public)::int = 1",
    "(tenant_id = {S})::int + is_public::int >= 1",
    "(is_public::int + (title = 'x')::int) > 0",
    "(case when tenant_id = {S} then 0 else 2 end)::bool",
    "(tenant_id <> {S})::text::char(1) = 't'",
    *(
        f"tenant_id = {{S}} or {term}"
        for term in (
            *("'tru'::bool", "' true '::bool", "'y'", "2::bool", "true::int = 1", "'t'::bool = true", "'yes'::bool = 'on'::bool"),
            *("'1e3'::numeric > 5", "'.5'::numeric < 5", "'NaN'::numeric > 5", "'infinity'::float8 > 5", "1.5::int = 2"),
            *("1.0 = 1", "1 in (1.0)", "1e0 = 1", "'01'::int = 1", "'+1'::int = 1", "'1.0'::numeric = 1", "nullif(1.0, 1) is null"),
            *(
                "case 1.0 when 1 then true else false end",
                "x'f' = b'1111'",
                "'a'::bytea = '\\x61'::bytea",
                "0.1::float4 = 0.100000001::float4",
            ),
            "(('longer' || title)::varchar(2) = 'lo' and ('longer' || title)::varchar(6) = 'longer')",
            *("'truex'::varchar(4) = 'true'", "'truex'::varchar(4)::bool", "'a '::char(3) = 'a'::char(3)"),
            *("'2020-01-01'::date = 'Jan 1 2020'::date", "'60 minutes'::interval = '1 hour'::interval"),
            """'{{"a":1}}'::jsonb = '{{ "a" : 1 }}'::jsonb""",
            "'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'::uuid = '{{a0eebc999c0b4ef8bb6d6bb9bd380a11}}'::uuid",
            "'a0ee-bc99-9c0b-4ef8-bb6d-6bb9-bd38-0a11'::uuid is not null",
            *("(n = 1.0 and n = 1)", "(n = 1.0 and n in (1, 2))", "(is_public = 't' and is_public = 'yes')"),
            *("(title::bpchar = 'x ' and title::bpchar = 'x')", "(due = '2020-01-01 00:00+00' and due = '2020-01-01 01:00+01')"),
        )
    ),
]
"""Terms that pass rows of whatever tenant, as constants are what their types make of them."""


@cache
def machine(kind: str) -> Machine:
    return run(SCHEMA.replace("KEY", kind))


def verdict(kind: str, text: str) -> str:
    """What is decided on one policy."""
    known = [
        settings.TenantKey(PLATFORM, "", "tenant_id", "configured", ""),
        settings.TenantRoot(PLATFORM, "", "public.tenants", "configured"),
        settings.AppRole(PLATFORM, "", "app", "configured"),
    ]
    catalog = machine(kind).catalog
    mark = catalog.journal.mark()
    try:
        machine(kind).run(f"create policy p on docs for select using ({text})", PLATFORM)
        found = {each.verdict for each in Judge(catalog, "", known).facts(catalog.policies) if isinstance(each, db.PolicyTerm)}
        return next(word for word in ("open", "unverified", "isolates", "denies") if word in found)
    finally:
        catalog.journal.undo(mark)


def crosses(connection: Any, kind: str, text: str) -> bool:
    """Whether PostgreSQL shows some tenant a row of another."""
    connection.run(f"create policy p on docs for select using ({text})")
    try:
        return any(_seen(connection, key) - {key} for key in KEYS[kind])
    finally:
        connection.run("drop policy p on docs")


def _seen(connection: Any, key: str) -> set[str]:
    connection.run("begin")
    try:
        connection.run("select set_config('app.t', :key, true)", key=key)
        connection.run("set local role app")
        return {row[0] for row in connection.run("select distinct tenant_id::text from docs")}
    except DatabaseError:  # a number that is too large for the type is no leak
        return set()
    finally:
        connection.run("rollback")


@pytest.mark.parametrize("kind", KEYS)
def test_keys_that_a_cast_makes_one_are_not_told_apart_by_it(kind: str, database: Database) -> None:
    database.run(SCHEMA.replace("KEY", kind))
    for number, key in enumerate(KEYS[kind]):
        database.connection.run(f"insert into tenants values (:key::{kind})", key=key)
        database.connection.run(f"insert into docs values ({number}, :key::{kind}, true, 'x', '2020-01-01 00:00+00', 1)", key=key)
    source = {"uuid": f"{S}::uuid", "bigint": N, "numeric": f"nullif({S}, '')::numeric"}.get(kind, S)
    for text in [*LOSSY[kind], *(each.format(S=source) for each in OPENING)]:
        assert crosses(database.connection, kind, text), text
        assert verdict(kind, text) in {"open", "unverified"}, text
    assert not crosses(database.connection, kind, f"tenant_id = {source}")


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("text", f"tenant_id = {S}"),
        ("text", f"tenant_id::text = {S}::varchar"),
        ("slug", f"tenant_id = {S}::slug"),
        ("bigint", f"tenant_id = {N}"),
        ("bigint", f"tenant_id::numeric = {N}"),
        ("bigint", f"tenant_id::text = {S}"),
        ("bigint", f"tenant_id = any (string_to_array({S}, ',')::bigint[])"),
        ("numeric", f"tenant_id = nullif({S}, '')::numeric"),
        ("uuid", f"tenant_id = nullif({S}, '')::uuid"),
        ("uuid", f"lower(tenant_id::text) = {S}"),
        ("uuid", f"(tenant_id = {S}::uuid)::int = 1"),
        ("uuid", f"tenant_id = {S}::uuid and 1.0 = 1"),
        ("uuid", f"tenant_id = {S}::uuid or 1 = 2 or 'a' = 'b' or '2'::int = 1"),
        ("uuid", f"tenant_id = {S}::uuid or (title = 'x' and title = 'y') or (n = 1 and n = 2) or ({S} = '' and {S}::uuid is null)"),
    ],
)
def test_keys_that_a_cast_keeps_apart_are_told_apart_by_it(kind: str, text: str) -> None:
    assert verdict(kind, text) == "isolates"


def test_a_text_that_names_what_a_uuid_identifies_may_be_cast_to_one() -> None:
    assert read("(data ->> 'tenant_id')::uuid = tenant_id and tenant_id = current_setting('app.tenant')::uuid").verdict == "isolates"


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        *(("1", "1.0", True), ("1", "2", False), ("01", "1", True), ("1e400", "1e401", True), ("16777216", "16777217", True)),
        *(("a", "A ", True), ("a", "b", False), ("", "  ", True), ("", "x", False), ("on", "true", True), ("yes", "no", False)),
        *(("monthly", "marketing", False), ("mar 1 2020", "2020-03-01", True), ("today", "2020-03-01", True), ("{1}", "x", True)),
        *(("owner", "1", False), ("a@b.c", "d@b.c", False), ("08:00:2b:01:02:03", "08-00-2b-01-02-03", True)),
    ],
)
def test_two_texts_may_be_one_value_where_some_type_has_it_so(one: str, other: str, said: bool) -> None:
    assert alike(one, other) is said
