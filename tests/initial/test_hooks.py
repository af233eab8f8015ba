from difflib import ndiff
from pathlib import Path
from typing import Any

import pytest
import yaml

from initial.looking import edited, laid, unknown
from invariants.initial import hooks
from repositories import git

RUN = {"run": "invariants check --staged"}
PRE_COMMIT = """# Ours.
repos:
- repo: local   # kept
  hooks:
  -   id: own
      name: own
      entry: "true"
      language: system
      description: >
        It says
        yes.

# The end.
exclude: ^vendor/
"""
INDENTED = PRE_COMMIT.replace("\n  ", "\n      ").replace("\n-", "\n    -")
LEFTHOOK = {
    "another stage": (
        "pre-push:\n  commands:\n    test:\n      run: make\n",
        {"pre-push": {"commands": {"test": {"run": "make"}}}, "pre-commit": {"commands": {"invariants": RUN}}},
    ),
    "commands": (
        "pre-commit:\n    parallel: true\n    commands:\n        lint:\n            run: make lint   # kept\n",
        {"pre-commit": {"parallel": True, "commands": {"lint": {"run": "make lint"}, "invariants": RUN}}},
    ),
    "scripts": (
        "pre-commit:\n  scripts:\n    lint.sh: {runner: bash}",
        {"pre-commit": {"scripts": {"lint.sh": {"runner": "bash"}}, "commands": {"invariants": RUN}}},
    ),
    "jobs": (
        "pre-commit:\n  jobs:\n    - name: lint\n      run: |\n        make lint\n\n# The end.\ncolors: false\n",
        {"pre-commit": {"jobs": [{"name": "lint", "run": "make lint\n"}, {"name": "invariants", **RUN}]}, "colors": False},
    ),
    "jobs of another stage": (
        "pre-push:\n  jobs:\n    - run: make\npre-commit:\n  commands:\n    lint:\n      run:\n",
        {"pre-push": {"jobs": [{"run": "make"}]}, "pre-commit": {"commands": {"lint": {"run": None}, "invariants": RUN}}},
    ),
    "nothing": ("# Nothing yet.\n", {"pre-commit": {"commands": {"invariants": RUN}}}),
}
BY_HAND = "have it run `invariants check --staged`, without file names or patterns"


def added(before: str, after: str) -> list[str]:
    """The lines that were added; nothing may have been taken away."""
    lines = list(ndiff(before.splitlines(), after.splitlines()))
    assert not [line for line in lines if line.startswith("- ")]
    return [line[2:] for line in lines if line.startswith("+ ")]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("text", [PRE_COMMIT, PRE_COMMIT.rstrip("\n"), INDENTED])
def test_pre_commit_gets_a_hook_at_the_end_of_its_own(text: str, end: str, tmp_path: Path) -> None:
    repository = laid(tmp_path, {})
    (repository.root / ".pre-commit-config.yaml").write_bytes(text.replace("\n", end).encode())
    (edit,) = hooks.look(repository).edits
    new = added(text, edit.after.replace("\r\n", "\n"))
    assert edit.after.count(end) == edit.after.count("\n")
    document = yaml.safe_load(edit.after)
    assert document["repos"][0] == yaml.safe_load(text)["repos"][0]
    assert document["repos"][1]["hooks"][0]["entry"] == "invariants check --staged"
    assert document["exclude"] == "^vendor/"
    assert len(new) == len(hooks.PRE_COMMIT.splitlines())


def test_where_the_same_hooks_are_run_it_is_to_be_installed(tmp_path: Path) -> None:
    text = f"ci:\n  autofix_prs: false\n{PRE_COMMIT}"
    files = {
        ".pre-commit-config.yaml": text,
        ".github/workflows/lint.yml": "run: uvx prek run --all-files\n",
        ".github/workflows/ci.yml": "",
    }
    (found,) = unknown([*hooks.look(laid(tmp_path, files)).notices])
    assert found.startswith(
        "these hooks are run by .github/workflows/lint.yml, pre-commit.ci too: install invariants there, or leave it out"
    )


def test_the_manager_that_git_is_told_of_comes_first(tmp_path: Path) -> None:
    files = {".pre-commit-config.yaml": PRE_COMMIT, ".husky/pre-commit": "true\n", "tools/hooks/pre-commit": "true\n"}
    repository = laid(tmp_path, files)
    assert list(edited(hooks.look(repository))) == [".pre-commit-config.yaml"]
    for path, hook in ((".husky/_", ".husky/pre-commit"), ("./tools/hooks/", "tools/hooks/pre-commit")):
        git(repository.root, "config", "core.hooksPath", path)
        assert list(edited(hooks.look(repository))) == [hook]


