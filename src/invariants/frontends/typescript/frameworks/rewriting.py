"""What answers a request under another address: `req.url = ...`, Fastify's `rewriteUrl`, SvelteKit's `reroute` and base."""

import re
from collections.abc import Iterator
from typing import Any

from tree_sitter import Node

from invariants.facts.web import BASED, REROUTED, REWRITES, Setting
from invariants.frontends.typescript.reader import Reader
from invariants.frontends.typescript.syntax import awaited, field

TRIGGERS: tuple[bytes, ...] = (b"rewriteUrl",)
PATHS = r"(?:^|/)src/hooks(?:/index)?\.[jt]s$|(?:^|/)svelte\.config\.[cm]?[jt]s$"
HOOKS = re.compile(r"(?:^|/)src/hooks(?:/index)?\.[jt]s$")
CONFIG = re.compile(r"(?:^|/)svelte\.config\.[cm]?[jt]s$")
ADDRESS = re.compile(r"(\w+)\.(?:(?:raw|req|request)\.)?(?:url|path)")
PATH = ("kit", "paths", "base")


def read(module: Reader) -> Iterator[Any]:
    """The functions of a file that do it, and what it says of the whole application."""
    for left, _, scope in module.assigned:
        found = ADDRESS.fullmatch(module.source.symbol(left))
        if found is not None and found[1] == next(iter(scope.parameters), None):  # what comes after an error is no request
            yield Setting(module.source.head(left), "", REWRITES, 0, scope.name)
    if b"rewriteUrl" in module.source.content:
        yield Setting(module.source.head(module.source.root), "fastify", REROUTED, 0, "rewriteUrl")
    if HOOKS.search(module.source.path) and "reroute" in module.exports:
        yield Setting(module.source.head(module.exports["reroute"].at), "sveltekit", REROUTED, 0, "reroute")
    if CONFIG.search(module.source.path) and (base := _base(module)) is not None:
        yield Setting(module.source.head(base), "sveltekit", BASED, 0, module.source.string(base) or "")


def _base(module: Reader) -> Node | None:
    """What stands before all paths, as the configuration says it; null where that is nothing."""
    exported = module.exports.get("default")
    node = (exported.value or exported.at) if exported is not None else None
    for name in (None, *PATH):
        inner = awaited(node) if node is not None else None
        node = field(module.source, inner, name) if name is not None else inner
        if node is not None and node.type == "identifier":
            node = module.bodies[0].scope.value(module.source.text(node)) or node
    return node if node is not None and module.source.string(node) != "" else None
