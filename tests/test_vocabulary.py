"""The vocabulary is answered once, and again only where something that it sees has changed."""

from pathlib import Path

from invariants import vocabulary
from invariants.facts import source
from invariants.store import Store, Unit
from stores import AT, kept, table


def answered(asked: Store) -> set[str]:
    """The views that are answered again for what is active now."""
    before = set(asked._connection.execute("select name, key from main.answer"))
    asked.ask("select 1")
    return {name for name, _ in set(asked._connection.execute("select name, key from main.answer")) - before}


def test_every_view_is_answered_at_first(tmp_path: Path) -> None:
    assert answered(kept(tmp_path / "begins-with-nothing")) == {view.name for view in vocabulary.views()}


def test_what_no_view_sees_changes_no_answer() -> None:
    asked = Store()
    asked.ask("select 1")
    asked.activate([])
    assert answered(asked) == set()


def test_only_what_sees_a_change_is_answered_again() -> None:
    asked = Store()
    asked.ask("select 1")
    unread = Unit("a.sql", "1", "d")
    asked.add(unread, [source.Unread(AT, "syntax", "it does not parse", "mend it")])
    asked.activate([unread])
    changed = answered(asked)
    assert changed == {view.name for view in vocabulary.views() if {"source_unread", "temp.active"} & view.sources}
    assert "tenant_table" not in changed


def test_an_answer_that_is_made_again_holds_nothing_of_the_one_before() -> None:
    asked = Store()
    first, second = Unit("a.sql", "1", "d"), Unit("b.sql", "1", "d")
    for unit in (first, second):
        asked.add(unit, [table(f"public.{unit.path[0]}")])
        asked.activate([unit])
        assert asked.ask("select name from own_table")[1] == [(f"public.{unit.path[0]}",)]


def test_a_view_sees_what_the_views_that_it_stands_on_see() -> None:
    by_name = {view.name: view.sources for view in vocabulary.views()}
    assert by_name["tenant_table"] >= by_name["keyed_table"] >= by_name["own_table"] == {"db_table"}
