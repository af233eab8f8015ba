"""Small applications that were asked who gets in: what is called enforced is refused, and nothing that is let in is called enforced."""

import json
from functools import cache
from pathlib import Path

import pytest

from invariants.check import Options, Run

TWINS = Path(__file__).parents[3] / "fixtures" / "routes" / "twins"
FOLDERS = sorted(path.parent for path in TWINS.glob("*/*/expected.json"))
UNSEEN = {
    ("optional-bearer", "GET /strict"): "a bearer that is there need not be one that is right",
    ("hook-with-a-list-of-exceptions", "GET /account"): "which endpoints the list lets by is not followed",
    ("user-passes-test", "ANY /mixed/"): "what the test of a mixin says is not followed",
}
"""What is refused and not seen to be enforced, and why."""

each_folder = pytest.mark.parametrize("folder", FOLDERS, ids=[f"{each.parent.name}-{each.name}" for each in FOLDERS])


def expected(folder: Path) -> dict[str, str]:
    found: dict[str, str] = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    return found


@cache
def judged(folder: Path) -> dict[str, tuple[str, str]]:
    rows = Run(Options(folder, cached=False)).store.ask("select name, enforcement, reason from route")[1]
    return {name: (enforcement, reason) for name, enforcement, reason in rows}


@each_folder
def test_what_is_enforced_is_refused(folder: Path) -> None:
    entered = {name for name, answer in expected(folder).items() if answer == "in"}
    assert not {name: judged(folder)[name] for name in entered & judged(folder).keys() if judged(folder)[name][0] == "enforced"}


@each_folder
def test_what_is_refused_is_enforced(folder: Path) -> None:
    refused = {name for name, answer in expected(folder).items() if answer == "refused"}
    missed = {name for name in refused if judged(folder).get(name, ("",))[0] != "enforced"}
    assert missed == {name for case, name in UNSEEN if case == folder.name}


@each_folder
def test_the_routes_are_those_that_the_framework_serves(folder: Path) -> None:
    assert judged(folder).keys() == expected(folder).keys()
