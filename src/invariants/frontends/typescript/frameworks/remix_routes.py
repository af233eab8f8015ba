"""React Router's `routes.ts`: which file is served under which path."""

import re
from collections.abc import Iterator
from itertools import count
from typing import Any

from tree_sitter import Node

from invariants.facts.code import Import
from invariants.facts.source import Unread
from invariants.facts.web import Mount, Router, Setting
from invariants.frontends.typescript.paths import braces, path_of
from invariants.frontends.typescript.reader import Reader
from invariants.frontends.typescript.syntax import arguments, awaited, bare, named
from invariants.languages.trees import tail

TRIGGERS = (b"@react-router/dev/routes", b"@remix-run/route-config", b"@react-router/fs-routes")
PATHS = ""
FILE = re.compile(r"(?:^|/)app/routes\.[cm]?[jt]s$")
ROUTES = "routes"
REMEDY = "Write the routes out as route(path, file)."


def read(module: Reader) -> Iterator[Any]:
    """The routes of the file, and whether the files of a folder are routes, too."""
    exported = module.exports.get("default")
    if not FILE.search(module.source.path) or exported is None:
        return
    value = exported.value if exported.value is not None else exported.at
    if value.type == "identifier":
        value = module.bodies[0].scope.value(module.source.text(value)) or value
    yield Router(module.source.head(value), ROUTES, "remix", "app", "")
    yield Setting(module.source.head(value), "remix", "routes", 0, "flat" if b"flatRoutes(" in module.source.content else "configured")
    yield from _listed(module, value, ROUTES, "", count())


def _listed(module: Reader, node: Node, router: str, prefix: str | None, at: Iterator[int]) -> Iterator[Any]:
    """The routes of a list, inside of a route or of none, below a path."""
    inner = awaited(node)
    for each in named(inner) if inner.type == "array" else [inner]:
        call = awaited(named(each)[0]) if each.type == "spread_element" else awaited(each)
        if call.type == "call_expression":
            yield from _entry(module, call, router, prefix, at)
        else:
            yield Unread(module.source.head(each), "dynamic", "which routes these are is decided elsewhere", REMEDY)


def _entry(module: Reader, call: Node, router: str, prefix: str | None, at: Iterator[int]) -> Iterator[Any]:
    """One route, with those inside of it."""
    word, given = tail(module.source.symbol(call)), arguments(call)
    has_path = word in {"route", "prefix"}
    text = path_of(module, given[0], module.bodies[0].scope) if has_path and given else ""
    under = prefix if text == "" else None if text is None or prefix is None else prefix + braces(f"/{text.strip('/')}")
    if word in {"route", "index", "layout"} and len(given) > has_path:
        mounted = list(_mounted(module, given[has_path], router, under, next(at)))
        yield from mounted
        holder = next((each.child for each in mounted if isinstance(each, Mount)), None)
        router, under = (holder, "") if holder is not None else (router, under)
    elif word not in {"prefix", "flatRoutes"}:
        yield Unread(module.source.head(call), "dynamic", "which routes these are is decided elsewhere", REMEDY)
    for each in given[1:]:
        if bare(each).type == "array":
            yield from _listed(module, each, router, under, at)


def _mounted(module: Reader, file: Node, router: str, prefix: str | None, position: int) -> Iterator[Any]:
    """A file, taken as a module, and where it is put."""
    name, place = module.source.string(awaited(file)), module.source.place(file)
    holder = f"({place.line}:{place.column})"
    if name is None:
        yield Unread(place, "dynamic", "which file answers is decided at run time", REMEDY)
        return
    yield Import(place, holder, f"./{name.removeprefix('./')}", "", None, False)
    yield Mount(place, router, position, holder, prefix, False)
