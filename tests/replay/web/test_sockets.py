"""Sockets go by what stands before requests of HTTP alone: FastAPI is asked, and said the same of."""

import os
from typing import Any

import pytest

from replay.web.routing import enforcement

APPLICATION = """
import hmac
import os

from fastapi import Depends, FastAPI, HTTPException, WebSocket, WebSocketException
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse

app = FastAPI()


def is_token(said):
    return hmac.compare_digest(said or "", os.environ["TOKEN"])


class Classed(BaseHTTPMiddleware):
    async def dispatch(self, request, call_next):
        if not is_token(request.headers.get("x-token")):
            return PlainTextResponse("no", status_code=401)
        return await call_next(request)


class Plain:
    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        if scope["type"] == "http" and not is_token(dict(scope["headers"]).get(b"x-token", b"").decode()):
            response = PlainTextResponse("no", status_code=401)
            await response(scope, receive, send)
            return
        await self.app(scope, receive, send)


{guard}


@app.get("/rows")
def rows():
    return "in"


@app.websocket("/socket")
async def socket(socket: WebSocket):
    await socket.accept()
    await socket.send_text("in")
"""
FUNCTION = """
@app.middleware("http")
async def function(request, call_next):
    if not is_token(request.headers.get("x-token")):
        return PlainTextResponse("no", status_code=401)
    return await call_next(request)
"""
EVERYTHING = """
class Whole:
    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        if not is_token(HTTPConnection(scope).headers.get("x-token")):
            response = PlainTextResponse("no", status_code=401)
            await response(scope, receive, send)
            return
        await self.app(scope, receive, send)


app.add_middleware(Whole)
"""
RETURNS = """
class Returns:
    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        if not is_token(HTTPConnection(scope).headers.get("x-token")):
            response = PlainTextResponse("no", status_code=401)
            return await response(scope, receive, send)
        return await self.app(scope, receive, send)


app.add_middleware(Returns)
"""
GUARDS = [
    (FUNCTION, "declared"),
    ("app.add_middleware(Classed)", "declared"),
    ("app.add_middleware(Plain)", "unverified"),
    (RETURNS, "unverified"),
]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("guard", "said"), GUARDS, ids=["function", "class", "asgi", "returns"])
def test_what_lets_sockets_by_is_not_said_to_guard_them(guard: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from starlette.testclient import TestClient  # it warns of a library that is not there

    monkeypatch.setitem(os.environ, "TOKEN", "what the credentials would be")
    text = APPLICATION.format(guard=guard)
    names: dict[str, Any] = {}
    exec(text, names)
    client = TestClient(names["app"])
    assert client.get("/rows").status_code == 401
    with client.websocket_connect("/socket") as socket:
        assert socket.receive_text() == "in"
    found = enforcement({"app.py": text})
    assert found["GET /socket"] == said
    assert said == "unverified" or found["GET /rows"] == "enforced"


@pytest.mark.filterwarnings("ignore")
def test_what_asks_whatever_comes_guards_sockets_too(monkeypatch: pytest.MonkeyPatch) -> None:
    from starlette.testclient import TestClient

    monkeypatch.setitem(os.environ, "TOKEN", "what the credentials would be")
    text = APPLICATION.format(guard=EVERYTHING)
    names: dict[str, Any] = {}
    exec(text, names)
    with pytest.raises(Exception), TestClient(names["app"]).websocket_connect("/socket") as socket:  # noqa: B017, PT011
        socket.receive_text()
    assert enforcement({"app.py": text})["GET /socket"] == "enforced"
