"""Where what conditions depend on comes from."""

import pytest

from frontends.typescript.reading import facts, origins
from invariants.facts.code import PART, Argument


def condition(text: str, before: str = "") -> list[tuple[str, str]]:
    return origins(f"async function guard(req, res, next) {{ {before} if ({text}) return; }}", "guard")


@pytest.mark.parametrize(
    "text",
    [
        "req.headers.authorization",
        "req.query.skip",
        "req.method === other.x",
        "req.body?.debug",
        "req.url.startsWith(a)",
        "!!req.get",
        "req.cookies.x",
    ],
)
def test_requests_are_the_callers(text: str) -> None:
    origin = condition(text)[0][0]
    assert origin == ("parameter" if text == "!!req.get" else "caller")


def test_what_a_middleware_put_into_a_request_is_not_the_callers() -> None:
    assert condition("req.user") == [("parameter", "req.user")]
    assert condition("req.session.userId") == [("parameter", "req.session.userId")]


def test_variables_are_followed() -> None:
    assert condition("!user", "const token = req.headers.get('x'); const user = await verify(token);") == [("call", "verify")]
    assert condition("!token", "const token = req.headers.get('x')?.replace('Bearer ', '');")[0] == ("caller", "req.headers.get.replace")


def test_patterns_are_followed() -> None:
    found = condition("!user", "const { data: { user } } = await supabase.auth.getUser();")
    assert found == [("call", "supabase.auth.getUser"), ("constant", PART)]
    assert condition("!b", "const [a, b] = await Promise.all([first(), second()]);") == [("call", "second")]
    assert condition("skip", "const { headers: skip } = req;") == [("caller", "req.headers")]


def test_every_assignment_counts() -> None:
    assert condition("user", "let user = null; if (a) user = load(); else user = req.query.user;")[1:] == [
        ("call", "load"),
        ("caller", "req.query.user"),
    ]


def test_the_environment_is_told() -> None:
    assert condition("process.env.NODE_ENV === 'test'") == [("environment", "process.env.NODE_ENV"), ("constant", "test")]
    assert origins("const KEY = process.env.KEY; function f() { if (KEY) g(); }", "f") == [("environment", "process.env.KEY")]


def test_what_checks_nothing_is_looked_through() -> None:
    assert condition("jwt.decode(req.headers.token)") == [("caller", "req.headers.token")]
    assert condition("Boolean(new URL(req.url).searchParams.get('skip'))") == [("caller", "req.url"), ("constant", "skip")]
    assert condition("await check(req).catch(() => null)") == [("call", "check")]


def test_next_headers_are_the_callers() -> None:
    source = "import { cookies } from 'next/headers'; async function f() { const jar = await cookies(); if (jar.get('a')) g(); }"
    assert origins(source, "f")[0] == ("caller", "cookies")


def test_a_variable_that_is_asked_about_where_it_is_set_again_ends() -> None:
    again = "let names = req.body.names; names = Array.isArray(names) && names.length > 0 ? names : [];"
    assert ("caller", "req.body.names") in condition("names", again)


def test_values_that_go_in_circles_end() -> None:
    assert condition("a", "let a = b; let b = a;") == []


def test_what_a_call_is_given_is_told_on_every_way_that_leads_to_it() -> None:
    source = "function f(req, res) { if (isOpen() && isReady()) { return 1; } else { check(req.headers.token); } }"
    given = [each.sent for each in facts(Argument, source)]
    assert len(given) > 1
    assert set(given) == {"req.headers.token"}


def test_a_variable_is_followed_once_however_often_it_is_asked_for() -> None:
    chain = "".join(f" const v{each + 1} = v{each} || v{each} || v{each};" for each in range(6))
    assert condition("v6 === other", f"const v0 = req.query.a;{chain}")[0] == ("caller", "req.query.a")
    circle = "let a = b || req.query.x; let b = a || req.query.y;"
    assert set(condition("a", circle)) == set(condition("b", circle)) == {("caller", "req.query.x"), ("caller", "req.query.y")}
