"""What a caller sends proves nothing by being there, nor by being handed to a function; and a comparison has two sides."""

import pytest

from replay.web.routing import enforcement

PYTHON = """
import os
from fastapi import FastAPI, HTTPException, Request
app = FastAPI()
def has(token):
    if not token:
        raise HTTPException(401)
def split(token):
    parts = token.split(".")
    if len(parts) < 2:
        raise HTTPException(401)
    return parts
def verify(token):
    if token != os.environ["API_TOKEN"]:
        raise HTTPException(401)
@app.get("/rows")
def rows(request: Request):
    {statement}
    return []
"""
TYPESCRIPT = """
import express from "express";
const app = express();
function has(token) { if (!token) throw new HttpError(401); }
function split(token) { const [name] = token.split("."); if (!name) throw new HttpError(401); return name; }
function verify(token) { if (token !== process.env.API_TOKEN) throw new HttpError(401); }
app.get("/rows", (req, res) => { const token = req.headers.authorization ?? ""; {statement} res.json([]); });
app.listen(1);
"""


@pytest.mark.parametrize(
    ("statement", "is_guard"),
    [
        ('verify(request.headers.get("authorization"))', True),
        ('has(request.headers.get("authorization"))', False),
        ('split(request.headers.get("authorization"))', False),
        ('if split(request.headers.get("authorization"))[0] != "admin": raise HTTPException(403)', False),
        ('if request.headers.get("authorization") != os.environ["API_TOKEN"]: raise HTTPException(401)', True),
        ('if request.headers.get("authorization") == os.environ["API_TOKEN"]: raise HTTPException(401)', False),
        ('if not request.headers.get("authorization") == os.environ["API_TOKEN"]: raise HTTPException(401)', True),
        ('if not request.headers.get("authorization") != os.environ["API_TOKEN"]: raise HTTPException(401)', False),
    ],
)
def test_python(statement: str, is_guard: bool) -> None:
    found = enforcement({"main.py": PYTHON.replace("{statement}", statement)})
    assert (found == {"GET /rows": "enforced"}) is is_guard


@pytest.mark.parametrize(
    ("statement", "is_guard"),
    [
        ("verify(token);", True),
        ("has(token);", False),
        ("split(token);", False),
        ('if (split(token) !== "admin") return res.status(403).end();', False),
        ("if (token !== process.env.API_TOKEN) return res.status(401).end();", True),
        ("if (token === process.env.API_TOKEN) return res.status(401).end();", False),
        ("if (!(token === process.env.API_TOKEN)) return res.status(401).end();", True),
        ("if (token === process.env.API_TOKEN) { return res.json([]); } return res.status(401).end();", True),
    ],
)
def test_typescript(statement: str, is_guard: bool) -> None:
    found = enforcement({"app.js": TYPESCRIPT.replace("{statement}", statement)})
    assert (found == {"GET /rows": "enforced"}) is is_guard
