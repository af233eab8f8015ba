"""What functions do and what files name is packed, and comes back as it went in."""

import pickle
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as some

from invariants.bodies import INSIDE, OUTLINE, Body, Opened, opened, packed, unpacked
from invariants.facts import code
from invariants.facts.place import Place
from invariants.relations import relations
from invariants.store import Store, Unit
from stores import facts_of, kept

AT = Place("a.py", 1, 1, 1, 5)
DECORATOR = code.Decorator(AT, "guard", 0, "login_required", False)
FUNCTION = code.Function(AT, "guard", "function", False, True, 1)
CALL = code.Step(AT, "guard", 0, None, "", "call", "auth.check", None, "ignored", True)
PARAMETER = code.Parameter(AT, "guard", 0, "user", "models.User", False)
UNIT = Unit("a.py", "content", "digest")
PACKED = some.one_of([facts_of(relation) for relation in relations() if relation.fact in INSIDE + OUTLINE])


def _kind(fact: Any) -> tuple[str, str]:
    return type(fact).__name__, getattr(fact, "function_name", "")


def _told(store: Store) -> list[tuple[Any, ...]]:
    return store.ask("select function_name, symbol, file, line from code_step")[1]


@profile(deadline=None, max_examples=60)
@given(some.lists(PACKED.map(lambda fact: fact._replace(at=fact.at._replace(file="a.py"))), max_size=8))
def test_what_is_packed_comes_back_each_kind_in_its_order(facts: list[Any]) -> None:
    back = [fact for body in packed(facts) for fact in unpacked("a.py", body)]
    assert sorted(back, key=_kind) == sorted(facts, key=_kind)


def test_what_is_neither_stays_as_it_is() -> None:
    assert packed([CALL, DECORATOR])[0] == DECORATOR


def test_what_a_file_names_is_opened_and_what_its_functions_do_is_not() -> None:
    assert opened("a.py", packed([CALL, FUNCTION, DECORATOR])) == [DECORATOR, FUNCTION, *packed([CALL])]


def test_a_piece_that_names_a_class_is_not_read() -> None:
    with pytest.raises(pickle.UnpicklingError, match="no word and no number"):
        Opened("a.py", Body("guard", "", pickle.dumps([Path])))


def test_a_body_says_what_its_symbols_begin_with() -> None:
    [body] = packed([CALL, PARAMETER, CALL._replace(symbol="a is not None")])
    assert body.names == "auth models"


def test_a_query_finds_what_functions_do() -> None:
    store = Store()
    store.add(UNIT, packed([FUNCTION, CALL]))
    store.activate([UNIT])
    assert store.ask("select name from code_function")[1] == [("guard",)]
    assert _told(store) == [("guard", "auth.check", "a.py", 1)]
    assert _told(store) == [("guard", "auth.check", "a.py", 1)]  # once, however often it is asked


def test_a_query_in_large_letters_finds_it_too() -> None:
    store = Store()
    store.add(UNIT, packed([CALL]))
    store.activate([UNIT])
    assert store.ask("select symbol from CODE_STEP")[1] == [("auth.check",)]


def test_a_query_finds_what_the_functions_of_the_base_do() -> None:
    store = Store()
    store.add(UNIT, packed([CALL]))
    store.activate([], base=[UNIT])
    assert store.ask("select symbol from base_code_step")[1] == [("auth.check",)]
    assert _told(store) == []


def test_only_what_is_shown_is_told() -> None:
    store = Store()
    store.add(UNIT, packed([CALL]))
    store.activate([])
    assert _told(store) == []
    store.activate([UNIT])
    assert len(_told(store)) == 1


def test_bodies_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "cache.db"
    store = kept(path)
    store.add(UNIT, packed([FUNCTION, CALL]))
    store.activate([UNIT])
    store.save()
    again = kept(path)
    assert again.kept([UNIT])["a.py"] == [FUNCTION, *packed([CALL])]
    again.activate([UNIT])
    assert len(_told(again)) == 1
    assert again.facts(code.Step)["a.py"] == [CALL]
    assert again.kept([UNIT])["a.py"] == [FUNCTION, *packed([CALL])]  # as before, though it was told
