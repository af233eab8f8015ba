import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as some

from invariants.cache import Cache
from invariants.facts import db, settings, source
from invariants.relations import relations
from invariants.store import QueryError, Store, Unit
from stores import WORDS, facts_of, kept, names, table

FACTS = some.one_of([facts_of(relation) for relation in relations()])


@profile(deadline=None, max_examples=60)
@given(some.dictionaries(WORDS, some.lists(FACTS, max_size=5), max_size=4))
def test_facts_come_back_as_they_went_in(kept: dict[str, list[Any]]) -> None:
    store = Store()
    units = {path: Unit(path, "content", "digest") for path in kept}
    for path, facts in kept.items():
        store.add(units[path], facts)
    store.activate(units.values())
    found = store.facts(*(relation.fact for relation in relations()))
    for path, facts in kept.items():
        assert sorted(found.get(path, []), key=repr) == sorted(facts, key=repr)


def test_facts_of_a_kind_come_back_in_order() -> None:
    store = Store()
    unit = Unit("a", "b", "c")
    tables = [table(f"public.t{number}") for number in range(50)]
    store.add(unit, tables)
    store.activate([unit])
    assert store.facts(db.Table)["a"] == tables


def test_only_active_units_are_seen() -> None:
    store = Store()
    first, second = Unit("a", "1", "d"), Unit("b", "1", "d")
    store.add(first, [table("public.a")])
    store.add(second, [table("public.b")])
    for active, seen in (([first], ["public.a"]), ([second], ["public.b"]), ([first, second], ["public.a", "public.b"]), ([], [])):
        store.activate(active)
        assert names(store) == seen


def test_large_letters_name_what_small_ones_do() -> None:
    store = Store()
    first, second = Unit("a", "1", "d"), Unit("b", "1", "d")
    store.add(first, [table("public.a")])
    store.add(second, [table("public.b")])
    store.activate([second], [first])
    assert store.ask('select name from DB_Table union all select name from "BASE_DB_TABLE"')[1] == [("public.b",), ("public.a",)]


def test_every_relation_shows_file_and_line() -> None:
    store = Store()
    for relation in relations():
        columns, _ = store.ask(f"select * from {relation.name}")
        assert columns == [*(column.name for column in relation.columns), "file", "line"]


@pytest.mark.parametrize(
    "view",
    [
        "db_table(name, kind, rls_enabled, rls_forced)",
        "tenant_table(name, tenant_key, rls_enabled, rls_forced)",
        "policy(table_name, name, command, permissive, verdict, reason)",
        "route(method, path, framework, posture, enforcement, handler)",
        "env_use(name, side)",
    ],
)
def test_the_stable_views_are_there(view: str) -> None:
    name, _, columns = view.removesuffix(")").partition("(")
    assert Store().ask(f"select {columns}, file, line from {name}")[1] == []


def test_no_column_is_a_word_of_sql() -> None:
    reserved = {"table", "column", "index", "order", "group", "select", "where", "from", "to", "check", "default", "references", "unique"}
    for relation in relations():
        assert not reserved & {column.name for column in relation.columns}


def test_a_value_outside_its_domain_is_refused() -> None:
    store = Store()
    unit = Unit("a", "b", "c")
    store.add(unit, [table("public.a")._replace(kind="tabel")])  # type: ignore[arg-type]
    store.activate([unit])
    with pytest.raises(Exception, match="CHECK constraint failed"):
        store.ask("select name from db_table")


@pytest.mark.parametrize(
    ("query", "complaint"),
    [
        ("delete from main.db_table", "not authorized"),
        ("update main.db_table set name = ''", "not authorized"),
        ("create table x (y)", "not authorized"),
        ("drop view db_table", "not authorized"),
        ("attach 'x.db' as x", "not authorized"),
        ("pragma user_version", "not authorized"),
        ("select load_extension('x')", "not authorized"),
        ("select random()", "not authorized"),
        ("select readfile('/etc/passwd')", "no such function"),
        ("select 1; select 2", "one statement"),
        ("select absent from db_table", "no such column"),
        ("", "not a query"),
        ("select replace(printf('%.*c', 1000000, 'x'), 'x', printf('%.*c', 1000, 'y'))", "too big"),
        ("with recursive n (i) as (select 1 union all select i + 1 from n) select count(*) from n", "more than 0.2 seconds"),
    ],
)
def test_who_asks_can_only_read_and_not_for_long(query: str, complaint: str) -> None:
    with pytest.raises(QueryError, match=complaint):
        Store().ask(query, 0.2)


