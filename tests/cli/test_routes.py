"""``invariants routes``: the matrix in each of its forms."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from invariants.cli.main import group

APP = """from fastapi import Depends, FastAPI, HTTPException

app = FastAPI()


def require_user(request):
    if lookup_user(request) is None:
        raise HTTPException(status_code=401)


@app.get("/<me>")
def me(user=Depends(require_user)):
    return user


@app.post("/open|ed")
def opened():
    return 1
"""


def shown(root: Path, form: str) -> str:
    (root / "app.py").write_text(APP)
    found = CliRunner().invoke(group, ["-C", str(root), "routes", "--no-cache", "--format", form])
    assert found.exit_code == 0, found.output
    return found.output


@pytest.fixture(autouse=True)
def back(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


def test_people_see_each_route_and_how_many_there_are(tmp_path: Path) -> None:
    lines = shown(tmp_path, "text").splitlines()
    assert lines[0].split()[:4] == ["GET", "/<me>", "session", "enforced"]
    assert lines[-1] == "2 routes: 1 enforced, 1 no guard"


def test_programs_get_objects(tmp_path: Path) -> None:
    first = json.loads(shown(tmp_path, "json"))[0]
    assert (first["name"], first["posture"], first["enforcement"], first["guards"]) == (
        "GET /<me>",
        "session",
        "enforced",
        ["app.require_user"],
    )


def test_a_page_escapes_what_it_shows(tmp_path: Path) -> None:
    page = shown(tmp_path, "html")
    assert "GET /&lt;me&gt;" in page
    assert "<me>" not in page


def test_a_bar_in_a_path_does_not_break_the_table(tmp_path: Path) -> None:
    assert "| POST /open\\|ed |" in shown(tmp_path, "markdown")


def test_a_repository_without_routes_says_so(tmp_path: Path) -> None:
    found = CliRunner().invoke(group, ["-C", str(tmp_path), "routes", "--no-cache"])
    assert found.output == "no routes were found\n"


def test_code_that_is_not_looked_at_is_counted(tmp_path: Path) -> None:
    for path in ("tests/app.py", "e2e/server.ts", "web/page.test.tsx", "test_app.py"):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(APP)
    (tmp_path / "tests" / "data.json").write_text("{}")
    for form in ("text", "markdown", "html"):
        assert "2 routes: 1 enforced, 1 no guard; not looked at, as tests or examples: 4 code files" in shown(tmp_path, form)
    stats = CliRunner().invoke(group, ["-C", str(tmp_path), "check", "--no-cache", "--stats"]).stderr
    assert "skipped    0 of 1 files of code (0%) were not parsed" in stats
    assert "skipped    4 more are taken for tests or examples, and not looked at\n" in stats


def test_a_form_that_routes_do_not_have_is_refused(tmp_path: Path) -> None:
    assert CliRunner().invoke(group, ["-C", str(tmp_path), "routes", "--format", "sarif"]).exit_code == 2
