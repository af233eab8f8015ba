"""What a caller sends, held against something: a check where that is a secret, and none where anybody can write it."""

import pytest

from replay.web.routing import enforcement

PYTHON = """
import os
from fastapi import Depends, FastAPI, HTTPException, Request

ROLE = "admin"
app = FastAPI()

def require_user(request: Request):
    if {condition}:
        raise HTTPException(status_code=401)

@app.get("/rows", dependencies=[Depends(require_user)])
def rows():
    return []
"""
SCRIPT = """
import express from "express";

const app = express();

function requireRole(role) {
  return (req, res, next) => {
    if (CONDITION) return res.status(403).end();
    next();
  };
}

app.get("/rows", requireRole("admin"), (req, res) => res.json([]));
"""


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ('request.headers["x-role"] != "admin"', "declared"),
        ('request.headers["x-role"] != ROLE', "declared"),
        ('"Bearer" not in request.headers["authorization"]', "declared"),
        ('request.headers["authorization"].split(" ")[0].lower() != "bearer"', "declared"),
        ('not request.headers.get("authorization", "").startswith("Bearer ")', "declared"),
        ('request.headers["x-token"] != "fq8Zk2"', "unverified"),
        ('request.headers["x-token"] != os.environ["TOKEN"]', "enforced"),
        ('request.headers["x-token"] != os.environ[request.headers["x-name"]]', "unverified"),
        ('request.headers["x-token"] != os.environ.get("CLIENT_LABEL")', "unverified"),
        ('request.headers.get(os.environ["API_KEY_HEADER"]) is None', "declared"),
        ('request.headers["x-token"] not in os.environ["TOKENS_ISSUER"]', "unverified"),
    ],
)
def test_in_python(condition: str, expected: str) -> None:
    assert enforcement({"app.py": PYTHON.replace("{condition}", condition)}) == {"GET /rows": expected}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ('req.headers["x-role"] !== role', "declared"),
        ('req.headers["x-role"] !== "admin"', "declared"),
        ('req.headers["x-role"] !== process.env.NODE_ENV', "declared"),
        ('req.headers.authorization.split(" ")[0] !== "Bearer"', "declared"),
        ('req.headers["x-token"] !== `Bearer ${process.env.TOKEN}`', "unverified"),
        ('!process.env.TOKEN || req.headers["x-token"] !== `Bearer ${process.env.TOKEN}`', "enforced"),
        ('(req.headers["x-token"] ?? "") !== process.env["TOKEN"]', "enforced"),
        ('req.headers["x-token"] !== process.env.CLIENT_LABEL', "unverified"),
        ('req.headers["x-token"] !== process.env.NEXT_PUBLIC_API_KEY', "unverified"),
        ('req.headers["x-token"] !== "fq8Zk2"', "unverified"),
        ("!process.env.TOKEN.startsWith(req.query.token)", "unverified"),
        ("req.user.role !== role", "enforced"),
    ],
)
def test_in_typescript(condition: str, expected: str) -> None:
    assert enforcement({"app.js": SCRIPT.replace("CONDITION", condition)}) == {"GET /rows": expected}
