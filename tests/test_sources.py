"""Routes are put together anew where what makes them has changed, and only there."""

from pathlib import Path
from types import ModuleType

import pytest

from invariants import reading
from invariants.frontends.python import scanned as python
from invariants.frontends.rust import scanned as rust
from invariants.frontends.typescript import scanned as typescript
from invariants.settings import CARVEOUTS, CONFIG, ENV
from invariants.snapshots import work_tree
from invariants.store import Store
from repositories import write

APP = "import express from 'express';\nconst app = express();\napp.get('/orders', list);\n"


def stage(root: Path) -> str:
    """What tells the routes of one snapshot from those of another."""
    [content] = [unit.content for unit in reading.units(work_tree(root), Store()) if unit.path == "routes"]
    return content


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
    ],
)
def test_a_file_is_read_for_whole_words_only(frontend: ModuleType, text: str, matters: bool) -> None:
    assert frontend.matters("src/file", text.encode()) is matters
