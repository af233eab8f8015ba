"""What is called with a caught error answers it: that it throws says nothing of who may come in."""

import pytest

from replay.web.routing import enforcement

APP = """
import express from "express";
const app = express();
function toHttpError(error) {
  if (error.code === "FORBIDDEN") throw new HttpError(403);
  throw new HttpError(500);
}
app.get("/rows", async (req, res) => {
  try {
    await list(req.query);
  } catch (error) {
    toHttpError(error);
  }
  res.json([]);
});
app.listen(1);
"""


def test_an_error_that_is_told_on_is_no_check() -> None:
    assert enforcement({"app.js": APP}) == {"GET /rows": "none"}


PROOF = """
import jwt
from fastapi import Depends, FastAPI, HTTPException
app = FastAPI()
def claims(token: str):
    try:
        told = decode(token)
    except {error}:
        raise HTTPException({status})
    return told
@app.get("/rows", dependencies=[Depends(claims)])
def rows(): ...
"""


@pytest.mark.parametrize("error", ["jwt.PyJWTError", "InvalidTokenError", "BadSignature", "(ExpiredSignatureError, ValueError)"])
def test_an_error_that_nothing_was_proven_turns_away_where_it_ends_in_401(error: str) -> None:
    assert enforcement({"app.py": PROOF.format(error=error, status=401)}) == {"GET /rows": "enforced"}


@pytest.mark.parametrize(("error", "status"), [("ValueError", 401), ("PermissionError", 403), ("InvalidTokenError", 400)])
def test_another_error_or_another_answer_does_not(error: str, status: int) -> None:
    assert enforcement({"app.py": PROOF.format(error=error, status=status)}) != {"GET /rows": "enforced"}


ASKED = """
import express from "express";
import {{ decode }} from "./tokens";
const app = express();
function getSession(req) {{
  {body}
}}
app.get("/rows", async (req, res) => {{
  try {{ req.session = getSession(req); }} catch {{ return res.status(401).end(); }}
  res.json([]);
}});
app.listen(1);
"""


def test_what_is_caught_turns_away_only_where_something_is_thrown() -> None:
    thrown = "const found = decode(req.headers.authorization); if (!found) throw new UnauthorizedError(); return found;"
    assert enforcement({"app.js": ASKED.format(body=thrown)})["GET /rows"] == "enforced"
    assert enforcement({"app.js": ASKED.format(body="return sessions[req.headers.cookie] ?? null;")})["GET /rows"] != "enforced"
