"""Names of modules that stand for nothing where nobody sets the variable of the environment that they hold."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from invariants.facts.web import BLANK, Setting
from invariants.frontends.typescript.absences import UNDEFINED
from invariants.frontends.typescript.dependences import Tracer
from invariants.frontends.typescript.reader import Reader
from invariants.frontends.typescript.syntax import awaited, fields


def blanks(module: Reader, tracer: Tracer) -> Iterator[Setting]:
    """Each such name, and each field of an object by `config.name`; not what the module insists on."""
    if b"process.env" not in module.source.content:
        return
    scope = module.bodies[0].scope
    for name, values in scope.values.items():
        for key, value in _named(module, name, values[0].node) if len(values) == 1 and not values[0].part else ():
            found = tracer.trace(value, scope)
            is_set = bool(found) and all(each.origin == "environment" for each in found)
            if is_set and tracer.absences.of(value, scope) == UNDEFINED and not _insists(module, [key, *(each.symbol for each in found)]):
                yield Setting(module.source.head(value), "typescript", f"{BLANK}{key}", 0, "nothing")


def _named(module: Reader, name: str, value: Node) -> Iterator[tuple[str, Node]]:
    inner = awaited(value)
    if inner.type == "object":
        yield from ((f"{name}.{key}", each) for key, each in fields(module.source, inner) if key)
    else:
        yield name, inner


def _insists(module: Reader, names: list[str]) -> bool:
    """Whether a module asks whether something is missing, by any of its names."""
    return any(re.search(rb"!\s*" + re.escape(each.encode()) + rb"\b(?!\s*[.(])", module.source.content) for each in names)
