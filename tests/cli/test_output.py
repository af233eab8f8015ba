"""What people and pipelines get: reports to files and to standard output, colours, links, progress, and a pipe that closes."""

import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from cli.commands import Answer, started
from cli.commands import run as answered
from invariants.cli.output import FORMATS
from invariants.reports.terminal import CONTROL
from repositories import git, repository, write

SUITE = Path(__file__).parents[2] / "fixtures" / "apps" / "suite"
QUIET = {"NO_COLOR", "FORCE_COLOR", "TERM"}
NOTHING: Mapping[str, str] = {}


def checked(*arguments: str, root: Path = SUITE, variables: Mapping[str, str] = NOTHING) -> Answer:
    environment = {name: value for name, value in os.environ.items() if name not in QUIET} | {**variables}
    return answered(root, "check", "--no-cache", *arguments, variables=environment)


def on_a_terminal(delay: float = 60, **variables: str) -> str:
    """What a person sees at a terminal, where progress is shown after a delay."""
    master, slave = pty.openpty()
    program = f"from invariants.cli import progress; progress.DELAY = {delay}; "
    environment = {name: value for name, value in os.environ.items() if name not in QUIET} | {"TERM": "xterm"} | variables
    command = [sys.executable, "-c", f"{program}from invariants.cli.main import main; main()", "-C", str(SUITE), "check", "--no-cache"]
    process = subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, env=environment)
    os.close(slave)
    seen = b""
    try:
        while data := os.read(master, 65536):
            seen += data
    except OSError:  # Linux says so when the other side is gone
        pass
    os.close(master)
    assert process.wait() == 1
    return seen.decode()


def test_one_run_writes_every_format(tmp_path: Path) -> None:
    formats = ("text", "concise", "json", "sarif", "github", "gitlab", "junit", "markdown", "html")
    run = checked(*(word for name in formats[1:] for word in ("--format", f"{name}:{tmp_path / name}")), "--format", "text")
    assert run.returncode == 1, run.stderr
    assert "error[rls-enabled]: public.Export" in run.stdout
    assert json.loads((tmp_path / "json").read_text())["schema"] == "invariants/1"
    assert json.loads((tmp_path / "sarif").read_text())["version"] == "2.1.0"
    assert len(json.loads((tmp_path / "gitlab").read_text())) == 2
    assert ET.parse(tmp_path / "junit").getroot().get("failures") == "2"
    for name, words in (
        ("concise", "error[rls-enabled] public.Export"),
        ("github", "::error file="),
        ("markdown", "## invariants"),
        ("html", "<h1>"),
    ):
        assert words in (tmp_path / name).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--format", "yaml"), "'yaml' is not one of"),
        (("--format", "json", "--format", "text"), "only one report can go to standard output"),
        (("--format", "json:a.txt", "--format", "text:a.txt"), "two reports cannot go to a.txt"),
        (("--format", "json:/nowhere/a.json"), "cannot be written"),
        (("--format", "sarif:a.sarif", "--only", "tenancy"), "would close every other alert"),
        (("--format", "sarif:a.sarif", "--skip", "tenancy"), "would close every other alert"),
        (("--format", "sarif:a.sarif", "--staged"), "would close every other alert"),
        (("--format", "sarif:a.sarif", "prisma"), "would close every other alert"),
    ],
)
def test_what_cannot_be_meant_is_refused(arguments: tuple[str, ...], said: str) -> None:
    run = checked(*arguments)
    assert (run.returncode, run.stdout) == (2, "")
    assert said in run.stderr


def test_a_part_is_written_as_sarif_where_that_is_wanted() -> None:
    run = checked("--only", "rls-enabled", "--format", "sarif", "--allow-partial-sarif", "--sarif-category", "part", "--sarif-suppressed")
    [said] = json.loads(run.stdout)["runs"]
    assert said["automationDetails"] == {"id": "part/"}
    assert [len(each.get("suppressions", [])) for each in said["results"]] == [0, 1]


def colors(**variables: str) -> bool:
    return "\x1b[" in checked(variables=variables).stdout


