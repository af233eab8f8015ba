"""The hook, in a repository of its own: it refuses a violation and lets its mend pass, whatever manages it."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from repositories import git, write

ROOT = Path(__file__).parents[1]
NPM = Path(sys.prefix) / "npm" / "node_modules"
"""Where ``scripts/test`` installs what comes from npm alone."""
RECIPES = (ROOT / "docs" / "hooks.md").read_text(encoding="utf-8")
GOOD = """create table tenants (id uuid primary key);
alter table tenants enable row level security;
alter table tenants force row level security;
create policy self on tenants using (id = nullif(current_setting('app.tenant_id', true), '')::uuid);
"""
ORDERS = "create table orders (id uuid primary key, tenant_id uuid not null references tenants);\ncreate index on orders (tenant_id);\n"
MEND = """alter table orders enable row level security;
alter table orders force row level security;
create policy tenant_rows on orders using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
"""
NAMES = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.org", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.org"}


class Repository:
    """A scratch repository with the hook installed."""

    def __init__(self, root: Path, home: Path) -> None:
        self.root = root
        self.environment = {
            **_without_git(),
            **NAMES,
            "PRE_COMMIT_HOME": str(home),
            "PREK_HOME": str(home),
            "INVARIANTS_CACHE_DIR": str(home),
        }

    def git(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = ["git", "-c", "protocol.file.allow=always", *arguments]
        return subprocess.run(command, cwd=self.root, env=self.environment, capture_output=True, text=True, check=False)

    def commit(self, **files: str | None) -> subprocess.CompletedProcess[str]:
        for name, text in files.items():
            path = self.root / "migrations" / f"{name.replace('_', '-', 1)}.sql"
            path.parent.mkdir(exist_ok=True)
            if text is None:
                path.unlink()
            else:
                path.write_text(text, encoding="utf-8")
        self.git("add", "-A")
        return self.git("commit", "-m", "change")


def _without_git() -> dict[str, str]:
    """This test may itself run in a hook, whose variables point at another repository."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {name: value for name, value in os.environ.items() if not name.startswith("GIT_")} | {"PATH": path}


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This checkout as a repository that pre-commit can clone, whatever is committed of it."""
    target = tmp_path_factory.mktemp("hooks")
    for name in (".pre-commit-hooks.yaml", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, target / name)
    for name in ("src", "rules"):
        shutil.copytree(ROOT / name, target / name, ignore=shutil.ignore_patterns("__pycache__"))
    hooks = Repository(target, target)
    hooks.git("init", "-q")
    hooks.git("add", "-A")
    hooks.git("commit", "-q", "-m", "hooks")
    return target


@pytest.fixture(scope="module", params=[("pre-commit", "--install-hooks"), ("prek", "--prepare-hooks")], ids=lambda manager: manager[0])
def managed(checkout: Path, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Repository:
    """A repository whose hooks are managed, from this checkout."""
    manager, eager = request.param
    root = tmp_path_factory.mktemp("product")
    made = Repository(root, tmp_path_factory.mktemp("home"))
    made.git("init", "-q")
    revision = subprocess.run(["git", "rev-parse", "HEAD"], cwd=checkout, capture_output=True, text=True, check=True).stdout.strip()
    config = f"repos:\n  - repo: {checkout}\n    rev: {revision}\n    hooks:\n      - id: invariants\n"
    (root / ".pre-commit-config.yaml").write_text(config, encoding="utf-8")
    install = [Path(sys.executable).parent / manager, "install", eager]
    run = subprocess.run(install, cwd=root, env=made.environment, capture_output=True, text=True, check=False)
    if run.returncode and re.search(
        "ConnectionError|No matching distribution|error sending request|Failed to fetch", run.stdout + run.stderr
    ):
        pytest.skip(f"{manager} builds the hook's environment from a package index, and none can be reached")
    assert run.returncode == 0, run.stdout + run.stderr
    return made


@pytest.fixture(
    params=re.findall(r"```sh\n(?:#!/bin/sh\n)?# (\S+/pre-commit)\n(.+?)\n```", RECIPES, re.DOTALL), ids=lambda recipe: recipe[0]
)
def by_hand(tmp_path: Path, request: pytest.FixtureRequest) -> Repository:
    """A repository with a hook as docs/hooks.md shows it."""
    path, script = request.param
    made = Repository(tmp_path / "product", tmp_path)
    made.root.mkdir()
    made.git("init", "-q")
    made.git("config", "core.hooksPath", str(Path(path).parent))
    write(made.root, {path: f"#!/bin/sh\n{script}\n", ".gitignore": ".husky\n"})
    (made.root / path).chmod(0o755)
    return made


@pytest.fixture(params=["lefthook", "husky"])
def from_npm(tmp_path: Path, request: pytest.FixtureRequest) -> Repository:
    """A repository with the file of a manager for JavaScript as docs/hooks.md shows it, and that manager run on it."""
    name = request.param
    if not (NPM / name).exists():
        pytest.skip(f"npm install --ignore-scripts --prefix .venv/npm {name}: it is not installed")
    [(path, text)] = re.findall(rf"## {name}\n\n```\w+\n# (\S+)\n(.+?)```", RECIPES, re.DOTALL)
    made = Repository(tmp_path / "product", tmp_path)
    made.environment["PATH"] += f"{os.pathsep}{NPM / '.bin'}"
    made.root.mkdir()
    made.git("init", "-q", "-b", "main")
    write(made.root, {path: text, "package.json": '{"private": true}\n'})
    install = [NPM / ".bin" / name, *(["install"] if name == "lefthook" else [])]
    subprocess.run(install, cwd=made.root, env=made.environment, capture_output=True, check=True)
    return made


def test_a_managed_hook_refuses_a_violation_and_lets_its_mend_pass(managed: Repository) -> None:
    _refuses_and_lets_pass(managed)


def test_a_hook_made_by_hand_refuses_a_violation_and_lets_its_mend_pass(by_hand: Repository) -> None:
    _refuses_and_lets_pass(by_hand)


def test_a_hook_from_npm_refuses_a_violation_and_lets_its_mend_pass(from_npm: Repository) -> None:
    _refuses_and_lets_pass(from_npm)


@pytest.mark.parametrize("from_npm", ["lefthook"], indirect=True)
def test_what_was_committed_without_a_look_is_not_pushed(from_npm: Repository, tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "--bare", "there")
    from_npm.git("remote", "add", "origin", str(tmp_path / "there"))
    from_npm.commit(n0001_tenants=GOOD)
    assert from_npm.git("push", "origin", "main").returncode == 0

    write(from_npm.root, {"migrations/n0002-orders.sql": ORDERS})
    from_npm.git("add", "-A")
    assert from_npm.git("commit", "--no-verify", "-m", "unseen").returncode == 0
    refused = from_npm.git("push", "origin", "main")
    assert refused.returncode != 0
    assert "public.orders: row security is never enabled" in refused.stdout + refused.stderr


def test_both_recipes_are_tried() -> None:
    assert RECIPES.count("```sh\n") == 2


def _refuses_and_lets_pass(repository: Repository) -> None:
    assert repository.commit(n0001_tenants=GOOD).returncode == 0

    refused = repository.commit(n0002_orders=ORDERS)
    assert refused.returncode != 0
    assert "public.orders: row security is never enabled" in refused.stdout + refused.stderr

    assert repository.commit(n0003_mend=MEND).returncode == 0

    unmended = repository.commit(n0003_mend=None)
    assert unmended.returncode != 0, "deleting the migration that enables row security must not sail through"
    repository.git("reset", "-q", "--hard")
    assert repository.commit(n0004_comment="-- nothing\n").returncode == 0
