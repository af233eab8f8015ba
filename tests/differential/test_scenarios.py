"""Hand-written scenarios, each of which ends in PostgreSQL and in the replay alike."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from differential.comparing import attempt, differences, replayed
from server import Database, installed, program, statements

FOLDER = Path(__file__).with_name("scenarios")


def scenarios() -> Iterator[tuple[str, str]]:
    for file in sorted(FOLDER.glob("*.sql")):
        for name, text in re.findall(r"^-- scenario: (.+)\n((?:(?!-- scenario).*\n)+)", file.read_text(), re.MULTILINE):
            yield f"{file.stem}: {name}", text


SCENARIOS = dict(scenarios())
COMMITTED = [name for name in SCENARIOS if name.startswith("transactions: ")]
OTHERS = [name for name in SCENARIOS if name not in COMMITTED]


@pytest.fixture(scope="session")
def shared(server: Any) -> Iterator[Database]:
    """A database in which everything is rolled back."""
    with Database.created(server) as made:
        yield made


@pytest.fixture(scope="session")
def system() -> Iterator[Database]:
    """A database of the machine's own PostgreSQL, where there is one."""
    if program("initdb") is None:
        pytest.skip("this machine has no PostgreSQL of its own")
    folder = TemporaryDirectory(prefix="postgres", ignore_cleanup_errors=True)
    with folder as path, installed(Path(path)) as server, Database.created(server) as made:
        yield made


def agree(database: Database, scenario: str, run: Callable[[Database, str], str], *, is_exact: bool = True) -> None:
    """Both end alike, and what is marked as refused is refused, no more; with the same SQLSTATE where ``is_exact``."""
    text = SCENARIOS[scenario]
    lines, texts = zip(*statements(text), strict=True)
    theirs = [run(database, each) for each in texts]
    replay = replayed(texts)
    found = differences(database, list(texts), theirs, replay)
    assert not found, "\n".join(found)
    if is_exact:
        assert theirs == replay.codes
    refused = [line for line, code in zip(lines, theirs, strict=True) if code]
    marked = [number for number, line in enumerate(text.splitlines(), 2) if line == "-- refused"]
    assert refused == marked, list(zip(texts, theirs, strict=True))


def agree_undone(database: Database, scenario: str, *, is_exact: bool = True) -> None:
    database.run("begin")
    try:
        agree(database, scenario, attempt, is_exact=is_exact)
    finally:
        database.run("rollback")


@pytest.mark.parametrize("scenario", [name for name in OTHERS if "-- icu" not in SCENARIOS[name]])
def test_a_scenario_ends_as_in_postgresql(shared: Database, scenario: str) -> None:
    agree_undone(shared, scenario)


@pytest.mark.parametrize("scenario", [name for name in OTHERS if "-- since" not in SCENARIOS[name]])
def test_a_scenario_ends_as_in_the_postgresql_of_this_machine(system: Database, scenario: str) -> None:
    agree_undone(system, scenario, is_exact=False)


@pytest.mark.parametrize("scenario", COMMITTED)
def test_a_scenario_with_transactions_ends_as_in_postgresql(database: Database, scenario: str) -> None:
    agree(database, scenario, Database.attempt)


def test_there_are_enough_scenarios() -> None:
    assert len(SCENARIOS) == len(list(scenarios())) >= 200
