"""Routers of axum that stand in other crates: those of the workspace are followed, those of nobody's file are said to be unknown."""

from replay.web.routing import routes

SERVER = """
use axum::{routing::get, Router};
use tower_http::services::ServeDir;
async fn h() {}
#[tokio::main]
async fn main() {
    let app = Router::new()
        .route("/a", get(h))
        .merge(foreign::router())
        .nest("/below", foreign::routes())
        .merge(SwaggerUi::new("/docs").url("/openapi.json", api))
        .nest_service("/assets", ServeDir::new("assets"))
        .route_service("/one", ServeDir::new("one"))
        .fallback_service(ServeDir::new("dist"));
    let app = foreign::logged(app);
    axum::serve(listener, app).await;
}
"""


def test_what_a_foreign_crate_serves_is_a_route_that_is_unverified() -> None:
    found = {each.name: each.enforcement for each in routes({"src/main.rs": SERVER})}
    assert found == {
        "GET /a": "none",
        "ANY {?}": "unverified",
        "ANY /below/{?}": "unverified",
        "ANY /assets/{path}": "unverified",
        "ANY /one": "unverified",
        "ANY /{path}": "unverified",
    }


CONDITIONAL = """
use axum::{routing::get, Router};
async fn h() {}
#[tokio::main]
async fn main() {
    let prefix = settings.prefix.clone();
    let mut app = Router::new().route("/a", get(h));
    if settings.old {
        app = Router::new().nest("/old", app).route("/b", get(h));
    }
    axum::serve(listener, app).await;
}
"""


def test_a_router_that_may_be_put_into_another_is_served_both_ways() -> None:
    assert sorted(each.name for each in routes({"src/main.rs": CONDITIONAL})) == ["GET /a", "GET /b", "GET /old/a"]


def test_a_prefix_that_nobody_knows_adds_no_route_to_what_is_served_without_it_too() -> None:
    files = {"src/main.rs": CONDITIONAL.replace('"/old"', "&prefix")}
    assert sorted(each.name for each in routes(files)) == ["GET /a", "GET /b"]


DECIDED = """
use axum::{routing::get, Router};
async fn h() {}
#[tokio::main]
async fn main() {
    let prefix = settings.prefix.clone();
    let base = Router::new().route("/a", get(h));
    let app = if prefix.is_empty() { base } else { Router::new().nest(&prefix, base).route("/b", get(h)) };
    axum::serve(listener, app.into_make_service()).await;
}
"""


def test_a_router_that_a_condition_decides_is_served_either_way() -> None:
    assert sorted((each.name, each.enforcement) for each in routes({"src/main.rs": DECIDED})) == [("GET /a", "none"), ("GET /b", "none")]
