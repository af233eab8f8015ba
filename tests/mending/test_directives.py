"""Directives that ``fix`` writes above handlers of routes that are carved out: afterwards nothing is found, and all else is as it was."""

from pathlib import Path

import pytest

from invariants.check import Options, check
from invariants.finding import ConfigError
from invariants.repair import lay, repair
from repositories import git, repository, write

STANZA = '[[carveout]]\nrule = "route-public-allowed"\nsubject = "{}"\nreason = """The load\nbalancer asks."""\nowner = "@acme/ops"\n'
SAID = "invariants: auth public -- The load balancer asks."
CASES = {
    "a decorated function": (
        "app/main.py",
        """\
from fastapi import FastAPI

app = FastAPI()


HERE
@app.get(
    '/health'
)
@traced
async def health():
    return 'ok'
""",
    ),
    "a method, indented with tabs": (
        "app/main.py",
        """\
from fastapi import APIRouter, FastAPI

def made():
\tapp = FastAPI()

\tHERE
\t@app.get('/health')
\tdef health():
\t\treturn 'ok'

\treturn app

app = made()
""",
    ),
    "line ends as Windows has them, after a byte-order mark": (
        "app/main.py",
        "\ufeff"
        + """\
from flask import Flask

app = Flask(__name__)


HERE
@app.get('/health')
def health():
    return 'ok'
""".replace("\n", "\r\n"),
    ),
    "a function without a name": (
        "src/server.ts",
        """\
import express from "express";
const app = express();
HERE
app.get(
  "/health",
  (req, res) => {
    res.send("ok");
  },
);
""",
    ),
    "a handler with a name, elsewhere": (
        "src/server.ts",
        """\
import express from "express";
const app = express();
app.get("/health", health);

HERE
function health(req, res) {
  res.send("ok");
}
""",
    ),
    "a file that is a route": (
        "app/health/route.ts",
        """\
HERE
export const GET = async () => new Response("ok");
""",
    ),
    "a method of a controller": (
        "src/health.controller.ts",
        """\
import { Controller, Get } from "@nestjs/common";

@Controller("health")
export class Health {
  HERE
  @Get()
  look() {
    return "ok";
  }
}
""",
    ),
    "an attribute of Rust's": (
        "src/main.rs",
        """\
use actix_web::{get, App, HttpResponse, HttpServer};

#[get("/health")]
HERE
async fn health() -> HttpResponse {
    HttpResponse::Ok().body("ok")
}

#[actix_web::main]
async fn main() {
    HttpServer::new(|| App::new().service(health)).bind("0.0.0.0:80").unwrap().run().await;
}
""",
    ),
}


def laid(root: Path, path: str, text: str, *subjects: str) -> Path:
    """A repository with a file, and a carve-out for each of some routes."""
    carveouts = "".join(STANZA.format(subject) for subject in subjects)
    repository(root, {".invariants/carveouts.toml": carveouts})
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_bytes(text.encode())
    git(root, "add", "-A")
    return root


@pytest.mark.parametrize("case", CASES)
def test_a_route_that_is_carved_out_says_so_above_its_handler(case: str, tmp_path: Path) -> None:
    path, after = CASES[case]
    before = "".join(line for line in after.splitlines(keepends=True) if "HERE" not in line)
    root = laid(tmp_path / "root", path, before, "GET /health")
    (finding,) = [each for each in check(Options(root)).findings if each.rule == "route-auth-declared"]
    assert finding.patch is not None

    found = repair(Options(root))
    assert {(each.rule, each.subject) for each in found.mended} == {
        ("route-auth-declared", "GET /health"),
        ("carveout-live", "route-public-allowed GET /health"),
    }
    assert (found.unmended, found.brought) == ((), ())
    assert found.edits == finding.patch.edits
    lay(root, found.edits)
    mark = "#" if path.endswith(".py") else "//"
    assert (root / path).read_bytes().decode() == after.replace("HERE", f"{mark} {SAID}")
    assert not check(Options(root)).findings
    assert not repair(Options(root)).edits


