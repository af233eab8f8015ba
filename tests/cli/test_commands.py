"""A command in a process of its own and one in this process are one: other tests ask what is quicker."""

from pathlib import Path

import pytest

from cli.commands import run, started
from invariants.cli.main import COMMANDS
from repositories import repository

TABLES = """create table tenants (id uuid primary key);
create table orders (id uuid primary key, tenant_id uuid not null references tenants);
"""
APP = "from flask import Flask\napp = Flask(__name__)\n@app.get('/orders')\ndef orders(): return []\n"
ASKED: dict[str, tuple[tuple[str, ...], int]] = {
    "baseline": (("baseline", "prune"), 0),
    "carveouts": (("carveouts", "list"), 0),
    "check": (("check", "--format", "json"), 1),
    "env": (("env", "verify"), 2),
    "explain": (("explain", "rls-enabled"), 0),
    "facts": (("facts", "db_table"), 0),
    "fix": (("fix", "--diff"), 1),
    "init": (("init", "--dry-run"), 0),
    "prove": (("prove", "--database", "none"), 2),
    "query": (("query", "select name from db_table order by name"), 0),
    "routes": (("routes",), 0),
    "rules": (("rules",), 0),
}


def test_every_command_is_asked() -> None:
    assert set(ASKED) == set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_process_of_its_own_says_and_exits_the_same(name: str, tmp_path: Path) -> None:
    root = repository(tmp_path / "product", {"migrations/1.sql": TABLES, "app.py": APP})
    arguments, status = ASKED[name]
    inside, outside = run(root, *arguments), started(root, *arguments)
    assert (outside.returncode, outside.stdout, outside.stderr) == (inside.returncode, inside.stdout, inside.stderr)
    assert outside.returncode == status, outside.stderr
    assert outside.stdout + outside.stderr
