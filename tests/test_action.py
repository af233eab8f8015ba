"""The action, its steps taken out of action.yml and run as GitHub's runner runs them."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from invariants.cli.check import command as check
from repositories import git, repository, write

ROOT = Path(__file__).parents[1]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
CHECK, UPLOAD = ACTION["runs"]["steps"]
EXPRESSION = re.compile(r"\$\{\{ (.+?) \}\}")
GOOD = """create table tenants (id uuid primary key);
alter table tenants enable row level security, force row level security;
create policy self on tenants using (id = nullif(current_setting('app.tenant_id', true), '')::uuid);
"""
ORDERS = "create table orders (tenant_id uuid not null references tenants);\ncreate index on orders (tenant_id);\n"
PUBLIC = {"repository": {"full_name": "acme/shop", "private": False}}
PRIVATE = {"repository": {"full_name": "acme/shop", "private": True}}
BAD = {"migrations/1 ü.sql": GOOD, "migrations/2 100%.sql": ORDERS}


def pull(head: Mapping[str, Any] | None, base: str = "0" * 40) -> dict[str, Any]:
    return {**PUBLIC, "pull_request": {"head": {"repo": head}, "base": {"sha": base}}}


class Step(NamedTuple):
    """What is left of a step when it is over."""

    status: int
    log: str
    outputs: dict[str, str]
    summary: str


class Runner:
    """A runner of GitHub's, as far as a composite action can tell."""

    def __init__(self, folder: Path) -> None:
        self.temporary = folder / "temp"
        self.temporary.mkdir()
        self._count = 0

    def step(self, root: Path, event: Mapping[str, Any], inputs: Mapping[str, str] | None = None, **variables: str) -> Step:
        self._count += 1
        folder = self.temporary / f"step {self._count}"
        folder.mkdir()
        files = {name: folder / name.lower() for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_EVENT_PATH")}
        for file in files.values():
            file.touch()
        files["GITHUB_EVENT_PATH"].write_text(json.dumps(event))
        (folder / "script.sh").write_text(CHECK["run"])
        run = subprocess.run(
            ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", str(folder / "script.sh")],
            cwd=root,
            env=_environment(inputs or {})
            | {name: str(file) for name, file in files.items()}
            | {"RUNNER_TEMP": str(self.temporary)}
            | variables,
            capture_output=True,
            text=True,
            check=False,
        )
        outputs = dict(line.split("=", 1) for line in files["GITHUB_OUTPUT"].read_text().splitlines())
        return Step(run.returncode, run.stdout + run.stderr, outputs, files["GITHUB_STEP_SUMMARY"].read_text(encoding="utf-8"))


def _environment(inputs: Mapping[str, str]) -> dict[str, str]:
    """The variables of the step, its expressions replaced as the runner does."""
    known = {name: about.get("default", "") for name, about in ACTION["inputs"].items()} | dict(inputs)
    values = {f"inputs.{name}": EXPRESSION.sub("", value) for name, value in known.items()}
    own = {name: EXPRESSION.sub(lambda match: values[match[1]], value) for name, value in CHECK["env"].items()}
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("GIT", "PYTHONPATH"))}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return inherited | own | {"PATH": path, "GITHUB_ACTION_PATH": str(ROOT), "GITHUB_EVENT_NAME": "push", "GITHUB_ACTOR": "somebody"}


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory) -> Runner:
    """A runner on which the action has installed itself."""
    found = Runner(tmp_path_factory.mktemp("runner"))
    first = found.step(repository(tmp_path_factory.mktemp("product"), {"migrations/1.sql": GOOD}), PUBLIC)
    if first.status and ("No matching distribution" in first.log or "ConnectionError" in first.log):
        pytest.skip("the action installs itself with packages from an index, and none can be reached")
    assert (first.status, first.outputs["status"]) == (0, "0"), first.log
    return found


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return repository(tmp_path / "product", BAD)


def test_a_violation_fails_the_step_and_is_annotated_summed_up_and_uploaded(runner: Runner, root: Path) -> None:
    step = runner.step(root, PUBLIC)
    assert (step.status, step.outputs["status"], step.outputs["upload"]) == (1, "1", "true")
    assert "::error file=migrations/2 100%25.sql,line=1," in step.log
    assert "::group::The whole report\n" in step.log
    assert "error[rls-enabled]: public.orders" in step.log
    assert step.summary.startswith("## invariants: product: 1 error")
    [run] = json.loads(Path(step.outputs["sarif"]).read_text(encoding="utf-8"))["runs"]
    assert [each["ruleId"] for each in run["results"]] == ["rls-enabled"]
    assert "<!doctype html>" in Path(step.outputs["html"]).read_text(encoding="utf-8")


def test_inputs_are_heeded(runner: Runner, root: Path) -> None:
    write(root, {"sub/.invariants/config.toml": "", "sub/migrations/1.sql": GOOD})
    assert runner.step(root, PUBLIC, {"directory": "sub"}).status == 0
    strict = runner.step(root, PUBLIC, {"directory": "sub", "strict": "true"})
    assert strict.status == 1
    assert "nothing to look at for env, routes" in strict.log
    assert runner.step(root, PUBLIC, {"directory": "nowhere"}).status == 2


def test_what_is_skipped_fails_nothing_and_is_reported_all_the_same(runner: Runner, root: Path) -> None:
    step = runner.step(root, PUBLIC, {"skip": "tenancy  env"})
    assert step.status == 0
    assert "::error" not in step.log
    assert "rls-enabled" in Path(step.outputs["sarif"]).read_text()
    assert "public.orders" in step.summary


