"""Guards that the environment can switch off; and what turns away for what is sent, not for who comes."""

import pytest

from replay.web.routing import enforcement, routes

SWITCHED = """
import express from "express";
const app = express();
async function authenticate(req, res, next) {{
{bypass}
  const claims = await lookup(req.headers.authorization);
  if (!claims) return res.status(401).end();
  next();
}}
app.get("/rows", authenticate, (req, res) => res.json([]));
app.listen(1);
"""
CONTENT = """
import express from "express";
const app = express();
const PATTERNS = [/union\\s+select/i];
const matches = (patterns, value) => patterns.some((each) => each.test(value));
function suspicious(req, res, next) {{
  const body = JSON.stringify(req.body || {{}});
  const agent = {sent};
  const findings = [];
  if (matches(PATTERNS, body)) findings.push("injection");
  if (matches(PATTERNS, agent)) findings.push("agent");
  if (findings.length) {{
    const blocking = findings.filter((each) => each === "injection");
    if (blocking.length) return res.status(403).json({{ error: "blocked" }});
  }}
  next();
}}
app.use(suspicious);
app.get("/rows", (req, res) => res.json([]));
app.listen(1);
"""
KEY = """
import hmac, os
from fastapi import Depends, FastAPI, Header, HTTPException
app = FastAPI()
async def verify_api_key({name}: str = Header(None)):
    expected = os.environ.get("{variable}")
    if not expected:
        raise HTTPException(status_code=503)
    if not {name} or not hmac.compare_digest({name}, expected):
        raise HTTPException(status_code=401)
@app.get("/rows", dependencies=[Depends(verify_api_key)])
async def rows(): return []
"""
TWO_WAYS = """
use axum::{middleware::from_fn_with_state, routing::get, Router};
async fn auth_when_required(State(state): State<App>, request: Request, next: Next) -> Response {
    if !state.settings.auth_required { return next.run(request).await; }
    if Token::from_header(request.headers(), &state.db).await.is_ok() { return next.run(request).await; }
    if state.db.validate_session(request.headers().get("cookie")).await.is_ok() { return next.run(request).await; }
    unauthorized()
}
fn unauthorized() -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::UNAUTHORIZED;
    response
}
async fn rows() -> String { String::new() }
fn app() -> Router { Router::new().route("/rows", get(rows)).layer(from_fn_with_state(state, auth_when_required)) }
async fn main() { axum::serve(listener, app()).await; }
"""


@pytest.mark.parametrize(
    "bypass",
    [
        'if (process.env.NODE_ENV === "test" && req.headers["x-user-id"]) return next();',
        'if (req.headers["x-user-id"]) { if (process.env.NODE_ENV === "test") return next(); }',
        'if (process.env.BYPASS === "1") { if (req.headers["x-user-id"]) return next(); return res.status(401).end(); }',
    ],
)
def test_where_the_environment_has_to_agree_a_guard_is_unverified(bypass: str) -> None:
    assert enforcement({"app.js": SWITCHED.format(bypass=bypass)}) == {"GET /rows": "unverified"}


def test_where_the_caller_decides_alone_a_guard_is_void() -> None:
    bypass = 'if (req.headers["x-user-id"]) return next();'
    assert enforcement({"app.js": SWITCHED.format(bypass=bypass)}) == {"GET /rows": "declared"}


def test_what_turns_away_for_what_is_sent_is_no_guard() -> None:
    assert enforcement({"app.js": CONTENT.format(sent='req.headers["user-agent"] || ""')}) == {"GET /rows": "none"}


@pytest.mark.parametrize("sent", ["req.headers.authorization", "req.ip", "req.headers"])
def test_what_may_turn_away_for_who_comes_is_in_doubt(sent: str) -> None:
    assert enforcement({"app.js": CONTENT.format(sent=sent)}) == {"GET /rows": "unverified"}


def test_a_key_that_is_held_against_the_secret_of_the_environment_is_asked_for() -> None:
    assert enforcement({"app.py": KEY.format(name="x_api_key", variable="API_KEY")}) == {"GET /rows": "enforced"}
    assert enforcement({"app.py": KEY.format(name="x_sent", variable="API_KEY")}) == {"GET /rows": "enforced"}


def test_a_value_that_is_held_against_no_secret_is_no_key() -> None:
    assert enforcement({"app.py": KEY.format(name="x_region", variable="REGION")})["GET /rows"] != "enforced"


@pytest.mark.parametrize(
    ("header", "is_enforced"),
    [
        ('req.headers["x-user-id"]', False),
        ('req.get("origin")', False),
        ('req.headers["x-api-key"]', True),
        ('req.get("authorization")', True),
        ("req.headers.authorization", True),
    ],
)
def test_a_header_tells_who_comes_by_its_name(header: str, is_enforced: bool) -> None:
    source = SWITCHED.replace("req.headers.authorization", header).format(bypass="")
    assert (enforcement({"app.js": source})["GET /rows"] == "enforced") == is_enforced


def test_a_guard_with_two_ways_in_that_the_settings_can_switch_off_is_unverified_with_the_condition() -> None:
    [found] = routes({"src/main.rs": TWO_WAYS})
    assert found.enforcement == "unverified"
    assert found.reason.endswith("the environment can switch it off: `state.settings.auth_required`")


def test_a_guard_that_a_caller_can_switch_off_beside_the_settings_is_void() -> None:
    opened = '    if request.headers().contains_key("x-internal") { return next.run(request).await; }\n    if Token::'
    assert enforcement({"src/main.rs": TWO_WAYS.replace("    if Token::", opened)}) == {"GET /rows": "declared"}
