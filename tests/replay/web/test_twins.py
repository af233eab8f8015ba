"""Small applications that were asked who gets in: what is called enforced is refused, and nothing that is let in is called enforced."""

import json
from functools import cache
from pathlib import Path

import pytest

from invariants.check import Options, Run

TWINS = Path(__file__).parents[3] / "fixtures" / "routes" / "twins"
FOLDERS = sorted(path.parent for name in ("expected", "truth") for path in TWINS.glob(f"*/*/{name}.json"))
each_folder = pytest.mark.parametrize("folder", FOLDERS, ids=[f"{each.parent.name}-{each.name}" for each in FOLDERS])


def doubted(folder: Path) -> dict[str, str]:
    """What is refused there and not called enforced: some of it cannot be told, some of it is not told yet."""
    path = folder / "doubted.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def expected(folder: Path) -> dict[str, str]:
    path = next(each for name in ("expected", "truth") if (each := folder / f"{name}.json").exists())
    return {route: "refused" if answer == "out" else answer for route, answer in json.loads(path.read_text(encoding="utf-8")).items()}


@cache
def judged(folder: Path) -> dict[str, str]:
    return dict(Run(Options(folder, cached=False)).store.ask("select name, enforcement from route")[1])


def test_there_are_twins() -> None:
    assert len(FOLDERS) > 80


@each_folder
def test_every_route_is_found_and_no_other(folder: Path) -> None:
    assert judged(folder).keys() == expected(folder).keys()


@each_folder
def test_nothing_that_is_let_in_is_called_enforced(folder: Path) -> None:
    entered = {name for name, answer in expected(folder).items() if answer in {"in", "made up"}}
    assert not {name for name in entered if judged(folder)[name] == "enforced"}


@each_folder
def test_what_is_refused_is_called_enforced(folder: Path) -> None:
    refused = {name for name, answer in expected(folder).items() if answer == "refused"}
    found = {name: judged(folder)[name] for name in refused if judged(folder)[name] != "enforced"}
    assert found == doubted(folder)