def test_what_is_skipped_has_to_be_there(runner: Runner, root: Path) -> None:
    step = runner.step(root, PUBLIC, {"skip": "tenancy --help"})
    assert step.status == 2
    assert "there is no such rule or pack" in step.log


def test_what_could_not_be_checked_is_not_uploaded(runner: Runner, root: Path) -> None:
    write(root, {".invariants/config.toml": "tenancy = 1\n"})
    step = runner.step(root, PUBLIC)
    assert (step.status, step.outputs["status"], step.outputs["upload"]) == (2, "2", "false")
    assert "::error title=invariants::could not check" in step.log


@pytest.mark.parametrize("name", ACTION["inputs"])
def test_no_input_is_run(name: str, runner: Runner, root: Path) -> None:
    step = runner.step(root, PUBLIC, {name: "$(touch pwned)`touch pwned`'; touch pwned; \"\n::set-output name=x::y"})
    assert not list(root.rglob("pwned"))
    assert step.status == (1 if name in {"category", "token"} else 2)
    assert "\n::set-output" not in step.log


@pytest.mark.parametrize(
    ("event", "inputs", "variables", "expected"),
    [
        (PUBLIC, {}, {}, "true"),
        (PUBLIC, {"upload-sarif": "false"}, {}, "false"),
        (PRIVATE, {}, {}, "false"),
        (PRIVATE, {"upload-sarif": "true"}, {}, "true"),
        ({}, {}, {}, "false"),
        (pull({"full_name": "acme/shop"}), {}, {}, "true"),
        (pull({"full_name": "fork/shop"}), {"upload-sarif": "true"}, {}, "false"),
        (pull(None), {"upload-sarif": "true"}, {}, "false"),
        (PUBLIC, {"upload-sarif": "true"}, {"GITHUB_ACTOR": "dependabot[bot]"}, "false"),
    ],
)
def test_code_scanning_is_told_where_that_is_allowed(
    event: Mapping[str, Any], inputs: Mapping[str, str], variables: Mapping[str, str], expected: str, runner: Runner, root: Path
) -> None:
    assert runner.step(root, event, inputs, **variables).outputs["upload"] == expected


def test_a_fork_gets_no_rights(runner: Runner, root: Path) -> None:
    step = runner.step(root, pull(None), GITHUB_EVENT_NAME="pull_request_target")
    assert (step.status, step.outputs) == (2, {"status": "2"})
    assert "use pull_request" in step.log


@pytest.fixture
def shallow(tmp_path: Path) -> tuple[Path, str]:
    """A pull request as actions/checkout leaves it, and the base commit, which is not there."""
    origin = repository(tmp_path / "origin", BAD)
    base = git(origin, "rev-parse", "HEAD").strip()
    git(origin, "config", "uploadpack.allowAnySHA1InWant", "true")
    git(origin, "switch", "-q", "-c", "change")
    write(origin, {"README.md": "changed"})
    git(origin, "add", "-A")
    git(origin, "commit", "-q", "-m", "change")
    git(tmp_path, "clone", "-q", "--depth=1", "--branch=change", origin.as_uri(), "clone")
    return tmp_path / "clone", base


@pytest.mark.skipif(not any("--since" in each.opts for each in check.params), reason="check cannot compare with a base yet")
def test_only_what_is_new_against_the_base_fails_where_that_is_wanted(runner: Runner, shallow: tuple[Path, str]) -> None:
    root, base = shallow
    event = pull({"full_name": "acme/shop"}, base)
    assert runner.step(root, event).status == 1
    step = runner.step(root, event, {"only-new": "true"})
    assert step.status == 0, step.log
    assert "public.orders" in Path(step.outputs["sarif"]).read_text(encoding="utf-8"), "SARIF of a part would close the other alerts"
    write(root, {"migrations/3.sql": ORDERS.replace("orders", "carts")})
    step = runner.step(root, event, {"only-new": "true"})
    assert step.status == 1
    assert re.findall(r"::error file=(.+?),", step.log) == ["migrations/3.sql"]


def test_the_base_is_fetched_alone(runner: Runner, shallow: tuple[Path, str]) -> None:
    root, base = shallow
    runner.step(root, pull({"full_name": "acme/shop"}, base), {"only-new": "true"})
    assert git(root, "cat-file", "-t", base).strip() == "commit"
    assert git(root, "rev-list", "--count", base).strip() == "1"


@pytest.mark.parametrize("base", ["1" * 40, "--upload-pack=touch pwned", "main"])
def test_a_base_that_cannot_be_had_is_no_pass(base: str, runner: Runner, root: Path) -> None:
    step = runner.step(root, pull({"full_name": "acme/shop"}, base), {"only-new": "true"})
    assert (step.status, step.outputs) == (2, {"status": "2"})
    assert not list(root.rglob("pwned"))


def test_no_expression_stands_in_a_script() -> None:
    assert "${{" not in CHECK["run"]
    assert set(CHECK["env"]) == {"INVARIANTS_" + name for name in ("DIRECTORY", "FAIL_ON", "STRICT", "ONLY_NEW", "SKIP", "UPLOAD", "TOKEN")}


def test_code_scanning_is_told_whatever_the_gate_says_by_an_action_that_is_pinned() -> None:
    assert UPLOAD["if"] == "always() && steps.check.outputs.upload == 'true'"
    assert re.fullmatch(r"github/codeql-action/upload-sarif@[0-9a-f]{40}", UPLOAD["uses"])
