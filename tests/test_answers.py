"""A kept answer is what a run would answer now, or none: whatever a run looked at brings another run about, and nothing else does."""

from datetime import date
from pathlib import Path

import pytest

from invariants import check
from invariants.answers import answered
from invariants.finding import Outcome
from invariants.options import Options
from repositories import git, repository, write

NOTES = "migrations/1_notes.sql"
TENANTS = "create table tenants (id uuid primary key);\n"
OPEN = "create table notes (id uuid primary key, tenant_id uuid not null references tenants (id));\n"
SHUT = OPEN + "alter table notes enable row level security;\nalter table notes force row level security;\n"
DAY = date(2026, 1, 1)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("INVARIANTS_CACHE_DIR", str(tmp_path / "cache"))
    return repository(tmp_path / "product", {"migrations/0_tenants.sql": TENANTS, NOTES: OPEN, "README.md": "Notes."})


def answer(root: Path, base: str | None = None, day: date = DAY, only: tuple[str, ...] = ()) -> Outcome:
    """What a run says, without the time it took."""
    outcome, _ = answered(Options(root, "index" if base else "work", base, only, today=day))
    return outcome._replace(stages=(), elapsed=0.0)


def is_kept(root: Path, monkeypatch: pytest.MonkeyPatch, base: str | None = None, day: date = DAY, only: tuple[str, ...] = ()) -> bool:
    """Whether the answer is there without a run."""

    class Judged(Exception):
        """A run was begun."""

    def refuse(*_: object) -> None:
        raise Judged

    with monkeypatch.context() as patched:
        patched.setattr(check, "Run", refuse)
        try:
            answer(root, base, day, only)
        except Judged:
            return False
    return True


def test_what_was_answered_is_answered_again_without_a_run(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = answer(root)
    assert "rls-enabled" in {each.rule for each in first.findings}
    assert is_kept(root, monkeypatch)
    assert answer(root) == first


def test_a_file_that_a_run_does_not_look_at_changes_no_answer(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answer(root)
    write(root, {"README.md": "Notes, and more."})
    assert is_kept(root, monkeypatch)


@pytest.mark.parametrize(
    "files",
    [{NOTES: SHUT}, {"migrations/2_more.sql": "select 1;\n"}, {"NOTES.md": "A file more."}, {".invariants/config.toml": ""}],
    ids=["a migration changes", "a migration is added", "any file is added", "a configuration is added"],
)
def test_what_a_run_looks_at_brings_another_about(root: Path, monkeypatch: pytest.MonkeyPatch, files: dict[str, str]) -> None:
    answer(root)
    write(root, files)
    assert not is_kept(root, monkeypatch)
    assert answer(root).findings == check.check(Options(root, today=DAY, cached=False)).findings


def test_another_day_and_other_rules_are_other_questions(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answer(root)
    assert not is_kept(root, monkeypatch, day=date(2026, 1, 2))
    assert not is_kept(root, monkeypatch, only=("rls-forced",))
    assert not is_kept(root, monkeypatch, base="HEAD")


def test_a_base_is_looked_at_as_the_change_is(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(root, {"migrations/2_more.sql": OPEN.replace("notes", "more")})
    git(root, "add", "-A")
    [found] = [each for each in answer(root, "HEAD").findings if each.rule == "rls-enabled"]
    assert found.subject == "public.more"
    write(root, {"README.md": "Notes, and more."})
    git(root, "add", "README.md")
    assert is_kept(root, monkeypatch, "HEAD")
    git(root, "commit", "-q", "-m", "second")
    assert not is_kept(root, monkeypatch, "HEAD")
    assert not answer(root, "HEAD").findings


def test_where_secrets_outside_are_compared_no_answer_is_kept(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(root, {".invariants/env.toml": '[targets.production]\nfile = ".env.example"\nformat = "dotenv"\n', ".env.example": ""})
    answer(root)
    assert not is_kept(root, monkeypatch)


def test_other_code_answers_anew(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answer(root)
    monkeypatch.setattr("invariants.code.digest", lambda *_: "other")
    assert not is_kept(root, monkeypatch)


def test_without_a_cache_nothing_is_kept(root: Path, tmp_path: Path) -> None:
    answered(Options(root, today=DAY, cached=False))
    assert not (tmp_path / "cache").exists()


def test_a_damaged_answer_is_none(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = answer(root)
    [path] = (tmp_path / "cache").glob("*.answer")
    content = path.read_bytes()
    path.write_bytes(content[:-9] + b"x" + content[-8:])
    assert not is_kept(root, monkeypatch)
    assert answer(root) == first


def test_ignore_rules_above_the_root_bring_another_run_about(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    below = root / "migrations"
    answer(below)
    assert is_kept(below, monkeypatch)
    write(root, {".gitignore": ".env\n"})
    assert not is_kept(below, monkeypatch)
