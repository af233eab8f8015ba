"""What Next.js lets in of small applications, each of which it builds and starts on loopback. That takes minutes."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from frontends.python.probing import TRANSPORT, USUAL, Found, Sent, made_up, together, verdict
from frontends.rust.asking import answer, free, wait

LAYOUT = "export default function Root({ children }) { return <html><body>{children}</body></html>; }"
NAME = re.compile(r"[\"'`.]([A-Za-z][\w-]{1,29})\b")
TOKEN = "secret"
"""The credentials, which nobody makes up."""


def asked(modules: Path, twin: Path, routes: list[str], root: Path) -> Found:
    """Who gets in by each route of an application."""
    shutil.copytree(twin, root)
    (root / "node_modules").symlink_to(modules)
    (root / "app" / "layout.jsx").write_text(LAYOUT, encoding="utf-8")
    (root / "package.json").write_text('{ "private": true, "dependencies": { "next": "*" } }', encoding="utf-8")
    program = ["node", str(modules / "next" / "dist" / "bin" / "next")]
    environment = {**os.environ, "API_TOKEN": TOKEN, "NEXT_TELEMETRY_DISABLED": "1"}
    subprocess.run([*program, "build", "--webpack"], cwd=root, env=environment, check=True, capture_output=True, timeout=900)
    names = {name for each in twin.rglob("*.js") for name in NAME.findall(each.read_text(encoding="utf-8"))} | USUAL
    sent = [*made_up(names), *there(names)]
    with started([*program, "start", "-H", "127.0.0.1"], root, environment) as port:
        return {route: entering(port, route, sent, actions(root)) for route in routes}


def there(names: set[str]) -> list[Sent]:
    """What says that nothing is set, what every object has, and a body that says yes to everything."""
    known = sorted(names - TRANSPORT)
    held = [Sent({name.lower(): value for name in known}) for value in ("constructor", "__proto__")]
    yes = Sent({"Content-Type": "application/json"}, "", json.dumps(dict.fromkeys(known, True)).encode())
    return [Sent({"Authorization": "Bearer undefined"}), *held, yes]


def actions(root: Path) -> dict[str, str]:
    """The ids of server actions, by the name that each is exported by."""
    manifest = root / ".next" / "server" / "server-reference-manifest.json"
    told = json.loads(manifest.read_text(encoding="utf-8"))["node"] if manifest.exists() else {}
    return {each["exportedName"]: key for key, each in told.items()}


def entering(port: int, route: str, sent: list[Sent], known: dict[str, str]) -> str:
    """What comes of a route: of one for any method, the weakest of two. What is sent to an action is what it is given."""
    method, _, path = route.partition(" ")
    if method == "ACTION":
        headers = {"Next-Action": known[path.rpartition(".")[2]], "Content-Type": "text/plain;charset=UTF-8"}
        calls = [Sent({**each.headers, **headers}, each.query, b"[" + each.body + b"]") for each in sent]
        return together([shown(*answer(port, "POST", "/actions", each)) for each in calls])
    asked = ["GET", "POST"] if method == "ANY" else [method]
    found = [together([shown(*answer(port, each, path, one)) for one in sent]) for each in asked]
    return min(found, key=["in", "made up", "refused"].index)


def shown(status: int, body: str) -> str:
    """A handler answers `in`, an action among what it answers to its page."""
    return verdict(status, "in" if body == "in" or '"in"' in body else "")


@contextmanager
def started(program: list[str], root: Path, environment: dict[str, str]) -> Iterator[int]:
    """The port that an application listens at."""
    port = free()
    with subprocess.Popen(
        [*program, "-p", str(port)], cwd=root, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as server:
        try:
            wait(port)
            yield port
        finally:
            server.terminate()
