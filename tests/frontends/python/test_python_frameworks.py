"""Small applications, and what their frameworks say of them: which routes they serve, and whom they let in."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

TWINS = Path(__file__).parents[3] / "fixtures" / "routes" / "twins"
PROBE = Path(__file__).with_name("probing.py")
FRAMEWORKS = ["aiohttp", "django", "fastapi", "flask", "litestar", "ninja", "rest_framework", "sanic", "starlette"]


def expected(folder: Path) -> dict[str, str]:
    found: dict[str, str] = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    return found


def probed(framework: str, folders: list[Path]) -> dict[str, dict[str, str]]:
    command = [sys.executable, "-P", str(PROBE), framework, *map(str, folders)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, dict[str, str]] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_what_is_expected_is_what_the_framework_does(framework: str) -> None:
    folders = sorted((TWINS / framework).iterdir())
    assert probed(framework, folders) == {folder.name: expected(folder) for folder in folders}


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_each_framework_was_asked_about_ten_applications(framework: str) -> None:
    assert len(list((TWINS / framework).iterdir())) >= 10
