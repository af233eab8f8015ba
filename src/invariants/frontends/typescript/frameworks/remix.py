"""Remix and React Router: each route's `loader` and `action` are endpoints of their own."""

import re
from collections.abc import Iterator
from typing import Any

from invariants.facts.web import Endpoint
from invariants.frontends.typescript.doors import doors
from invariants.frontends.typescript.reader import Reader
from invariants.frontends.typescript.wrapping import uses

TRIGGERS: tuple[bytes, ...] = ()
PATHS = r"(?:^|/)app/routes/.*\.[jt]sx?$"
FILE = re.compile(r"(?:^|/)app/routes/(?P<name>.+?)\.[jt]sx?$")
METHODS = {"loader": "GET", "action": "POST"}


def read(module: Reader) -> Iterator[Any]:
    """The endpoints of a route's file."""
    found = FILE.search(module.source.path)
    if found is None or re.search(r"\.(test|spec|server|client)$", found["name"]):
        return
    path = route_path(found["name"])
    for position, each in enumerate(doors(module, METHODS) if path is not None else ()):
        yield Endpoint(each.at, "", position, "remix", "http", METHODS[each.name], path, each.handler)
        yield from uses(module, each.layers, "", position, "wrapper")


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
