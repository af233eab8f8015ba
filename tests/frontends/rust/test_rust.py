"""What Rust's functions do, step by step, and what no source can break."""

import random
from pathlib import Path

import pytest

from frontends.rust.reading import origins, outline, values
from invariants.facts.code import Import, Parameter
from invariants.frontends import rust

SOURCES = [path.read_bytes() for path in sorted((Path(__file__).parents[3] / "fixtures" / "routes" / "twins").glob("a*/*/src/*.rs"))]


def body(statements: str) -> list[str]:
    """What a middleware of these statements does."""
    return outline(f"async fn guard(req: Request, next: Next) -> Response {{ {statements} }}", "guard")


def test_a_failure_that_is_returned_needs_no_branch() -> None:
    assert body("verify(&req).await?; next.run(req).await") == ["call verify returned", "next Next.run returned", "return"]


def test_an_error_for_what_is_missing_is_a_branch() -> None:
    assert body('let t = req.headers().get("a").ok_or(StatusCode::UNAUTHORIZED)?;') == [
        'branch req.headers().get("a")',
        "  else: reject StatusCode.UNAUTHORIZED 401",
    ]


def test_let_else_rejects_where_the_pattern_does_not_hold() -> None:
    assert body("let Some(u) = find(&req) else { return Err(Error::Forbidden) };") == [
        "call find tested unawaited",
        "branch let Some(u) = find(&req)",
        "  else: reject Error.Forbidden 403",
    ]


def test_the_last_arm_of_a_match_is_what_is_left() -> None:
    assert body("match find(&req) { Ok(_) => next.run(req).await, Err(e) => e.into_response() }")[:3] == [
        "call find tested unawaited",
        "branch find(&req) = Ok(_)",
        "  then: next Next.run returned",
    ]


def test_either_side_of_an_or_rejects() -> None:
    assert body("if a.is_none() || !b(&req) { return Err(Error::Forbidden); }") == [
        "branch a.is_none()",
        "  then: reject Error.Forbidden 403",
        "  else: call b tested unawaited",
        "  else: branch b(&req)",
        "    else: reject Error.Forbidden 403",
    ]


def test_a_macro_that_ensures_is_a_branch() -> None:
    assert body("ensure!(allowed(&req), Error::Forbidden);") == [
        "call allowed tested unawaited",
        "branch allowed(&req)",
        "  else: reject Error.Forbidden 403",
    ]


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ("StatusCode::UNAUTHORIZED.into_response()", 401),
        ('(StatusCode::FORBIDDEN, "no").into_response()', 403),
        ("HttpResponse::Unauthorized().finish()", 401),
        ("Ok(HttpResponse::Forbidden().json(1))", 403),
        ("Err(AppError::Unauthorized(x))", 401),
        ("Err(StatusCode::NOT_FOUND)", 404),
        ("Response::builder().status(StatusCode::UNAUTHORIZED).body(x)", 401),
        ("ready(Err(ErrorForbidden(x)))", 403),
        ("Box::pin(async move { Err(ErrorUnauthorized(x)) })", 401),
    ],
)
def test_an_answer_that_turns_away_is_a_rejection(answer: str, status: int) -> None:
    assert next(line for line in body(answer) if line.startswith("reject")).endswith(f" {status}")


def test_a_condition_depends_on_what_its_variables_are_given() -> None:
    source = 'fn guard(req: Request) { let t = req.headers().get("a"); let u = verify(t); if u.ok { } if t == x { } }'
    assert origins(source, "guard") == [("call", "verify"), ("caller", "req.headers.get.a"), ("other", "x")]


def test_imports_are_told_one_by_one() -> None:
    assert [each[:3] for each in values(Import, "use a::{self, b::C as D, e::*}; mod f;")] == [
        ("a", "a", ""),
        ("D", "a::b", "C"),
        ("*", "a::e", "*"),
        ("f", "self::f", ""),
    ]


def test_a_parameter_that_may_be_absent_is_optional() -> None:
    assert [each[3:5] for each in values(Parameter, "fn h(user: Option<auth::User>, id: Path<u32>) {}")] == [
        ("auth.User", True),
        ("Path", False),
    ]


def test_no_source_breaks_it() -> None:
    rng = random.Random(7)
    for source in SOURCES:
        for _ in range(6):
            start = rng.randrange(len(source))
            list(rust.read("src/main.rs", source[:start] + rng.randbytes(4) + source[start + rng.randrange(40) :]))
