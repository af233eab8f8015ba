"""What is staged, and what is new since a commit, in every state that git can be in."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from invariants.check import Options, check
from invariants.finding import Outcome
from invariants.git import GitError
from repositories import git, repository, write

TENANTS = """\
create table tenants (id uuid primary key);
alter table tenants enable row level security, force row level security;
create policy self on tenants using (id = nullif(current_setting('app.tenant_id', true), '')::uuid);
"""
ORDERS = "create table orders (id uuid primary key, tenant_id uuid not null references tenants);\ncreate index on orders (tenant_id);\n"
MEND = """\
alter table orders enable row level security, force row level security;
create policy tenant_rows on orders using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
"""
CARTS = ORDERS.replace("orders", "carts")
EXPOSED, CARTED = ("rls-enabled", "public.orders"), ("rls-enabled", "public.carts")


@pytest.fixture(autouse=True)
def _no_hook(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("INVARIANTS_CACHE_DIR", str(tmp_path / "cache"))


@pytest.fixture
def secured(tmp_path: Path) -> Path:
    """A product in which everything holds."""
    return repository(tmp_path / "product", {"migrations/1_init.sql": TENANTS + ORDERS, "migrations/2_mend.sql": MEND, "notes.txt": ""})


@pytest.fixture
def exposed(tmp_path: Path) -> Path:
    """A product in which orders were always exposed."""
    return repository(tmp_path / "product", {"migrations/1_init.sql": TENANTS + ORDERS})


def found(outcome: Outcome) -> set[tuple[str, str]]:
    assert not outcome.errors
    return {(each.rule, each.subject) for each in outcome.findings if each.rule.startswith("rls")}


def staged(root: Path) -> set[tuple[str, str]]:
    return found(check(Options(root, "index", "HEAD")))


def since(root: Path, revision: str) -> set[tuple[str, str]]:
    return found(check(Options(root, "work", revision)))


def test_what_was_broken_before_does_not_block_and_what_is_new_does(exposed: Path) -> None:
    write(exposed, {"migrations/2_carts.sql": CARTS})
    assert staged(exposed) == set()
    assert since(exposed, "HEAD") == {CARTED}
    git(exposed, "add", "-A")
    outcome = check(Options(exposed, "index", "HEAD"))
    assert found(outcome) == {CARTED}
    assert outcome.notes == ("1 finding stands on HEAD too and is not shown",)


def test_a_violation_far_from_the_change_is_found(secured: Path) -> None:
    """Orders are made in one file, secured in another, and exposed by configuring a third."""
    settings = '[tenancy]\nkeys = ["tenant_id"]\nroot = "public.tenants"\nsession = ["app.shop_id"]\n'
    write(secured, {".invariants/config.toml": settings})
    git(secured, "add", "-A")
    assert ("rls-policy-isolates", "public.orders/tenant_rows") in staged(secured)


def test_a_finding_that_moved_is_not_new(exposed: Path) -> None:
    write(exposed, {"migrations/1_init.sql": "-- orders, at last\n\n" + TENANTS + "\n\n" + ORDERS})
    git(exposed, "add", "-A")
    assert staged(exposed) == since(exposed, "HEAD") == set()


def test_the_first_commit_is_compared_with_nothing(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    write(tmp_path, {"migrations/1_init.sql": TENANTS + ORDERS})
    assert staged(tmp_path) == set()
    git(tmp_path, "add", "-A")
    assert staged(tmp_path) == {EXPOSED}
    with pytest.raises(GitError, match="there is no commit HEAD here"):
        since(tmp_path, "HEAD")


def test_only_what_is_staged_of_a_file_counts(secured: Path) -> None:
    write(secured, {"migrations/3_carts.sql": CARTS})
    git(secured, "add", "-A")
    write(secured, {"migrations/3_carts.sql": CARTS + MEND.replace("orders", "carts")})
    assert staged(secured) == {CARTED}
    assert since(secured, "HEAD") == set()


def test_a_file_that_is_only_intended_to_be_added_is_not_there(secured: Path) -> None:
    write(secured, {".invariants/config.toml": "no TOML at all", "migrations/3_carts.sql": CARTS, "empty.txt": ""})
    git(secured, "add", "empty.txt")
    git(secured, "add", "--intent-to-add", "migrations/3_carts.sql", ".invariants/config.toml")
    outcome = check(Options(secured, "index", "HEAD"))
    assert found(outcome) == set()
    assert [pack.total for pack in outcome.packs if pack.pack == "migrations"] == [2]


def test_to_delete_what_enables_row_security_is_found(secured: Path) -> None:
    git(secured, "rm", "-q", "migrations/2_mend.sql")
    assert staged(secured) == since(secured, "HEAD") == {EXPOSED}


def test_to_rename_it_to_where_it_runs_first_is_found(secured: Path) -> None:
    git(secured, "mv", "migrations/2_mend.sql", "migrations/0_mend.sql")
    assert EXPOSED in staged(secured)


def test_to_commit_one_path_judges_that_path(secured: Path) -> None:
    """``git commit PATH`` runs hooks on an index of its own."""
    write(secured, {"migrations/3_carts.sql": CARTS, "notes.txt": "n"})
    git(secured, "add", "-A")
    seen = seen_by_hook(secured)
    git(secured, "commit", "-q", "-m", "notes", "notes.txt")
    assert seen() == set()
    git(secured, "commit", "-q", "-m", "carts", "migrations/3_carts.sql")
    assert seen() == {CARTED}


def seen_by_hook(root: Path) -> Callable[[], set[tuple[str, str]]]:
    """Install a hook that keeps its environment, and answer what a run in it finds (git takes the index away when it has committed)."""
    hook = root / ".git" / "hooks" / "pre-commit"
    log = root / ".git" / "hook"
    hook.write_text(f'#!/bin/sh\ncp "$GIT_INDEX_FILE" {log}-index\ngit rev-parse HEAD > {log}-head\n')
    hook.chmod(0o755)

    def seen() -> set[tuple[str, str]]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("GIT_INDEX_FILE", f"{log}-index")
            return found(check(Options(root, "index", Path(f"{log}-head").read_text().strip())))

    return seen


def test_a_merge_is_compared_with_the_branch_that_it_goes_into(secured: Path) -> None:
    git(secured, "checkout", "-qb", "feature")
    write(secured, {"migrations/3_carts.sql": CARTS})
    git(secured, "add", "-A")
    git(secured, "commit", "-qm", "carts")
    git(secured, "checkout", "-q", "main")
    git(secured, "merge", "-q", "--no-ff", "--no-commit", "feature")
    assert staged(secured) == {CARTED}


def test_a_conflict_is_judged_as_it_is_resolved(secured: Path) -> None:
    git(secured, "checkout", "-qb", "other")
    write(secured, {"migrations/2_mend.sql": MEND + "-- theirs\n"})
    git(secured, "commit", "-qam", "theirs")
    git(secured, "checkout", "-q", "main")
    write(secured, {"migrations/2_mend.sql": MEND + "-- ours\n"})
    git(secured, "commit", "-qam", "ours")
    with pytest.raises(Exception, match="merge"):
        git(secured, "merge", "other")
    write(secured, {"migrations/2_mend.sql": "-- neither\n"})
    git(secured, "add", "-A")
    assert staged(secured) == {EXPOSED}


def test_a_detached_head_is_a_base_like_any_other(secured: Path) -> None:
    git(secured, "checkout", "-q", "--detach")
    write(secured, {"migrations/3_carts.sql": CARTS})
    git(secured, "add", "-A")
    assert staged(secured) == {CARTED}


def test_a_linked_work_tree_has_an_index_and_a_head_of_its_own(secured: Path, tmp_path: Path) -> None:
    linked = tmp_path / "linked"
    git(secured, "worktree", "add", "-q", str(linked), "-b", "other")
    write(linked, {"migrations/3_carts.sql": CARTS})
    git(linked, "add", "-A")
    assert staged(linked) == since(linked, "main") == {CARTED}
    assert staged(secured) == set()


def test_a_submodule_is_a_repository_of_its_own(secured: Path, tmp_path: Path) -> None:
    outer = repository(tmp_path / "outer", {"migrations/1_init.sql": TENANTS})
    git(outer, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(secured), "inner")
    assert staged(outer) == set(), "what is inside counts for itself"
    write(outer / "inner", {"migrations/3_carts.sql": CARTS})
    git(outer / "inner", "add", "-A")
    assert staged(outer / "inner") == {CARTED}
    assert staged(outer) == since(outer, "HEAD") == set()


def test_a_folder_that_is_left_out_of_a_sparse_checkout_counts(secured: Path) -> None:
    git(secured, "sparse-checkout", "set", "--cone", "elsewhere")
    assert not (secured / "migrations").exists()
    write(secured, {"elsewhere/note.txt": "n"})
    git(secured, "add", "--sparse", "-A")
    assert staged(secured) == since(secured, "HEAD") == set()
    git(secured, "rm", "-q", "--sparse", "--cached", "migrations/2_mend.sql")
    assert staged(secured) == {EXPOSED}


def test_a_folder_below_the_top_is_compared_with_itself(tmp_path: Path) -> None:
    top = repository(
        tmp_path / "top", {"db/.invariants/config.toml": "", "db/migrations/1.sql": TENANTS, "migrations/1.sql": TENANTS + ORDERS}
    )
    write(top, {"db/migrations/2.sql": CARTS, "migrations/2.sql": CARTS.replace("carts", "elsewhere"), "db/later.sql": ""})
    git(top, "add", "--intent-to-add", "db/later.sql")
    git(top, "add", "db/migrations", "migrations")
    assert staged(top / "db") == since(top / "db", "HEAD") == {CARTED}


def test_a_commit_itself_is_the_base_and_three_dots_name_where_head_parted_from_it(exposed: Path) -> None:
    git(exposed, "checkout", "-qb", "feature")
    write(exposed, {"migrations/3_carts.sql": CARTS})
    git(exposed, "add", "-A")
    git(exposed, "commit", "-qm", "carts")
    git(exposed, "checkout", "-q", "main")
    write(exposed, {"migrations/2_mend.sql": MEND})
    git(exposed, "add", "-A")
    git(exposed, "commit", "-qm", "mend")
    git(exposed, "checkout", "-q", "feature")
    assert since(exposed, "main") == {EXPOSED, CARTED}, "main has been mended, this branch has not"
    assert since(exposed, "main...") == {CARTED}


def test_a_shallow_clone_says_what_to_fetch(secured: Path, tmp_path: Path) -> None:
    git(secured, "checkout", "-qb", "feature")
    write(secured, {"migrations/3_carts.sql": CARTS})
    git(secured, "add", "-A")
    git(secured, "commit", "-qm", "carts")
    shallow = tmp_path / "shallow"
    git(tmp_path, "clone", "-q", "--depth=1", f"file://{secured}", str(shallow))
    with pytest.raises(
        GitError, match=r"there is no commit origin/main here .*this clone is shallow: `git fetch --no-tags --depth=1 origin"
    ):
        since(shallow, "origin/main")
    git(shallow, "fetch", "-q", "--depth=1", "origin", "main:refs/remotes/origin/main")
    assert since(shallow, "origin/main") == {CARTED}
    with pytest.raises(GitError, match="no commit in common here; this clone is shallow: `git fetch --no-tags --unshallow`"):
        since(shallow, "origin/main...")


@pytest.mark.parametrize("revision", ["nowhere", "", "--all", "nowhere..."])
def test_a_revision_that_is_not_there_is_refused(secured: Path, revision: str) -> None:
    with pytest.raises(GitError):
        since(secured, revision)


def test_without_git_there_is_nothing_to_compare_with(tmp_path: Path) -> None:
    write(tmp_path, {"migrations/1_init.sql": TENANTS})
    with pytest.raises(GitError, match="not in a git work tree"):
        staged(tmp_path)
    with pytest.raises(GitError, match="not in a git work tree"):
        since(tmp_path, "HEAD")


def test_a_base_whose_configuration_is_broken_can_be_mended(exposed: Path) -> None:
    write(exposed, {".invariants/config.toml": "[tenancy\n"})
    git(exposed, "add", "-A")
    git(exposed, "commit", "-qm", "broken")
    write(exposed, {".invariants/config.toml": "[tenancy]\n"})
    git(exposed, "add", "-A")
    outcome = check(Options(exposed, "index", "HEAD"))
    assert found(outcome) == {EXPOSED}
    assert outcome.notes[0].startswith("HEAD cannot be judged, so that every finding counts as new: .invariants/config.toml:1")


def test_a_carveout_that_goes_makes_what_it_excused_new(exposed: Path) -> None:
    stanza = '[[carveout]]\nrule = "rls-enabled"\nsubject = "public.orders"\nreason = "r"\nowner = "o"\n'
    write(exposed, {".invariants/carveouts.toml": stanza})
    git(exposed, "add", "-A")
    git(exposed, "commit", "-qm", "excused")
    git(exposed, "rm", "-q", ".invariants/carveouts.toml")
    assert staged(exposed) == {EXPOSED}


def test_what_the_base_makes_of_a_carveout_does_not_colour_the_change(exposed: Path) -> None:
    """One stanza, untouched, is exceeded on the base and not in the change, which drops a table."""
    stanza = '[[carveout]]\nrule = "rls-enabled"\nsubject = "public.*"\nat_most = 1\nreason = "r"\nowner = "o"\n'
    write(exposed, {".invariants/carveouts.toml": stanza, "migrations/2_carts.sql": CARTS})
    git(exposed, "add", "-A")
    git(exposed, "commit", "-qm", "exceeded")
    git(exposed, "rm", "-q", "migrations/2_carts.sql")
    outcome = check(Options(exposed, "index", "HEAD"))
    assert [each.finding.subject for each in outcome.carved] == ["public.orders"]
    assert found(outcome) == set()


def test_a_change_cannot_switch_off_what_judges_it(secured: Path) -> None:
    write(secured, {".invariants/config.toml": '[levels]\nrls-enabled = "off"\nscope-kept = "off"\nmigration-immutable = "note"\n'})
    git(secured, "mv", "migrations/2_mend.sql", "migrations/3_mend.sql")
    git(secured, "add", "-A")
    outcome = check(Options(secured, "index", "HEAD"))
    assert {(each.rule, each.subject, each.level) for each in outcome.findings} == {
        ("migration-immutable", "migrations/2_mend.sql", "error"),
        ("scope-kept", "migration-immutable", "warning"),
        ("scope-kept", "rls-enabled", "warning"),
        ("scope-kept", "scope-kept", "warning"),
    }


def test_a_carveout_excuses_the_change_that_it_comes_with_and_no_later_one(secured: Path) -> None:
    stanza = '[[carveout]]\nrule = "migration-immutable"\nsubject = "migrations/2_mend.sql"\nreason = "Nobody has run it."\nowner = "o"\n'
    write(secured, {".invariants/carveouts.toml": stanza, "migrations/2_mend.sql": MEND + "-- once\n"})
    git(secured, "add", "-A")
    outcome = check(Options(secured, "index", "HEAD"))
    assert [each.finding.rule for each in outcome.carved] == ["migration-immutable"]
    assert {each.rule for each in outcome.findings} == {"carveout-reviewed"}
    git(secured, "commit", "-qm", "once")
    assert not [each for each in check(Options(secured)).findings if each.level == "error"], (
        "where there is no base, nothing tells whether it is live"
    )
    write(secured, {"migrations/2_mend.sql": MEND + "-- twice\n"})
    git(secured, "add", "-A")
    assert {each.rule for each in check(Options(secured, "index", "HEAD")).findings} == {"migration-immutable"}


def test_a_rule_of_the_repositorys_own_may_look_at_the_base(secured: Path) -> None:
    query = "select b.at, b.name as subject, 'it is gone' as message from base_db_table as b\n"
    query += "where not exists (select 1 from db_table as t where t.name = b.name)\n"
    head = "-- No table goes.\n--\n-- W.\n--\n-- Fix:\n--     f\n--\n-- @level error\n-- @over base_db_table\n-- @against base\n\n"
    write(secured, {".invariants/rules/tables-stay.sql": head + query, "migrations/3_drop.sql": "drop table orders;\n"})
    git(secured, "add", "-A")
    outcome = check(Options(secured, "index", "HEAD", only=("tables-stay",)))
    assert [(each.rule, each.subject, each.place.file) for each in outcome.findings] == [
        ("tables-stay", "public.orders", "migrations/1_init.sql")
    ]
    assert check(Options(secured, only=("tables-stay",))).vacuous == ("tables-stay",)


def test_a_statement_that_takes_away_stands_in_the_change_and_not_where_the_table_was_made(secured: Path) -> None:
    write(secured, {"migrations/3_drop.sql": "-- once\ndrop table orders;\n"})
    git(secured, "add", "-A")
    (found,) = (each for each in check(Options(secured, "index", "HEAD")).findings if each.rule == "migration-destructive-declared")
    assert (found.subject, found.place.file, found.place.line) == ("migrations/3_drop.sql", "migrations/3_drop.sql", 2)
    git(secured, "commit", "-qm", "dropped")
    assert not check(Options(secured, "index", "HEAD")).findings, "it has landed"


def test_what_went_is_reported_where_it_was(secured: Path) -> None:
    git(secured, "rm", "-q", "migrations/2_mend.sql")
    (found,) = (each for each in check(Options(secured, "index", "HEAD")).findings if each.rule == "migration-immutable")
    assert (found.place.file, found.place.line) == ("migrations/2_mend.sql", 1)
