"""A base is judged once, and not at all where it was the change of the run before; what only a change shows is never kept of one."""

from pathlib import Path
from typing import Any

import pytest

from invariants import comparison
from invariants.check import Options, check
from invariants.judge import Judgement, judge
from invariants.rule import built_in_rules
from invariants.vocabulary import compares
from repositories import git, repository, write

TENANTS = "create table tenants (id uuid primary key);\n"
ORDERS = "create table orders (id uuid primary key, tenant_id uuid not null references tenants);\n"
CARTS = ORDERS.replace("orders", "carts")
RULE = """\
-- Nothing that was there is gone.
--
-- Somebody may need it.
--
-- Fix:
--
--     put it back
--
-- @level error
-- @over base_db_table
select b.at, b.name as subject, 'it is gone' as message from base_db_table as b
where b.name not in (select name from db_table)
"""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("INVARIANTS_CACHE_DIR", str(tmp_path / "cache"))
    return repository(tmp_path / "product", {"migrations/1_init.sql": TENANTS + ORDERS})


def judged(root: Path, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether a run on what is staged judges its base, and answers as one without a cache."""
    bases = []

    def noted(*arguments: Any) -> Judgement:
        bases.append(arguments)
        return judge(*arguments)

    with monkeypatch.context() as patched:
        patched.setattr(comparison, "judge", noted)
        found = check(Options(root, "index", "HEAD")).findings
    assert found == check(Options(root, "index", "HEAD", cached=False)).findings
    return bool(bases)


def stage(root: Path, files: dict[str, str]) -> None:
    write(root, files)
    git(root, "add", "-A")


def test_a_base_is_judged_once(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stage(root, {"migrations/2_carts.sql": CARTS})
    assert judged(root, monkeypatch)
    stage(root, {"migrations/2_carts.sql": CARTS.replace("carts", "baskets")})
    assert not judged(root, monkeypatch)


def test_a_base_that_was_the_change_before_is_not_judged(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stage(root, {"migrations/2_carts.sql": CARTS})
    assert judged(root, monkeypatch)
    git(root, "commit", "-q", "-m", "carts")
    stage(root, {"migrations/3_baskets.sql": CARTS.replace("carts", "baskets")})
    assert not judged(root, monkeypatch)


@pytest.mark.parametrize(
    "files",
    [
        {".invariants/rules/nothing-gone.sql": RULE},
        {"migrations/1_init.sql": TENANTS + ORDERS + "-- edited\n"},
    ],
    ids=["a rule that sees the base", "a migration that has landed and was edited"],
)
def test_what_only_a_change_shows_is_not_kept_of_it(root: Path, monkeypatch: pytest.MonkeyPatch, files: dict[str, str]) -> None:
    stage(root, files | {"migrations/2_carts.sql": CARTS})
    assert judged(root, monkeypatch)
    git(root, "commit", "-q", "-m", "carts")
    stage(root, {"migrations/3_baskets.sql": CARTS.replace("carts", "baskets")})
    assert judged(root, monkeypatch)


def test_a_base_that_is_named_in_large_letters_is_seen_too() -> None:
    assert compares("select at from BASE_DB_TABLE")
    assert not compares("select at from DB_TABLE")


def test_of_the_rules_those_that_judge_changes_see_a_base_and_no_others() -> None:
    rules = built_in_rules()
    assert {rule.id for rule in rules if compares(f"{rule.query} {rule.over}")} == {rule.id for rule in rules if rule.against}
