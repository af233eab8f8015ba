"""Supabase's edge functions: one folder each, served under its name."""

import re
from collections.abc import Iterator
from typing import Any

from tree_sitter import Node

from invariants.facts.place import Place
from invariants.facts.web import FUNCTION, Endpoint
from invariants.frontends.typescript.reader import Reader
from invariants.frontends.typescript.syntax import arguments, awaited, fields
from invariants.frontends.typescript.wrapping import Wrapped, unwrap, uses

TRIGGERS: tuple[bytes, ...] = ()
FILE = re.compile(FUNCTION.pattern + r"index\.[jt]sx?$")
PATHS = FILE.pattern.replace("?P<name>", "?:")
SERVING = frozenset({"Deno.serve", "serve"})


def read(module: Reader) -> Iterator[Any]:
    """The function of a file, which is served whatever is seen of it to answer."""
    found = FILE.search(module.source.path)
    if found is None:
        return
    path, served = f"/functions/v1/{found['name']}", _served(module)
    if served is None:
        yield Endpoint(Place(module.source.path, 1, 1, 1, 1), "", 0, "supabase", "http", "ANY", path, "")
        return
    node, wrapped = served
    yield Endpoint(module.source.head(node), "", 0, "supabase", "http", "ANY", path, wrapped.handler)
    yield from uses(module, wrapped.layers, "", 0, "wrapper")


def _served(module: Reader) -> tuple[Node, Wrapped] | None:
    """What is given to `Deno.serve`, or exported as `{fetch}`."""
    for call in module.calls.values():
        if call.function == "" and call.symbol in SERVING and arguments(call.node):
            return call.node, unwrap(module, arguments(call.node)[-1])
    exported = module.exports.get("default")
    value = awaited(exported.value) if exported is not None and exported.value is not None else None
    literal = dict(fields(module.source, value)) if value is not None and value.type == "object" else {}
    return (literal["fetch"], unwrap(module, literal["fetch"])) if "fetch" in literal else None
