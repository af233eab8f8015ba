"""Next.js's app router: `route.ts` files."""

import re
from collections.abc import Iterator
from typing import Any

from invariants.facts.web import Endpoint
from invariants.frontends.typescript.doors import Door, doors
from invariants.frontends.typescript.reader import Reader
from invariants.frontends.typescript.wrapping import uses

TRIGGERS: tuple[bytes, ...] = ()
PATHS = r"(?:^|/)app/(?:.*/)?route\.[cm]?[jt]sx?$"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
FILE = re.compile(PATHS)
DELEGATES = frozenset({"fetchRequestHandler", "createNextApiHandler", "createNextRouteHandler"})
"""What hands requests to procedures, which are routes of their own."""


def read(module: Reader) -> Iterator[Any]:
    """The routes of a file: each exported method."""
    path = route_path(module.source.path) if FILE.search(module.source.path) else None
    if path is None:
        return
    for position, door in enumerate(doors(module, METHODS)):
        yield from _route(module, path, position, door)
    for taken in module.passed_on:
        if taken.exported == "*":
            yield Endpoint(taken.at, "", len(METHODS), "next", "http", "ANY", path, "*")


def _route(module: Reader, path: str, position: int, door: Door) -> Iterator[Any]:
    if not (hands_on(module, door) or _is_hono(module, door)):
        yield Endpoint(door.at, "", position, "next", "http", door.name, path, door.handler)
        yield from uses(module, door.layers, "", position, "wrapper")


def hands_on(module: Reader, door: Door) -> bool:
    """A handler that hands its requests to procedures."""
    called = {call.symbol for call in module.calls.values() if call.function == door.handler}
    names = {layer.symbol for layer in door.layers} | called
    return bool(names & DELEGATES)


def _is_hono(module: Reader, door: Door) -> bool:
    """`handle(app)` of Hono: its routes are its own."""
    taken = module.imports.get(door.layers[0].symbol) if door.layers else None
    return taken is not None and taken.source.startswith("hono/")


def route_path(path: str) -> str | None:
    """The path of a route file; null where it has none (a private folder)."""
    parts = path.split("/")[:-1]
    folders = parts[app_folder(parts) + 1 :]
    if any(part.startswith("_") for part in folders):
        return None
    kept = [_segment(part) for part in folders if not (part.startswith("@") or re.fullmatch(r"\([^.].*\)", part))]
    return "/" + "/".join(kept)


def app_folder(parts: list[str]) -> int:
    """Which of the folders is the router's: the one in src, or the first that is no workspace of that name."""
    found = [at for at, part in enumerate(parts) if part == "app"]
    in_source = [at for at in found if at and parts[at - 1] == "src"]
    others = [at for at in found if not (at and parts[at - 1] in {"apps", "packages"})]
    return (in_source or others or found)[0]


def _segment(part: str) -> str:
    found = re.fullmatch(r"\[{1,2}(?:\.\.\.)?([^\]]+)\]{1,2}", part)
    return f"{{{found[1]}}}" if found else part.replace("%5F", "_")