def test_a_refused_question_leaves_the_store_usable() -> None:
    store = Store()
    with pytest.raises(QueryError):
        store.ask("delete from main.db_table")
    unit = Unit("a", "b", "c")
    store.add(unit, [table("public.a")])
    store.activate([unit])
    assert names(store) == ["public.a"]


def test_group_concat_is_sorted_whatever_the_order_of_rows() -> None:
    query = "select group_concat(distinct x), group_concat(x, '+') from (select 'b' as x union all select 'a' union all select 'b')"
    assert Store().ask(query)[1] == [("a, b", "a+b+b")]


def filled(path: Path, count: int = 1) -> Unit:
    store = kept(path)
    unit = Unit("a.sql", "1", "d")
    store.add(unit, [table(f"public.t{number:03}") for number in range(count)])
    store.activate([unit])
    store.save()
    assert not store.notes
    return unit


def test_what_was_saved_is_there_the_next_time(tmp_path: Path) -> None:
    unit = filled(tmp_path / "cache.db", 3)
    store = kept(tmp_path / "cache.db")
    assert unit in store
    store.activate([unit])
    assert names(store) == ["public.t000", "public.t001", "public.t002"]
    assert store.facts(db.Table)["a.sql"][0] == table("public.t000")


def test_the_cache_is_an_sqlite_file_that_anyone_can_open(tmp_path: Path) -> None:
    filled(tmp_path / "cache.db", 2)
    import sqlite3

    connection = sqlite3.connect(tmp_path / "cache.db")
    assert connection.execute("select count(*) from db_table").fetchone() == (2,)
    assert connection.execute("pragma integrity_check").fetchone() == ("ok",)
    connection.close()


def test_nothing_is_written_where_nothing_was_added(tmp_path: Path) -> None:
    unit = filled(tmp_path / "cache.db")
    before = (tmp_path / "cache.db").stat().st_mtime_ns
    store = kept(tmp_path / "cache.db")
    store.activate([unit])
    store.save()
    assert (tmp_path / "cache.db").stat().st_mtime_ns == before


def test_a_cache_of_another_schema_is_not_used(tmp_path: Path) -> None:
    unit = filled(tmp_path / "cache.db")
    assert unit not in Store(Cache(tmp_path / "cache.db", "another"))


