"""What action.yml runs: installs this checkout, checks, annotates, sums up, and says whether code scanning is to be told.

Inputs come through the environment. None is ever part of a line that a shell reads.
"""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[1]
CHOICES = {
    "FAIL_ON": ("error", "warning", "note"),
    "STRICT": ("true", "false"),
    "ONLY_NEW": ("true", "false"),
    "UPLOAD": ("auto", "true", "false"),
}
COMMIT = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")


class Refused(Exception):
    """What the workflow asks for cannot be done."""


class Reports(NamedTuple):
    """Where the reports of this step are."""

    folder: Path

    def file(self, name: str) -> str:
        return str(self.folder / name)


def main() -> int:
    """Check, and answer the exit code of the step."""
    if sys.version_info < (3, 11):  # noqa: UP036  (the runner's own Python may be older)
        raise Refused("invariants needs Python 3.11 or later: put actions/setup-python before it")
    if os.environ.get("GITHUB_EVENT_NAME") == "pull_request_target":
        raise Refused("invariants does not run on pull_request_target, which gives a fork this repository's rights: use pull_request")
    event = json.loads(Path(os.environ["GITHUB_EVENT_PATH"]).read_text(encoding="utf-8"))
    base = based_on(event) if given("ONLY_NEW") == "true" else None
    reports = Reports(Path(mkdtemp(prefix="invariants-", dir=os.environ["RUNNER_TEMP"])))
    status = check(installed(), reports, base)
    show(reports)
    may_upload = status != 2 and wants_upload(event) and not is_foreign(event)
    answer(status=str(status), sarif=reports.file("report.sarif"), html=reports.file("report.html"), upload=str(may_upload).lower())
    return status


def given(name: str) -> str:
    """An input, which must be one that there is."""
    value = os.environ[f"INVARIANTS_{name}"]
    if name in CHOICES and value not in CHOICES[name]:
        raise Refused(f"{name.lower().replace('_', '-')}: {value!r} is not one of {', '.join(CHOICES[name])}")
    return value


def installed() -> str:
    """The command, in an environment of its own; a second step of the same job finds it there."""
    environment = Path(os.environ["RUNNER_TEMP"]) / "invariants"
    command = environment / "bin" / "invariants"
    if not command.exists():
        subprocess.run([sys.executable, "-m", "venv", environment], check=True)
        pip = [environment / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*map(str, pip), str(ROOT)], check=True)
    return str(command)


def check(command: str, reports: Reports, base: str | None) -> int:
    """Judge everything, since part of a report would close alerts; what is skipped, or not new where that is wanted, decides nothing."""
    strict = ["--strict"] if given("STRICT") == "true" else []
    judge = [command, "-C", given("DIRECTORY"), "check", "--fail-on", given("FAIL_ON"), *strict]
    names = {"text": "report.txt", "sarif": "report.sarif", "html": "report.html", "markdown": "summary.md"}
    whole = [*judge, *(word for form, name in names.items() for word in ("--format", f"{form}:{reports.file(name)}"))]
    part = [f"--skip={name}" for name in given("SKIP").split()] + ([f"--since={base}"] if base else [])
    if not part:
        return run([*whole, "--format", "github"])
    if run(whole) == 2:
        return 2
    return run([*judge, *part, "--format", "github"])


def run(command: list[str]) -> int:
    """A command's exit code, where anything but holding and findings is a failure to check."""
    sys.stdout.flush()
    status = subprocess.run(command, check=False).returncode
    if status not in {0, 1}:
        say("error", "could not check: the log says why")
        return 2
    return status


def show(reports: Reports) -> None:
    """The whole report in the log, and a summary on the run's page."""
    text, summary = Path(reports.file("report.txt")), Path(reports.file("summary.md"))
    if text.exists():
        sys.stdout.write(f"::group::The whole report\n{text.read_text(encoding='utf-8')}::endgroup::\n")
    if summary.exists() and os.environ.get("GITHUB_STEP_SUMMARY"):
        with Path(os.environ["GITHUB_STEP_SUMMARY"]).open("a", encoding="utf-8") as page:
            page.write(summary.read_text(encoding="utf-8"))


def based_on(event: dict[str, Any]) -> str | None:
    """The commit that a pull request or a merge queue builds on, fetched alone; None where there is none."""
    base = event.get("pull_request", {}).get("base", {}).get("sha") or event.get("merge_group", {}).get("base_sha")
    if base is None:
        return None
    if not COMMIT.fullmatch(base):
        raise Refused("the event names no base commit")
    fetch = ["fetch", "--quiet", "--no-tags", "--depth=1", "origin", base]
    if not (git("cat-file", "-e", f"{base}^{{commit}}") or git(*fetch) or git(*fetch, **authorization())):
        raise Refused("the base commit cannot be fetched: see whether the token may read this repository")
    return str(base)


def git(*words: str, **variables: str) -> bool:
    """Whether git could do it."""
    command = ["git", "-C", given("DIRECTORY"), *words]
    return subprocess.run(command, env={**os.environ, "GIT_TERMINAL_PROMPT": "0", **variables}, check=False).returncode == 0


def authorization() -> dict[str, str]:
    """The token as git takes it from the environment, where no other process sees it."""
    secret = base64.b64encode(f"x-access-token:{given('TOKEN')}".encode()).decode()
    url = os.environ.get("GITHUB_SERVER_URL", "https://github.com")
    key = f"http.{url}/.extraheader"
    return {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": key, "GIT_CONFIG_VALUE_0": f"AUTHORIZATION: basic {secret}"}


def wants_upload(event: dict[str, Any]) -> bool:
    """A private repository takes SARIF only where it has GitHub Code Security, which nothing here tells: there it must be asked for."""
    return given("UPLOAD") == "true" or (given("UPLOAD") == "auto" and event.get("repository", {}).get("private") is False)


def is_foreign(event: dict[str, Any]) -> bool:
    """The change is a fork's or Dependabot's, whose token may not write whatever the workflow says."""
    if os.environ.get("GITHUB_ACTOR") == "dependabot[bot]":
        return True
    if "pull_request" not in event:
        return False
    head = event["pull_request"].get("head", {}).get("repo") or {}
    return bool(head.get("full_name") != event.get("repository", {}).get("full_name"))


def answer(**outputs: str) -> None:
    """The outputs of the step."""
    with Path(os.environ["GITHUB_OUTPUT"]).open("a", encoding="utf-8") as file:
        file.writelines(f"{name}={value}\n" for name, value in outputs.items())


def say(level: str, message: str) -> None:
    """An annotation."""
    escaped = message.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    sys.stdout.write(f"::{level} title=invariants::{escaped}\n")


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Refused as error:
        say("error", str(error))
    except Exception as error:  # noqa: BLE001  (a failure to check must exit with 2, never with 1)
        say("error", f"could not check: {type(error).__name__}: {error}")
    answer(status="2")
    sys.exit(2)
