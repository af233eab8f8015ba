"""A secret that is empty where nobody sets it keeps nobody out there, unless the function insists that it is set."""

import pytest

from replay.web.routing import routes

PYTHON = """
import os
from fastapi import Depends, FastAPI, Header, HTTPException

TOKEN = {default}

def guard(x_token: str = Header("")):
    if {condition}:
        raise HTTPException(401)

app = FastAPI()

@app.get("/rows", dependencies=[Depends(guard)])
def rows():
    return []
"""
EXPRESS = """
import express from "express";
const TOKEN = {default};
const app = express();
function guard(req, res, next) {{
  if ({condition}) return res.status(401).end();
  next();
}}
app.get("/rows", guard, (req, res) => res.json([]));
app.listen(1);
"""
AXUM = """
use axum::{{middleware::from_fn, routing::get, Router}};
async fn guard(headers: HeaderMap, request: Request, next: Next) -> Result<Response, StatusCode> {{
    let token = std::env::var("TOKEN"){default};
    let sent = headers.get("x-token").and_then(|value| value.to_str().ok()).unwrap_or("");
    if {condition} {{ return Err(StatusCode::UNAUTHORIZED); }}
    Ok(next.run(request).await)
}}
async fn rows() -> String {{ String::new() }}
fn app() -> Router {{ Router::new().route("/rows", get(rows)).layer(from_fn(guard)) }}
async fn main() {{ axum::serve(listener, app()).await; }}
"""


def said(path: str, text: str) -> tuple[str, str]:
    [found] = routes({path: text})
    return found.enforcement, found.reason


@pytest.mark.parametrize("default", ['os.environ.get("TOKEN", "")', 'os.getenv("TOKEN") or ""', 'os.getenv("TOKEN", default="")'])
def test_a_token_that_may_be_empty_in_python(default: str) -> None:
    enforcement, reason = said("app.py", PYTHON.format(default=default, condition="x_token != TOKEN"))
    assert enforcement == "unverified"
    assert "the environment can switch it off" in reason
    assert said("app.py", PYTHON.format(default=default, condition="not TOKEN or x_token != TOKEN"))[0] == "enforced"


def test_a_token_that_is_never_empty_in_python() -> None:
    assert said("app.py", PYTHON.format(default='os.environ["TOKEN"]', condition="x_token != TOKEN"))[0] == "enforced"


def test_a_token_that_stands_in_the_code_where_nobody_sets_it() -> None:
    """Whoever reads the code knows it."""
    assert said("app.py", PYTHON.format(default='os.getenv("TOKEN", "in the code")', condition="x_token != TOKEN"))[0] == "unverified"


@pytest.mark.parametrize("default", ['process.env.TOKEN ?? ""', "process.env.TOKEN || ''"])
def test_a_token_that_may_be_empty_in_javascript(default: str) -> None:
    assert said("app.js", EXPRESS.format(default=default, condition='req.headers["x-token"] !== TOKEN'))[0] == "unverified"
    assert said("app.js", EXPRESS.format(default=default, condition='!TOKEN || req.headers["x-token"] !== TOKEN'))[0] == "enforced"


def test_a_token_that_may_be_empty_in_rust() -> None:
    assert said("src/main.rs", AXUM.format(default=".unwrap_or_default()", condition="sent != token"))[0] == "unverified"
    assert said("src/main.rs", AXUM.format(default=".unwrap()", condition="sent != token"))[0] == "enforced"


ABSENT = 'os.getenv("TOKEN")'
SENT = "def guard(x_token: str = Header(None)):"


def said_of(condition: str, default: str = ABSENT, *, before: str = "") -> str:
    text = PYTHON.format(default=default, condition=condition).replace('def guard(x_token: str = Header("")):', f"{SENT}{before}")
    return said("app.py", text)[0]


def test_a_token_that_is_nothing_is_the_same_as_none_that_was_sent() -> None:
    assert said_of("x_token != TOKEN") == "unverified"
    assert said_of("(x_token or '') != TOKEN") == "enforced"
    assert said_of("not x_token or x_token != TOKEN") == "enforced"
    assert said_of("x_token is None or x_token != TOKEN") == "enforced"
    assert said_of("TOKEN is None or x_token != TOKEN") == "enforced"