def damages(content: bytes) -> Iterator[bytes]:
    yield b""
    yield b"not a database"
    yield content[: len(content) // 2]
    yield content[:-1]
    yield content + b"more"
    chance = random.Random(1)
    for _ in range(60):
        damaged = bytearray(content)
        damaged[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
        yield bytes(damaged)


def test_a_damaged_cache_is_made_again_and_never_believed(tmp_path: Path) -> None:
    path = tmp_path / "cache.db"
    unit = filled(path, 20)
    content = path.read_bytes()
    for damaged in damages(content):
        path.write_bytes(damaged)
        assert unit not in kept(path)
    assert filled(path, 20) in kept(path)


def test_a_cache_that_cannot_be_written_is_a_note(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    store = kept(tmp_path / "file" / "cache.db")
    store.add(Unit("a", "b", "c"), [table("public.a")])
    store.save()
    assert "could not be written" in store.notes[0]


def test_the_cache_does_not_grow_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("invariants.eviction.SPARE", 100)
    for version in range(30):
        store = kept(tmp_path / "cache.db")
        unit = Unit("a.sql", str(version), "d")
        store.add(unit, [table(f"public.t{number}") for number in range(40)])
        store.activate([unit])
        store.save()
    store = kept(tmp_path / "cache.db")
    there = [version for version in range(30) if Unit("a.sql", str(version), "d") in store]
    assert there == [27, 28, 29]


HEAD, PART = Unit("database main", "1", "d"), Unit("database main", "1 5", "d")


def test_the_parts_of_a_unit_are_shown_wherever_it_is(tmp_path: Path) -> None:
    store = kept(tmp_path / "cache.db")
    later = HEAD._replace(content="2")
    store.add(PART, [table("public.part")])
    store.add(HEAD, [table("public.first")], [PART])
    store.add(later, [table("public.second")], [PART])
    store.activate([later])
    assert names(store) == ["public.part", "public.second"]
    store.save()
    again = kept(tmp_path / "cache.db")
    again.activate([HEAD])
    assert names(again) == ["public.first", "public.part"]
    again.activate([])
    assert names(again) == []


def test_a_unit_goes_where_one_of_its_parts_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("invariants.eviction.SPARE", 100)
    store = kept(tmp_path / "cache.db")
    store.add(PART, [table(f"public.t{number}") for number in range(200)])
    store.add(HEAD, [table("public.first")], [PART])
    store.save()
    again = kept(tmp_path / "cache.db")
    assert PART not in again
    assert HEAD not in again


WRITER = """
import sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from stores import WORDS, facts_of, kept, names, table
from invariants.store import Unit
number = int(sys.argv[2])
for turn in range(5):
    store = kept(Path(sys.argv[1]))
    own = Unit("a.sql", f"{{number}} {{turn}}", "d")
    store.add(own, [table(f"public.t{{each}}") for each in range(number + 1)])
    store.activate([own])
    assert len(names(store)) == number + 1
    store.save()
    assert not store.notes, store.notes
"""


def test_twenty_processes_share_one_cache(tmp_path: Path) -> None:
    script = WRITER.format(tests=str(Path(__file__).parent))
    path = str(tmp_path / "cache.db")
    running = [subprocess.Popen([sys.executable, "-c", script, path, str(number)], stderr=subprocess.PIPE) for number in range(20)]
    complaints = [process.communicate()[1].decode() for process in running]
    assert [process.returncode for process in running] == [0] * 20, complaints
    assert kept(tmp_path / "cache.db")._ids
    assert [each.name for each in tmp_path.iterdir()] == ["cache.db"]


def test_a_run_that_is_killed_leaves_the_last_whole_cache(tmp_path: Path) -> None:
    path = tmp_path / "cache.db"
    filled(path)
    script = WRITER.format(tests=str(Path(__file__).parent)).replace("range(5)", "range(100000)")
    process = subprocess.Popen([sys.executable, "-c", script, str(path), "200"], stderr=subprocess.DEVNULL)
    begun = path.stat().st_mtime_ns
    while path.stat().st_mtime_ns == begun and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert Cache(path, "schema").read()
    assert kept(path)._ids


def test_what_killed_runs_left_is_cleared_in_time(tmp_path: Path) -> None:
    left, recent = tmp_path / "cache.db.old.tmp", tmp_path / "cache.db.new.tmp"
    for path in (left, recent):
        path.write_bytes(b"half")
    os.utime(left, (1, 1))
    filled(tmp_path / "cache.db")
    assert not left.exists()
    assert recent.exists()


def test_the_cache_stays_out_of_the_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    monkeypatch.delenv("INVARIANTS_CACHE_DIR", raising=False)
    assert Cache.of(Path("/repository"), "s").path.parent == tmp_path / "xdg" / "invariants"
    monkeypatch.setenv("INVARIANTS_CACHE_DIR", str(tmp_path / "own"))
    assert Cache.of(Path("/repository"), "s").path.parent == tmp_path / "own"
    assert Cache.of(Path("/repository"), "s").path != Cache.of(Path("/other"), "s").path


def test_every_field_has_a_sentence() -> None:
    for relation in relations():
        assert relation.sentence
        for column in relation.columns:
            assert column.sentence.endswith((".", "...")), f"{relation.name}.{column.name}: {column.sentence}"


def test_listed_values_are_those_of_the_declaration() -> None:
    columns = {f"{relation.name}.{column.name}": column for relation in relations() for column in relation.columns}
    assert columns["db_policy.command"].values == get_args(db.Command)
    assert columns["db_constraint.on_delete"].values == get_args(db.Action)
    assert columns["db_constraint.on_delete"].nullable
    assert columns["source_unread.reason"].values == get_args(source.Reason)
    assert columns["settings_carveout.expired"].kind == "boolean"
    assert columns["db_table.rls_at"].kind == "place"
    assert settings.Choice in {relation.fact for relation in relations()}