def test_colours_are_for_terminals_and_for_those_who_force_them() -> None:
    assert not colors()
    assert colors(FORCE_COLOR="1")
    assert not colors(FORCE_COLOR="1", NO_COLOR="1")
    assert "\x1b[1;31merror" in on_a_terminal()
    assert "\x1b[" not in on_a_terminal(NO_COLOR="1")
    assert "\x1b" not in on_a_terminal(TERM="dumb")


def test_links_are_for_terminals_alone() -> None:
    link = f"\x1b]8;;file://{os.uname().nodename}{SUITE}/prisma/migrations/"
    assert link in on_a_terminal()
    assert "\x1b]8" not in checked(variables={"FORCE_COLOR": "1"}).stdout


def test_progress_is_for_terminals_and_gone_afterwards() -> None:
    seen = on_a_terminal(delay=0)
    before, _, report = seen.rpartition("\r\x1b[2K")
    assert re.search(r"reading and replaying migrations · \d+ s", before)
    assert "rls-enabled" in report
    assert checked().stderr == ""


def test_a_short_run_shows_no_progress() -> None:
    assert "\x1b[2K" not in on_a_terminal()


@pytest.mark.parametrize(
    "command", [["check", "--no-cache"], ["check", "--no-cache", "--format", "json"], ["rules"], ["explain", "rls-enabled"]]
)
def test_a_closed_pipe_is_quiet_and_is_no_finding(command: list[str]) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "invariants", "-C", str(SUITE), *command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout
    assert process.stderr
    process.stdout.close()
    assert process.stderr.read() == ""
    process.stderr.close()
    assert process.wait() == 141


def test_signs_that_the_terminal_lacks_are_written_out() -> None:
    variables = {**os.environ, "PYTHONIOENCODING": "ascii"}
    assert "2 errors \\xb7" in started(SUITE, "check", "--no-cache", variables=variables).stdout
    assert "\\u" not in started(SUITE, "check", "--no-cache", "--format", "json", variables=variables).stdout


ORDERS = "create table tenants (id uuid primary key);\ncreate table orders (tenant_id uuid references tenants);\n"


def located(root: Path, name: str) -> Any:
    return checked("--only", "rls-enabled", "--allow-partial-sarif", "--format", name, root=root).stdout


def test_a_host_is_told_paths_from_the_top_of_the_repository(tmp_path: Path) -> None:
    root = repository(tmp_path / "product", {"apps/shop/migrations/1.sql": ORDERS, "apps/shop/.invariants/config.toml": ""}) / "apps/shop"
    [run] = json.loads(located(root, "sarif"))["runs"]
    places = [each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for each in run["results"]]
    assert set(places) == {"apps/shop/migrations/1.sql"}
    assert all("primaryLocationLineHash" in each["partialFingerprints"] for each in run["results"])
    assert "file=apps/shop/migrations/1.sql," in located(root, "github")
    assert json.loads(located(root, "gitlab"))[0]["location"]["path"] == "apps/shop/migrations/1.sql"
    assert json.loads(located(root, "json"))["findings"][0]["path"] == "migrations/1.sql"


def test_frames_show_the_lines_that_parsers_count(tmp_path: Path) -> None:
    write(tmp_path, {"migrations/1.sql": "-- a\f\u2028\x0b\x1c\x85 b\n" + ORDERS})
    assert " 3 | create table orders (tenant_id" in checked(root=tmp_path).stdout


def test_an_error_commands_no_terminal(tmp_path: Path) -> None:
    rule = '-- t\n--\n-- w\n--\n-- Fix:\n--     f\n--\n-- @level error\n-- @over db_table\n\nselect 1 as "\x1b[31m"\n'
    write(tmp_path, {"migrations/1.sql": ORDERS, ".invariants/rules/own.sql": rule})
    git(tmp_path, "init", "-q")
    run = checked(root=tmp_path)
    assert run.returncode == 2
    assert "\x1b" not in run.stdout + run.stderr


