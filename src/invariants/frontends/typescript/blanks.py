"""Names of modules that stand for nothing where nobody sets the variable of the environment that they hold."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from invariants.facts.web import BLANK, Setting
from invariants.frontends.typescript.absences import UNDEFINED
from invariants.frontends.typescript.dependences import Tracer
from invariants.frontends.typescript.reader import Reader
from invariants.frontends.typescript.scopes import Scope
from invariants.frontends.typescript.syntax import CLASSES, awaited, fields, key_name, named, operator

NOT = re.compile(rb"!\s*")
ENDING = re.compile(rb"\b(?!\s*[.(])")
"""What stands before and behind a name that is asked for whether it is nothing."""


def blanks(module: Reader, tracer: Tracer) -> Iterator[Setting]:
    """Each such name, and each field of an object by `config.name`; not what the module insists on."""
    if b"process.env" not in module.source.content:
        return
    for key, value, scope in [*_variables(module), *_answers(module), *_parts(module)]:
        found = tracer.trace(value, scope)
        is_set = bool(found) and all(each.origin == "environment" for each in found)
        where = module.nodes.get(scope.name, module.source.root)
        if is_set and tracer.absences.of(value, scope) == UNDEFINED and not _insists(where, [key, *(each.symbol for each in found)]):
            yield Setting(module.source.head(value), "typescript", f"{BLANK}{key}", 0, "nothing")
        elif any(each.origin == "environment" for each in found) and _is_written(module, value):
            yield Setting(module.source.head(value), "typescript", f"{BLANK}{key}", 0, "empty")


def _variables(module: Reader) -> Iterator[tuple[str, Node, Scope]]:
    """The names of the module, and the fields of what they hold."""
    scope = module.bodies[0].scope
    for name, values in scope.values.items():
        value = awaited(values[0].node)
        if len(values) == 1 and not values[0].part:
            yield from _fields(module, name, value, scope) if value.type == "object" else [(name, value, scope)]


def _answers(module: Reader) -> Iterator[tuple[str, Node, Scope]]:
    """The fields of what functions answer, and what getters of classes do."""
    for body in module.bodies[1:]:
        node = module.nodes.get(body.scope.name)
        for _, each in body.answers:
            if awaited(each).type == "object":
                yield from _fields(module, body.scope.name, awaited(each), body.scope)
            elif node is not None and any(child.type == "get" for child in node.children):
                yield body.scope.name, each, body.scope


def _parts(module: Reader) -> Iterator[tuple[str, Node, Scope]]:
    """The fields of classes that are given something where they are declared."""
    for name, node in module.nodes.items():
        body = node.child_by_field_name("body") if node.type in CLASSES else None
        for each in named(body) if body is not None else ():
            key, value = each.child_by_field_name("name") or each.child_by_field_name("property"), each.child_by_field_name("value")
            if each.type.endswith("field_definition") and key is not None and value is not None:
                yield f"{name}.{key_name(module.source, key)}", value, module.bodies[0].scope


def _fields(module: Reader, name: str, literal: Node, scope: Scope) -> Iterator[tuple[str, Node, Scope]]:
    yield from ((f"{name}.{key}", each, scope) for key, each in fields(module.source, literal) if key)


def _is_written(module: Reader, value: Node) -> bool:
    """Whether a string stands in the code for what nobody sets: `process.env.TOKEN ?? "changeme"`."""
    inner = awaited(value)
    return operator(inner) in {"??", "||"} and module.source.string(named(inner)[-1]) is not None


def _insists(where: Node, names: list[str]) -> bool:
    """Whether a module or function asks whether something is missing, by any of its names."""
    text = where.text or b""
    denied = [each.end() for each in NOT.finditer(text)]
    words = [each.encode() for each in names]
    return any(text.startswith(each, at) and ENDING.match(text, at + len(each)) for each in words for at in denied)
