"""The truth about the twins of SvelteKit, React Router and Supabase is what their own code does: each application is asked in a process."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from frontends.typescript.twins import TWINS

MODULES = Path(sys.prefix) / "npm" / "node_modules"
NEEDED = {
    "sveltekit": "@sveltejs/vite-plugin-svelte",
    "reactrouter": "@react-router/dev",
    "supabase": "@supabase/supabase-js",
}
"""The frameworks, and the last of the libraries that each needs of npm."""


FOLDERS = sorted(path.parent for framework in NEEDED for path in (TWINS / framework).glob("*/expected.json"))


def expected(folder: Path) -> dict[str, str]:
    """A twin's routes: whether their work begins without credentials (in), with made-up ones (made up), or not at all (refused)."""
    found: dict[str, str] = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("folder", FOLDERS, ids=[f"{each.parent.name}-{each.name}" for each in FOLDERS])
def test_what_is_expected_is_what_comes_in(folder: Path) -> None:
    if not (MODULES / NEEDED[folder.parent.name]).exists():
        pytest.skip(f"{NEEDED[folder.parent.name]} of npm is not installed")
    twin = f"{folder.parent.name}/{folder.name}"
    told = subprocess.run(
        ["node", Path(__file__).with_name("files.mjs"), MODULES, TWINS],
        input=json.dumps({twin: list(expected(folder))}),
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    assert json.loads(told.stdout.splitlines()[-1]) == {twin: expected(folder)}


@pytest.mark.parametrize("framework", NEEDED)
def test_each_has_routes_of_every_kind(framework: str) -> None:
    answers = {answer for folder in FOLDERS if folder.parent.name == framework for answer in expected(folder).values()}
    assert answers == {"in", "made up", "refused"}
