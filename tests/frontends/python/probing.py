"""What a framework itself says of small applications: which routes they serve, and whether a request without credentials gets in.

A route is asked with nothing, and then with what anybody can make up: headers, cookies, parameters and fields by every name in the code.

Run as a program, in a process of its own: ``probing.py FRAMEWORK FOLDER...`` prints what it found as JSON.
"""

import asyncio
import importlib
import json
import os
import re
import sys
import warnings
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, Protocol
from urllib.parse import urlencode

Found = dict[str, str]
Answer = tuple[int, str, bool]
"""A status, a body, and whether a cookie came with them."""
UNASKED = {"HEAD", "OPTIONS"}
BASIC = "Basic YW55Ym9keTphbnl0aGluZw=="
"""A name and a password that anybody can make up."""
SIGNED = "Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhbnlib2R5In0.c2lnbmVkIGJ5IGFueWJvZHk"
"""A token that is well formed, and signed by anybody."""


class Visitor(Protocol):
    """Makes somebody who comes by; strangers forget what they are given."""

    def __call__(self, *, is_stranger: bool = False) -> "Ask":
        """What asks for a door, by its method and its path, with what is sent there."""


class Sent(NamedTuple):
    """What somebody without credentials sends beside the path."""

    headers: dict[str, str]
    query: str = ""
    body: bytes = b""
    spelling: str = ""
    """How the path is written, where not as the route says."""

    def at(self, path: str) -> str:
        written = SPELLINGS[self.spelling](filled(path))
        return f"{written}?{self.query}" if self.query else written


Ask = Callable[[str, str, Sent], Answer]
SPELLINGS: dict[str, Callable[[str], str]] = {
    "": str,
    "capitals": str.upper,
    "slash": lambda path: path.rstrip("/") if path.endswith("/") else f"{path}/",
    "escapes": lambda path: re.sub(r"/([a-z])", lambda match: f"/%{ord(match[1]):x}", path),
}


def words(folder: Path) -> set[str]:
    """Whatever code may call a header, a cookie, a parameter or a field."""
    code = "\n".join(each.read_text(encoding="utf-8") for each in folder.rglob("*.py"))
    return {*re.findall(r"[\"'.]([A-Za-z][\w-]{1,29})\b", code), *USUAL}


def made_up(told: set[str]) -> list[Sent]:
    """Nothing first, then values that no secret is needed for, in every place that an application may look at."""
    names = sorted(told - TRANSPORT)
    sent = [
        *(Sent({}, spelling=each) for each in SPELLINGS),
        *(Sent({"Authorization": said}) for said in ("Bearer anything", BASIC, "Token anything", "Bearer None", SIGNED)),
    ]
    for value in ("1", "true", "admin", "anything"):
        values = dict.fromkeys(names, value)
        cookie = "; ".join(f"{name}={value}" for name in names)
        sent += [
            Sent({name.lower(): value for each in names for name in (each, f"x-{each}")}),
            Sent({"Cookie": cookie}),
            Sent({}, urlencode(values)),
        ]
        sent.append(Sent({"Content-Type": "application/json"}, "", json.dumps(values).encode()))
    return sent


USUAL = {"admin", "authorization", "debug", "role", "roles", "session", "token", "user", "x-api-key", "x-role", "x-token", "x-user"}
TRANSPORT = {"connection", "content-length", "content-type", "cookie", "expect", "host", "te", "trailer", "transfer-encoding", "upgrade"}


def verdict(status: int, body: str) -> str:
    """The handlers of all these applications answer ``in``."""
    return "in" if status < 300 and "in" in body else "refused"


def together(verdicts: list[str]) -> str:
    """What is said of all that was sent: ``made up`` is a way in for whoever makes something up."""
    return verdicts[0] if verdicts[0] == "in" or "in" not in verdicts else "made up"


