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
    ("mistakes-of-many-kinds", "POST /with-safe"): "unverified",
    ("mistakes-of-many-kinds", "GET /unmarked"): "unverified",
    ("mistakes-of-many-kinds", "GET /mounted-closed/rows"): "unverified",
    ("mistakes-of-many-kinds", "GET /pure"): "unverified",
    ("mistakes-of-many-kinds", "GET /suffixed/{name}"): "unverified",
    ("mistakes-of-many-kinds", "GET /sets/needed"): "unverified",
    ("mistakes-of-many-kinds", "GET /open/either"): "unverified",
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
    ("procedures-that-take-roles", "RPC switchedShut"): "unverified",
    ("answers-that-come-later", "GET /every-of-roles"): "unverified",
    ("refusals-that-go-on", "GET /by-includes"): "unverified",
    ("refusals-that-go-on", "GET /catch-refuses"): "unverified",
    ("refusals-that-go-on", "GET /exactly"): "unverified",
    ("refusals-that-go-on", "GET /returned-error-asked"): "unverified",
    ("refusals-that-go-on", "GET /spread"): "unverified",
    ("guards-that-are-only-made", "GET /both"): "unverified",
    ("guards-that-are-only-made", "GET /either"): "unverified",
    ("guards-that-are-only-made", "GET /optional-on"): "unverified",
    ("guards-that-are-only-made", "GET /options-on"): "unverified",
    ("guards-that-are-only-made", "GET /wrapped"): "none",
    ("promises-in-middleware", "GET /t3"): "none",
    ("promises-in-middleware", "GET /t5"): "none",
    ("hooks-by-mistake", "GET /decorated-asked"): "unverified",
    ("hooks-by-mistake", "GET /helper"): "none",
    ("hooks-by-mistake", "GET /not-marked"): "unverified",
    ("hooks-by-mistake", "GET /not-skipped"): "unverified",
    ("hooks-by-mistake", "GET /then-done"): "none",
    ("settings-of-guards", "GET /rows/by-config-asked"): "unverified",
    ("settings-of-guards", "GET /rows/by-config-insisted"): "unverified",
    ("procedures-by-mistake", "RPC byMetaOn"): "unverified",
    ("procedures-by-mistake", "RPC byTypeMutation"): "unverified",
    ("procedures-by-mistake", "RPC inputRefuses"): "unverified",
    ("procedures-by-mistake", "RPC privatePath"): "unverified",
    ("procedures-by-mistake", "RPC returned"): "unverified",
    ("answers-of-guards", "GET /rows/catches-false"): "unverified",
    ("called-back", "GET /error-that-proves"): "unverified",
    ("answers-that-may-be-unset", "GET /helper-asked"): "unverified",
    ("helpers-that-answer-yes-or-no", "GET /f"): "unverified",
    ("callbacks-in-promises", "GET /finally-logs"): "unverified",
    ("secrets-of-tokens", "GET /strict"): "unverified",
    ("secrets-of-tokens", "GET /told-strict"): "unverified",
    ("order-and-errors", "GET /exact"): "unverified",
    ("order-and-errors", "GET /next-after-finally"): "unverified",
    ("order-and-errors", "GET /next-route"): "none",
    ("order-and-errors", "GET /pattern/one"): "unverified",
    ("order-and-errors", "GET /router/rows"): "unverified",
    ("odd-conditions", "GET /and-assigned"): "unverified",
    ("odd-conditions", "GET /generator-taken"): "none",
    ("odd-conditions", "GET /getter-throws"): "none",
    ("odd-conditions", "GET /loop"): "unverified",
    ("odd-conditions", "GET /ternary-chosen"): "none",
    ("kinds-of-refusals", "GET /assert-equal"): "none",
    ("kinds-of-refusals", "GET /no-next"): "none",
    ("scopes-and-lists", "GET /all-of"): "none",
    ("scopes-and-lists", "GET /config/closed"): "unverified",
    ("scopes-and-lists", "GET /config/closed-said"): "unverified",
    ("scopes-and-lists", "GET /done-error"): "none",
    ("scopes-and-lists", "GET /list-spread"): "none",
    ("scopes-and-lists", "GET /one-of-answering"): "none",
    ("scopes-and-lists", "GET /one-of-throwing"): "none",
    ("scopes-and-lists", "GET /private/said"): "unverified",
    ("mounted-and-combined", "GET /except-list"): "none",
    ("mounted-and-combined", "GET /except-other"): "none",
    ("mounted-and-combined", "GET /returns-nothing"): "none",
    ("mounted-and-combined", "GET /some"): "none",
    ("mounted-and-combined", "GET /some-no"): "none",
    ("readers-of-metadata", "GET /class/current-user"): "declared",
    ("readers-of-metadata", "GET /class/every"): "declared",
    ("readers-of-metadata", "GET /class/interceptor"): "declared",
    ("readers-of-metadata", "GET /class/private"): "declared",
    ("readers-of-metadata", "GET /global/zero"): "declared",
    ("answers-and-contexts", "RPC byFunction"): "none",
    ("answers-and-contexts", "RPC notOk"): "none",
    ("promises-and-answers", "DELETE /api/d"): "unverified",
    ("promises-and-answers", "GET /api/d"): "none",
    ("promises-and-answers", "POST /api/d"): "none",
    ("asserted", "GET /session"): "unverified",
    ("asserted", "GET /helper"): "unverified",
    ("required-of-a-part-of-what-a-method-maps", "GET /second"): "unverified",
    ("extractors-by-extractors", "GET /pair/{id}"): "none",
    ("extractors-by-extractors", "GET /pair"): "none",
    ("extractors-by-extractors", "GET /option-map-or"): "declared",
    ("extractors-by-extractors", "GET /option-unwrapped"): "declared",
    ("extractors-by-extractors", "GET /result-match"): "declared",
    ("extractors-by-extractors", "GET /redirected"): "unverified",
    ("extractors-by-extractors", "GET /role-admin"): "unverified",
    ("extractors-of-middleware", "GET /fallible"): "declared",
    ("middleware-of-many-kinds", "GET /mutable_flag"): "unverified",
    ("middleware-of-many-kinds", "GET /response_first"): "none",
    ("layers-in-order", "GET /n1"): "none",
    ("transforms-that-respond", "GET /checks/x"): "unverified",
    ("wrapped-in-many-ways", "GET /d/x"): "none",
    ("wrapped-in-many-ways", "GET /k/x"): "unverified",
    ("hooks-and-pages", "GET /admin"): "unverified",
    ("hooks-and-pages", "GET /admin/rows"): "unverified",
    ("hooks-and-pages", "GET /administrators"): "unverified",
    ("hooks-and-pages", "GET /api/closed"): "unverified",
    ("hooks-and-pages", "GET /board"): "unverified",
    ("hooks-and-pages", "GET /parent"): "unverified",
    ("hooks-and-pages", "PATCH /locals"): "unverified",
    ("hooks-and-pages", "POST /admin"): "unverified",
    ("hooks-and-pages", "POST /api/closed"): "unverified",
    ("hooks-and-pages", "POST /writes"): "unverified",
    ("layouts-and-sessions", "POST /unsigned"): "unverified",
    ("loaders-and-actions", "GET /f"): "none",
    ("functions-by-mistake", "ANY /functions/v1/decoded"): "declared",
    ("middleware-by-mistake", "GET /api/closed"): "unverified",
    ("keys-and-tables-of-others", "GET /found"): "unverified",
    ("guards-that-are-given-nothing", "GET /rows/keyed"): "none",
    ("guards-that-are-given-nothing", "GET /rows/secret"): "unverified",
    ("guards-that-are-given-nothing", "GET /rows/sent-insisted"): "unverified",
    ("guards-that-are-given-nothing", "GET /rows/set-secret"): "unverified",
    ("factories-that-choose", "GET /by-table"): "unverified",
    ("factories-that-choose", "GET /handed-own"): "none",
    ("factories-that-choose", "GET /handed-strict"): "none",
    ("factories-that-choose", "GET /held"): "unverified",
    ("errors-that-become-answers", "GET /error-raised-later"): "unverified",
    ("errors-that-become-answers", "GET /own"): "none",
    ("errors-that-become-answers", "GET /suppresses-others"): "unverified",
    ("errors-that-become-answers", "GET /unknown"): "none",
    ("left-in-production", "GET /default-credentials"): "unverified",
    ("left-in-production", "GET /list/{name}"): "unverified",
    ("left-in-production", "GET /master-key"): "declared",
    ("left-in-production", "GET /wall/inner/rows"): "none",
    ("hooks-and-classes", "GET /by-args/rows/{name}"): "declared",
    ("hooks-and-classes", "GET /by-view/closed"): "unverified",
    ("hooks-and-classes", "GET /constructed"): "none",
    ("hooks-and-classes", "GET /widened"): "none",
    ("views-that-are-decorated", "GET /ajax-only"): "declared",
    ("views-that-are-decorated", "GET /all-roles"): "unverified",
    ("views-that-are-decorated", "GET /by-config"): "unverified",
    ("views-that-are-decorated", "GET /by-hand-before"): "none",
    ("views-that-are-decorated", "GET /defined-late"): "unverified",
    ("views-that-are-decorated", "GET /either"): "unverified",
    ("views-that-are-decorated", "GET /policy"): "none",
    ("views-that-are-decorated", "GET /statused"): "none",
    ("classes-and-middleware", "ANY /marked"): "unverified",
    ("permissions-that-are-given", "GET /hand-guests"): "unverified",
    ("permissions-that-are-given", "GET /handles"): "unverified",
    ("permissions-that-are-given", "GET /view-adds"): "unverified",
    ("permissions-that-are-given", "GET /view-adds-given"): "unverified",
    ("permissions-that-are-given", "GET /with-fails-second"): "none",
    ("permissions-that-are-given", "GET /with-object-asked"): "unverified",
    ("permissions-that-are-given", "POST /set-mixed"): "unverified",
    ("auth-that-is-none", "GET /closed/added-empty/rows"): "declared",
    ("auth-that-is-none", "GET /closed/empty"): "declared",
    ("auth-that-is-none", "GET /closed/empty/rows"): "declared",
    ("auth-that-is-none", "GET /emptied/rows"): "declared",
    ("auth-that-is-none", "GET /listed/rows"): "unverified",
    ("auth-that-is-none", "GET /open/basic-by-name"): "declared",
    ("auth-that-is-none", "GET /open/both/rows"): "declared",
    ("auth-that-is-none", "GET /open/empty-list"): "declared",
    ("auth-that-is-none", "GET /open/empty-tuple"): "declared",
    ("guards-of-layers", "GET /by-path/closed"): "unverified",
    ("guards-of-layers", "GET /hooked/rows"): "none",
    ("middlewares-in-layers", "GET /by-handler/unmarked"): "unverified",
    ("middlewares-in-layers", "GET /by-path/{name}"): "unverified",
    ("middlewares-in-layers", "GET /by-resource/closed"): "declared",
    ("middlewares-in-layers", "GET /part-closed/rows"): "unverified",
    ("groups-in-layers", "GET /ten/rows"): "unverified",
    ("middleware-by-paths", "GET /among/{name}"): "unverified",
    ("middleware-by-paths", "GET /any-of/closed"): "unverified",
    ("middleware-by-paths", "GET /by-query/private"): "declared",
    ("middleware-by-paths", "GET /ends/{name}"): "unverified",
    ("middleware-by-paths", "GET /grown/private"): "unverified",
    ("middleware-by-paths", "GET /lower/private"): "unverified",
    ("middleware-by-paths", "GET /pattern/private"): "unverified",
    ("middleware-by-paths", "GET /pure/private"): "none",
    ("middleware-by-paths", "GET /reassigned/private"): "unverified",
    ("middleware-by-paths", "GET /sliced/private"): "unverified",
    ("middleware-by-paths", "GET /starts-not/{name}"): "unverified",
    ("middleware-by-paths", "GET /stripped/private"): "unverified",
    ("middleware-by-paths", "GET /whole/private"): "unverified",
    ("names-that-are-given-again", "GET /guarded/rows"): "none",
    ("names-that-are-given-again", "GET /later-strict"): "none",
    ("names-that-are-given-again", "GET /mapped-and-listed"): "none",
    ("names-that-are-given-again", "GET /only-once"): "unverified",
    ("names-that-are-given-again", "GET /raising-in-a-lambda"): "none",
    ("names-that-are-given-again", "GET /retries-and-raises"): "unverified",
    ("names-that-are-given-again", "GET /while-true"): "unverified",
}
"""What is refused and not called enforced: pages of the admin's own, which are not there
without its templates, a hook that lets some paths by, a second way in
that only those try whom a first one does not know, one for some methods, paths or routes only, and a variable of the environment that is
not named, and permissions that a method puts together; in Rust what a middleware puts
beside the requests of those whom it knows, extractors inside others and those that may fail, a flag that is set on the way, a layer that a
method of the repository's own puts on, a guard of routing, and middleware that looks at paths or is on;
in C# what is said of the last of several routes that a method maps;
in Python objects that functions make as guards,
a secret that stands in the code where nobody sets it, what a variable of a context holds, a user whom other frameworks always put
there, and what is only asserted, which `-O` leaves out;
what a middleware does for some paths or methods only, or before headers that it takes apart itself, a backend that raises,
and what another middleware put beside the request; markers that a function takes from a table, or is given; errors of one's own that say
nothing by their names, what tries again, secrets that stand in the code, and routes whose parameter may be what a middleware lets by;
an empty list of Ninja's, which fails for whoever comes;
in Express a router that a function is given and puts a guard on, lists that are asked for what is in them, what a helper holds against
what another function answers, an error that a function calls back with, guards that are asked by a parameter, and errors that say nothing
but by their text, or that a function passes on which only wraps others; in Fastify hooks that ask which path it is, and a helper that
answers in the place of a hook; in NestJS a setting that a service looks up; in tRPC what is asked by a parameter, by the kind or name of
a procedure, or of its input; in Hono what a function says is let by, and the environment; in Next.js a middleware alone, an error that
says nothing but by its text, two questions about one token, and an option that is on;
in SvelteKit a hook that looks at paths, and a layout that a page waits for; in React Router a helper that insists where it is told,
and one that turns away where it is given nobody; in Supabase's functions a token that its gateway looked at; in NestJS a guard that
has a key in one place and none in another; in Express what one route puts beside a request and another fills in;
paths of middleware that are regular expressions, what goes on
behind a route (`next("route")`), generators and getters that raise, lists of ways in of other files, a `next` that is chosen before it is
called; in Koa and Hono middleware that calls nothing, and `some` and `except` before one route; in Fastify guards that functions make of
those which they are given, and an error that is handed on in one case of two; in NestJS what a class says is public and a parameter or an
interceptor refuses; in tRPC a check that is given, and an answer that says it is none; in SvelteKit a promise of the repository's own
that is followed by the work, and one that is made on the spot."""

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
