"""Middleware that asks for the path of a request: whether it stands before a route, by the path of that."""

import pytest

from replay.web.routing import enforcement

APPLICATION = """
from fastapi import FastAPI
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.responses import PlainTextResponse

app = FastAPI()
OPEN = ["/open", "/health"]
GROWN = ["/health"]
GROWN.extend(load())
START = "/rows"


class Guard(BaseHTTPMiddleware):
    async def dispatch(self, request, call_next):
        {before}
        if {condition}:
            return await call_next(request)
        if find_user(request.headers.get("authorization")) is None:
            return PlainTextResponse("no", status_code=401)
        return await call_next(request)


app.add_middleware(Guard)


@app.get("{path}")
def rows():
    return "in"
"""
PATHS = [
    ("", 'request.url.path == "/open"', "/rows", "enforced"),
    ("", 'request.url.path == "/open"', "/open", "none"),
    ("", 'request.url.path == "/open"', "/{name}", "unverified"),
    ("", 'request.url.path != "/rows"', "/rows", "enforced"),
    ("", 'request.url.path.startswith("/open")', "/rows", "enforced"),
    ("", 'request.url.path.startswith("/open")', "/opened", "none"),
    ("", 'request.url.path.startswith("/open")', "/open/{name}", "none"),
    ("", 'request.url.path.startswith("/open")', "/{name}/rows", "unverified"),
    ("", 'not request.url.path.startswith(("/rows", "/more"))', "/more/{name}", "enforced"),
    ("", "not request.url.path.startswith(START)", "/rows", "enforced"),
    ("", 'request.url.path.endswith(".css")', "/rows", "enforced"),
    ("", 'request.url.path.endswith(".css")', "/rows/{name}", "unverified"),
    ("", "request.url.path in OPEN", "/rows", "enforced"),
    ("", "request.url.path in OPEN", "/health", "none"),
    ("", "request.url.path in GROWN", "/rows", "unverified"),
    ("", '"open" in request.url.path', "/rows", "enforced"),
    ("", '"open" in request.url.path', "/reopen/rows", "none"),
    ("path = request.url.path", 'path == "/open"', "/rows", "enforced"),
    ("path = request.url.path.removeprefix('/api')", 'path == "/open"', "/api/open", "unverified"),
    ("path = request.url.path[4:]", 'path == "/open"', "/api/open", "unverified"),
    ("", 'request.url.path[4:] == "/open"', "/api/open", "unverified"),
    ("path = request.url.path; path = path[4:]", 'path == "/open"', "/api/open", "unverified"),
    ("", 'request.method == "POST"', "/rows", "enforced"),
    ("", 'request.method in ("GET", "HEAD")', "/rows", "none"),
    ("", 'request.method == "HEAD"', "/rows", "unverified"),
]


@pytest.mark.parametrize(("before", "condition", "path", "said"), PATHS)
def test_the_path_of_a_route_decides_whether_it_is_let_by(before: str, condition: str, path: str, said: str) -> None:
    text = APPLICATION.replace("{before}", before or "pass").replace("{condition}", condition).replace("{path}", path)
    assert enforcement({"app.py": text})[f"GET {path}"] == said
