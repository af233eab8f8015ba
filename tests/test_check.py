import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from invariants.check import Options, Run, check
from invariants.finding import ConfigError, Outcome
from repositories import git, repository, write

TABLES = """\
create table tenants (id uuid primary key);
alter table tenants enable row level security, force row level security;
create table orders (id uuid primary key, tenant_id uuid not null references tenants);
create index on orders (tenant_id);
"""
SECURED = "alter table orders enable row level security;\nalter table orders force row level security;\n"
OWN = """\
-- No table is called orders.
--
-- The word is taken.
--
-- Fix:
--     rename it
--
-- @level error
-- @over db_table

select t.at, t.database, t.name as subject, 'it is called orders' as message from db_table as t where t.name = 'public.orders'
"""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("INVARIANTS_CACHE_DIR", str(tmp_path / "cache"))
    return repository(tmp_path / "product", {"migrations/1_init.sql": TABLES})


def broken(outcome: Outcome) -> set[tuple[str, str]]:
    assert not outcome.errors
    return {(each.rule, each.subject) for each in outcome.findings}


def refusal(options: Options) -> str:
    with pytest.raises(ConfigError) as error:
        check(options)
    return str(error.value)


def test_names_are_looked_up_where_the_runner_does(root: Path) -> None:
    later = "create table lines (id uuid primary key, tenant_id uuid not null);\nset search_path = public;\nreset search_path;\n"
    migrations = {"migrations/1_init.sql": "create schema shop;\ncreate schema more;\n" + TABLES, "migrations/2_lines.sql": later + SECURED}
    config = '[[database]]\nmigrations = ["migrations/*.sql"]\nsearch_path = ["shop", "more", "public"]\n'
    write(root, {**migrations, ".invariants/config.toml": config})
    subjects = {subject for _, subject in broken(check(Options(root)))}
    assert "shop.lines" in subjects
    assert not any(subject.startswith(("public.", "migrations/")) for subject in subjects)


def test_the_main_job(root: Path) -> None:
    outcome = check(Options(root))
    assert broken(outcome) == {("rls-enabled", "public.orders"), ("rls-policy-present", "public.tenants")}
    tenancy = next(pack for pack in outcome.packs if pack.pack == "tenancy")
    assert (tenancy.total, tenancy.held, tenancy.broken, tenancy.noun) == (2, 0, 2, "tables")
    assert any("tenant key tenant_id" in sentence for sentence in outcome.detected)
    write(root, {"migrations/2_secure.sql": SECURED})
    assert ("rls-enabled", "public.orders") not in broken(check(Options(root)))


@pytest.mark.parametrize("cached", [True, False])
def test_index_commit_and_work_tree_are_judged_each_for_itself(root: Path, cached: bool) -> None:
    write(root, {"migrations/2_secure.sql": SECURED})
    found = ("rls-enabled", "public.orders")
    assert found not in broken(check(Options(root, cached=cached)))
    assert found in broken(check(Options(root, "index", cached=cached)))
    git(root, "add", "-A")
    assert found not in broken(check(Options(root, "index", cached=cached)))
    assert found in broken(check(Options(root, "HEAD", cached=cached)))


def test_a_warm_run_says_the_same_and_imports_no_parser(root: Path) -> None:
    write(root, {".invariants/config.toml": '[tenancy]\nkeys = ["tenant_id"]\n', ".invariants/rules/no-orders.sql": OWN})
    cold = check(Options(root))
    parsers = {"postgast", "google", "libcst", "sqlglot", "pydantic", "tomllib", "concurrent"}
    program = (
        "import sys\nfrom pathlib import Path\nfrom invariants.check import Options, check\n"
        f"print(check(Options(Path({str(root)!r}))).findings)\n"
        f"print({parsers} & {{each.split('.')[0] for each in sys.modules}})"
    )
    warm = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout.splitlines()
    assert warm == [repr(cold.findings), "set()"]


def test_an_own_rule_is_judged_like_a_built_in_one(root: Path) -> None:
    write(root, {".invariants/rules/naming/no-orders.sql": OWN})
    outcome = check(Options(root, only=("naming",)))
    assert broken(outcome) == {("no-orders", "public.orders")}
    assert [pack.pack for pack in outcome.packs] == ["naming"]
    stanza = '[[carveout]]\nrule = "no-orders"\nsubject = "public.orders"\nreason = "It is too late."\nowner = "us"\n'
    write(root, {".invariants/carveouts.toml": stanza})
    assert broken(check(Options(root, only=("naming", "carveouts")))) == set()


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("t.name = 'public.orders'", "t.nme = 'public.orders'", "no such column: t.nme"),
        ("t.name = 'public.orders'", 't.name = "public.orders"', "double quotes"),
        ("t.name = 'public.orders'", "t.kind = 'tabel'", "t.kind is never 'tabel'"),
        ("t.name = 'public.orders'", "random() > 0", "not authorized to use function: random"),
        ("-- @over db_table", "-- @over nowhere", "no such table: nowhere"),
        ("select t.at", "delete from main.db_table; select t.at", "not one query"),
    ],
)
def test_a_broken_own_rule_stops_the_run_and_is_named(root: Path, old: str, new: str, expected: str) -> None:
    assert old in OWN
    write(root, {".invariants/rules/no-orders.sql": OWN.replace(old, new)})
    for _ in range(2):  # a refusal is not remembered as a success
        assert refusal(Options(root)).startswith(".invariants/rules/no-orders.sql")
        assert expected in refusal(Options(root))


