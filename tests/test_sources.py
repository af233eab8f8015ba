"""Routes are put together anew where what makes them has changed, and only there."""

import os
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from invariants import ahead, reading
from invariants.facts.web import Extent, Route, RouteFunction, RouteGuard
from invariants.frontends.csharp import scanned as csharp
from invariants.frontends.python import scanned as python
from invariants.frontends.rust import scanned as rust
from invariants.frontends.typescript import scanned as typescript
from invariants.settings import CARVEOUTS, CONFIG, ENV
from invariants.snapshots import work_tree
from invariants.store import Store
from repositories import write

MANY = range(30)
"""So many files that they are read by processes of their own, where there are processors for that."""
DEEP = {
    **{f"app/api/r{each}/route.ts": f"import {{ a }} from '../../../a{each}';\nexport const GET = a(async () => 1);\n" for each in MANY},
    **{
        f"a{each}.ts": f"import {{ b }} from './b{each}';\nexport const a = (next) => async (req) => {{ b(req); return next(req); }};\n"
        for each in MANY
    },
    **{f"b{each}.ts": f"import {{ c }} from './c{each}';\nexport const b = (req) => c(req);\n" for each in MANY},
    **{f"c{each}.ts": "export { user as c } from './user';\n" for each in MANY},
    "user.ts": "export function user(req) { if (!verify(req.headers.get('authorization'))) throw new Unauthorized(); }\n",
}
"""Routes whose guard is as many files away as are foreseen, and then some."""
APP = "import express from 'express';\nconst app = express();\napp.get('/orders', list);\n"


def facts(root: Path) -> set[Any]:
    """What is told of routes, their guards and calls, and how much was read for that."""
    store = Store()
    store.activate(reading.units(work_tree(root), store))
    return {each for found in store.facts(Route, RouteGuard, RouteFunction, Extent).values() for each in found}


def stage(root: Path) -> str:
    """What tells the routes of one snapshot from those of another."""
    [content] = [unit.content for unit in reading.units(work_tree(root), Store()) if unit.path == "routes"]
    return content


def test_routes_are_the_same_however_many_processes_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, DEEP)
    told = []
    for processors in (1, 2):
        monkeypatch.setattr(os, "cpu_count", lambda many=processors: many)
        told.append(facts(tmp_path))
    assert told[0] == told[1]
    assert [each.enforcement for each in told[0] if isinstance(each, Route)] == ["enforced"] * len(MANY)


@pytest.mark.parametrize("processors", [1, 2])
def test_routes_are_the_same_however_far_is_looked_ahead(processors: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, DEEP)
    monkeypatch.setattr(os, "cpu_count", lambda: processors)
    told = facts(tmp_path)
    for name, number in (("BATCH", 2), ("APART", 1), ("LEAD", 2)):
        monkeypatch.setattr(ahead, name, number)
    assert facts(tmp_path) == told


@pytest.mark.parametrize(
    ("path", "text", "is_same"),
    [
        (ENV, '[variables.PORT]\nkind = "config"\n', True),
        (CARVEOUTS, "# None.\n", True),
        (CONFIG, '[[routes.guard]]\nname = "app.list"\nposture = "session"\n', False),
        ("more.ts", APP, False),
    ],
)
def test_routes_are_made_of_code_and_of_the_configuration(path: str, text: str, is_same: bool, tmp_path: Path) -> None:
    write(tmp_path, {"app.ts": APP})
    before = stage(tmp_path)
    write(tmp_path, {path: text})
    assert (stage(tmp_path) == before) is is_same


@pytest.mark.parametrize(
    ("frontend", "text", "matters"),
    [
        (typescript, "import express from 'express'", True),
        (typescript, "expressApp.get('/orders', list)", True),
        (typescript, "export function expressionOf(value) {}", False),
        (typescript, "await sql`SET LOCAL app.tenant = ${tenant}`", True),
        (typescript, "const session = settle(local)", False),
        (python, "from flask_login import current_user", True),
        (python, "from quart import Quart", True),
        (python, "quarter = (month - 1) // 3", False),
        (python, "execute('select set_config(%s, %s, true)')", True),
        (rust, "use axum::Router;", True),
        (rust, "fn local_session() {}", False),
        (csharp, "public class UsersController : ControllerBase", True),
        (csharp, "namespace MediaBrowser.Controller.Library;", False),
        (csharp, 'app.MapGet("/", () => 1);', True),
    ],
)
def test_a_file_is_read_for_whole_words_only(frontend: ModuleType, text: str, matters: bool) -> None:
    assert frontend.matters("src/file", text.encode()) is matters
