import json
import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

from cli.commands import run
from repositories import git, repository, write

CONFIG = ".invariants/config.toml"
CARVEOUTS = ".invariants/carveouts.toml"
ENV = ".invariants/env.toml"
WORKFLOW = ".github/workflows/invariants.yml"
SUITE = Path(__file__).parents[2] / "fixtures" / "apps" / "suite"

TENANTS = """create table tenants (id uuid primary key);
alter table tenants enable row level security, force row level security;
create policy self on tenants using (id = nullif(current_setting('app.tenant_id', true), '')::uuid);
"""
ORDERS = """create role app_user;
create table orders (id uuid primary key, tenant_id uuid not null references tenants);
create index on orders (tenant_id);
alter table orders enable row level security;
create policy own on orders using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
grant select on orders to app_user;
create table logs (id uuid primary key);
"""
PRODUCT = {"migrations/1_tenants.sql": TENANTS, "migrations/2_orders.sql": ORDERS}
SHOPS = """create table shops (id uuid primary key);
create table carts (id uuid primary key, shop_id uuid not null references shops);
create table items (id uuid primary key, shop_id uuid not null references shops, tenant_id uuid);
create table gifts (id uuid primary key, shop_id uuid not null references shops);
"""
MODEL = """from django.db import migrations, models

class Migration(migrations.Migration):
    dependencies = []
    operations = [
        migrations.CreateModel("Tenant", [("id", models.UUIDField(primary_key=True))]),
        migrations.CreateModel("Order", [
            ("id", models.UUIDField(primary_key=True)),
            ("tenant", models.ForeignKey("shop.Tenant", models.CASCADE)),
        ]),
    ]
"""
REVISION = """import sqlalchemy as sa
from alembic import op
revision = "a1"
down_revision = None

def upgrade():
    op.create_table("tenants", sa.Column("id", sa.Uuid(), primary_key=True))
    op.create_table("orders", sa.Column("tenant_id", sa.Uuid(), sa.ForeignKey("tenants.id"), nullable=False))
"""
JOURNAL = '{"version": "7", "dialect": "postgresql", "entries": [{"idx": 0, "tag": "0000_a"}, {"idx": 1, "tag": "0001_b"}]}'
LAYOUTS = {
    "plain": PRODUCT,
    "supabase": {"supabase/migrations/20250101000000_a.sql": TENANTS, "supabase/migrations/20250102000000_b.sql": ORDERS},
    "prisma": {
        "prisma/migrations/migration_lock.toml": 'provider = "postgresql"\n',
        "prisma/migrations/1_a/migration.sql": TENANTS,
        "prisma/migrations/2_b/migration.sql": ORDERS,
    },
    "drizzle": {"drizzle/meta/_journal.json": JOURNAL, "drizzle/0000_a.sql": TENANTS, "drizzle/0001_b.sql": ORDERS},
    "flyway": {"db/migration/V1__a.sql": TENANTS, "db/migration/more/V2__b.sql": ORDERS},
    "golang-migrate": {"db/migrations/1_a.up.sql": TENANTS, "db/migrations/1_a.down.sql": "", "db/migrations/2_b.up.sql": ORDERS},
    "goose": {"db/migrations/1_a.sql": f"-- +goose Up\n{TENANTS}", "db/migrations/2_b.sql": f"-- +goose Up\n{ORDERS}"},
    "graphile-migrate": {"migrations/committed/000001.sql": TENANTS, "migrations/current.sql": ORDERS},
    "alembic": {"alembic/env.py": "", "alembic/script.py.mako": "", "alembic/versions/a1_first.py": REVISION},
    "django": {"manage.py": "", "shop/migrations/__init__.py": "", "shop/migrations/0001_initial.py": MODEL},
    "dump": {"db/structure.sql": TENANTS + ORDERS},
    "two databases": {"a/migrations/1.sql": TENANTS + ORDERS, "b/migrations/1.sql": SHOPS},
    "nothing": {"README.md": "Nothing.\n"},
}
PRE_COMMIT = """# Ours.
default_stages: [pre-commit]
repos:
- repo: local   # kept
  hooks:
  -   id: own
      name: own
      entry: "true"
      language: system

# The end.
exclude: ^vendor/
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return repository(tmp_path / "product", PRODUCT)


def files(root: Path) -> dict[str, str]:
    """All that lies in a work tree."""
    paths = (path for path in root.rglob("*") if path.is_file() and ".git" not in path.relative_to(root).parts)
    return {path.relative_to(root).as_posix(): path.read_bytes().decode() for path in paths}


def init(root: Path, *arguments: str) -> str:
    folder = arguments if "-C" in arguments else ()
    result = run(root, *folder, "init", *(() if folder else arguments))
    assert result.returncode == 0, result.stderr
    return re.sub(r" {2,}", " ", result.stdout)


def found(root: Path) -> tuple[int, list[tuple[str, ...]]]:
    result = run(root, "check", "--format", "json")
    keys = ("rule", "subject", "verdict", "fingerprint")
    return result.returncode, [tuple(each[key] for key in keys) for each in json.loads(result.stdout)["findings"]]


def config(root: Path) -> dict[str, object]:
    return tomllib.loads((root / CONFIG).read_text(encoding="utf-8"))


def test_what_is_found_comes_with_its_evidence(root: Path) -> None:
    said = init(root, "--dry-run")
    for sentence in (
        "databases migrations: 2 migrations in migrations/*.sql, run in the order of their names (detected)",
        "databases what runs migrations was not recognised: if it runs them in another order than that of their names, name it",
        "tenancy `tenant_id` is in 1 of 3 tables and references `public.tenants` in 1",
        "tenancy `public.tenants` is the table of tenants, which 1 table references",
        "tenancy `app_user` is a role that may read or write 1 table",
        "tenancy `app.tenant_id` says who the session is, which 2 policies ask for",
        "tenancy row security is enabled on 2 of 2 tenant tables",
    ):
        assert f" {sentence}" in said


def test_what_is_not_found_comes_with_how_to_say_it(tmp_path: Path) -> None:
    said = init(repository(tmp_path / "product", {"README.md": ""}))
    missing = said[said.index("Not found") :]
    for sentence in (
        "databases no migrations were found: say where they are, as `[[database]] migrations = [...]`",
        "frameworks there is no manifest of packages",
        "environment there is no file that shows which variables there are, such as `.env.example`",
        "hooks no hook manager was found: with git alone, `.git/hooks/pre-commit` may say `invariants check --staged`",
        "pipelines no pipeline was found: have one run `invariants check`",
    ):
        assert f" {sentence}" in missing


def test_what_was_detected_rules_from_then_on(root: Path) -> None:
    init(root)
    assert config(root)["tenancy"] == {
        "keys": ["tenant_id"],
        "root": "public.tenants",
        "roles": ["app_user"],
        "session": ["app.tenant_id"],
    }


@pytest.mark.parametrize("layout", LAYOUTS)
def test_what_is_written_is_accepted_and_changes_nothing_that_is_found(layout: str, tmp_path: Path) -> None:
    root = repository(tmp_path / "product", LAYOUTS[layout])
    before = found(root)
    assert before[0] in {0, 1}
    said = init(root)
    assert f"run by {layout}" in said or layout in {"plain", "dump", "two databases", "nothing"}
    assert found(root) == before
    written = files(root)
    assert {CONFIG, CARVEOUTS} <= written.keys()
    assert "There is nothing to write." in init(root)
    assert files(root) == written


def test_a_manifest_of_variables_is_begun_and_kept(root: Path) -> None:
    write(root, {"app.py": "import os\nos.environ['ORDERS_URL'], os.environ['MAIL_API_KEY']\n"})
    before = found(root)
    assert "environment 2 variables are read" in init(root)
    text = (root / ENV).read_text(encoding="utf-8")
    assert tomllib.loads(text)["variables"] == {"MAIL_API_KEY": {"kind": "secret"}, "ORDERS_URL": {"kind": "config"}}
    assert found(root) == before
    write(root, {"more.py": "import os\nos.environ['MORE']\n"})
    assert ("env-declared", "MORE") in {each[:2] for each in found(root)[1]}
    assert f"configuration {ENV} is there" in init(root)
    assert (root / ENV).read_text(encoding="utf-8") == text


def test_a_product_of_its_own_configuration_keeps_every_byte_of_it(tmp_path: Path) -> None:
    root = repository(tmp_path / "product", files(SUITE))
    before = found(root)
    said = init(root)
    assert files(root) == files(SUITE)
    assert f"configuration {CONFIG} is there" in said
    assert found(root) == before


def test_what_is_detected_is_the_same_as_people_had_said(tmp_path: Path) -> None:
    unsaid = {path: text for path, text in files(SUITE).items() if not path.startswith(".invariants/")}
    root = repository(tmp_path / "product", unsaid)
    before = found(root)
    init(root)
    said = tomllib.loads((SUITE / CONFIG).read_text(encoding="utf-8"))["tenancy"]
    assert {key: config(root)["tenancy"][key] for key in ("keys", "root", "roles")} == {key: said[key] for key in ("keys", "root", "roles")}  # type: ignore[index]
    assert found(root) == before


def test_what_would_change_what_is_found_stays_a_comment(tmp_path: Path) -> None:
    root = repository(tmp_path / "product", LAYOUTS["two databases"])
    said = init(root)
    assert "a/migrations: `tenant_id` is in 1 of 3 tables" in said
    assert "b/migrations: `shop_id` is in 3 of 4 tables" in said
    text = (root / CONFIG).read_text(encoding="utf-8")
    assert '# Left to detection: to say it here would change what is found.\n# keys = ["tenant_id", "shop_id"]' in text
    assert "keys" not in config(root)["tenancy"]  # type: ignore[operator]


def test_one_table_of_tenants_is_not_said_to_be_that_of_two_databases(tmp_path: Path) -> None:
    init(root := repository(tmp_path / "product", LAYOUTS["two databases"]))
    assert "root" not in config(root)["tenancy"]  # type: ignore[operator]


def test_a_setting_that_policies_compare_with_constants_does_not_say_who_the_session_is(tmp_path: Path) -> None:
    bypass = "coalesce(nullif(current_setting('app.bypass', true), ''), 'off')"
    switch = f"create policy ops on orders using ({bypass} is not null and {bypass} = 'on' and {bypass} <> 'off');\n"
    said = init(repository(tmp_path / "product", PRODUCT | {"migrations/3.sql": switch}), "--dry-run")
    assert "`app.bypass`, which 1 policy asks for, is compared with constants only" in said
    assert "`app.bypass` says who" not in said
    assert "`app.tenant_id` says who the session is" in said


def test_that_each_user_counts_as_a_tenant_is_a_guess_and_not_pinned(tmp_path: Path) -> None:
    own = """create table notes (id uuid primary key, user_id uuid not null references auth.users);
