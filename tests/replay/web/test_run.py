"""A function that is run by another, and hands the request on, is what stands before a route: contexts of storage, spans of a trace."""

import pytest

from replay.web.routing import enforcement

EXPRESS = """
import express from "express";
const app = express();
function guard(req, res, next) {{
  {body}
}}
app.get("/rows", guard, (req, res) => res.json([]));
app.listen(1);
"""
SVELTE = {
    "src/hooks.server.ts": """
import { handleRequest } from "./lib/handle";
export const handle = async (input) => handleRequest(input);
""",
    "src/lib/handle.ts": """
export async function handleRequest({ event, resolve }) {
  return runWithContext(async () => {
    if (event.url.pathname.startsWith("/admin/")) {
      if (event.request.headers.get("authorization") !== `Bearer ${process.env.ADMIN_SECRET}`) return new Response("no", { status: 401 });
    }
    const response = await resolve(event);
    return response;
  });
}
""",
    "src/routes/admin/export/+server.ts": "export async function POST() { return new Response(await rows()); }",
}
CHECK = 'if (!process.env.API_TOKEN || req.headers["x-token"] !== process.env.API_TOKEN) return res.status(401).end();'


@pytest.mark.parametrize("run", ["return storage.run({}, () => { %s next(); });", "storage.run({}, () => { %s next(); });"])
def test_what_is_run_is_looked_into(run: str) -> None:
    assert enforcement({"app.js": EXPRESS.format(body=run % CHECK)}) == {"GET /rows": "enforced"}
    assert enforcement({"app.js": EXPRESS.format(body=run % "")}) == {"GET /rows": "declared"}


def test_what_is_run_beside_the_way_on_checks_nothing() -> None:
    beside = f"storage.run({{}}, () => {{ {CHECK} next(); }}); next();"
    assert enforcement({"app.js": EXPRESS.format(body=beside)})["GET /rows"] != "enforced"


def test_a_hook_that_runs_all_of_it_in_a_context_is_in_doubt() -> None:
    assert enforcement(SVELTE) == {"POST /admin/export": "unverified"}
