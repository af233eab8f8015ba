"""The truth about the twins of Next.js is what it lets in. Building them takes minutes, so that scripts/test does not install it."""

import json
import sys
from pathlib import Path

import pytest

from frontends.typescript.nextjs import asked
from frontends.typescript.twins import TWINS

MODULES = Path(sys.prefix) / "npm" / "node_modules"
FOLDERS = sorted(path.parent for path in (TWINS / "next").glob("*/expected.json"))


@pytest.mark.parametrize("folder", FOLDERS, ids=[each.name for each in FOLDERS])
def test_what_is_expected_is_what_next_lets_in(folder: Path, tmp_path: Path) -> None:
    if not (MODULES / "next").exists():
        pytest.skip("next of npm is not installed")
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    assert asked(MODULES, folder, list(expected), tmp_path / folder.name) == expected