def test_an_empty_token_is_something() -> None:
    assert said_of("x_token is None or x_token != TOKEN", 'os.getenv("TOKEN", "")') == "unverified"
    assert said_of("not x_token or x_token != TOKEN", 'os.getenv("TOKEN", "")') == "enforced"


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ("if not TOKEN: raise HTTPException(500)", "enforced"),
        ("if TOKEN is None: raise HTTPException(500)", "enforced"),
        ("if not TOKEN: print('no token')", "unverified"),
        ("if TOKEN: print('a token')", "unverified"),
        ("if TOKEN: raise HTTPException(500)", "unverified"),
    ],
)
def test_a_function_that_insists_goes_no_further(before: str, expected: str) -> None:
    assert said_of("x_token != TOKEN", before=f"\n    {before}") == expected


@pytest.mark.parametrize("filled", ['f"Bearer {TOKEN}"', '"Bearer %s" % TOKEN', "str(TOKEN)"])
def test_a_token_that_is_nothing_is_known_to_everybody_in_a_text(filled: str) -> None:
    assert said_of(f"not x_token or x_token != {filled}") == "unverified"
    assert said_of(f"not TOKEN or x_token != {filled}") == "enforced"


def of_express(condition: str, default: str = "process.env.TOKEN", sent: str = 'req.headers["x-token"]') -> str:
    return said("app.js", EXPRESS.format(default=default, condition=condition.replace("SENT", sent)))[0]


def test_a_variable_that_nobody_sets_is_the_same_as_a_header_that_nobody_sends() -> None:
    assert of_express("SENT !== TOKEN") == "unverified"
    assert of_express("!SENT || SENT !== TOKEN") == "enforced"
    assert of_express("!TOKEN || SENT !== TOKEN") == "enforced"
    assert of_express('(SENT ?? "") !== TOKEN') == "enforced"
    assert of_express("SENT !== `Bearer ${TOKEN}`") == "unverified"  # whoever sends `Bearer undefined` comes in
    assert of_express("!TOKEN || SENT !== `Bearer ${TOKEN}`") == "enforced"
    assert of_express("String(SENT) !== String(TOKEN)") == "unverified"


@pytest.mark.parametrize(
    ("sent", "strictly", "loosely"),
    [
        ('req.headers.get("x-token")', "enforced", "unverified"),
        ('req.headers.get("x-token")?.trim()', "unverified", "unverified"),
        ('req.nextUrl.searchParams.get("token")', "enforced", "unverified"),
        ('req.get("x-token")', "unverified", "unverified"),
        ("req.query.token", "unverified", "unverified"),
        ("req.params.token", "enforced", "enforced"),
    ],
)
def test_what_is_null_is_not_what_is_undefined(sent: str, strictly: str, loosely: str) -> None:
    assert of_express("SENT !== TOKEN", sent=sent) == strictly
    assert of_express("SENT != TOKEN", sent=sent) == loosely


def test_a_setting_stands_in_the_code_for_all_to_read_where_nobody_sets_it() -> None:
    assert of_express("SENT !== TOKEN", 'process.env.TOKEN ?? "unguessable"') == "unverified"


def test_a_setting_that_insists_or_is_put_together_elsewhere_is_there() -> None:
    assert of_express("SENT !== TOKEN.key", "{ key: process.env.TOKEN }") == "unverified"
    assert of_express("SENT !== env.TOKEN") == "enforced"


READER = """
import { timingSafeEqual } from "node:crypto";
function token() { return process.env.TOKEN?.trim() || undefined; }
function safeEqual(a, b) { return timingSafeEqual(digest(a), digest(b)); }
"""


def test_a_function_that_reads_the_environment_reads_nothing_of_the_request() -> None:
    condition = 'if (!expected) return res.status(503).end(); if (!safeEqual(req.headers["x-token"] ?? "", `Bearer ${expected}`))'
    code = EXPRESS.format(default="0", condition="false").replace("if (false)", f"const expected = token(); {condition}")
    assert said("app.js", READER + code)[0] == "enforced"