@pytest.mark.parametrize("case", LEFTHOOK)
def test_lefthook_gets_a_command_or_a_job(case: str, tmp_path: Path) -> None:
    before, expected = LEFTHOOK[case]
    after = edited(hooks.look(laid(tmp_path, {"lefthook.yml": before})))["lefthook.yml"]
    assert yaml.safe_load(after) == expected
    assert added(before, after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            '#!/usr/bin/env sh\n. "$(dirname -- "$0")/_/husky.sh"\n\nnpx x',
            '#!/usr/bin/env sh\n. "$(dirname -- "$0")/_/husky.sh"\nRUN\n\nnpx x',
        ),
        ("npx x\n", "RUN\nnpx x\n"),
        ("# Why.\nnpx x\n", "RUN\n# Why.\nnpx x\n"),
        ("#!/bin/bash\n# Why.\nset -euo pipefail\nnpx x\nset +e\n", "#!/bin/bash\n# Why.\nset -euo pipefail\nRUN\nnpx x\nset +e\n"),
        ("#!/bin/sh", "#!/bin/sh\nRUN\n"),
    ],
)
def test_a_script_gets_a_line_before_all_its_commands(before: str, after: str, tmp_path: Path) -> None:
    found = edited(hooks.look(laid(tmp_path, {".husky/pre-commit": before})))
    assert found == {".husky/pre-commit": after.replace("RUN", "invariants check --staged || exit $?")}


def test_husky_without_a_hook_of_that_stage_gets_one_that_can_be_run(tmp_path: Path) -> None:
    (edit,) = hooks.look(laid(tmp_path, {".husky/commit-msg": "true\n"})).edits
    assert edit == (".husky/pre-commit", None, "invariants check --staged\n", True)


@pytest.mark.parametrize("folder", [".githooks", "tools/hooks"])
def test_a_folder_of_hooks_that_git_runs_gets_the_line(folder: str, tmp_path: Path) -> None:
    repository = laid(tmp_path, {f"{folder}/pre-commit": "true\n"})
    if folder == "tools/hooks":
        assert not hooks.look(repository).edits
        git(repository.root, "config", "core.hooksPath", folder)
    assert list(edited(hooks.look(repository))) == [f"{folder}/pre-commit"]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (".pre-commit-config.yaml", "repos: []\n"),
        (".pre-commit-config.yaml", "repos: [\n"),
        (".pre-commit-config.yaml", "- repos\n"),
        (".pre-commit-config.yaml", "repos:\n"),
        (".pre-commit-config.yaml", "repos:\n- &a {repo: local}\n- !own x\n"),
        (".pre-commit-config.yaml", "[" * 5000),
        ("prek.toml", "repos = []\n"),
        ("prek.toml", "["),
        ("prek.toml", "repos = 3\n"),
        ("lefthook.yml", "pre-commit: {commands: {}}\n"),
        ("lefthook.yml", "pre-commit: []\n"),
        ("lefthook.toml", ""),
        (".husky/pre-commit", "#!/usr/bin/env node\nmain()\n"),
    ],
)
def test_what_cannot_be_edited_safely_is_left_to_people(path: str, text: str, tmp_path: Path) -> None:
    looked = hooks.look(laid(tmp_path, {path: text}))
    assert not looked.edits
    assert looked.notices[-1] == ("hooks", f"{path} is written in a way that is not edited here: {BY_HAND}", False)


def test_what_cannot_be_read_is_left_to_people(tmp_path: Path) -> None:
    repository = laid(tmp_path, {})
    (repository.root / "lefthook.yml").write_bytes(b"\xff")
    assert list(hooks.look(repository).notices) == [("hooks", f"lefthook.yml cannot be read: it is not UTF-8: {BY_HAND}", False)]


@pytest.mark.parametrize("path", [".pre-commit-config.yaml", "prek.toml", "lefthook.yml", ".husky/pre-commit"])
def test_an_entry_that_is_there_is_not_added_again(path: str, tmp_path: Path) -> None:
    text = "repos:\n- repo: https://example.com/invariants\n  rev: v1\n  hooks:\n  - id: invariants\n# invariants -C shop check --staged\n"
    looked = hooks.look(laid(tmp_path, {path: text}))
    assert not looked.edits
    assert [each.text for each in looked.left] == [f"{path} runs invariants already"]


def test_what_was_added_is_found_to_be_there(tmp_path: Path) -> None:
    for number, (path, text) in enumerate(
        {".pre-commit-config.yaml": PRE_COMMIT, "prek.toml": "", "lefthook.yml": "", ".husky/pre-commit": ""}.items()
    ):
        repository = laid(tmp_path / str(number), {path: text})
        after: Any = edited(hooks.look(repository))
        (repository.root / path).write_text(after[path], encoding="utf-8")
        assert not hooks.look(repository).edits, path


def test_a_hook_of_this_clone_only_is_left_as_it_is(tmp_path: Path) -> None:
    looked = hooks.look(laid(tmp_path, {".git/hooks/pre-commit": "#!/bin/sh\nmake lint\n"}))
    assert not looked.edits
    assert "this clone has a pre-commit hook of its own, which is not shared and left as it is" in looked.notices[0].text


def test_husky_elsewhere_than_at_the_top_is_not_guessed_at(tmp_path: Path) -> None:
    looked = hooks.look(laid(tmp_path, {"app/.husky/pre-commit": "true\n"}))
    assert not looked.edits
    assert looked.notices[0].text.startswith("app/.husky/pre-commit is there, and whether git runs it cannot be told")
