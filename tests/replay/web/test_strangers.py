"""Who is known is turned away from pages to sign in, which are there for everybody else: that is no guard."""

import pytest

from replay.web.routing import enforcement

EXPRESS = """
import express from "express";
import {{ getSession }} from "./sessions";
const app = express();
app.get("/login", async (req, res) => {{
  const session = await getSession(req);
  {check}
  res.json(await form());
}});
app.listen(1);
"""
FASTAPI = """
from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse
app = FastAPI()
@app.get("/login")
def login(request: Request):
    if {condition}:
        return RedirectResponse(url="/")
    return templates.TemplateResponse(request, name="login.html")
"""


@pytest.mark.parametrize(
    "check",
    [
        'if (session) return res.status(403).json({ error: "signed in" });',
        "if (session !== null) return res.status(403).end();",
        'if (req.user) return res.status(403).json({ error: "signed in" });',
        "if (!session) { await count(); } else { return res.status(403).end(); }",
    ],
)
def test_a_page_for_strangers(check: str) -> None:
    assert enforcement({"app.js": EXPRESS.format(check=check)}) == {"GET /login": "none"}


@pytest.mark.parametrize("check", ["if (!session) return res.status(401).end();", "if (session === null) return res.status(401).end();"])
def test_a_page_for_those_who_are_known(check: str) -> None:
    assert enforcement({"app.js": EXPRESS.format(check=check)}) == {"GET /login": "enforced"}


def test_a_page_for_strangers_in_python() -> None:
    assert enforcement({"app.py": FASTAPI.format(condition="request.user.is_authenticated")}) == {"GET /login": "none"}
    assert enforcement({"app.py": FASTAPI.format(condition="not request.user.is_authenticated")}) == {"GET /login": "enforced"}


def test_who_is_not_known_is_turned_away() -> None:
    assert enforcement({"app.py": FASTAPI.format(condition="request.user.is_anonymous")}) == {"GET /login": "enforced"}


EITHER = """
from fastapi import FastAPI, HTTPException, Request
app = FastAPI()
@app.get("/rows")
def rows(request: Request):
    user = request.user
    name = "known" if user else "stranger"
    return load(name)
"""


def test_a_branch_in_which_nothing_is_done_has_no_arm() -> None:
    assert enforcement({"app.py": EITHER}) == {"GET /rows": "none"}


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("request.user.is_banned", "unverified"),
        ("request.user.is_banned()", "unverified"),
        ("not request.state.user or request.state.user.is_banned", "enforced"),
        ("not request.user.is_active", "enforced"),
    ],
)
def test_who_keeps_out_some_of_those_who_are_known_says_nothing_of_the_others(condition: str, said: str) -> None:
    assert enforcement({"app.py": FASTAPI.format(condition=condition)}) == {"GET /login": said}
    code = EXPRESS.format(check="if (session?.user?.banned) return res.status(403).end();")
    assert enforcement({"app.js": code}) == {"GET /login": "unverified"}


ANSWERED = """
import { Hono } from "hono";
import { findUser, serviceAccount } from "./users";
const app = new Hono();
app.post("/reset", async (c) => {
  const { email, userId } = await c.req.json();
  const user = await findUser(c.req.header("authorization"));
  CHECK
  await send(email);
  return c.text("sent");
});
export default app;
"""


@pytest.mark.parametrize(
    ("check", "said"),
    [
        ("if (email.toLowerCase() === serviceAccount()) return c.text('FORBIDDEN', 403);", "unverified"),
        ("if (email === serviceAccount()) return c.text('FORBIDDEN', 403);", "unverified"),
        ("if (user.id === userId) return c.text('FORBIDDEN', 403);", "unverified"),
        ("if (!user || user.id !== userId) return c.text('FORBIDDEN', 403);", "enforced"),
    ],
)
def test_who_is_not_the_one_that_is_turned_away_comes_in(check: str, said: str) -> None:
    users = "export const serviceAccount = () => process.env.SERVICE_ACCOUNT;\n"
    assert enforcement({"users.ts": users, "app.ts": ANSWERED.replace("CHECK", check)}) == {"POST /reset": said}


def test_an_application_that_is_not_set_up_turns_nobody_away_for_who_they_are() -> None:
    files = {
        "authorize.ts": "export const handleAuthorizeUrl = async (options) => {\n  const { c, client } = options;\n"
        "  if (!client.clientId || !client.clientSecret) throw new AppError('NOT_SETUP');\n  return c.json({ url: make(client) });\n};\n",
        "app.ts": 'import { Hono } from "hono";\nimport { handleAuthorizeUrl } from "./authorize";\nimport { google } from "./providers";\n'
        'const app = new Hono();\napp.post("/google", async (c) => handleAuthorizeUrl({ c, client: google }));\nexport default app;\n',
    }
    assert "enforced" not in enforcement(files).values()
