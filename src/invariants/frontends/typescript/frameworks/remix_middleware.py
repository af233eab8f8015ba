"""Middleware of React Router's routes, and the flag without which nothing of it runs."""

import re
from collections.abc import Iterator
from typing import Any

from invariants.facts.web import Router, Setting
from invariants.frontends.typescript.doors import doors
from invariants.frontends.typescript.frameworks.remix import METHODS, ROUTE
from invariants.frontends.typescript.reader import Reader
from invariants.frontends.typescript.syntax import awaited, field, named
from invariants.frontends.typescript.wrapping import name, own

TRIGGERS = (b"v8_middleware", b"unstable_middleware")
PATHS = r"(?:^|/)app/root\.[jt]sx?$"
CONFIG = re.compile(r"(?:^|/)react-router\.config\.[cm]?[jt]s$")
ROOT = re.compile(r"(?:^|/)app/root\.[jt]sx?$")
IN_APP = re.compile(r"(?:^|/)app/")
NAMES = ("middleware", "unstable_middleware")
FLAGS = ("v8_middleware", "unstable_middleware")


def read(module: Reader) -> Iterator[Any]:
    """Whether middleware runs at all, and what stands before a route and all that is inside of it."""
    path = module.source.path
    if CONFIG.search(path):
        yield from _flag(module)
    found = next((module.exports[each] for each in NAMES if each in module.exports), None) if IN_APP.search(path) else None
    if found is None:
        return
    value = module.bodies[0].scope.value(found.name) if found.value is None else found.value
    is_root = bool(ROOT.search(path))
    if not is_root:
        yield Router(module.source.head(found.at), ROUTE, "remix", "given", "")
    inner = awaited(value) if value is not None else found.at
    for rank, each in enumerate(named(inner) if inner.type == "array" else [inner]):
        call = module.calls.get(awaited(each).id)
        use = own(module, each, "" if is_root else ROUTE, 0, rank, "hook", name(module, each))
        use = use._replace(own=False, function_name=call.function if call else "", step=call.position if call else None)
        yield use
        yield from (use._replace(own=True, router="", position=place) for place, _ in enumerate(doors(module, METHODS)) if not is_root)


def _flag(module: Reader) -> Iterator[Setting]:
    """The setting by which middleware runs, as the configuration says it."""
    exported = module.exports.get("default")
    value = (exported.value or exported.at) if exported is not None else None
    if value is not None and value.type == "identifier":
        value = module.bodies[0].scope.value(module.source.text(value)) or value
    future = field(module.source, awaited(value), "future") if value is not None else None
    told = [field(module.source, awaited(future), each) for each in FLAGS] if future is not None else []
    for each in told:
        if each is not None and module.source.text(each) == "true":
            yield Setting(module.source.head(each), "remix", "middleware", 0, "true")
