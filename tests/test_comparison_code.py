"""Routes and variables that a change breaks, in every state that git can be in: found wherever they stand, and only where they are new."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from invariants.check import Options, check
from repositories import git, repository, write

REJECTS = """\
from fastapi import HTTPException, Request

def user(request: Request):
    if not known(request.headers.get("authorization")):
        raise HTTPException(401)
"""
PASSES = """\
from fastapi import Request

def user(request: Request):
    return request.headers.get("authorization")
"""
MAIN = """\
import os

from fastapi import Depends, FastAPI

from app.auth import user

app = FastAPI()
secret = os.environ["SECRET"]


@app.get("/orders", dependencies=[Depends(user)])
def orders():
    return []


@app.get("/old")
def old():
    return []
"""
MANIFEST = """\
[targets.local]
file = ".env.example"
format = "dotenv"
local = true

[variables.SECRET]
kind = "secret"
"""
FILES = {
    "app/main.py": MAIN,
    "app/auth.py": "from app.helpers import user\n",
    "app/helpers.py": REJECTS,
    ".invariants/env.toml": MANIFEST,
    ".env.example": "SECRET=\n",
    ".gitignore": ".env\n",
}
OPENED, OLD = ("route-auth-enforced", "GET /orders"), ("route-auth-declared", "GET /old")
UNDECLARED, MISSING = ("env-declared", "TOKEN"), ("env-targets-match", "SECRET@local")
WEAK = {"app/helpers.py": PASSES, "app/main.py": MAIN.replace('["SECRET"]', '["SECRET"] + os.environ["TOKEN"]'), ".env.example": ""}
BROKEN = {OPENED, UNDECLARED, MISSING}


@pytest.fixture(autouse=True)
def _no_hook(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("INVARIANTS_CACHE_DIR", str(tmp_path / "cache"))


@pytest.fixture
def product(tmp_path: Path) -> Path:
    """A product with one guarded route, an old one without a guard, and a variable that is declared and shown."""
    return repository(tmp_path / "product", FILES)


def found(options: Options) -> set[tuple[str, str]]:
    outcome = check(options)
    assert not outcome.errors
    return {(each.rule, each.subject) for each in outcome.findings if each.level == "error"}


def staged(root: Path) -> set[tuple[str, str]]:
    return found(Options(root, "index", "HEAD"))


def since(root: Path, revision: str) -> set[tuple[str, str]]:
    return found(Options(root, "work", revision))


def weakened(root: Path) -> Path:
    """The change, staged."""
    write(root, WEAK)
    git(root, "add", "-A")
    return root


def _detached(root: Path, _: Path) -> Path:
    git(root, "checkout", "-q", "--detach")
    return weakened(root)


def _linked(root: Path, beside: Path) -> Path:
    git(root, "worktree", "add", "-q", str(beside / "linked"), "-b", "other")
    return weakened(beside / "linked")


def _merging(root: Path, _: Path) -> Path:
    git(root, "checkout", "-qb", "feature")
    git(weakened(root), "commit", "-qm", "weak")
    git(root, "checkout", "-q", "main")
    git(root, "merge", "-q", "--no-ff", "--no-commit", "feature")
    return root


def _shallow(root: Path, beside: Path) -> Path:
    git(beside, "clone", "-q", "--depth=1", f"file://{root}", str(beside / "shallow"))
    return weakened(beside / "shallow")


def _sparse(root: Path, _: Path) -> Path:
    git(root, "sparse-checkout", "set", "--cone", "app")
    return weakened(root)


def _below(_: Path, beside: Path) -> Path:
    top = repository(beside / "top", {f"api/{path}": text for path, text in FILES.items()} | {"main.py": MAIN})
    write(top, {"main.py": PASSES})
    weakened(top / "api")
    return top / "api"


def _submodule(root: Path, beside: Path) -> Path:
    outer = repository(beside / "outer", {"README.md": ""})
    git(outer, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(root), "inner")
    return weakened(outer / "inner")


@pytest.mark.parametrize("state", [_detached, _linked, _merging, _shallow, _sparse, _below, _submodule])
def test_what_a_change_breaks_two_files_away_is_found_and_what_was_broken_is_not(
    state: Callable[[Path, Path], Path], product: Path, tmp_path: Path
) -> None:
    root = state(product, tmp_path)
    assert staged(root) == since(root, "HEAD") == BROKEN
    assert {OLD, *BROKEN} <= found(Options(root))


def test_before_the_first_commit_everything_is_new(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    write(tmp_path, FILES | WEAK)
    assert staged(tmp_path) == set()
    git(tmp_path, "add", "-A")
    assert {OLD, *BROKEN} <= staged(tmp_path)


def test_without_git_everything_counts(tmp_path: Path) -> None:
    write(tmp_path, FILES | WEAK)
    assert {OLD, *BROKEN} <= found(Options(tmp_path))


def test_only_what_is_staged_of_code_and_variables_counts(product: Path) -> None:
    write(product, {"app/helpers.py": PASSES, ".env.example": ""})
    git(product, "add", "app/helpers.py")
    write(product, {"app/helpers.py": REJECTS})
    assert (staged(product), since(product, "HEAD")) == ({OPENED}, {MISSING})


def test_code_that_is_only_intended_to_be_added_is_not_there(product: Path) -> None:
    write(product, {"app/new.py": MAIN.replace("/orders", "/new").replace(", dependencies=[Depends(user)]", ""), "empty.py": ""})
    git(product, "add", "--intent-to-add", "app/new.py")
    git(product, "add", "empty.py")
    assert staged(product) == set()
    assert since(product, "HEAD") == {("route-auth-declared", "GET /new")}


def test_to_delete_a_guard_is_found_and_to_delete_an_example_too(product: Path) -> None:
    git(product, "rm", "-q", "app/helpers.py", ".env.example")
    for new in (staged(product), since(product, "HEAD")):
        assert {subject for _, subject in new} == {"GET /orders", "SECRET@local"}


def test_to_rename_a_guard_away_from_where_it_is_imported_is_found(product: Path) -> None:
    git(product, "mv", "app/helpers.py", "app/others.py")
    assert {subject for _, subject in staged(product)} == {"GET /orders"}
    write(product, {"app/auth.py": "from app.others import user\n"})
    git(product, "add", "-A")
    assert staged(product) == set(), "a route is what it was, wherever its guard stands"


def test_to_commit_one_path_judges_that_path(product: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``git commit PATH`` runs hooks on an index of its own."""
    weakened(product)
    alone = product.parent / "index"
    git(product, "read-tree", "HEAD", GIT_INDEX_FILE=str(alone))
    git(product, "add", ".env.example", GIT_INDEX_FILE=str(alone))
    monkeypatch.setenv("GIT_INDEX_FILE", str(alone))
    assert staged(product) == {MISSING}


def test_a_file_with_values_is_found_once_it_is_staged(product: Path) -> None:
    write(product, {".env": "SECRET=abc\n"})
    assert staged(product) == set()
    git(product, "add", "--force", ".env")
    assert {subject for rule, subject in staged(product) if rule == "env-file-untracked"} == {".env"}
