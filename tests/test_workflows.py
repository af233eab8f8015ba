"""Workflows and the action: of their schemas, and without what zizmor knows to be dangerous."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
EXAMPLE = re.compile(r"^```yaml\n(# \.github/workflows/.+?)^```$", re.DOTALL | re.MULTILINE)
TOOLS = Path(sys.executable).parent


def complaints(tool: str, *arguments: str | Path) -> str:
    run = subprocess.run([TOOLS / tool, *arguments], capture_output=True, text=True, check=False)
    return run.stdout + run.stderr if run.returncode else ""


def of_the_schema(kind: str, file: Path) -> str:
    return complaints("check-jsonschema", "--builtin-schema", f"vendor.github-{kind}", file)


def safe(file: Path) -> str:
    return complaints("zizmor", "--offline", "--no-config", "--persona", "pedantic", file)


def workflows(folder: Path) -> list[Path]:
    """Those of this repository, and those that the documentation shows."""
    target = folder / ".github" / "workflows"
    target.mkdir(parents=True)
    for page in sorted((ROOT / "docs").rglob("*.md")):
        for number, text in enumerate(EXAMPLE.findall(page.read_text(encoding="utf-8"))):
            (target / f"{page.stem}-{number}.yml").write_text(text, encoding="utf-8")
    for own in sorted((ROOT / ".github" / "workflows").glob("*.yml")):
        (target / f"own-{own.name}").write_bytes(own.read_bytes())
    return sorted(target.iterdir())


def test_the_action_is_of_the_schema_and_safe() -> None:
    assert of_the_schema("actions", ROOT / "action.yml") == ""
    assert safe(ROOT / "action.yml") == ""


def test_workflows_are_of_the_schema_and_safe(tmp_path: Path) -> None:
    found = workflows(tmp_path)
    assert len(found) >= 3
    for file in found:
        assert of_the_schema("workflows", file) == ""
        assert safe(file) == ""


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('python3 "$GITHUB_ACTION_PATH/scripts/action.py"', "echo ${{ inputs.directory }}", "template-injection"),
        ("8aad20d150bbac5944a9f9d289da16a4b0d87c1e # v4.36.2", "v4", "unpinned-uses"),
    ],
)
def test_danger_would_be_noticed(old: str, new: str, said: str, tmp_path: Path) -> None:
    text = (ROOT / "action.yml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "action.yml").write_text(text.replace(old, new), encoding="utf-8")
    assert said in safe(tmp_path / "action.yml")


def test_a_wrong_key_would_be_noticed(tmp_path: Path) -> None:
    text = (ROOT / "action.yml").read_text(encoding="utf-8")
    (tmp_path / "action.yml").write_text(text.replace("using: composite", "using: nothing"), encoding="utf-8")
    assert of_the_schema("actions", tmp_path / "action.yml")