def test_rules_and_packs_are_selected_by_name(root: Path) -> None:
    assert broken(check(Options(root, only=("rls-enabled",)))) == {("rls-enabled", "public.orders")}
    assert broken(check(Options(root, skip=("rls-enabled",)))) == {("rls-policy-present", "public.tenants")}
    assert broken(check(Options(root, only=("tenancy",), skip=("rls-enabled", "rls-policy-present")))) == set()
    assert "rls-enabeld: there is no such rule or pack" in refusal(Options(root, only=("rls-enabeld",)))


def test_paths_filter_what_is_reported_never_what_is_analysed(root: Path) -> None:
    write(root, {"migrations/2_more.sql": "create table carts (id uuid primary key, tenant_id uuid not null references tenants);\n"})
    outcome = check(Options(root, only=("rls-enabled",), paths=("migrations/2_more.sql",)))
    assert broken(outcome) == {("rls-enabled", "public.carts")}
    assert next(pack.total for pack in outcome.packs) == 3
    assert broken(check(Options(root, only=("rls-enabled",), paths=("migrations",)))) >= broken(outcome)
    assert "no such file or folder" in refusal(Options(root, paths=("nowhere",)))


def test_a_configured_pattern_that_matches_nothing_stops_the_run(root: Path) -> None:
    write(root, {".invariants/config.toml": '[[database]]\nmigrations = ["db/*.sql"]\n'})
    assert refusal(Options(root)) == ".invariants/config.toml:2: 'db/*.sql' matches no file; mend the pattern, or remove it"


def test_a_configured_database_is_called_what_it_is_called(root: Path) -> None:
    write(root, {".invariants/config.toml": '[[database]]\nname = "main"\nmigrations = ["migrations/*.sql"]\n'})
    assert {each.database for each in check(Options(root)).findings} == {"main"}


def test_a_level_for_no_rule_stops_the_run(root: Path) -> None:
    write(root, {".invariants/config.toml": '[levels]\nrls-enabeld = "off"\n'})
    assert ".invariants/config.toml:2: there is no rule rls-enabeld" in refusal(Options(root))


def test_a_changed_configuration_changes_the_verdict(root: Path) -> None:
    check(Options(root))
    write(root, {".invariants/config.toml": '[tenancy]\nkeys = ["shop_id"]\n'})
    assert ("rls-enabled", "public.orders") not in broken(check(Options(root)))


def test_a_migration_that_cannot_be_read_is_a_finding(root: Path, tmp_path: Path) -> None:
    (tmp_path / "outside.sql").write_text(SECURED)
    (root / "migrations/2_link.sql").symlink_to(tmp_path / "outside.sql")
    (root / "migrations/3_binary.sql").write_bytes(b"\0\1\2")
    found = {each.subject: each for each in check(Options(root, only=("migrations",))).findings}
    assert found["migrations/2_link.sql"].verdict == "unverified"
    assert "leads out of the repository" in found["migrations/2_link.sql"].message
    assert found["migrations/3_binary.sql"].verdict == "unverified"


def test_an_empty_repository_is_vacuous_and_says_so(tmp_path: Path) -> None:
    outcome = check(Options(tmp_path, cached=False))
    assert not outcome.findings
    reasons = {pack.vacuous_reason for pack in outcome.packs}
    assert reasons == {"no carve-outs", "no manifest", "no migrations", "no routes", "no tenant tables"}
    assert "no migrations were found" in outcome.detected[0]


def test_one_migration_is_said_in_the_singular(tmp_path: Path) -> None:
    (tmp_path / "migrations").mkdir()
    (tmp_path / "migrations" / "0001_init.sql").write_text("create table orders (id uuid primary key, tenant_id uuid not null);")
    assert "1 migration in migrations," in check(Options(tmp_path, cached=False)).detected[0]


def test_a_carveout_about_to_expire_is_warned_of(root: Path) -> None:
    stanza = '[[carveout]]\nrule = "rls-enabled"\nsubject = "public.orders"\nreason = "r"\nowner = "o"\nexpires = 2026-06-30\n'
    write(root, {".invariants/carveouts.toml": stanza})
    assert check(Options(root, today=date(2026, 6, 16))).notes == ("a carve-out of tenancy expires in 14 days",)
    assert check(Options(root, today=date(2026, 6, 29))).notes == ("a carve-out of tenancy expires in 1 day",)
    assert check(Options(root, today=date(2026, 6, 30))).notes == ("a carve-out of tenancy expires today",)
    assert check(Options(root, today=date(2026, 6, 15))).notes == ()
    assert ("carveout-current", "rls-enabled public.orders") in broken(check(Options(root, today=date(2026, 7, 1))))


def test_facts_can_be_asked(root: Path) -> None:
    columns, rows = Run(Options(root)).store.ask("select name, rls_enabled, file, line from db_table order by name")
    assert columns == ["name", "rls_enabled", "file", "line"]
    assert rows == [("public.orders", 0, "migrations/1_init.sql", 3), ("public.tenants", 1, "migrations/1_init.sql", 1)]


def test_the_pack_of_routes_counts_every_route_once(tmp_path: Path) -> None:
    doors = [f"@app.{method}('/orders')\ndef {method}_orders(): ...\n" for method in ("get", "post")]
    (tmp_path / "main.py").write_text("\n\n".join(["from fastapi import FastAPI\napp = FastAPI()", *doors]))
    [pack] = [each for each in check(Options(tmp_path, cached=False)).packs if each.pack == "routes"]
    assert (pack.total, pack.broken) == (2, 2)
