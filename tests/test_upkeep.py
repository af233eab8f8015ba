"""The manifest and its examples, kept in step by a fix."""

from pathlib import Path

import pytest

from invariants.check import Options
from invariants.repair import Repair, lay, repair
from repositories import write

MANIFEST = """\
[targets.local]
file = ".env.example"
format = "dotenv"
[targets.production]
file = "fly.json"
format = "fly"
[variables.URL]
kind = "config"
description = "Where it is."
example = "https://example.com"
required = ["local"]
[variables.KEY]
kind = "secret"
required = ["production"]
"""
FLY = '{"schema": "invariants-snapshot/1", "platform": "fly", "taken": "2026-01-01", "variables": []}'
FILES = {".invariants/env.toml": MANIFEST, "fly.json": FLY, ".env.example": "TOKEN=\n", ".gitignore": ".env\n"}
CODE = {"run.sh": 'echo "$URL $KEY $TOKEN $LEVEL"\n'}


def repaired(root: Path, files: dict[str, str]) -> Repair:
    write(root, files)
    return repair(Options(root, only=("env",), cached=False))


def said(found: Repair) -> tuple[set[str], set[str]]:
    """What is mended, and what is left."""
    return {f"{each.rule} {each.subject}" for each in found.mended}, {f"{each.rule} {each.subject}" for each, _ in found.unmended}


def test_what_is_read_gets_an_entry_and_an_example_what_it_lacks(tmp_path: Path) -> None:
    found = repaired(tmp_path, FILES | CODE)
    done = {"env-declared TOKEN", "env-declared LEVEL", "env-targets-match URL@local", "env-targets-match TOKEN@local"}
    assert said(found) == (done, {"env-targets-match KEY@production"})
    lay(tmp_path, found.edits)
    assert (tmp_path / ".env.example").read_text() == "TOKEN=\n\n# Where it is.\nURL=https://example.com\n"
    added = (tmp_path / ".invariants/env.toml").read_text().removeprefix(MANIFEST)
    assert added == '\n[variables.LEVEL]\nkind = "config"\nrequired = []\n\n[variables.TOKEN]\nkind = "secret"\nrequired = ["local"]\n'
    assert found.brought == ()
    again = repaired(tmp_path, {})
    assert (again.edits, said(again)) == ((), (set(), {"env-targets-match KEY@production"}))


def test_line_ends_stay_as_they_are(tmp_path: Path) -> None:
    (tmp_path / ".invariants").mkdir()
    write(tmp_path, FILES | CODE)
    (tmp_path / ".env.example").write_bytes(b"TOKEN=\r\n")
    lay(tmp_path, repaired(tmp_path, {}).edits)
    assert (tmp_path / ".env.example").read_bytes() == b"TOKEN=\r\n\r\n# Where it is.\r\nURL=https://example.com\r\n"


@pytest.mark.parametrize(
    ("files", "subject", "reason"),
    [
        ({"fly.json": FLY.replace("[]", '[{"name": "KEY"}, {"name": "URL"}]')}, "URL@production", "for a person to see to"),
        ({}, "KEY@production", "a new snapshot"),
        (
            {".invariants/env.toml": 'variables = { KEY = { kind = "secret" }, URL = { kind = "config" } }\n'},
            "LEVEL",
            "no entry",
        ),
    ],
)
def test_what_is_left_has_its_reason(tmp_path: Path, files: dict[str, str], subject: str, reason: str) -> None:
    found = repaired(tmp_path, FILES | CODE | files)
    assert reason in {each.subject: why for each, why in found.unmended}[subject]


def test_what_cannot_be_told_is_left(tmp_path: Path) -> None:
    found = repaired(tmp_path, FILES | {"run.py": "import os\nos.environ[input()]\n"})
    assert "env-declared run.py" in said(found)[1]
