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


def found(root: Path) -> tuple[set[tuple[str, str, str, str]], list[str]]:
    """The findings, and the paths of the migrations."""
    run = Run(Options(root, cached=False))
    outcome = run.outcome()
    assert outcome.errors == ()
    paths = sorted(each.path for held in run.store.facts(db.Migration).values() for each in held)
    return {(each.rule, each.subject, each.database, each.verdict) for each in outcome.findings}, paths


@pytest.mark.parametrize("folder", UNCONFIGURED, ids=[f"{folder.parent.name}/{folder.name}" for folder in UNCONFIGURED])
def test_what_is_written_changes_nothing_that_is_found(folder: Path, tmp_path: Path) -> None:
    root = tmp_path / "product"
    shutil.copytree(folder, root)
    before, paths = found(root)
    write(root, survey(root).edits)
    assert found(root)[0] == before
    assert survey(root).edits == []
    text = (root / CONFIG).read_text(encoding="utf-8")
    databases, routes, rest = text.partition(ROUTES)
    (root / CONFIG).write_text(COMMENTED.sub("", databases) + routes + rest, encoding="utf-8")
    if paths:
        again, shown = found(root)
        assert again == before, "configured"
        assert shown == paths, "the databases that it shows are those that were detected"
