"""Small applications that were asked who gets in: what is called enforced is refused, and nothing that is let in is called enforced."""

import json
from functools import cache
from pathlib import Path

import pytest

from invariants.check import Options, Run

TWINS = Path(__file__).parents[3] / "fixtures" / "routes" / "twins"
FOLDERS = sorted(path.parent for name in ("expected", "truth") for path in TWINS.glob(f"*/*/{name}.json"))
DOUBTED = {
    ("admin-site-of-its-own", "ANY /open/{?}"): "declared",
    ("hook-with-a-list-of-exceptions", "GET /account"): "unverified",
    ("one-of-several", "GET /api/strict"): "unverified",
    ("by-method", "POST /orders"): "unverified",
    ("public-list", "GET /orders"): "unverified",
    ("reads-the-route", "GET /private"): "unverified",
    ("class-with-a-role", "GET /admin"): "unverified",
    ("factory-of-dependencies", "GET /admin"): "unverified",
    ("mistakes-of-many-kinds", "GET /swallows-other"): "unverified",
    ("mistakes-of-many-kinds", "GET /late/private"): "unverified",
    ("mistakes-of-many-kinds", "GET /roles"): "unverified",
    ("mistakes-of-many-kinds", "POST /with-safe"): "unverified",
    ("mistakes-of-many-kinds", "GET /unmarked"): "unverified",
    ("mistakes-of-many-kinds", "GET /exempt/closed"): "unverified",
    ("mistakes-of-many-kinds", "GET /excepted/closed"): "unverified",
    ("mistakes-of-many-kinds", "GET /mounted-closed/rows"): "unverified",
    ("mistakes-of-many-kinds", "GET /prefixed/private"): "unverified",
    ("mistakes-of-many-kinds", "GET /pure"): "unverified",
    ("mistakes-of-many-kinds", "GET /raising"): "none",
    ("mistakes-of-many-kinds", "GET /suffixed/rows"): "unverified",
    ("mistakes-of-many-kinds", "GET /suffixed/{name}"): "unverified",
    ("mistakes-of-many-kinds", "GET /by-path/private"): "unverified",
    ("mistakes-of-many-kinds", "GET /sets/needed"): "unverified",
    ("mistakes-of-many-kinds", "GET /open/either"): "unverified",
    ("secrets-and-ways-past-them", "POST /reading/rows"): "unverified",
    ("permissions-by-action", "POST /by-map"): "unverified",
    ("mistakes-of-many-kinds", "POST /only-posts"): "unverified",
    ("objects-that-functions-make", "GET /users-only"): "unverified",
    ("guards-that-functions-make-of-guards", "GET /copied"): "unverified",
    ("guards-that-functions-make-of-guards", "GET /policy"): "unverified",
    ("made-by-functions-elsewhere", "GET /opened/default/rows"): "unverified",
    ("guards-that-functions-make-of-guards", "GET /web"): "unverified",
    ("guards-that-functions-make-of-guards", "GET /web-fresh"): "unverified",
    ("guards-that-functions-make-of-guards", "GET /web-read"): "unverified",
    ("decorator-with-a-role", "POST /x"): "unverified",
    ("wrapped-hook", "GET /api/x/{rest}"): "unverified",
    ("secrets-that-may-be-missing", "GET /with_a_default"): "unverified",
    ("paths-that-are-given", "GET /rows/closed"): "none",
    ("handlers", "GET /api/options"): "unverified",
    ("handlers", "GET /api/thrown"): "none",
    ("handlers", "GET /api/wrapped"): "declared",
    ("exceptions", "GET /d/closed"): "unverified",
    ("mistaken-guards", "GET /skipAuth"): "unverified",
    ("middleware", "GET /api/rows"): "unverified",
    ("middleware", "GET /api/rows/deep"): "unverified",
    ("extension-of-a-middleware", "GET /mine"): "none",
    ("data-of-a-middleware", "GET /mine"): "none",
    ("optional-extractor-that-rejects", "GET /handled"): "declared",
    ("extractors-of-more-kinds", "GET /handled"): "declared",
    ("extractors-of-more-kinds", "GET /together/{id}"): "none",
    ("methods-in-the-place-of-permissions", "GET /get-super/"): "unverified",
    ("users-beside-requests", "GET /checked-in-a-context"): "unverified",
    ("users-of-a-middleware", "GET /lookups-in-the-handler"): "unverified",
    ("values-that-are-always-there", "GET /every"): "unverified",
    ("values-that-are-always-there", "GET /list-filtered"): "unverified",
    ("values-that-are-always-there", "GET /some-of-found"): "unverified",
    ("asserted", "GET /session"): "unverified",
    ("asserted", "GET /helper"): "unverified",
    ("required-of-a-part-of-what-a-method-maps", "GET /second"): "unverified",
}
"""What is refused and not called enforced: pages of the admin's own, which are not there
without its templates, a hook that lets some paths by, a second way in
that only those try whom a first one does not know, one for some methods, paths or routes only, and a variable of the environment that is
not named, and permissions that a method puts together; in Rust what a middleware puts
beside the requests of those whom it knows, and extractors inside others;
in C# what is said of the last of several routes that a method maps;
in Python objects that functions make as guards,
a secret that stands in the code where nobody sets it, what a variable of a context holds, a user whom other frameworks always put
there, and what is only asserted, which `-O` leaves out;
what a middleware does for some paths or methods only, or before headers that it takes apart itself, a backend that raises,
and what another middleware put beside the request;
in Express a router that a function is given and puts a guard on, and lists that are asked for what is in them; in Hono what
a function says is let by, and the environment;
in Next.js a middleware alone, an error that says nothing but by its text, two questions about one token, and an option that is on."""

each_folder = pytest.mark.parametrize("folder", FOLDERS, ids=[f"{each.parent.name}-{each.name}" for each in FOLDERS])


def expected(folder: Path) -> dict[str, str]:
    path = next(each for name in ("expected", "truth") if (each := folder / f"{name}.json").exists())
    return {route: "refused" if answer == "out" else answer for route, answer in json.loads(path.read_text(encoding="utf-8")).items()}


@cache
def judged(folder: Path) -> dict[str, str]:
    return dict(Run(Options(folder, cached=False)).store.ask("select name, enforcement from route")[1])


def test_there_are_twins() -> None:
    assert len(FOLDERS) > 80


@each_folder
def test_every_route_is_found_and_no_other(folder: Path) -> None:
    assert judged(folder).keys() == expected(folder).keys()


@each_folder
def test_nothing_that_is_let_in_is_called_enforced(folder: Path) -> None:
    entered = {name for name, answer in expected(folder).items() if answer in {"in", "made up"}}
    assert not {name for name in entered if judged(folder)[name] == "enforced"}


@each_folder
def test_what_is_refused_is_called_enforced(folder: Path) -> None:
    refused = {name for name, answer in expected(folder).items() if answer == "refused"}
    found = {name: judged(folder)[name] for name in refused if judged(folder)[name] != "enforced"}
    assert found == {name: verdict for (twin, name), verdict in DOUBTED.items() if twin == folder.name and name in refused}
