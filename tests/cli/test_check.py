from pathlib import Path

import pytest

from cli.commands import run
from repositories import git, repository, write

EXPOSED = (
    "create table tenants (id uuid primary key);\ncreate table orders (id uuid primary key, tenant_id uuid not null references tenants);\n"
)

HELD = """create role app_user;
create table tenants (id uuid primary key);
alter table tenants enable row level security;
alter table tenants force row level security;
create policy own_row on tenants using (id = current_setting('app.tenant_id')::uuid);
create table orders (tenant_id uuid not null references tenants, id uuid, primary key (tenant_id, id));
alter table orders enable row level security;
alter table orders force row level security;
create policy tenant_rows on orders using (tenant_id = current_setting('app.tenant_id')::uuid);
grant select, insert, update, delete on tenants, orders to app_user;
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return repository(tmp_path / "product", {"migrations/1_init.sql": EXPOSED})


def test_old_findings_pass_and_are_counted(root: Path) -> None:
    assert run(root, "check").returncode == 1
    for arguments in (("--staged",), ("--since", "HEAD")):
        result = run(root, "check", *arguments)
        assert result.returncode == 0, result.stdout
        assert "stand on HEAD too and are not shown" in result.stdout


@pytest.mark.parametrize("arguments", [("--staged",), ("--since", "HEAD"), ("--since", "")])
def test_what_cannot_be_compared_is_no_pass(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    write(tmp_path, {"migrations/1_init.sql": EXPOSED})
    result = run(tmp_path, "check", *arguments)
    assert result.returncode == 2
    assert "is not in a git work tree" in result.stderr


@pytest.mark.parametrize("revision", ["nowhere", "", "nowhere..."])
def test_a_revision_that_is_not_there_is_no_pass(root: Path, revision: str) -> None:
    result = run(root, "check", "--since", revision)
    assert result.returncode == 2
    assert result.stderr.startswith("error: there is no commit")
    assert result.stderr.count("\n") == 1


def test_staged_and_since_exclude_each_other(root: Path) -> None:
    result = run(root, "check", "--staged", "--since", "HEAD")
    assert result.returncode == 2
    assert "take one of them" in result.stderr


@pytest.mark.parametrize("arguments", [("--staged",), ("--since", "HEAD")])
def test_sarif_of_a_comparison_is_refused_unless_asked_for(root: Path, arguments: tuple[str, ...]) -> None:
    assert run(root, "check", *arguments, "--format", "sarif").returncode == 2
    assert run(root, "check", *arguments, "--format", "sarif", "--allow-partial-sarif").returncode == 0


@pytest.mark.parametrize("form", ["text", "json", "sarif"])
def test_what_stands_in_a_file_that_is_gone_is_shown_in_every_format(root: Path, form: str) -> None:
    write(root, {"migrations/2_more.sql": "create table carts (id uuid primary key);\n"})
    git(root, "add", "-A")
    git(root, "commit", "-qm", "more")
    git(root, "rm", "-q", "migrations/2_more.sql")
    result = run(root, "check", "--staged", "--format", form, "--allow-partial-sarif")
    assert result.returncode == 1, result.stderr
    assert "migrations/2_more.sql" in result.stdout
    assert "it has landed, and is gone from the migrations" in result.stdout


def test_the_share_of_code_that_is_not_parsed_is_told(tmp_path: Path) -> None:
    """A file that registers nothing is parsed where what registers something needs it."""
    app = "import express from 'express'\nimport { list } from './list'\nconst app = express()\napp.get('/orders', list)\n"
    more = {f"{name}.ts": f"export function {name}() {{}}\n" for name in ("list", "sum", "mean")}
    root = repository(tmp_path / "product", {"app.ts": app, **more})
    for _ in ("cold", "warm"):
        assert "skipped    2 of 4 files of code (50%) were not parsed\n" in run(root, "check", "--stats").stderr


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        ((), 0),
        (("--strict",), 1),
        (("--strict", "--skip", "routes"), 1),
        (("--strict", "--skip", "routes", "--skip", "env"), 0),
        (("--strict", "--only", "tenancy", "--only", "carveouts"), 0),
    ],
)
def test_strict_wants_every_pack_that_is_asked_to_have_looked_at_something(tmp_path: Path, arguments: tuple[str, ...], status: int) -> None:
    """To have no exceptions is no fault; to have no routes is one, unless the pack is left out."""
    write(tmp_path, {"migrations/1_init.sql": HELD})
    result = run(tmp_path, "check", *arguments)
    assert result.returncode == status, result.stdout
    assert ("--strict: there was nothing to look at for" in result.stderr) is (status == 1)
