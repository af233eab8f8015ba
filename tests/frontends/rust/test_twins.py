"""The truth about the twins of axum and actix-web is what the two do, each application built, started on loopback and asked.

That takes minutes, and crates that cargo finds without a network: elsewhere their answers are those that are kept beside them.
"""

import json
import shutil
from pathlib import Path

import pytest

from frontends.rust.asking import FRAMEWORKS, TWINS, asked, built, cargo, laid, named
from invariants.check import Options, Run

FOLDERS = sorted(path.parent for framework in FRAMEWORKS for path in (TWINS / framework).glob("*/expected.json"))


def expected(folder: Path) -> dict[str, str]:
    found: dict[str, str] = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    laid(FOLDERS, tmp_path)
    if shutil.which("cargo") is None:
        pytest.skip("cargo is not installed")
    if (found := cargo(tmp_path, "generate-lockfile")).returncode:
        pytest.skip(f"cargo does not find the crates without a network: {found.stderr.splitlines()[0]}")
    return tmp_path


def test_what_is_expected_is_what_the_frameworks_do(workspace: Path) -> None:
    programs = built(workspace)
    found = {named(each): asked(each, programs / named(each), paths(each)) for each in FOLDERS}
    assert found == {named(each): expected(each) for each in FOLDERS}


def paths(folder: Path) -> set[str]:
    return {route.split()[1] for route in expected(folder)}


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_each_framework_has_ten_twins_of_both_kinds(framework: str) -> None:
    folders = [each for each in FOLDERS if each.parent.name == framework]
    assert len(folders) >= 10
    assert {answer for each in folders for answer in expected(each).values()} >= {"in", "refused"}


@pytest.mark.parametrize("folder", FOLDERS, ids=map(named, FOLDERS))
def test_every_route_is_found_and_no_other(folder: Path) -> None:
    found = [name for (name,) in Run(Options(folder, cached=False)).store.ask("select name from route")[1]]
    assert sorted(found) == sorted(expected(folder))
