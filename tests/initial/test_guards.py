"""What stands before routes, by how often."""

import tomllib
from pathlib import Path

from initial.looking import known, unknown
from invariants.check import Options, Run
from invariants.initial.guards import Guards, guards, notices
from invariants.initial.survey import survey
from repositories import write

AUTH = """\
from fastapi import HTTPException, Request
from elsewhere import find

def require_user(request: Request):
    user = find(request.headers.get("authorization"))
    if user is None:
        raise HTTPException(401)
    return user

def current_user(request: Request):
    return find(request.headers.get("authorization"))

def paging(request: Request):
    return int(request.query_params.get("page", 0))
"""
ROUTE = '@app.get("/{name}")\ndef {name}(found=Depends({guard})):\n    return found\n\n\n'
BEFORE = {"a": "require_user", "b": "current_user", "c": "current_user", "d": "paging", "e": "paging", "f": "paging"}
HEAD = "from fastapi import Depends, FastAPI, Request\n\nfrom app.auth import current_user, paging, require_user\n\napp = FastAPI()\n\n\n"
APP = HEAD + "".join(ROUTE.format(name=name, guard=guard) for name, guard in BEFORE.items())
FILES = {"app/__init__.py": "", "app/main.py": APP, "app/auth.py": AUTH}


def looked(root: Path, files: dict[str, str]) -> Guards:
    write(root, files)
    return guards(Run(Options(root, cached=False)).store)


def test_guards_are_told_by_how_often_they_stand_before_routes(tmp_path: Path) -> None:
    found = list(notices(looked(tmp_path, FILES)))
    assert known(found) == ["`app/auth.require_user` stands before 1 of 6 routes and turns people away"]
    [doubtful] = unknown(found)
    assert doubtful.startswith("`app/auth.current_user` stands before 2 of 6 routes; as far as it can be seen, it turns nobody away: ")


def test_what_cannot_be_seen_is_proposed_as_a_comment_that_works_once_it_is_none(tmp_path: Path) -> None:
    write(tmp_path, FILES)
    text = next(edit.after for edit in survey(tmp_path).edits if edit.path.endswith("config.toml"))
    assert "routes" not in tomllib.loads(text), "it is for a person to say"
    lines = text.splitlines()
    begin = lines.index("# [[routes.guard]]")
    assert lines[begin - 1] == "# `app/auth.current_user` stands before 2 of 6 routes; as far as it can be seen, it turns nobody away"
    stanza = "\n".join(line.removeprefix("# ") for line in lines[begin : begin + 3])
    assert tomllib.loads(stanza) == {"routes": {"guard": [{"name": "app/auth.current_user", "posture": "session"}]}}

    def enforced() -> set[str]:
        rows = Run(Options(tmp_path, cached=False)).store.ask("select name from web_route where enforcement = 'enforced'")[1]
        return {name for (name,) in rows}

    assert enforced() == {"GET /a"}
    write(tmp_path, {".invariants/config.toml": stanza})
    assert enforced() == {"GET /a", "GET /b", "GET /c"}


def test_a_guard_whose_answer_is_ignored_is_not_one_to_vouch_for(tmp_path: Path) -> None:
    ignoring = '@app.get("/g")\ndef g(request: Request):\n    current_user(request)\n    return 1\n'
    assert (
        "`app/auth.current_user` stands before 2 of 7 routes"
        in unknown(list(notices(looked(tmp_path, FILES | {"app/main.py": APP + ignoring}))))[0]
    )


def test_routes_with_nothing_before_them_are_said(tmp_path: Path) -> None:
    app = 'from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get("/a")\ndef a():\n    return 1\n'
    assert unknown(list(notices(looked(tmp_path, {"main.py": app})))) == ["nothing is seen to stand before any of 1 route"]


def test_where_there_are_no_routes_nothing_is_said_of_guards(tmp_path: Path) -> None:
    assert list(notices(looked(tmp_path, {"README.md": ""}))) == []