async def tried(sent: list[Sent], ask: Callable[[Sent], Awaitable[tuple[int, str]]]) -> str:
    """The same of a door that gives nobody a cookie: what is sent after the first way in changes nothing."""
    verdicts: list[str] = []
    for each in sent:
        verdicts.append(verdict(*await ask(each)))
        if verdicts[-1] == "in":
            break
    return together(verdicts)


def visited(doors: list[tuple[str, str]], sent: list[Sent], visitor: Visitor) -> Found:
    """What is said of each door. Who was given a cookie at one comes back with that to all of them."""
    ask, paths = visitor(is_stranger=True), {filled(path) for _, path in doors}
    others = {door: [each for each in sent if not each.spelling or each.at(door[1]) not in paths] for door in doors}
    answers = {door: [ask(*door, each) for each in others[door]] for door in doors}
    found = {door: [verdict(status, body) for status, body, _ in told] for door, told in answers.items()}
    for each in sent if any(is_kept for told in answers.values() for *_, is_kept in told) else []:
        ask = visitor()
        for door in [*doors, *doors]:
            status, body, _ = ask(*door, each)
            found[door].append(verdict(status, body))
    return {" ".join(door): together(told) for door, told in found.items()}


def filled(path: str) -> str:
    """A path with something in the place of its parameters."""
    return re.sub(r"\{(\w*)\}", lambda match: "2024" if match[1] == "year" else "1", path)


def braced(path: str) -> str:
    """Flask's and Django's parameters as ``{name}``."""
    return re.sub(r"<(?:[^<>:]+:)?([^<>:]+)>", r"{\1}", path)


STRANGER = ("testclient", 50000)
"""Where requests come from: not from the machine itself, which some applications let in."""


def starlette(app: Any, sent: list[Sent]) -> Found:
    from httpx import ASGITransport, AsyncClient

    def visitor(*, is_stranger: bool = False) -> Ask:
        client = AsyncClient(transport=ASGITransport(app, raise_app_exceptions=False, client=STRANGER), base_url="https://testserver")

        def ask(method: str, path: str, each: Sent) -> Answer:
            if is_stranger:
                client.cookies.clear()
            answer = loop.run(client.request(method, each.at(path), headers=each.headers, content=each.body))
            return answer.status_code, answer.text, "set-cookie" in answer.headers

        return ask

    with asyncio.Runner() as loop:  # one for all: Starlette's own client starts one, and a thread, for each request
        return visited(sorted(set(_starlette(app.routes, ""))), sent, visitor)


def _starlette(routes: Any, prefix: str) -> Iterator[tuple[str, str]]:
    """The routes below a prefix; FastAPI keeps routers that it includes as they are, with what it includes them by."""
    from starlette.routing import Mount

    for each in routes:
        if isinstance(each, Mount):
            yield from _starlette(each.routes, prefix + each.path)
        elif hasattr(each, "effective_route_contexts"):
            yield from _starlette(list(each.effective_route_contexts()), prefix)
        elif getattr(each, "include_in_schema", True) or not each.path.startswith(("/docs", "/redoc", "/openapi")):
            methods = getattr(each, "methods", None) or _class_methods(each.endpoint)
            path = re.sub(r":\w+\}", "}", prefix + each.path)
            yield from ((method, path) for method in methods if method not in UNASKED)


def _class_methods(endpoint: Any) -> list[str]:
    return [each.upper() for each in ("get", "post", "put", "patch", "delete") if hasattr(endpoint, each)]


fastapi = starlette


def flask(app: Any, sent: list[Sent]) -> Found:
    def visitor(*, is_stranger: bool = False) -> Ask:
        client = app.test_client(use_cookies=not is_stranger)

        def ask(method: str, path: str, each: Sent) -> Answer:
            answer = client.open(each.at(path), method=method, headers=each.headers, data=each.body)
            return answer.status_code, answer.text, "Set-Cookie" in answer.headers

        return ask

    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]
    return visited([(method, braced(rule.rule)) for rule in rules for method in sorted(rule.methods - UNASKED)], sent, visitor)