@pytest.mark.parametrize(
    "command", [["rules"], ["rules", "--format", "json"], ["explain", "own"], ["query", "select name, '\n::x ##[y]' from db_table"]]
)
def test_no_command_passes_on_what_a_repository_says_as_a_command(command: list[str], tmp_path: Path) -> None:
    title = "\x1b[31m\x9b31m ##[stop-commands]x"
    rule = f"-- {title}\n--\n-- {title}\n--\n-- Fix:\n--     ::error::x\n--\n-- @level error\n-- @over db_table\n\nselect 1 as at\n"
    write(tmp_path, {"migrations/1.sql": 'create table "\x1b[31m" ();\n', ".invariants/rules/own.sql": rule})
    run = answered(tmp_path, *command)
    assert run.stdout + run.stderr
    assert not CONTROL.search(run.stdout + run.stderr)
    assert not re.search(r"^\s*::", run.stdout + run.stderr, re.MULTILINE)


def written(command: str, forms: set[str]) -> list[str]:
    """A report of each form, in a file of its own."""
    return [option for form in sorted(forms) for option in ("--format", f"{form}:{command}-{form}.out")]


COMMANDS = [
    ["check", "--no-cache", "--stats", "--format", "text", *written("check", set(FORMATS) - {"text"})],
    ["routes", "--no-cache", "--format", "text", *written("routes", {"json", "markdown", "html"})],
    ["init", "--dry-run"],
    ["fix", "--diff"],
    ["fix"],
    ["carveouts", "list"],
    ["query", "select * from web_route"],
    ["query", "select * from env_read"],
    ["query", "--format", "json", "select * from settings_carveout"],
    ["explain", "public.a\x1b[31mb"],
]
ESCAPE = "\x1b[31m\x9b31m"
APP = f"""\
import os
from flask import Flask
app = Flask(__name__)
@app.get('/a{ESCAPE}\\n::error::x')
def f():  # {ESCAPE} ##[error]x
    return os.environ['A{ESCAPE}\\n::error::x']
@app.get('/open')
def g(): return 1
"""
COMPOSE = """\
services:
  "a\\e[31m\\n::error::x":
    image: x
    environment:
      "B\\e[31m": "${C\\e[31m}"
"""
MANIFEST = """\
[targets."t\\u001b[31m"]
file = "compose.yaml"
format = "compose"
service = "x\\u001b[31m"
[variables.E]
kind = "secret"
read_by = "r\\u001b[31m"
"""
CARVEOUT = """\
[[carveout]]
rule = "route-public-allowed"
subject = "GET /open"
reason = "a\\u001b[31m\\n::error::x"
owner = "\\u001b[31m\\n::error::x"
"""
STRANGER = {
    f"migrations/{ESCAPE}.sql": f'create table tenants (id int);\ncreate table "a{ESCAPE}\n::error::x" (tenant_id int);\n',
    f"app/{ESCAPE}.py": APP,
    "web/[a]/route.ts": f"export const GET = auth('{ESCAPE}', () => process.env['{ESCAPE}\\n::error::x']);\n",
    "compose.yaml": COMPOSE,
    ".env.example": f"D{ESCAPE}=1\n::error::x=1\n",
    "package.json": '{"dependencies": {"next": "1", "\\u001b[31m": "2"}}',
    ".invariants/env.toml": MANIFEST,
    ".invariants/carveouts.toml": CARVEOUT,
}
"""A repository in which everything that has a name or a reason tries to command."""


@pytest.mark.parametrize("command", COMMANDS, ids=[" ".join(each[:2]) for each in COMMANDS])
def test_no_name_and_no_reason_commands_a_terminal_or_a_runner(command: list[str], tmp_path: Path) -> None:
    write(tmp_path, STRANGER)
    git(tmp_path, "init", "-q")
    run = answered(tmp_path, *command)
    reports = [path.read_text(encoding="utf-8") for path in sorted(tmp_path.glob("*.out"))]
    assert len(reports) == sum(word.endswith(".out") for word in command)
    said = "".join([run.stdout, run.stderr, *reports])
    assert said
    assert "Traceback" not in said
    assert not CONTROL.search(said)
    commands = [line for line in said.splitlines() if line.lstrip().startswith(("::", "##["))]
    own = ("::error file=", "::warning file=", "::notice")
    assert [line for line in commands if "check" not in command or not line.startswith(own)] == []


def test_every_format_is_documented() -> None:
    page = (SUITE.parents[2] / "docs" / "formats.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE) == list(FORMATS)
