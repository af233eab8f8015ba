"""A snapshot that was read is found again where all that was looked at is as it was, and only there."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from invariants import reading, sides
from invariants.snapshots import Snapshot, work_tree
from invariants.store import Store, Unit
from stores import kept

TABLE = "create table orders (id uuid primary key, tenant_id uuid not null);\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "root"
    (folder / "migrations").mkdir(parents=True)
    (folder / "migrations" / "1.sql").write_text(TABLE)
    (folder / "notes.bin").write_text("one")
    return folder


def tables(store: Store) -> list[str]:
    return [name for (name,) in store.ask("select name from db_table order by name")[1]]


def counted(monkeypatch: pytest.MonkeyPatch) -> list[Snapshot]:
    """The snapshots that are read from now on."""
    found: list[Snapshot] = []
    read = reading.parts

    def parts(snapshot: Snapshot, store: Store, around: Sequence[str]) -> object:
        found.append(snapshot)
        return read(snapshot, store, around)

    monkeypatch.setattr("invariants.reading.parts", parts)
    return found


def saved(root: Path, cache: Path) -> sides.Side:
    """What a run of its own reads, and keeps."""
    store = kept(cache)
    side = sides.read(work_tree(root), store)
    store.save()
    return side


def test_what_is_as_it_was_is_not_read_again(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = saved(root, tmp_path / "cache.db")
    read = counted(monkeypatch)
    (root / "notes.bin").write_text("what nobody looked at")
    store = kept(tmp_path / "cache.db")
    assert sides.read(work_tree(root), store) == first
    assert tables(store) == ["public.orders"]
    assert read == []


def test_a_file_that_was_looked_at_is_read_again(root: Path, tmp_path: Path) -> None:
    first = saved(root, tmp_path / "cache.db")
    (root / "migrations" / "1.sql").write_text(TABLE.replace("orders", "bills"))
    store = kept(tmp_path / "cache.db")
    assert sides.read(work_tree(root), store).digest != first.digest
    assert tables(store) == ["public.bills"]


def test_a_file_more_has_all_read_again(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    saved(root, tmp_path / "cache.db")
    read = counted(monkeypatch)
    (root / "more.bin").write_text("")
    sides.read(work_tree(root), kept(tmp_path / "cache.db"))
    assert len(read) == 1


def test_a_gitignore_above_the_root_has_all_read_again(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    snapshot = work_tree(root)
    (tmp_path / ".git").mkdir()
    store = kept(tmp_path / "cache.db")
    sides.read(snapshot, store)
    read = counted(monkeypatch)
    sides.read(snapshot, store)
    assert read == []
    (tmp_path / ".gitignore").write_text(".env\n")
    sides.read(snapshot, store)
    assert len(read) == 1


def test_what_stood_on_a_unit_that_is_gone_is_read_again(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    saved(root, tmp_path / "cache.db")
    store = kept(tmp_path / "cache.db")
    store._connection.execute("delete from main.unit where path = 'migrations/1.sql'")
    store._changed = True
    store.save()
    read = counted(monkeypatch)
    again = kept(tmp_path / "cache.db")
    sides.read(work_tree(root), again)
    assert len(read) == 1
    assert tables(again) == ["public.orders"]


def test_a_base_stays_known_however_many_changes_are_tried(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    base = saved(root, tmp_path / "cache.db")
    read = counted(monkeypatch)
    for number in range(6):
        store = kept(tmp_path / "cache.db")
        assert sides.read(work_tree(root), store) == base
        (root / "migrations" / "2.sql").write_text(f"create table more_{number} (id uuid);\n")
        sides.read(work_tree(root), store)
        (root / "migrations" / "2.sql").unlink()
        store.save()
    assert len(read) == 6


def test_code_is_gone_through_again_where_more_than_sql_has_changed(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / "app.py").write_text("import os\nTOKEN = os.environ['TOKEN']\n")
    saved(root, tmp_path / "cache.db")
    gone_through = []
    code = reading._of_code

    def counted(*given: Any) -> list[Unit]:
        gone_through.append(given)
        return code(*given)

    for path, text, times in (("migrations/2.sql", TABLE.replace("orders", "bills"), 0), ("app.py", "import os\nos.getenv('KEY')\n", 1)):
        (root / path).write_text(text)
        store = kept(tmp_path / "cache.db")
        with monkeypatch.context() as patched:
            patched.setattr("invariants.reading._of_code", counted)
            side = sides.read(work_tree(root), store)
        assert len(gone_through) == times
        assert side.units == store.numbers(reading.units(work_tree(root), store))
