"""Guards that functions make of other guards, where the configuration tells of the innermost."""

import json
from pathlib import Path

from invariants.facts.place import Place
from invariants.facts.settings import RouteGuard
from replay.web.routing import enforcement

TWIN = Path(__file__).parents[3] / "fixtures" / "routes" / "twins" / "fastapi" / "guards-that-functions-make-of-guards"
FILES = {path.name: path.read_text(encoding="utf-8") for path in TWIN.glob("*.py")}
TOLD = RouteGuard(Place("config.toml", 1, 1, 1, 1), "subjects.Authenticator", "session")


def test_what_is_made_of_a_guard_that_is_told_guards_too() -> None:
    expected = json.loads((TWIN / "expected.json").read_text(encoding="utf-8"))
    refused = {name for name, answer in expected.items() if answer == "refused"}
    assert {name for name, said in enforcement(FILES, [TOLD]).items() if said == "enforced"} == refused - {"GET /copied"}


def test_one_that_is_told_of_nobody_in_particular_may_let_anybody_in() -> None:
    found = enforcement(FILES, [TOLD])
    opened = ("web-or-nobody", "policy-nobody", "nobody-read", "nobody-stale")
    assert {found[f"GET /{name}"] for name in opened} == {"unverified"}
