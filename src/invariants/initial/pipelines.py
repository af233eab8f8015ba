"""What runs on a push, and the workflow that has it ask this tool."""

import json
import re

from invariants.initial.repository import Closed, Repository, first
from invariants.initial.values import Edit, Looked, Notice, joined
from invariants.wording import counted

TOPIC = "pipelines"
WORKFLOWS = ".github/workflows"
OWN = f"{WORKFLOWS}/invariants.yml"
PRESENT = re.compile(r"\binvariants(?:@|\s+check\b)|\binvariants\s+-C\b")
OTHERS = {
    ".gitlab-ci.yml": "GitLab",
    ".circleci/config.yml": "CircleCI",
    "azure-pipelines.yml": "Azure Pipelines",
    "bitbucket-pipelines.yml": "Bitbucket",
    "Jenkinsfile": "Jenkins",
    ".buildkite/pipeline.yml": "Buildkite",
}
BRANCHES = ("main", "master", "trunk", "develop")
WORKFLOW = """\
# Decides at every push and pull request whether tenants are kept apart. Written by `invariants init`.
# Put the commit of the release that you have reviewed where the noughts are: until then the job fails.
name: invariants
on:
  push:
    branches: [BRANCH]
  pull_request:
  merge_group:

permissions: {}

concurrency:
  group: ${{ github.workflow }}-${{ github.ref }}
  cancel-in-progress: true

jobs:
  gate:
    name: Tenants are kept apart
    runs-on: ubuntu-24.04
    timeout-minutes: 10
    permissions:
      contents: read # to check the repository out
      security-events: write # to tell code scanning
    steps:
      - name: Check out
        uses: actions/checkout@df4cb1c069e1874edd31b4311f1884172cec0e10 # v6.0.3
        with:
          persist-credentials: false
      - name: Check
        uses: invariants-dev/invariants@0000000000000000000000000000000000000000 # v0.1.0
"""


def look(repository: Repository) -> Looked:
    """Every kind of pipeline that is there, and the workflow that is to be added."""
    if not repository.is_top:
        return _unknown("pipelines are read from the top of the repository, which is above this root: run `invariants check` there in it")
    try:
        found = [_github(repository)] if _workflows(repository) else []
        found += [_other(repository, path) for path in OTHERS if repository.has(path)]
    except Closed as error:
        return _unknown(f"{error}: have a pipeline run `invariants check`")
    if not found:
        return _unknown("no pipeline was found: have one run `invariants check`")
    return joined(found)


def _workflows(repository: Repository) -> list[str]:
    return [f"{WORKFLOWS}/{name}" for name in repository.listed(WORKFLOWS) if name.endswith((".yml", ".yaml"))]


def _github(repository: Repository) -> Looked:
    paths = _workflows(repository)
    found = [Notice(TOPIC, f"GitHub Actions, by {counted(len(paths), 'workflows')} in {WORKFLOWS}")]
    running = next((path for path in paths if PRESENT.search(repository.text(path) or "")), first(repository, [OWN]))
    if running:
        return Looked(found, left=[Notice(TOPIC, f"{running} runs invariants already" if running != OWN else f"{OWN} is there")])
    noughts = Notice(TOPIC, f"which release to run: put its commit where the noughts are in {OWN}", is_known=False)
    return Looked([*found, noughts], [Edit(OWN, None, WORKFLOW.replace("[BRANCH]", f"[{_branch(repository)}]"))])


def _branch(repository: Repository) -> str:
    """The branch that others are merged into: what the remote says, else the first usual name, else what is checked out."""
    said = repository.asked("symbolic-ref", "--quiet", "refs/remotes/origin/HEAD").removeprefix("refs/remotes/origin/")
    heads = repository.asked("for-each-ref", "--format=%(refname:short)", "refs/heads").split("\n")
    usual = next((name for name in BRANCHES if name in heads), "")
    current = repository.asked("symbolic-ref", "--quiet", "HEAD").removeprefix("refs/heads/")
    name = said or usual or current or "main"
    return name if name in BRANCHES else json.dumps(name)


def _other(repository: Repository, path: str) -> Looked:
    found = Notice(TOPIC, f"{OTHERS[path]}, by {path}")
    if PRESENT.search(repository.text(path) or ""):
        return Looked([found], left=[Notice(TOPIC, f"{path} runs invariants already")])
    form = "gitlab:gl-code-quality-report.json" if path == ".gitlab-ci.yml" else "junit:invariants.xml"
    return Looked(
        [
            found,
            Notice(TOPIC, f"{path} is not edited here: have a job run `invariants check --format {form} --format text`", is_known=False),
        ]
    )


def _unknown(text: str) -> Looked:
    return Looked([Notice(TOPIC, text, is_known=False)])
