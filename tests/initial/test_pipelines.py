import re
from pathlib import Path

import pytest
import yaml

from initial.looking import edited, known, laid, unknown
from invariants.initial import pipelines
from repositories import git

PAGE = Path(__file__).parents[2] / "docs" / "pipelines.md"
CI = {".github/workflows/ci.yml": "on: push\n"}


def test_the_workflow_is_the_one_that_the_documentation_shows(tmp_path: Path) -> None:
    looked = pipelines.look(laid(tmp_path, CI))
    shown = re.search(r"```yaml\n# \.github/workflows/invariants\.yml\n(.+?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert shown is not None
    assert yaml.safe_load(edited(looked)[pipelines.OWN]) == yaml.safe_load(shown[1])
    assert known([*looked.notices]) == ["GitHub Actions, by 1 workflow in .github/workflows"]
    assert unknown([*looked.notices]) == [f"which release to run: put its commit where the noughts are in {pipelines.OWN}"]


@pytest.mark.parametrize(("branch", "others"), [("master", []), ("topic", ["master"]), ("release/1.0", []), ("on", []), ('a"b', [])])
def test_the_workflow_runs_where_others_are_merged(branch: str, others: list[str], tmp_path: Path) -> None:
    repository = laid(tmp_path, CI)
    git(repository.root, "branch", "-m", branch)
    for other in others:
        git(repository.root, "branch", other)
    document = yaml.safe_load(edited(pipelines.look(repository))[pipelines.OWN])
    assert document[True]["push"] == {"branches": others or [branch]}


def test_the_remote_says_which_branch_that_is(tmp_path: Path) -> None:
    repository = laid(tmp_path, CI)
    git(repository.root, "update-ref", "refs/remotes/origin/next", "HEAD")
    git(repository.root, "symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/next")
    assert yaml.safe_load(edited(pipelines.look(repository))[pipelines.OWN])[True]["push"] == {"branches": ["next"]}


@pytest.mark.parametrize("text", ["run: invariants check\n", "uses: invariants-dev/invariants@v1\n", "run: invariants -C shop check\n"])
def test_a_workflow_that_runs_it_is_enough(text: str, tmp_path: Path) -> None:
    looked = pipelines.look(laid(tmp_path, {".github/workflows/ci.yml": text}))
    assert not looked.edits
    assert [each.text for each in looked.left] == [".github/workflows/ci.yml runs invariants already"]


def test_a_workflow_of_that_name_is_left(tmp_path: Path) -> None:
    looked = pipelines.look(laid(tmp_path, {pipelines.OWN: "on: push\n"}))
    assert not looked.edits
    assert [each.text for each in looked.left] == [f"{pipelines.OWN} is there"]


def test_other_pipelines_are_told_what_to_run(tmp_path: Path) -> None:
    looked = pipelines.look(laid(tmp_path, {".gitlab-ci.yml": "test: {script: make}\n", "Jenkinsfile": ""}))
    assert not looked.edits
    assert known([*looked.notices]) == ["GitLab, by .gitlab-ci.yml", "Jenkins, by Jenkinsfile"]
    assert [each.partition("`")[2] for each in unknown([*looked.notices])] == [
        "invariants check --format gitlab:gl-code-quality-report.json --format text`",
        "invariants check --format junit:invariants.xml --format text`",
    ]
