"""Remix and React Router: each route's `loader` and `action` are endpoints of their own."""

import re
from collections.abc import Iterator
from typing import Any

from invariants.facts.place import Place
from invariants.facts.web import Endpoint, Router
from invariants.frontends.typescript.doors import doors
from invariants.frontends.typescript.reader import Reader
from invariants.frontends.typescript.wrapping import uses

TRIGGERS: tuple[bytes, ...] = ()
PATHS = r"(?:^|/)app/routes/.*\.[jt]sx?$"
FILE = re.compile(r"(?:^|/)app/routes/(?P<name>.+?)\.[jt]sx?$")
IN_APP = re.compile(r"(?:^|/)app/")
ASIDE = re.compile(r"\.(test|spec|server|client)$")
ROUTE = "route"
"""The router that a file is by itself, for `routes.ts` to put in."""
METHODS = {"loader": "GET", "action": "POST"}


def read(module: Reader) -> Iterator[Any]:
    """The endpoints of a route's file: where `routes.ts` puts it, and by its name, where the files of the folder are routes."""
    if IN_APP.search(module.source.path) is None or not METHODS.keys() & module.exports.keys() | {one.exported for one in module.passed_on}:
        return
    yield Router(Place(module.source.path, 1, 1, 1, 1), ROUTE, "remix", "given", "")
    yield from _endpoints(module, ROUTE, "")
    found = FILE.search(module.source.path)
    path = route_path(found["name"]) if found is not None and not ASIDE.search(found["name"]) else None
    yield from _endpoints(module, "", path) if path is not None else ()


def _endpoints(module: Reader, router: str, path: str) -> Iterator[Any]:
    for position, each in enumerate(doors(module, METHODS)):
        yield Endpoint(each.at, router, position, "remix", "http", METHODS[each.name], path, each.handler)
        yield from uses(module, each.layers, router, position, "wrapper")


def route_path(name: str) -> str | None:
    """The path of a file by the convention of flat files; null where the file is no route."""
    folder, _, file = name.rpartition("/")
    if folder and file not in {"route", "index", "_index"} and "+" not in folder:
        return None if file.startswith(("components", "hooks", "utils")) or "." in folder else _joined(f"{folder}.{file}".replace("/", "."))
    return _joined((folder if file in {"route", "index"} else f"{folder}.{file}" if folder else file).replace("+/", ".").replace("/", "."))


def _joined(name: str) -> str:
    parts = [part for part in re.split(r"\.(?![^\[]*\])", name.replace("+", "")) if part]
    return "/" + "/".join(_segment(part) for part in parts if not (part.startswith("_") or part in {"index", "route"}))


def _segment(part: str) -> str:
    plain = part.rstrip("_").strip("()").replace("[", "").replace("]", "")
    return "{path}" if plain == "$" else f"{{{plain[1:]}}}" if plain.startswith("$") else plain
