"""Guards that are not what a route names: in what something else is put around, and behind names that say that they are none."""

from replay.web.routing import enforcement

LOGGED = """
import { logged } from "@acme/logging";
export const withSession = (handler) => {
  return logged(async (req, context) => {
    const session = await getSession(req.headers.get("authorization"));
    if (!session) throw new ApiError({ status: 401 });
    return await handler({ req, context, session });
  });
};
export const withName = (handler) => {
  return logged(async (req, context) => {
    return await handler({ req, context, name: "everybody" });
  });
};
"""
ROUTE = """
import { withSession, withName } from "../../../auth";
export const GET = withSession(async ({ session }) => Response.json(await rows(session)));
export const POST = withName(async ({ name }) => Response.json(await rows(name)));
"""
LIMITED = """
import express from "express";
import ratelimit from "./ratelimit";
const app = express();
app.use(ratelimit);
app.get("/rows", (req, res) => res.json([]));
app.listen(1);
"""
LIMIT = """
import { createLimit } from "limits";
const ratelimit = createLimit({ max: 10 });
export default ratelimit;
"""
BY_PATH = """
import express from "express";
const app = express();
app.use((req, res, next) => {
  if (req.path.startsWith("/open")) return next();
  if (!lookup(req.headers.authorization)) return res.status(401).end();
  next();
});
app.get("/rows", (req, res) => res.json([]));
app.listen(1);
"""


def test_a_guard_that_something_is_put_around_is_seen() -> None:
    found = enforcement({"auth.ts": LOGGED, "app/api/rows/route.ts": ROUTE})
    assert found == {"GET /api/rows": "enforced", "POST /api/rows": "none"}


def test_what_limits_how_often_somebody_comes_is_no_guard_that_cannot_be_seen() -> None:
    assert enforcement({"app.js": LIMITED, "ratelimit.js": LIMIT}) == {"GET /rows": "none"}


def test_a_guard_that_lets_some_paths_by_is_unverified() -> None:
    assert enforcement({"app.js": BY_PATH}) == {"GET /rows": "unverified"}
