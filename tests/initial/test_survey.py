"""What a first look writes is accepted, and changes nothing that is found."""

import re
import shutil
from pathlib import Path

import pytest

from invariants.check import Options, Run
from invariants.facts import db
from invariants.initial.configuration import ROUTES
from invariants.initial.survey import survey
from invariants.initial.writing import write
from invariants.settings import CONFIG

FIXTURES = Path(__file__).parents[2] / "fixtures"
UNCONFIGURED = sorted(
    folder
    for folder in (FIXTURES / "rules").glob("*/*")
    if folder.name.startswith("breaks") and not folder.name.endswith(".base") and not (folder / ".invariants").exists()
)
COMMENTED = re.compile(r"^# (?=\[\[database\]\]|(?:name|migrations|runner) = )", re.MULTILINE)


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INVARIANTS_CACHE_DIR", str(tmp_path / "cache"))


def found(root: Path) -> set[tuple[str, str, str, str]]:
    outcome = Run(Options(root, cached=False)).outcome()
    assert outcome.errors == ()
    return {(each.rule, each.subject, each.database, each.verdict) for each in outcome.findings}


def migrations(root: Path) -> list[str]:
    facts = Run(Options(root, cached=False)).store.facts(db.Migration)
    return sorted(each.path for found in facts.values() for each in found)


@pytest.mark.parametrize("folder", UNCONFIGURED, ids=[f"{folder.parent.name}/{folder.name}" for folder in UNCONFIGURED])
def test_what_is_written_changes_nothing_that_is_found(folder: Path, tmp_path: Path) -> None:
    root = tmp_path / "product"
    shutil.copytree(folder, root)
    before, paths = found(root), migrations(root)
    write(root, survey(root).edits)
    assert found(root) == before
    assert survey(root).edits == []
    text = (root / CONFIG).read_text(encoding="utf-8")
    databases, routes, rest = text.partition(ROUTES)
    (root / CONFIG).write_text(COMMENTED.sub("", databases) + routes + rest, encoding="utf-8")
    if paths:
        assert found(root) == before, "configured"
        assert migrations(root) == paths, "the databases that it shows are those that were detected"
