"""A refusal that depends only on what is stored, and on what the caller names, is no guard; one that is about who comes is."""

import pytest

from replay.web.routing import enforcement, routes

SCRIPT = """
import express from "express";
const app = express();

app.get("/activities/:id", async (req, res) => {
  const activity = await Activity.read(req.params.id);
  if (CONDITION) return res.status(403).end();
  res.json(activity);
});
"""
RUST = """
use actix_web::{web, App, HttpRequest, HttpResponse, HttpServer};

async fn activity(info: web::Path<Named>, request: HttpRequest, db: web::Data<Db>) -> Result<HttpResponse, Error> {
    let activity = SentActivity::read(&mut db.pool(), &format!("{}/{}", info.type_, info.id)).await?;
    if CONDITION {
        return Ok(HttpResponse::Forbidden().finish());
    }
    Ok(HttpResponse::Ok().json(activity.data))
}

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    HttpServer::new(|| App::new().route("/activities/{id}", web::get().to(activity))).bind("127.0.0.1:0")?.run().await
}
"""
PYTHON = """
from fastapi import Depends, FastAPI, HTTPException, Request
from sqlalchemy.orm import Session

app = FastAPI()

@app.get("/activities/{id}")
def activity(id: int, request: Request, session: Session = Depends(database)):
    activity = read_activity(session, id)
    if {condition}:
        raise HTTPException(status_code=403)
    return activity
"""


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("activity.sensitive", "none"),
        ("activity.tenant !== req.query.tenant", "none"),
        ("activity.owner !== (await lookup(req.headers.authorization))?.id", "enforced"),
        ("!(await mayRead(activity, req))", "enforced"),
        ("!(await getAccount(req.params.id)).active", "unverified"),
    ],
)
def test_in_typescript(condition: str, expected: str) -> None:
    assert enforcement({"app.js": SCRIPT.replace("CONDITION", condition)}) == {"GET /activities/{id}": expected}


@pytest.mark.parametrize(
    ("condition", "expected"), [("activity.sensitive", "none"), ("activity.owner != lookup(request.headers())?", "enforced")]
)
def test_in_rust(condition: str, expected: str) -> None:
    assert enforcement({"src/main.rs": RUST.replace("CONDITION", condition)}) == {"GET /activities/{id}": expected}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [("activity.sensitive", "none"), ("activity.owner != lookup(request.headers.get('authorization'))", "enforced")],
)
def test_in_python(condition: str, expected: str) -> None:
    assert enforcement({"app.py": PYTHON.replace("{condition}", condition)}) == {"GET /activities/{id}": expected}


@pytest.mark.parametrize("clock", ["Date.now()", "new Date()", "new Date(Date.now() - 30 * 60 * 1000)", "dayjs()", "moment().valueOf()"])
def test_what_is_held_against_the_clock_says_nothing_of_who_comes(clock: str) -> None:
    assert enforcement({"app.js": SCRIPT.replace("CONDITION", f"activity.expires < {clock}")}) == {"GET /activities/{id}": "none"}


@pytest.mark.parametrize("clock", ["datetime.utcnow()", "datetime.now(timezone.utc)", "time.time()"])
def test_in_python_either(clock: str) -> None:
    assert enforcement({"app.py": PYTHON.replace("{condition}", f"activity.expires < {clock}")}) == {"GET /activities/{id}": "none"}


def test_what_was_held_against_a_schema_is_what_was_sent() -> None:
    read = "const sent = AccessSchema.parse(req.body);\n  const activity = await Activity.read(sent.id);"
    text = SCRIPT.replace("const activity = await Activity.read(req.params.id);", read).replace("CONDITION", "!activity")
    assert enforcement({"app.js": text}) == {"GET /activities/{id}": "none"}


def test_an_arm_that_returns_is_no_value() -> None:
    shadowed = "let activity = match SentActivity::read(&mut db.pool(), &info.id).await { Ok(found) => found, ERR };"
    denied = "Err(Fault::Disabled) => return Ok(HttpResponse::Forbidden().finish()), Err(_) => return Ok(gone())"
    read = 'let activity = SentActivity::read(&mut db.pool(), &format!("{}/{}", info.type_, info.id)).await?;'
    text = RUST.replace(read, shadowed.replace("ERR", denied)).replace("CONDITION", "activity.sensitive")
    assert enforcement({"src/main.rs": text}) == {"GET /activities/{id}": "none"}


TRACES = """
import { initTRPC, TRPCError } from "@trpc/server";
const t = initTRPC.create();
const NAME = (source: string) => t.middleware(async (opts) => {
  const { ctx, next } = opts;
  const input = await opts.getRawInput();
  const found = await findTrace({ id: input.id });
  if (!found?.isPublic && !ctx.session?.user) throw new TRPCError({ code: "UNAUTHORIZED" });
  return next();
});
export const router = t.router({ byId: t.procedure.use(NAME("rows")).query(() => 1) });
"""


@pytest.mark.parametrize(("name", "posture"), [("enforceTraceAccess", "session"), ("enforceAccess", "session"), ("traceAll", "")])
def test_what_demands_something_of_who_comes_is_no_plumbing_whatever_it_is_about(name: str, posture: str) -> None:
    [found] = routes({"app.ts": TRACES.replace("NAME", name)})
    assert (found.enforcement, found.posture) == ("unverified", posture)
