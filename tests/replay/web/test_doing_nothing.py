"""A handler of Next.js that does nothing on a path lets nobody at anything there; one that does something does."""

import pytest

from replay.web.routing import enforcement

HANDLER = """
import { getServerSession } from "next-auth";
export default async function handle(req, res) {
  %s
}
"""
CHECK = "const session = await getServerSession(req, res); if (!session) { return res.status(401).end(); }"


def said(body: str) -> str:
    [found] = enforcement({"pages/api/rows.ts": HANDLER % body}).values()
    return found


@pytest.mark.parametrize(
    "body",
    [
        f'if (req.method === "POST") {{ {CHECK} return res.json(await list()); }}',
        f'if (req.method === "POST") {{ {CHECK} try {{ return res.json(await list()); }} catch (error) {{ answer(error, res); }} }}',
        f'if (req.method === "POST") {{ {CHECK} return res.json(await list()); }} else {{ res.status(405).end(); }}',
    ],
)
def test_what_does_nothing_lets_nobody_in(body: str) -> None:
    assert said(body) == "enforced"


@pytest.mark.parametrize(
    "body",
    [
        f'if (req.method === "POST") {{ {CHECK} }} return res.json(await list());',
        f'if (req.method === "POST") {{ {CHECK} return res.json(await list()); }} await purge();',
        f'if (req.method === "POST") {{ {CHECK} return res.json(await list()); }} else {{ await purge(req.query); }}',
        f"try {{ if (req.query.a) {{ {CHECK} return res.json(await list()); }} }} catch (error) {{ await purge(req.query); }}",
        f'await purge(req.query); if (req.method === "POST") {{ {CHECK} return res.json(await list()); }}',
        f'if (req.method === "POST") {{ {CHECK} return res.json(await list()); }} return rows;',
    ],
)
def test_what_does_something_lets_in(body: str) -> None:
    assert said(body) != "enforced"


def test_what_answers_by_assigning_is_not_idle() -> None:
    code = f"""
import Router from "@koa/router"; import {{ getServerSession }} from "next-auth";
const router = new Router(); const ITEMS = [1];
router.all("/rows", async (ctx) => {{
  if (ctx.method === "POST") {{ {CHECK.replace("return res.status(401).end();", "ctx.throw(401);")} ctx.body = await list(); }}
  else {{ ctx.body = ITEMS; }}
}});
export const app = new Koa(); app.use(router.routes());
"""
    found = enforcement({"app.ts": 'import Koa from "koa";' + code})
    assert found
    assert "enforced" not in found.values()


def test_what_is_assigned_to_a_session_of_express_is_kept() -> None:
    code = f"""
import express from "express"; import {{ getServerSession }} from "next-auth";
const app = express();
app.all("/rows", async (req, res) => {{
  if (req.method === "POST") {{ {CHECK} return res.json(await list()); }}
  else {{ req.session.role = req.query.role; }}
}});
"""
    found = enforcement({"app.ts": code})
    assert found
    assert "enforced" not in found.values()


def test_what_answers_nothing_by_itself_is_answered_by_the_framework() -> None:
    code = """
import os, jwt
from fastapi import FastAPI, HTTPException, Request
app = FastAPI()
@app.api_route("/rows", methods=["GET", "POST"])
def rows(request: Request):
    if request.method == "POST":
        try:
            jwt.decode(request.headers["authorization"], os.environ["SECRET"], algorithms=["HS256"])
        except jwt.PyJWTError:
            raise HTTPException(401)
        return purge()
"""
    assert enforcement({"app.py": code}) == {"GET /rows": "none", "POST /rows": "enforced"}