HEALTH = "from flask import Flask\n\napp = Flask(__name__)\n\n\n@app.get('/health')\n@app.get('/ready')\ndef health():\n    return 'ok'\n"


def test_a_handler_that_serves_another_route_too_is_left_until_that_is_answered_for(tmp_path: Path) -> None:
    root = laid(tmp_path / "root", "main.py", HEALTH, "GET /health")
    found = repair(Options(root, only=("route-auth-declared",)))
    assert found.edits == ()
    reasons = {each.subject: reason for each, reason in found.unmended}
    assert reasons["GET /health"] == "its handler serves GET /ready too, which is not carved out of route-public-allowed"
    assert reasons["GET /ready"].startswith("who may come in is for a person to say")

    write(root, {".invariants/carveouts.toml": STANZA.format("GET /health") + STANZA.format("GET /ready")})
    lay(root, repair(Options(root)).edits)
    assert (root / "main.py").read_text().count(SAID) == 1
    assert not check(Options(root)).findings


def test_a_reason_is_one_line_of_what_can_be_printed(tmp_path: Path) -> None:
    root = laid(tmp_path / "root", "main.py", HEALTH.replace("@app.get('/ready')\n", ""), "GET /health")
    text = STANZA.replace("The load\nbalancer asks.", r"a\u001b[31m\u2028 b\u0000\r\nimport os")
    write(root, {".invariants/carveouts.toml": text.format("GET /health")})
    lay(root, repair(Options(root)).edits)
    assert "\n# invariants: auth public -- a [31m b import os\n@app.get" in (root / "main.py").read_text()


@pytest.mark.parametrize("flaw", ['reason = " "', "expires = 2020-01-31"])
def test_a_carveout_that_does_not_hold_answers_for_nothing(flaw: str, tmp_path: Path) -> None:
    root = laid(tmp_path / "root", "main.py", HEALTH, "GET /health", "GET /ready")
    text = STANZA.replace('reason = """The load\nbalancer asks."""', flaw) if "reason" in flaw else f"{STANZA}{flaw}\n"
    write(root, {".invariants/carveouts.toml": text.format("GET /health")})
    assert repair(Options(root)).edits == ()


def test_a_file_that_git_keeps_in_another_way_is_left_to_people(tmp_path: Path) -> None:
    root = laid(tmp_path / "root", "main.py", HEALTH.replace("@app.get('/ready')\n", ""), "GET /health")
    write(root, {".gitattributes": "*.py text eol=crlf\n"})
    git(root, "add", "-A")
    git(root, "commit", "-qm", "x")
    (root / "main.py").unlink()
    git(root, "checkout", "main.py")
    edits = repair(Options(root)).edits
    assert len(edits) == 1
    with pytest.raises(ConfigError, match="its line ends differ"):
        lay(root, edits)


def test_where_one_file_is_refused_none_is_written(tmp_path: Path) -> None:
    alone = HEALTH.replace("@app.get('/ready')\n", "")
    root = laid(tmp_path / "root", "a/main.py", alone, "GET /health", "GET /ready")
    write(root, {"z/real.txt": alone.replace("/health", "/ready")})
    (root / "z/main.py").symlink_to("real.txt")
    edits = repair(Options(root)).edits
    assert [edit.path for edit in edits] == ["a/main.py", "z/main.py"]
    with pytest.raises(ConfigError, match="a link leads from it to elsewhere"):
        lay(root, edits)
    assert (root / "a/main.py").read_text() == alone


def test_a_file_that_is_no_utf8_is_left_to_people(tmp_path: Path) -> None:
    root = laid(tmp_path / "root", "main.py", HEALTH.replace("@app.get('/ready')\n", ""), "GET /health")
    (root / "main.py").write_bytes("# -*- coding: latin-1 -*-\n# schön\n".encode("latin-1") + (root / "main.py").read_bytes())
    found = repair(Options(root, only=("route-auth-declared",)))
    assert (found.edits, [reason for _, reason in found.unmended]) == ((), ["main.py is not UTF-8"])
