"""SvelteKit: endpoints, what pages load and do on the server, and the hook before all of them."""

import re
from collections.abc import Iterator
from typing import Any

from tree_sitter import Node

from invariants.facts.web import Endpoint, Use
from invariants.frontends.typescript.doors import Door, door, doors
from invariants.frontends.typescript.reader import Reader
from invariants.frontends.typescript.syntax import arguments, awaited, fields
from invariants.frontends.typescript.wrapping import name, unwrap, uses

TRIGGERS: tuple[bytes, ...] = ()
PATHS = r"(?:^|/)(?:\+server|\+page\.server|\+layout\.server|hooks\.server)\.[jt]s$"
FILE = re.compile(r"(?:^|/)routes(?P<folders>/.*)?/\+(?P<kind>server|page\.server)\.[jt]s$")
HOOKS = re.compile(r"(?:^|/)hooks\.server\.[jt]s$")
SPELLED = re.compile(r"\[[xu]\+([0-9a-fA-F]{2,6})\]")
"""A character that a folder cannot be called."""
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def read(module: Reader) -> Iterator[Any]:
    """The routes of a file, or the hook."""
    found = FILE.search(module.source.path)
    if found is not None:
        path = route_path(found["folders"] or "")
        ways = _methods(module) if found["kind"] == "server" else _page(module)
        for position, (method, each) in enumerate(ways):
            yield Endpoint(each.at, "", position, "sveltekit", "http", method, path + each.name, each.handler)
            yield from uses(module, each.layers, "", position, "wrapper")
    elif HOOKS.search(module.source.path):
        for each in doors(module, ("handle",)):
            yield from _hook(module, each)


def _methods(module: Reader) -> Iterator[tuple[str, Door]]:
    for each in doors(module, (*METHODS, "fallback")):
        yield ("ANY" if each.name == "fallback" else each.name), each._replace(name="")


def _page(module: Reader) -> Iterator[tuple[str, Door]]:
    """What a page loads, and its actions: the default one, and those that are named in the query."""
    if "load" in module.exports:
        yield "GET", door(module, "load", module.exports["load"])._replace(name="")
    literal = module.bodies[0].scope.value("actions")
    inner = awaited(literal) if literal is not None else None
    for key, value in fields(module.source, inner) if inner is not None and inner.type == "object" else []:
        wrapped = unwrap(module, value)
        query = "" if key == "default" else f"?/{key}"
        handler = f"actions.{key}" if f"actions.{key}" in module.nodes else wrapped.handler
        yield "POST", Door(query, module.source.head(value), handler, wrapped.layers)


def _hook(module: Reader, each: Door) -> Iterator[Use]:
    """`handle`, or those that `sequence` puts one after another."""
    calls = [layer.call for layer in each.layers if layer.symbol == "sequence" and layer.call is not None]
    parts: list[Node | None] = list(arguments(calls[0])) if calls else [None]
    for rank, part in enumerate(parts):
        symbol = name(module, part) if part is not None else each.handler
        yield Use(each.at, "", 0, False, rank, "hook", symbol, "all", "/**", "", "", False, "", None)


def route_path(folders: str) -> str:
    """The path of a folder below `routes`."""
    kept = [part for part in folders.split("/") if part and not re.fullmatch(r"\(.*\)", part)]
    spelled = [SPELLED.sub(lambda found: chr(int(found[1], 16)), part) for part in kept]
    parts = [re.sub(r"\[{1,2}(?:\.\.\.)?(\w+)(?:=\w+)?\]{1,2}", r"{\1}", part) for part in spelled]
    return "/" + "/".join(parts)