def litestar(app: Any, sent: list[Sent]) -> Found:
    from litestar.testing import TestClient

    found = {}
    with TestClient(app, raise_server_exceptions=False) as client:
        for route in app.routes:
            path = re.sub(r":\w+\}", "}", route.path)
            for method in sorted(set(route.methods) - UNASKED):

                async def ask(each: Sent, method: str = method, path: str = path) -> tuple[int, str]:
                    answer = client.request(method, each.at(path), headers=each.headers, content=each.body)
                    return answer.status_code, answer.text

                found[f"{method} {path}"] = asyncio.run(tried(sent, ask))
    return found


def aiohttp(app: Any, sent: list[Sent]) -> Found:
    return asyncio.run(_aiohttp(app, sent))


async def _aiohttp(app: Any, sent: list[Sent]) -> Found:
    from aiohttp.test_utils import TestClient, TestServer
    from yarl import URL

    found = {}
    async with TestClient(TestServer(app)) as client:
        origin = str(client.make_url("/")).rstrip("/")
        for method, path in _tables(app):

            async def ask(each: Sent, method: str = method, path: str = path) -> tuple[int, str]:
                url = URL(f"{origin}{each.at(path)}", encoded=True)  # as it is written: it takes out escapes that are not needed
                answer = await client.session.request(method, url, headers=each.headers, data=each.body)
                return answer.status, await answer.text()

            found[f"{method} {path}"] = await tried(sent, ask)
    return found


def _tables(app: Any) -> Iterator[tuple[str, str]]:
    for route in app.router.routes():
        path = route.resource.canonical
        methods = _class_methods(route.handler) if route.method == "*" else [route.method]
        yield from ((method, path) for method in methods if method not in UNASKED)


def sanic(app: Any, sent: list[Sent]) -> Found:
    from httpx import AsyncClient
    from sanic_testing.testing import SanicASGITestClient

    async def asked() -> Found:
        app.config.TOUCHUP = False  # it compiles its own methods anew for each request otherwise
        client = SanicASGITestClient(app)
        await client.request("GET", "/")  # it starts the application, and would for each request: they are asked for without that
        found = {}
        for route in app.router.routes:
            for method in sorted(route.methods - UNASKED):
                path = re.sub(r"<([^<>:]+)(?::[^<>]*)?>", r"{\1}", f"/{route.path}")

                async def ask(each: Sent, method: str = method, path: str = path) -> tuple[int, str]:
                    answer = await AsyncClient.request(client, method, each.at(path), headers=each.headers, content=each.body)
                    return answer.status_code, answer.text

                found[f"{method} {path}"] = await tried(sent, ask)
        return found

    return asyncio.run(asked())


def django(settings: Any, sent: list[Sent]) -> Found:
    import django as framework
    from django.conf import settings as current
    from django.test import Client
    from django.test.utils import override_settings
    from django.urls import clear_url_caches, get_resolver

    if not current.configured:
        admin = "django.contrib.admin.apps.SimpleAdminConfig"
        apps = ["django.contrib.contenttypes", "django.contrib.auth", admin, "rest_framework"]
        engine = "django.contrib.sessions.backends.signed_cookies"
        current.configure(
            SECRET_KEY="x", INSTALLED_APPS=apps, SESSION_ENGINE=engine, ALLOWED_HOSTS=["*"], MIDDLEWARE=[], LOGIN_URL="/login/"
        )
        framework.setup()

    def visitor(*, is_stranger: bool = False) -> Ask:
        client = Client(raise_request_exception=False)

        def ask(method: str, path: str, each: Sent) -> Answer:
            if is_stranger:
                client.cookies.clear()
            answer = client.generic("GET" if method == "ANY" else method, each.at(path), each.body, headers=each.headers)
            return answer.status_code, answer.content.decode(), bool(answer.cookies)

        return ask

    told = {name: getattr(settings, name) for name in dir(settings) if name.isupper()}
    with override_settings(**{"REST_FRAMEWORK": {}, **told}):
        clear_url_caches()
        return visited(list(_patterns(get_resolver().url_patterns, "/")), sent, visitor)


