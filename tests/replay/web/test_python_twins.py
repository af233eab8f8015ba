"""Small Python applications: whoever their frameworks let in, nobody says is kept out; and nearly all that is kept out is seen to be."""

import json
from functools import cache
from pathlib import Path

import pytest

from invariants.facts.web import Route
from invariants.frontends.python import read
from invariants.replay.web.corpus import Corpus
from invariants.replay.web.routes import Routes

TWINS = Path(__file__).parents[3] / "fixtures" / "routes" / "twins"
FRAMEWORKS = ["aiohttp", "django", "fastapi", "flask", "litestar", "ninja", "rest_framework", "sanic", "starlette"]
FOLDERS = [folder for name in FRAMEWORKS for folder in sorted((TWINS / name).iterdir())]
UNSEEN = {
    ("optional-bearer", "GET /strict"): "a bearer that is there is not a bearer that is right",
    ("hook-with-a-list-of-exceptions", "GET /account"): "which endpoints the list lets by is not followed",
}
"""What is refused, and not seen to be enforced; and why."""
UNSURE = {
    ("error-is-swallowed", "GET /swallowed"): "what is done about an error is seen, but not which one",
    ("hook-with-a-list-of-exceptions", "GET /home"): "which endpoints the list lets by is not followed",
    ("either-permission", "ANY /either/"): "permissions of which one is enough are not taken apart",
}
"""What is let in, and not seen to be."""

each_folder = pytest.mark.parametrize("folder", FOLDERS, ids=[f"{each.parent.name}-{each.name}" for each in FOLDERS])


def expected(folder: Path) -> dict[str, str]:
    found: dict[str, str] = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    return found


@cache
def routes(folder: Path) -> dict[str, str]:
    """The enforcement of each route of an application."""
    paths = [path.relative_to(folder).as_posix() for path in folder.rglob("*.py")]
    corpus = Corpus(paths)
    for path in paths:
        corpus.add(path, read(path, (folder / path).read_bytes()))
    return {each.name: each.enforcement for each in Routes(corpus, {}, []).facts() if isinstance(each, Route)}


@each_folder
def test_the_routes_are_those_that_the_framework_serves(folder: Path) -> None:
    assert routes(folder).keys() == expected(folder).keys()


@each_folder
def test_what_lets_everybody_in_is_never_called_enforced(folder: Path) -> None:
    opened = {name for name, verdict in expected(folder).items() if verdict == "in"}
    assert not {name for name in opened if routes(folder)[name] == "enforced"}
    assert {name for name in opened if routes(folder)[name] == "unverified"} == {name for case, name in UNSURE if case == folder.name}


@each_folder
def test_what_is_refused_is_seen_to_be(folder: Path) -> None:
    refused = {name for name, verdict in expected(folder).items() if verdict == "refused"}
    assert {name for name in refused if routes(folder)[name] != "enforced"} == {name for case, name in UNSEEN if case == folder.name}
