"""The truth about which routes applications serve is what their frameworks say, each of which is run."""

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from invariants.check import Options, Run

SERVED = Path(__file__).parents[3] / "fixtures" / "routes" / "served"
TWINS = SERVED.parent / "twins"
MODULES = Path(sys.prefix) / "npm" / "node_modules"
ASKED = {
    "express": ("served.mjs", "express"),
    "fastify": ("served.mjs", "@fastify/autoload"),
    "hono": ("served.mjs", "hono"),
    "koa": ("served.mjs", "@koa/router"),
    "nest": ("served.mjs", "@nestjs/core"),
    "next": ("next.mjs", "next"),
    "remix": ("remix.mjs", "@react-router/dev"),
    "sveltekit": ("kit.mjs", "@sveltejs/kit"),
    "trpc": ("served.mjs", "@trpc/server"),
}
"""The program that asks each framework, and the library that it needs of npm. Next.js takes minutes: scripts/test does not install it."""
FOLDERS = sorted(path.parent for path in SERVED.glob("*/*/served.json"))


def expected(folder: Path) -> list[str]:
    found: list[str] = json.loads((folder / "served.json").read_text(encoding="utf-8"))
    return found


@cache
def told(framework: str, folders: tuple[Path, ...]) -> dict[str, list[str]]:
    """What a framework says of applications."""
    program, library = ASKED[framework]
    if not (MODULES / library).exists():
        pytest.skip(f"{library} of npm is not installed")
    done = subprocess.run(
        ["node", Path(__file__).with_name(program), framework if program == "served.mjs" else MODULES, *folders],
        capture_output=True,
        text=True,
        check=True,
        timeout=900,
        env={**os.environ, "NODE_PATH": str(MODULES)},
    )
    found: dict[str, list[str]] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.mark.parametrize("framework", ASKED)
def test_what_is_expected_is_what_the_framework_serves(framework: str) -> None:
    folders = tuple(each for each in FOLDERS if each.parent.name == framework)
    assert told(framework, folders) == {each.name: expected(each) for each in folders}


@pytest.mark.parametrize("framework", ["express", "fastify", "hono", "nest"])
def test_the_twins_are_asked_for_all_that_they_serve(framework: str) -> None:
    folders = tuple(sorted(path.parent for path in (TWINS / framework).glob("*/truth.json")))
    wanted = {each.name: sorted(json.loads((each / "truth.json").read_text(encoding="utf-8"))) for each in folders}
    assert told(framework, folders) == wanted


@pytest.mark.parametrize("framework", ASKED)
def test_each_framework_was_asked_about_ten_applications(framework: str) -> None:
    assert sum(each.parent.name == framework for each in FOLDERS) >= 10


@pytest.mark.parametrize("folder", FOLDERS, ids=[f"{each.parent.name}-{each.name}" for each in FOLDERS])
def test_every_route_that_is_served_is_found_and_no_other(folder: Path) -> None:
    found = {name for (name,) in Run(Options(folder, cached=False)).store.ask("select name from route")[1]}
    assert sorted(found) == expected(folder)
