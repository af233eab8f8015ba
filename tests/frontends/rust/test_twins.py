"""Which routes the twins of axum and actix serve, and who gets in: what the documentation of the two says.

Neither can be run here, where there is no compiler of Rust; so each case names the sentence of the documentation that it stands on.
"""

import json
from pathlib import Path

import pytest

from invariants.check import Options, Run

TWINS = Path(__file__).parents[3] / "fixtures" / "routes" / "twins"
LAYERS = "docs.rs/axum/0.8/axum/struct.Router.html#method.route_layer: only affects routes that were added before it"
ORDER = "docs.rs/axum/0.8/axum/middleware/index.html#ordering: of a ServiceBuilder, the first layer is the outermost"
EXTRACTORS = "docs.rs/axum/0.8/axum/extract/index.html: a rejection is the answer; #optional-extractors: Option<T> goes on"
METHODS = "docs.rs/axum/0.8/axum/routing/method_routing/struct.MethodRouter.html#method.layer: covers the handlers added before it"
NESTING = "docs.rs/axum/0.8/axum/struct.Router.html#method.nest: `/` nested at `/foo` is `/foo`, without a slash"
MERGING = "docs.rs/axum/0.8/axum/struct.Router.html#method.merge: routes are put together, each with its own layers"
FUNCTIONS = "docs.rs/axum/0.8/axum/middleware/fn.from_fn.html: what is returned is the answer; next.run goes on"
SERVICES = "docs.rs/axum/0.8/axum/middleware/index.html#towerservice-and-pinboxdyn-future: call answers, or hands on to inner"
HANDLERS = "docs.rs/axum/0.8/axum/error_handling/index.html: an Err of a handler is an answer as any other"
WRAPPING = "docs.rs/actix-web/4/actix_web/struct.Scope.html#method.wrap: runs for every request that the scope serves"
APPLICATION = "docs.rs/actix-web/4/actix_web/struct.App.html#method.wrap: runs for every request of the application"
RESOURCES = "docs.rs/actix-web/4/actix_web/struct.Resource.html#method.wrap; struct.Route.html#method.wrap: runs for it alone"
ATTRIBUTES = "docs.rs/actix-web-codegen/4/actix_web_codegen/attr.get.html: wrap = ..; attr.route.html: one route a method"
REQUESTS = "docs.rs/actix-web/4/actix_web/trait.FromRequest.html: an error is the answer; Option<T> goes on"
CONFIGURED = "docs.rs/actix-web/4/actix_web/struct.App.html#method.configure: services of another function are the application's"
TRANSFORMS = "docs.rs/actix-web/4/actix_web/middleware/index.html: Transform makes a Service, whose call answers or hands on"
ROUTING = "docs.rs/actix-web/4/actix_web/guard/index.html: guards choose the route; they are not for authorization"
CONDITIONS = "docs.rs/actix-web/4/actix_web/middleware/struct.Condition.html: where the condition does not hold, it does nothing"
ANSWERS = "docs.rs/actix-web/4/actix_web/error/index.html: ErrorUnauthorized answers 401, ErrorForbidden 403"
SOURCES = {
    "axum/builder-of-layers": ORDER,
    "axum/check-in-the-handler": HANDLERS,
    "axum/extractor": EXTRACTORS,
    "axum/extractor-of-another-file": EXTRACTORS,
    "axum/extractor-that-forgets-to-reject": EXTRACTORS,
    "axum/layer-before-a-route": LAYERS,
    "axum/layer-of-a-method": METHODS,
    "axum/layer-of-ones-own": SERVICES,
    "axum/merged-routers": MERGING,
    "axum/middleware-that-forgets-to-return": FUNCTIONS,
    "axum/middleware-with-state": FUNCTIONS,
    "axum/nested-routers": NESTING,
    "axum/routers-of-functions": LAYERS,
    "actix/application-that-is-wrapped": APPLICATION,
    "actix/attributes": ATTRIBUTES,
    "actix/check-in-the-handler": ANSWERS,
    "actix/configured": CONFIGURED,
    "actix/extractor": REQUESTS,
    "actix/extractor-that-answers-somebody": REQUESTS,
    "actix/guard-of-routing": ROUTING,
    "actix/middleware-of-ones-own": TRANSFORMS,
    "actix/middleware-on-a-condition": CONDITIONS,
    "actix/resource-that-is-wrapped": RESOURCES,
    "actix/route-that-is-wrapped": RESOURCES,
    "actix/scope-that-is-wrapped": WRAPPING,
    "actix/scopes-of-functions": WRAPPING,
}


@pytest.mark.parametrize("case", SOURCES)
def test_every_route_is_found_and_no_other(case: str) -> None:
    expected = json.loads((TWINS / case / "expected.json").read_text(encoding="utf-8"))
    found = [name for (name,) in Run(Options(TWINS / case, cached=False)).store.ask("select name from route")[1]]
    assert sorted(found) == sorted(expected)


def test_every_case_says_where_its_truth_is_from() -> None:
    assert set(SOURCES) == {
        f"{path.parent.parent.name}/{path.parent.name}" for each in ("axum", "actix") for path in TWINS.glob(f"{each}/*/*.json")
    }
