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
DROPPED = """
use actix_web::{middleware::from_fn, web, App};
async fn guard(request: ServiceRequest, next: Next<impl MessageBody>) -> Result<ServiceResponse<impl MessageBody>, Error> {
    if request.headers().get("authorization") != Some(&token()) {
        return Err(ErrorUnauthorized("no"));
    }
    next.call(request).await
}
async fn rows() -> impl Responder { "[]" }
fn main() {
    App::new()
        .route("/before", web::get().wrap(from_fn(guard)).to(rows))
        .route("/after", web::get().to(rows).wrap(from_fn(guard)));
}
"""


def test_a_guard_that_something_is_put_around_is_seen() -> None:
    found = enforcement({"auth.ts": LOGGED, "app/api/rows/route.ts": ROUTE})
    assert found == {"GET /api/rows": "enforced", "POST /api/rows": "none"}


def test_what_limits_how_often_somebody_comes_is_no_guard_that_cannot_be_seen() -> None:
    assert enforcement({"app.js": LIMITED, "ratelimit.js": LIMIT}) == {"GET /rows": "none"}


def test_a_guard_that_lets_some_paths_by_is_one_for_the_others() -> None:
    assert enforcement({"app.js": BY_PATH}) == {"GET /rows": "enforced"}
    assert enforcement({"app.js": BY_PATH.replace("/open", "/rows")}) == {"GET /rows": "none"}
    assert enforcement({"app.js": BY_PATH.replace('"/open"', "OPEN")}) == {"GET /rows": "unverified"}


def test_what_wraps_a_route_before_its_handler_is_named_is_dropped() -> None:
    assert enforcement({"src/main.rs": DROPPED}) == {"GET /before": "none", "GET /after": "enforced"}
