"""Checkpoints are what was kept or nothing at all, and going on from one ends where replaying everything does."""

import pickle
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from invariants.check import Options, Run
from invariants.checkpoints import KEPT, SIZE, Checkpoints, _checksum
from invariants.facts import db
from invariants.finding import Outcome
from invariants.replay import run
from invariants.replay.run import Progress, begin
from invariants.store import Store, Unit
from repositories import write

FIRST = "create table notes (id uuid primary key, tenant_id uuid not null);\nalter table notes enable row level security;\n"
SECOND = "create policy own on notes using (tenant_id = current_setting('app.tenant_id')::uuid);\n"


@pytest.fixture
def checkpoints(tmp_path: Path) -> Checkpoints:
    return Checkpoints(tmp_path / "cache.db")


def kept(tmp_path: Path) -> list[Path]:
    return sorted(tmp_path.glob("cache.db.*.checkpoint"))


def test_the_newest_that_is_kept_is_found(checkpoints: Checkpoints) -> None:
    checkpoints.keep("a", frozenset({1}))
    checkpoints.keep("b", frozenset({2}))
    assert checkpoints.newest(["a", "b", "c"]) == frozenset({2})
    assert checkpoints.newest(["c"]) is None


def test_a_database_comes_back_as_it_was(checkpoints: Checkpoints) -> None:
    begun = begin("supabase")
    checkpoints.keep("a", begun)
    found = checkpoints.newest(["a"])
    assert isinstance(found, Progress)
    assert list(found.catalog.functions) == list(begun.catalog.functions)
    assert found.catalog.oid() == begun.catalog.oid()


@pytest.mark.parametrize("damage", [lambda content: content[:-1], lambda content: content[:40] + b"x" + content[41:], lambda _: b""])
def test_what_is_damaged_is_not_read(checkpoints: Checkpoints, tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    checkpoints.keep("a", begin("plain"))
    [path] = kept(tmp_path)
    path.write_bytes(damage(path.read_bytes()))
    assert checkpoints.newest(["a"]) is None


def test_no_file_can_have_code_run(checkpoints: Checkpoints, tmp_path: Path) -> None:
    class Hostile:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return (print, ("run",))

    checkpoints.keep("a", 1)
    [path] = kept(tmp_path)
    content = pickle.dumps(Hostile())
    path.write_bytes(_checksum(content) + content)
    assert len(content) > SIZE
    assert checkpoints.newest(["a"]) is None


def test_few_are_kept_and_for_their_owner_only(checkpoints: Checkpoints, tmp_path: Path) -> None:
    for number in range(KEPT + 3):
        checkpoints.keep(str(number), number)
    assert len(kept(tmp_path)) == KEPT
    assert all(path.stat().st_mode & 0o077 == 0 for path in kept(tmp_path))


def outcome(root: Path, *, cached: bool = True) -> Outcome:
    return Run(Options(root, cached=cached)).outcome()


def test_a_migration_that_is_added_is_replayed_alone(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INVARIANTS_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
    write(tmp_path, {"migrations/1_notes.sql": FIRST})
    assert {each.rule for each in outcome(tmp_path).findings} == {"rls-policy-present"}
    ran: list[str] = []
    replayed = run._run

    def noted(machine: object, database: str, migration: run.Migration, *rest: object, **options: object) -> object:
        ran.append(migration.path)
        return replayed(machine, database, migration, *rest, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(run, "_run", noted)
    write(tmp_path, {"migrations/2_policy.sql": SECOND})
    again = outcome(tmp_path)
    assert ran == ["migrations/2_policy.sql"]
    assert again.findings == outcome(tmp_path, cached=False).findings


def test_what_a_migration_does_not_touch_is_not_told_again(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INVARIANTS_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
    write(tmp_path, {"migrations/1_notes.sql": FIRST + SECOND + FIRST.replace("notes", "lines")})
    outcome(tmp_path)
    told: list[str] = []
    added = Store.add

    def noted(store: Store, unit: Unit, facts: Iterable[Any], parts: Iterable[Unit] = ()) -> None:
        facts = list(facts)
        told.extend(each.name for each in facts if isinstance(each, db.Table))
        added(store, unit, facts, parts)

    monkeypatch.setattr(Store, "add", noted)
    write(tmp_path, {"migrations/2_lines.sql": "alter table lines add column amount int; create table sums (id int);"})
    again = outcome(tmp_path)
    assert sorted(told) == ["public.lines", "public.sums"]
    assert again.findings == outcome(tmp_path, cached=False).findings
