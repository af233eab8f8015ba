"""A refusal because of how an application is set up says nothing of who comes; one by a session that a call finds by itself does."""

import pytest

from replay.web.routing import enforcement

APP = """
import express from "express";
const app = express();
app.get("/rows", async (req, res) => {{
  if (!{condition}) return res.status(403).end();
  res.json([]);
}});
app.listen(1);
"""
RUST = """
use axum::{routing::get, Router};
fn check_access_enabled() -> Result<(), StatusCode> {
    if !CONFIG.access_allowed() { return Err(StatusCode::FORBIDDEN); }
    Ok(())
}
async fn rows() -> Result<String, StatusCode> { check_access_enabled()?; Ok(String::new()) }
fn app() -> Router { Router::new().route("/rows", get(rows)) }
async fn main() { axum::serve(listener, app()).await; }
"""
ATTACHED = """
use axum::{middleware::from_fn, routing::get, Router};
async fn attach_session(jar: CookieJar, mut req: Request, next: Next) -> Response {
    req.extensions_mut().insert(jar.get("session").map(decode));
    next.run(req).await
}
async fn rows() -> String { String::new() }
fn app() -> Router { Router::new().route("/rows", get(rows)).layer(from_fn(attach_session)) }
async fn main() { axum::serve(listener, app()).await; }
"""


@pytest.mark.parametrize(
    "condition",
    [
        "config.accessAllowed()",
        "(config.accessAllowed() && req.query.q)",
        "isFeatureEnabled()",
        'flags.isOn("beta")',
        "settings.auth.isOpen()",
    ],
)
def test_what_an_application_allows_at_all_is_no_guard(condition: str) -> None:
    assert enforcement({"app.js": APP.format(condition=condition)})["GET /rows"] != "enforced"


@pytest.mark.parametrize("condition", ["(await getSession())", "(await auth(req))", "(await currentUser())"])
def test_a_session_that_a_call_finds_by_itself_is_asked_for(condition: str) -> None:
    assert enforcement({"app.js": APP.format(condition=condition)})["GET /rows"] == "enforced"


@pytest.mark.parametrize("condition", ["req.session.id", "req.sessionID", "(req.user?.id ?? req.sessionID)", "(req.user || req.sessionID)"])
def test_who_has_a_session_at_all_may_be_anybody(condition: str) -> None:
    assert enforcement({"app.js": APP.format(condition=condition)})["GET /rows"] != "enforced"


@pytest.mark.parametrize("condition", ["req.session.userId", "req.user"])
def test_who_has_a_user_in_the_session_signed_in(condition: str) -> None:
    assert enforcement({"app.js": APP.format(condition=condition)})["GET /rows"] == "enforced"


def test_where_nobody_sees_what_a_call_goes_by_it_is_unverified() -> None:
    assert enforcement({"app.js": APP.format(condition="(await rows.ofTheDay())")})["GET /rows"] == "unverified"


def test_a_function_that_only_asks_for_the_configuration_is_no_guard() -> None:
    assert enforcement({"src/main.rs": RUST}) == {"GET /rows": "none"}


def test_what_limits_how_often_somebody_comes_is_no_guard() -> None:
    limited = RUST.replace("check_access_enabled", "check_limit_unauthenticated").replace("!CONFIG.access_allowed()", "bucket.is_empty()")
    assert enforcement({"src/main.rs": limited})["GET /rows"] != "enforced"


def test_what_only_puts_a_session_beside_the_request_is_no_guard() -> None:
    assert enforcement({"src/main.rs": ATTACHED}) == {"GET /rows": "none"}
    assert enforcement({"src/main.rs": ATTACHED.replace("attach_session", "require_session")}) == {"GET /rows": "declared"}
