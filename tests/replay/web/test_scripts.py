"""Verdicts on the twins of Express, Fastify and Hono, held against what comes in to them without credentials or with made-up ones."""

from frontends.typescript.twins import TWINS, twins
from invariants.facts.web import Route
from invariants.frontends import typescript
from invariants.replay.web.corpus import Corpus
from invariants.replay.web.modules import Modules
from invariants.replay.web.routes import Routes

DOUBTED = {("express/by-method", "POST /orders"), ("express/public-list", "GET /orders"), ("fastify/reads-the-route", "GET /private")}
"""What is kept out, by a guard that lets other routes by: that is not told apart."""


def verdicts(twin: str) -> dict[str, str]:
    """What is said of each route of a twin."""
    corpus = Corpus({"app.js"}, lambda _: [])
    corpus.add("app.js", list(typescript.read("app.js", (TWINS / twin / "app.js").read_bytes())))
    return {each.name: each.enforcement for each in Routes(corpus, Modules(corpus.paths, {}), []).facts() if isinstance(each, Route)}


def test_every_route_is_found_and_no_other() -> None:
    assert {twin: sorted(verdicts(twin)) for twin in twins()} == {twin: sorted(truth) for twin, truth in twins().items()}


def test_nothing_that_comes_in_is_called_enforced() -> None:
    told = {(twin, route): verdicts(twin)[route] for twin, truth in twins().items() for route, way in truth.items() if way != "out"}
    assert {key: verdict for key, verdict in told.items() if verdict == "enforced"} == {}


def test_what_is_kept_out_is_called_enforced() -> None:
    told = {(twin, route): verdicts(twin)[route] for twin, truth in twins().items() for route, way in truth.items() if way == "out"}
    assert {key: verdict for key, verdict in told.items() if verdict != "enforced"} == dict.fromkeys(DOUBTED, "unverified")
