"""A function that says yes to whoever comes lets them in, whether it is asked so or the other way round."""

import pytest

from replay.web.routing import enforcement

APP = """
import express from "express";
import { getSession } from "iron-session";
import { things } from "./things.js";
const app = express();

async function maySee(id, user) {
  const thing = await things.load(id);
  if (thing.open) return true;
  if (!user) return false;
  return user.id === thing.owner;
}

async function isOwner(user) {
  if (!user) return false;
  return things.owners().includes(user.id);
}

app.get("/rows/:id", async (req, res) => {
  const { user } = await getSession(req, res);
  CHECK
});
app.listen(1);
"""
PYTHON = """
from fastapi import FastAPI, HTTPException, Request
from sessions import find
from things import load
app = FastAPI()

def may_see(name, user):
    thing = load(name)
    if thing.open:
        return True
    return user is not None and user == thing.owner

def is_owner(user):
    return user is not None and user in ("ada", "bob")

@app.get("/rows/{name}")
def rows(name, request: Request):
    user = find(request.headers.get("authorization"))
CHECK
    return "in"
"""


@pytest.mark.parametrize(
    "check",
    [
        "if (!(await maySee(req.params.id, user))) return res.status(403).end();\n  res.json([]);",
        "if (await maySee(req.params.id, user)) return res.json([]);\n  res.status(403).end();",
    ],
)
def test_what_is_open_lets_in_by_a_helper_in_javascript(check: str) -> None:
    assert enforcement({"app.js": APP.replace("CHECK", check)})["GET /rows/{id}"] == "unverified"


def test_what_is_open_lets_in_by_a_helper_in_python() -> None:
    check = "    if not may_see(name, user):\n        raise HTTPException(403)"
    assert enforcement({"app.py": PYTHON.replace("CHECK", check)})["GET /rows/{name}"] == "unverified"


def test_a_helper_that_wants_somebody_turns_away() -> None:
    check = "if (!(await isOwner(user))) return res.status(403).end();\n  res.json([]);"
    assert enforcement({"app.js": APP.replace("CHECK", check)})["GET /rows/{id}"] == "enforced"
    check = "    if not is_owner(user):\n        raise HTTPException(403)"
    assert enforcement({"app.py": PYTHON.replace("CHECK", check)})["GET /rows/{name}"] == "enforced"
