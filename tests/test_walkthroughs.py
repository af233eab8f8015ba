"""The documentation's walkthroughs, walked: files are written as shown, and commands print what is shown."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from repositories import ENVIRONMENT

DOCS = Path(__file__).parents[1] / "docs"
BLOCK = re.compile(r'^```(\w+)(?: title="([^"]+)")?\n(.*?)^```$', re.DOTALL | re.MULTILINE)
COMMAND = re.compile(r"^\$ (.+)$", re.MULTILINE)
TIME = re.compile(r"· [0-9.]+ s")
WALKED = sorted(page.name for page in DOCS.glob("*.md") if "```console" in page.read_text(encoding="utf-8"))


class Walk:
    """One who does what a page says, in a folder that is empty at first."""

    def __init__(self, folder: Path) -> None:
        self._root = folder / "product"
        self._root.mkdir()
        programs = folder / "bin"
        programs.mkdir()
        tool = programs / "invariants"
        tool.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m invariants "$@"\n', encoding="utf-8")
        tool.chmod(0o755)
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        own = {"NO_COLOR": "1", "INVARIANTS_CACHE_DIR": str(folder / "cache"), "PATH": f"{programs}:{os.environ['PATH']}", "COLUMNS": "120"}
        self._environment = inherited | ENVIRONMENT | own
        self._status = 0

    def block(self, match: re.Match[str]) -> str:
        """A block as it should be: a file is written and stays as it is, commands are followed by what they print."""
        language, path, text = match.groups()
        if path:
            target = self._root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        if language != "console":
            return match[0]
        return f"```console\n{''.join(self._session(text))}```"

    def _session(self, text: str) -> Iterator[str]:
        for command in COMMAND.findall(text):
            yield f"$ {command}\n{self._printed(command)}"

    def _printed(self, command: str) -> str:
        """What a shell prints, that knows how the last command ended."""
        run = subprocess.run(
            ["bash", "-c", f"(exit {self._status}); {command}"],
            cwd=self._root,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        self._status = run.returncode
        return run.stdout


def test_there_are_walkthroughs() -> None:
    assert {"tutorial.md", "adopting.md", "proof.md"} <= set(WALKED)


@pytest.mark.parametrize("name", WALKED)
def test_commands_print_what_the_page_shows(name: str, tmp_path: Path) -> None:
    page = (DOCS / name).read_text(encoding="utf-8")
    fresh = BLOCK.sub(Walk(tmp_path).block, page)
    is_current = timeless(fresh) == timeless(page)
    if not is_current and os.environ.get("INVARIANTS_UPDATE"):
        (DOCS / name).write_text(fresh, encoding="utf-8")
    assert is_current, "run the tests with INVARIANTS_UPDATE=1"


def timeless(text: str) -> str:
    """How long something took is as it was when the page was written."""
    return TIME.sub("", text)
