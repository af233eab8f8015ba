"""A helper of Rust's that answers nothing where nobody sent a token turns away only whoever sent a wrong one."""

import pytest

from replay.web.routing import enforcement

RUST = """
use axum::{extract::FromRequestParts, http::{request::Parts, HeaderMap, StatusCode}, routing::get, Router};

fn verify(token: &str) -> Result<User, StatusCode> {
    lookup(token).ok_or(StatusCode::UNAUTHORIZED)
}

HELPER

pub struct Viewer(Option<User>);
impl<S> FromRequestParts<S> for Viewer {
    type Rejection = StatusCode;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Viewer(read_user(&parts.headers)?))
    }
}

async fn seen(viewer: Viewer) -> &'static str {
    "rows"
}

async fn rows(headers: HeaderMap) -> Result<String, StatusCode> {
    CALL
    Ok("rows".into())
}

#[tokio::main]
async fn main() {
    let app = Router::new().route("/rows", get(rows)).route("/seen", get(seen));
    axum::serve(listener, app).await.unwrap();
}
"""
HELPERS = [
    """fn read_user(headers: &HeaderMap) -> Result<Option<User>, StatusCode> {
        let Some(token) = headers.get("authorization") else { return Ok(None) };
        verify(token).map(Some)
    }""",
    """fn read_user(headers: &HeaderMap) -> Result<Option<User>, StatusCode> {
        match headers.get("authorization") {
            None => Ok(None),
            Some(token) => Ok(Some(verify(token)?)),
        }
    }""",
    """fn read_user(headers: &HeaderMap) -> Result<Option<User>, StatusCode> {
        let token = token_of(headers)?;
        match token { Some(token) => Ok(Some(verify(&token)?)), None => Ok(None) }
    }
    fn token_of(headers: &HeaderMap) -> Result<Option<String>, StatusCode> {
        let Some(value) = headers.get("authorization") else { return Ok(None) };
        Ok(Some(value.to_str().map_err(|_| StatusCode::UNAUTHORIZED)?.to_string()))
    }""",
]
each_helper = pytest.mark.parametrize("helper", HELPERS)


def found(helper: str, call: str) -> dict[str, str]:
    return enforcement({"src/main.rs": RUST.replace("HELPER", helper).replace("CALL", call)})


@each_helper
@pytest.mark.parametrize("call", ["let user = read_user(&headers)?;", "if let Some(user) = read_user(&headers)? { note(user); }"])
def test_who_goes_on_with_nobody_is_not_guarded(helper: str, call: str) -> None:
    assert "enforced" not in found(helper, call).values()


@each_helper
@pytest.mark.parametrize(
    "call",
    [
        "let user = read_user(&headers)?.ok_or(StatusCode::UNAUTHORIZED)?;",
        "let Some(user) = read_user(&headers)? else { return Err(StatusCode::FORBIDDEN) };",
    ],
)
def test_who_turns_away_nobody_in_particular_is_guarded(helper: str, call: str) -> None:
    assert found(helper, call)["GET /rows"] == "enforced"
