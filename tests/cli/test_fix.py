"""The command from end to end: what it writes, what it shows, and how it exits."""

import json
import subprocess
from pathlib import Path

import pytest

from cli.commands import run
from repositories import git, repository

FILES = {
    "migrations/001_start.sql": """\
create table tenants (id uuid primary key);
create table orders (id uuid primary key, tenant_id uuid not null references tenants);
alter table orders enable row level security;
create policy own on orders using (tenant_id = current_setting('app.tenant_id')::uuid);
""",
    ".invariants/config.toml": '[tenancy]\nkeys = ["tenant_id"]\n',
}
NEXT = "migrations/002_keep_tenants_apart.sql"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return repository(tmp_path / "root", FILES)


def test_it_says_what_it_wrote_and_mended_and_left(root: Path) -> None:
    done = run(root, "fix", "--skip", "rls-enabled")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        f"created: {NEXT}",
        "mended: public.orders.tenant_id  tenant-key-indexed",
        "mended: public.orders  rls-forced",
        "2 findings mended, 0 left",
    ]
    assert "alter table public.orders force row level security;\n" in (root / NEXT).read_text(encoding="utf-8")
    again = run(root, "fix", "--skip", "rls-enabled")
    assert (again.returncode, again.stdout) == (0, "nothing mended, 0 left\n")
    assert run(root, "check", "--only", "rls-forced").returncode == 0


def test_a_diff_writes_nothing_and_git_applies_it(root: Path) -> None:
    shown = run(root, "fix", "--diff", "--as-of", "2026-06-01")
    assert shown.returncode == 1
    assert f"would be written: {NEXT}\n" in shown.stderr
    assert git(root, "status", "--porcelain") == ""
    subprocess.run(["git", "apply"], cwd=root, input=shown.stdout, text=True, check=True)
    again = run(root, "fix", "--diff")
    assert (again.returncode, again.stdout) == (0, "")


def test_only_what_is_asked_for_is_mended(root: Path) -> None:
    run(root, "fix", "--only", "tenant-key-indexed")
    assert "row level security" not in (root / NEXT).read_text(encoding="utf-8")
    assert run(root, "fix", "--only", "nothing-such").returncode == 2


def test_what_stays_is_told_with_the_reason(tmp_path: Path) -> None:
    files = {path: text.replace("tenant_id =", "true or tenant_id =") for path, text in FILES.items()}
    done = run(repository(tmp_path / "open", files), "fix")
    assert "not mended: public.orders/own  rls-policy-isolates: which rows the policy is meant to let through" in done.stdout


def test_reports_show_the_same_patch(root: Path) -> None:
    said = json.loads(run(root, "check", "--format", "json").stdout)
    patches = {each["rule"]: each["patch"] for each in said["findings"]}
    assert patches["rls-forced"] == {
        "statements": ["alter table public.orders force row level security"],
        "undo": ["alter table public.orders no force row level security"],
        "insertions": [],
    }
    assert "= fix:\n" in (text := run(root, "check").stdout)
    assert "create index orders_tenant_id_idx on public.orders (tenant_id);" in text
    results = json.loads(run(root, "check", "--format", "sarif").stdout)["runs"][0]["results"]
    [change] = next(each for each in results if each["ruleId"] == "rls-forced")["fixes"][0]["artifactChanges"]
    assert change["artifactLocation"]["uri"] == NEXT
