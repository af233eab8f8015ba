"""A guard that a handler calls and whose answer it ignores guards nothing, and is no missing guard either."""

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
    ],
)
def test_in_a_handler(call: str, expected: str) -> None:
    assert enforcement({"app.js": SCRIPT.replace("CALL", call)}) == {"GET /rows": expected}