alter table notes enable row level security;
create policy own on notes using (user_id = auth.uid());
"""
    root = repository(tmp_path / "product", {"supabase/migrations/20250101000000_a.sql": own})
    said = init(root)
    assert (
        "`user_id` is in 1 of 1 table and references `auth.users` in 1: no column names a larger tenant" in said[said.index("Not found") :]
    )
    assert config(root)["tenancy"] == {"roles": ["anon", "authenticated"], "session": ["auth.uid"]}


def test_candidates_for_the_key_are_named_where_none_was_detected(tmp_path: Path) -> None:
    tables = "create table a (id int, region_id int);\ncreate table b (id int, region_id int);\n"
    said = init(repository(tmp_path / "product", {"migrations/1.sql": tables}), "--dry-run")
    assert "name it, as `keys = [...]` (there is region_id in 2 tables)" in said


def test_users_of_connections_are_named_and_their_passwords_never(tmp_path: Path) -> None:
    env = "DATABASE_URL=postgresql://app_user:s3cret@db/x\nADMIN_URL=postgres://boss:s3cret@db/x\n"
    compose = "services:\n  db:\n    environment:\n      POSTGRES_USER: boss\n      POSTGRES_PASSWORD: s3cret\n"
    said = init(root := repository(tmp_path / "product", PRODUCT | {".env.example": env, "compose.yaml": compose}))
    assert "`app_user` is the user of DATABASE_URL in .env.example:1\n" in said
    assert "`boss` is made a superuser by POSTGRES_USER in compose.yaml:4\n" in said
    assert "`boss` is the user of ADMIN_URL in .env.example:2: a superuser, whom row security never holds\n" in said
    assert "`boss` is the user of ADMIN_URL" in (root / CONFIG).read_text(encoding="utf-8")
    assert "s3cret" not in said + "".join(text for path, text in files(root).items() if path.startswith(".invariants"))


def test_a_dry_run_writes_nothing_and_shows_what_git_would_apply(root: Path) -> None:
    write(root, {".pre-commit-config.yaml": PRE_COMMIT, ".github/workflows/ci.yml": "on: push\n", ".husky/commit-msg": "true\n"})
    before = files(root)
    shown = run(root, "init", "--dry-run").stdout
    assert files(root) == before
    patch = shown[shown.index("--- ") :].replace("\n\n--- ", "\n--- ")
    subprocess.run(["git", "apply", "-"], cwd=root, input=patch, text=True, check=True)
    applied = files(root)
    assert applied.keys() - before.keys() == {CONFIG, CARVEOUTS, WORKFLOW}
    for path in applied.keys() - before.keys():
        (root / path).unlink()
    write(root, before)
    init(root)
    assert files(root) == applied


def test_an_entry_for_pre_commit_keeps_the_file_as_it_was_and_is_run(root: Path) -> None:
    write(root, {".pre-commit-config.yaml": PRE_COMMIT})
    init(root)
    text = (root / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    head, tail = PRE_COMMIT.split("\n\n# The end.")
    assert text.startswith(head + "\n# Runs the invariants")
    assert text.endswith("\n\n# The end." + tail)
    entry = yaml.safe_load(text)["repos"][1]["hooks"][0]
    assert entry | {"id": "invariants", "entry": "invariants check --staged", "pass_filenames": False, "always_run": True} == entry
    assert _committed(root, "pre-commit") != 0
    assert "pre-commit, by .pre-commit-config.yaml" in init(root)


def _committed(root: Path, manager: str) -> int:
    """What a commit that breaks a promise comes to, with the hook run as the manager does."""
    from test_hook import _without_git

    write(root, {"migrations/3_carts.sql": "create table carts (id uuid primary key, tenant_id uuid not null references tenants);\n"})
    git(root, "add", "-A")
    environment = _without_git() | {"PRE_COMMIT_HOME": str(root.parent / "home"), "INVARIANTS_CACHE_DIR": str(root.parent / "cache")}
    result = subprocess.run([manager, "run", "invariants"], cwd=root, env=environment, capture_output=True, text=True, check=False)
    assert "public.carts: row security is never enabled" in result.stdout, result.stdout + result.stderr
    return result.returncode


def test_hooks_that_git_itself_runs_from_a_folder_stop_a_commit(root: Path) -> None:
    from test_hook import Repository

    write(root, {"tools/hooks/pre-commit": "#!/bin/sh\nset -e\ntrue\n"})
    (root / "tools/hooks/pre-commit").chmod(0o755)
    git(root, "config", "core.hooksPath", "tools/hooks")
    assert "git itself (core.hooksPath), by tools/hooks/pre-commit" in init(root)
    made = Repository(root, root.parent / "home")
    assert made.commit(n0003_note="create table notes (id uuid primary key);\n").returncode == 0
    refused = made.commit(n0004_carts="create table carts (id uuid primary key, tenant_id uuid not null references tenants);\n")
    assert refused.returncode != 0
    assert "public.carts: row security is never enabled" in refused.stdout + refused.stderr


def test_prek_gets_a_stanza(root: Path) -> None:
    old = '[[repos]]\nrepo = "local"\nhooks = [{ id = "own", name = "own", entry = "true", language = "system" }]\n'
    write(root, {"prek.toml": old})
    init(root)
    text = (root / "prek.toml").read_text(encoding="utf-8")
    assert text.startswith(old)
    assert _committed(root, "prek") != 0


def test_it_works_from_a_sub_folder_and_in_a_linked_work_tree(root: Path) -> None:
    init(root, "-C", "migrations")
    assert (root / CONFIG).exists()
    git(root, "worktree", "add", "-q", "../linked")
    linked = root.parent / "linked"
    write(linked, {".husky/pre-commit": "true\n"})
    init(linked)
    assert files(linked)[CONFIG] == files(root)[CONFIG]
    assert "invariants check" in files(linked)[".husky/pre-commit"]


def test_a_root_inside_of_a_repository_writes_nothing_outside_of_itself(tmp_path: Path) -> None:
    around = {f"shop/{path}": text for path, text in PRODUCT.items()}
    top = repository(tmp_path / "product", {**around, "shop/.invariants/rules/.keep": "", ".husky/pre-commit": "true\n"})
    said = init(top, "-C", "shop")
    assert "above this root: there, run `invariants -C shop check --staged`" in said
    assert files(top)[".husky/pre-commit"] == "true\n"
    assert "keys" in config(top / "shop")["tenancy"]  # type: ignore[operator]


def test_it_works_without_git(tmp_path: Path) -> None:
    root = tmp_path / "product"
    write(root, PRODUCT)
    before = found(root)
    assert "this is no git repository, so that no hook is run" in init(root)
    assert found(root) == before
    assert "keys" in config(root)["tenancy"]  # type: ignore[operator]


def test_that_git_ignores_the_configuration_is_said(root: Path) -> None:
    write(root, {".gitignore": ".*\n"})
    result = run(root, "init")
    assert f"git ignores {CONFIG}, so that no run sees what it says: take it out of .gitignore" in result.stderr


def test_links_out_of_the_root_are_not_written_through(root: Path) -> None:
    outside = root.parent / "outside"
    write(outside, {"pre-commit": "true\n", "config.yaml": PRE_COMMIT})
    (root / ".husky").symlink_to(outside)
    said = init(root)
    assert ".husky/pre-commit leads out of the repository through a link" in said
    assert files(outside) == {"pre-commit": "true\n", "config.yaml": PRE_COMMIT}


def test_a_configuration_behind_a_link_is_refused(root: Path) -> None:
    (root.parent / "outside").mkdir()
    (root / ".invariants").symlink_to(root.parent / "outside")
    result = run(root, "init")
    assert result.returncode == 2
    assert result.stderr == "error: .invariants: it is a link, and what is behind it is not read; make it a folder\n"
    assert files(root.parent / "outside") == {}


def test_a_link_inside_of_the_root_stays_a_link(root: Path) -> None:
    write(root, {"tools/pre-commit.yaml": PRE_COMMIT})
    (root / ".pre-commit-config.yaml").symlink_to("tools/pre-commit.yaml")
    init(root)
    assert (root / ".pre-commit-config.yaml").is_symlink()
    assert "id: invariants" in (root / "tools/pre-commit.yaml").read_text(encoding="utf-8")


def test_where_one_file_cannot_be_written_none_is(root: Path) -> None:
    write(root, {".invariants": "in the way", ".husky/pre-commit": "true\n"})
    before = files(root)
    result = run(root, "init")
    assert result.returncode == 2
    assert "cannot be written" in result.stderr
    assert "nothing was written" in result.stderr
    assert files(root) == before


def test_a_folder_that_may_not_be_written_to_stays_as_it_is(root: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    before = files(root)
    root.chmod(0o500)
    try:
        result = run(root, "init")
        assert result.returncode == 2
        assert "nothing was written" in result.stderr
        assert "config.toml" in run(root, "init", "--dry-run").stdout
    finally:
        root.chmod(0o700)
    assert files(root) == before


def test_names_command_neither_the_terminal_nor_the_configuration(tmp_path: Path) -> None:
    odd = 'create table "a\n[levels]\nb" (id int primary key);\ncreate table "x\x1b[31m" (tenant_id int references "a\n[levels]\nb");\n'
    root = repository(tmp_path / "product", {"migrations/1.sql": odd})
    before = found(root)
    said = run(root, "init").stdout
    assert "\x1b" not in said
    assert "\n[levels]" not in said
    assert list(config(root)) == ["tenancy"]
    assert found(root) == before


def test_a_broken_configuration_stops_it(root: Path) -> None:
    write(root, {CARVEOUTS: "[[carveout]\n"})
    result = run(root, "init")
    assert result.returncode == 2
    assert ".invariants/carveouts.toml:1: it is not TOML" in result.stderr
    assert not (root / CONFIG).exists()
