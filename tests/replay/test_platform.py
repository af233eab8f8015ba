"""What platforms bring before the first migration."""

import pytest

from invariants.facts.place import PLATFORM
from invariants.replay.ddl import machine as new_machine
from invariants.replay.machine import Machine
from invariants.replay.platform import RECORDS, prepare
from replay.statements import by, function, held, relation, role


@pytest.fixture(scope="module")
def supabase() -> Machine:
    machine = new_machine()
    prepare(machine, "supabase")
    return machine


def test_most_runners_bring_nothing() -> None:
    machine = new_machine()
    prepare(machine, "plain")
    assert not list(machine.catalog.relations)


@pytest.mark.parametrize("runner", RECORDS)
def test_the_table_in_which_a_runner_notes_what_ran_is_there_and_may_be_changed(runner: str) -> None:
    machine = new_machine()
    prepare(machine, runner)
    [table] = [each for each in machine.catalog.relations if each.kind == "table"]
    schema = machine.catalog.schemas[table.schema].name
    machine.run(f'alter table {schema}."{table.name}" enable row level security', PLATFORM)
    assert table.made == PLATFORM


def test_roles(supabase: Machine) -> None:
    assert role(supabase, "service_role").bypass_rls
    assert not role(supabase, "anon").bypass_rls
    assert not role(supabase, "authenticated").login
    assert role(supabase, "supabase_admin").superuser
    assert not any(each.external for each in supabase.catalog.roles)


def test_all_of_it_stands_in_no_file(supabase: Machine) -> None:
    catalog = supabase.catalog
    assert {each.made for shelf in (catalog.relations, catalog.functions, catalog.roles, catalog.schemas) for each in shelf} == {PLATFORM}


def test_tables(supabase: Machine) -> None:
    for name in ("users", "identities", "sessions"):
        table = relation(supabase, name, "auth")
        assert table.rls_enabled
        assert supabase.catalog.roles[table.owner].name == "supabase_auth_admin"
    assert relation(supabase, "objects", "storage").rls_enabled
    assert relation(supabase, "messages", "realtime").kind == "partitioned"


def test_functions(supabase: Machine) -> None:
    assert function(supabase, "uid", schema="auth").returns == "uuid"
    assert "request.jwt.claims" in function(supabase, "jwt", schema="auth").body
    assert function(supabase, "foldername", "text", schema="storage").returns == "text[]"


def test_what_is_made_in_public_is_granted_to_the_api_roles() -> None:
    machine = new_machine()
    prepare(machine, "supabase")
    machine.run(
        "create table t (a int); create function f() returns int language sql as 'select 1'; create schema s; create table s.t (a int)",
        PLATFORM,
    )
    for name in ("anon", "authenticated", "service_role"):
        assert by(machine, name, "t") == by(machine, "postgres", "t")
        assert (name, "execute", False) in held(machine, function(machine, "f"), "function")
    assert not [each for each in held(machine, relation(machine, "t", "s")) if each[0] == "anon"]


def test_migrations_can_build_on_it() -> None:
    machine = new_machine()
    prepare(machine, "supabase")
    machine.run(
        "create table profiles (id uuid primary key references auth.users on delete cascade, org uuid default uuid_generate_v4());"
        "create policy own on profiles using (auth.uid() = id); create policy files on storage.objects for select using (bucket_id = 'x');"
        "create function on_user() returns trigger language plpgsql security definer as 'begin return new; end';"
        "create trigger on_user after insert on auth.users for each row execute function on_user();"
        "alter publication supabase_realtime add table profiles; create extension if not exists pgcrypto;"
        "create extension vector with schema extensions; create table docs (e vector(3))",
        PLATFORM,
    )
    assert {each.name for each in machine.catalog.policies} == {"own", "files"}
