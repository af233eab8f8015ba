from datetime import date
from pathlib import Path

from invariants import present
from invariants.facts import env
from invariants.facts.place import PLATFORM
from invariants.store import Store, Unit

TODAY = date(2026, 11, 25)
TARGET = env.Target(PLATFORM, "a", ".env.example", "dotenv", "", False, None, "real.env")


def shown(*facts: object) -> Store:
    store = Store()
    unit = Unit("a", "", "")
    store.add(unit, facts)
    store.activate([unit])
    return store


def test_there_is_no_day_where_nothing_has_an_age(tmp_path: Path) -> None:
    store = shown()
    store.activate([present.unit(store, tmp_path, TODAY)])
    assert store.facts(env.Today) == {}


def test_the_day_and_the_comparisons_are_of_this_run(tmp_path: Path) -> None:
    store = shown(TARGET, env.Pledge(PLATFORM, "A", "a"), env.Record(PLATFORM, "B", "a", "hmac-sha256:v1:00", "00"))
    store.activate([present.unit(store, tmp_path, TODAY)])
    found = {each.name: (each.state, each.message) for each in store.facts(env.Comparison)["present"]}
    assert found == {
        "A": ("not comparable", "no fingerprint of it is recorded: `invariants env record`"),
        "B": ("absent", "real.env is not there"),
    }
    assert [each.day for each in store.facts(env.Today)["present"]] == ["2026-11-25"]


def test_a_file_that_is_no_text_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "real.env").write_bytes(b"\xff\xfe")
    assert present.values(shown(TARGET), tmp_path) == {"a": "real.env cannot be read"}
