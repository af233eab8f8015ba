import os
import subprocess
import sys
from pathlib import Path

import pytest

from repositories import write


def offered(words: str, folder: Path) -> list[str]:
    """What a shell is told to offer for the last word."""
    variables = {"_INVARIANTS_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(len(words.split(" ")) - 1)}
    command = [sys.executable, "-m", "invariants"]
    run = subprocess.run(command, cwd=folder, env={**os.environ, **variables}, capture_output=True, text=True, check=True)
    return [line.removeprefix("plain,") for line in run.stdout.splitlines() if line]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("invariants exp", ["explain"]),
        ("invariants explain rls-f", ["rls-forced"]),
        ("invariants check --only migration", ["migration-readable", "migrations"]),
        ("invariants check --skip carve", ["carveout-current", "carveout-justified", "carveout-live", "carveouts"]),
        ("invariants check --format j", ["json", "junit"]),
        ("invariants check --sarif-s", ["--sarif-suppressed"]),
    ],
)
def test_a_word_is_completed(words: str, expected: list[str], tmp_path: Path) -> None:
    assert set(expected) <= set(offered(words, tmp_path))


def test_a_repository_that_cannot_be_read_has_nothing_to_offer(tmp_path: Path) -> None:
    write(tmp_path, {".invariants/rules/broken.sql": "select 1"})
    assert offered("invariants explain rls", tmp_path) == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_there_is_a_script_for_each_shell(shell: str) -> None:
    environment = {**os.environ, "_INVARIANTS_COMPLETE": f"{shell}_source"}
    run = subprocess.run([sys.executable, "-m", "invariants"], env=environment, capture_output=True, text=True, check=True)
    assert "_INVARIANTS_COMPLETE" in run.stdout