rest_framework = ninja = django


def _patterns(patterns: Any, prefix: str) -> Iterator[tuple[str, str]]:
    for each in patterns:
        path = prefix + _shown(str(each.pattern))
        if hasattr(each, "url_patterns"):
            if each.app_name == "admin":
                yield "ANY", f"{path}{{?}}"
            if each.app_name != "ninja":
                yield from _patterns(each.url_patterns, path)
            else:
                yield from _operations(each, path)
        elif "{format}" not in path and not _is_page(each.callback):  # a format: another spelling of a route that is there without it
            yield from ((method, path) for method in _methods(each.callback))


def _is_page(callback: Any) -> bool:
    """Whether a page is one of the admin's own, all of which are one route."""
    return getattr(callback, "__module__", "").startswith(("django.contrib.admin", "django.contrib.contenttypes", "django.views.generic"))


def _shown(pattern: str) -> str:
    return braced(re.sub(r"\(\?P<(\w+)>(?:[^()]|\[[^\]]*\])*\)", r"{\1}", pattern).strip("^$").replace("\\Z", ""))


def _methods(view: Any) -> list[str]:
    """A view set's methods are its actions', a class's those that it defines; a function is given every request."""
    made = getattr(view, "view_class", None) or getattr(view, "cls", None)
    if made is not None and getattr(view, "actions", None):
        told = [each for each in view.actions if each in made.http_method_names]
    elif made is None or made.__qualname__ == "WrappedAPIView":
        return ["ANY"]
    else:
        told = [each for each in made.http_method_names if hasattr(made, each)]
    return [each.upper() for each in told if each.upper() not in UNASKED]


def _operations(resolver: Any, prefix: str) -> Iterator[tuple[str, str]]:
    """Ninja's operations, without its own pages."""
    for each in resolver.url_patterns:
        path = prefix + _shown(str(each.pattern))
        view = _inside(each.callback)
        for operation in view.operations if view is not None else []:
            yield from ((method, path) for method in operation.methods)


def _inside(callback: Any) -> Any:
    """The view of a path, which Ninja hides in a function."""
    function = getattr(callback, "func", callback)
    held = [getattr(function, "__self__", None), *(cell.cell_contents for cell in function.__closure__ or ())]
    return next((each for each in held if hasattr(each, "operations")), None)


READ_ONCE = {"rest_framework"}
"""What reads the settings of an application where its classes are made: the next application has it made anew."""


def probe(framework: str, folder: Path) -> Found:
    """One application, its modules forgotten afterwards."""
    before = set(sys.modules)
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    try:
        is_django = framework in {"django", "rest_framework", "ninja"}
        module = importlib.import_module("settings" if is_django else "app")
        found: Found = globals()[framework](module if is_django else module.app, made_up(words(folder)))
        return found
    finally:
        sys.path.remove(str(folder))
        for name in set(sys.modules) - before:
            if str(folder) in (getattr(sys.modules[name], "__file__", None) or "") or name.partition(".")[0] in READ_ONCE:
                del sys.modules[name]


def main() -> None:
    """Probe every folder."""
    warnings.simplefilter("ignore")
    sys.dont_write_bytecode = True
    sys.stdout, out = sys.stderr, sys.stdout
    framework, *folders = sys.argv[1:]
    os.environ.pop("DJANGO_SETTINGS_MODULE", None)
    os.environ["TOKEN"] = "what the credentials would be"
    found = {Path(folder).name: probe(framework, Path(folder)) for folder in folders}
    print(json.dumps(found), file=out)


if __name__ == "__main__":
    main()
