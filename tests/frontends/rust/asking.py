"""What axum and actix-web say of small applications: which methods they serve, and whether a request without credentials gets in.

Cargo builds all of them as one workspace, without a network: its own configuration says where the crates are.
"""

import http.client
import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from frontends.python.probing import TRANSPORT, USUAL, Found, Sent, made_up, together, verdict

TWINS = Path(__file__).parents[3] / "fixtures" / "routes" / "twins"
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
ADDRESS = re.compile(r'"127\.0\.0\.1:0"|\("127\.0\.0\.1", 0\)')
"""Any free port, of which nobody would be told."""
NAME = re.compile(r"\"([A-Za-z][\w-]{1,29})\"|\b([a-z_]{2,30}): ")
"""What may be the name of a header, and fields, which parameters are read into."""
TOKEN = "secret"
"""The credentials, which nobody makes up."""
MANIFEST = """[package]
name = "{name}"
version = "0.0.0"
edition = "2021"

[dependencies]
futures = "0.3"
futures-util = "0.3"
serde = {{ version = "1", features = ["derive"] }}
"""
FRAMEWORKS = {
    "axum": 'axum = { version = "0.8", features = ["macros"] }\ntokio = { version = "1", features = ["full"] }\ntower = "0.5"\n'
    'tower-http = { version = "0.6", features = ["auth", "trace", "validate-request"] }\n',
    "actix": 'actix-web = { version = "4", default-features = false, features = ["macros"] }\nactix-web-httpauth = "0.8"\n',
}


def laid(twins: list[Path], root: Path) -> None:
    """The workspace: applications that listen where they are told to."""
    for twin in twins:
        copy = Path(shutil.copytree(twin, root / named(twin)))
        for source in copy.rglob("*.rs"):
            text = ADDRESS.sub('std::env::var("ADDRESS").unwrap()', source.read_text(encoding="utf-8"))
            source.write_text(text, encoding="utf-8")
        (copy / "Cargo.toml").write_text(MANIFEST.format(name=named(twin)) + FRAMEWORKS[twin.parent.name], encoding="utf-8")
    (root / "Cargo.toml").write_text('[workspace]\nresolver = "2"\nmembers = ["*-*"]\n\n[profile.dev]\ndebug = false\n', encoding="utf-8")


def named(twin: Path) -> str:
    return f"{twin.parent.name}-{twin.name}"


def cargo(root: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(["cargo", *words, "--offline"], cwd=root, capture_output=True, text=True, check=False, timeout=1800)


def built(root: Path) -> Path:
    """Where the programs are. Cargo's own variable keeps them for the next time."""
    done = cargo(root, "build")
    assert done.returncode == 0, done.stderr
    return Path(os.environ.get("CARGO_TARGET_DIR", root / "target")) / "debug"


def asked(twin: Path, program: Path, paths: set[str]) -> Found:
    """Each route of one application, and who gets in."""
    code = "\n".join(each.read_text(encoding="utf-8") for each in twin.rglob("*.rs"))
    names = {name for pair in NAME.findall(code) for name in pair if name} | USUAL
    known = Sent({**dict.fromkeys(names - TRANSPORT, TOKEN), "authorization": f"Bearer {TOKEN}"})
    found = {}
    with started(program) as port:
        for path in sorted(paths):
            answers = {method: entering(port, method, path, [known, *made_up(names)]) for method in METHODS}
            served = [method for method in METHODS if "in" in answers[method]]
            for method in ["ANY"] if served == METHODS else served:
                found[f"{method} {path}"] = together(answers[served[0] if method == "ANY" else method][1:])
    return found


def entering(port: int, method: str, path: str, sent: list[Sent]) -> list[str]:
    """What comes of each thing that is sent. Nobody at all gets into what is not served, whatever a layer before it answers."""
    return [verdict(*answer(port, method, path, each)) for each in sent]


@contextmanager
def started(program: Path) -> Iterator[int]:
    """The port that an application listens at."""
    port = free()
    environment = {**os.environ, "ADDRESS": f"127.0.0.1:{port}", "API_TOKEN": TOKEN}
    with subprocess.Popen([program], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            wait(port)
            yield port
        finally:
            server.terminate()


def free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as held:
        return int(held.getsockname()[1])


def wait(port: int) -> None:
    """Until somebody listens."""
    for _ in range(200):
        with socket.socket() as tried:
            if not tried.connect_ex(("127.0.0.1", port)):
                return
        time.sleep(0.05)
    raise TimeoutError(f"nobody listens at {port}")


def answer(port: int, method: str, path: str, sent: Sent) -> tuple[int, str]:
    """A connection that is shut without an answer is of a handler that panicked."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request(method, sent.at(path), sent.body, sent.headers)
        told = connection.getresponse()
        return told.status, told.read().decode()
    except ConnectionError:
        return 500, ""
    finally:
        connection.close()
