"""A guard that a handler calls and whose answer it ignores, or to which only some come, does not guard it."""

import pytest

from replay.web.routing import enforcement

SCRIPT = """
import express from "express";
const app = express();

async function requireUser(req) {
  const user = await lookup(req);
  if (!user) throw new UnauthorizedError();
  return user;
}

function denied(req, res) {
  if (!lookup(req)) return res.status(401).end();
}

app.get("/rows", async (req, res) => {
  CALL
  res.json([]);
});
"""


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("requireUser(req);", "declared"),
        ("denied(req, res);", "declared"),
        ("await requireUser(req);", "enforced"),
        ("count(req);", "none"),
        ("const token = await readToken(req); if (token) { await requireUser(req); }", "unverified"),
        ("const token = await readToken(req); if (!token) { return res.status(401).end(); }", "enforced"),
    ],
)
def test_in_a_handler(call: str, expected: str) -> None:
    assert enforcement({"app.js": SCRIPT.replace("CALL", call)}) == {"GET /rows": expected}
