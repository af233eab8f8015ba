"""Sessions that nobody looked up, and cookies that nobody signed: what is read out of them proves nothing."""

import pytest

from replay.web.routing import enforcement

ROUTE = """
import { redirect } from "react-router";
import { createServerClient } from "@supabase/ssr";

const client = (request) => createServerClient("url", "key", { cookies: { getAll: () => parse(request.headers.get("cookie")) } });

async function currentSession(request) {
  const { data } = await client(request).auth.getSession();
  return data.session;
}

export async function loader({ request }) {
  const supabase = client(request);
  BODY
  return { rows: [] };
}
"""
SESSION = "const { data: { session } } = await supabase.auth.getSession();"
USER = "const { data: { user } } = await supabase.auth.getUser();"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (f"{SESSION} if (!session) throw redirect('/login');", "unverified"),
        ("const session = await currentSession(request); if (!session) throw redirect('/login');", "unverified"),
        (f"{USER} if (!user) throw redirect('/login');", "enforced"),
        (f"{SESSION} {USER} if (!session || !user) throw redirect('/login');", "enforced"),
        ("const { data } = await supabase.auth.getUser(); if (!data) throw redirect('/login');", "unverified"),
        ("const { data } = await supabase.auth.getUser(); if (!data.user) throw redirect('/login');", "enforced"),
        ("const { error } = await supabase.auth.getClaims(); if (error) throw new Response('no', { status: 401 });", "unverified"),
    ],
)
def test_the_session_that_a_client_keeps_is_not_looked_up(body: str, expected: str) -> None:
    assert enforcement({"app/routes/rows.ts": ROUTE.replace("BODY", body)}) == {"GET /rows": expected}


COOKIE = """
import { createCookieSessionStorage } from "react-router";

export const { getSession } = createCookieSessionStorage(OPTIONS);
"""
SIGNED = """
import { redirect } from "react-router";
import { getSession } from "../sessions";

export async function loader({ request }) {
  const session = await getSession(request.headers.get("cookie"));
  if (!session.get("userId")) throw redirect("/login");
  return { rows: [] };
}
"""


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ('{ cookie: { name: "session", secrets: [secret] } }', "enforced"),
        ("{ cookie: options }", "enforced"),
        ('{ cookie: { name: "session", ...options } }', "enforced"),
        ('{ cookie: { name: "session" } }', "unverified"),
        ('{ cookie: { name: "session", secrets: [] } }', "unverified"),
    ],
)
def test_a_cookie_that_nobody_signs_is_what_was_sent(options: str, expected: str) -> None:
    files = {"app/sessions.ts": COOKIE.replace("OPTIONS", options), "app/routes/rows.ts": SIGNED}
    assert enforcement(files) == {"GET /rows": expected}
