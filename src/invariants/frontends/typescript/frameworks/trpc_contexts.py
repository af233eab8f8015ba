"""Contexts of tRPC: what of them is there for whoever comes, so that asking for it turns nobody away."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from invariants.facts.code import DISPLAY
from invariants.facts.web import SENT, Setting
from invariants.frontends.typescript.dependences import Tracer
from invariants.frontends.typescript.making import is_something
from invariants.frontends.typescript.reader import Reader
from invariants.frontends.typescript.scopes import Scope
from invariants.frontends.typescript.syntax import FUNCTIONS, answer, awaited, fields, named, operator
from invariants.languages.trees import tail

TRIGGERS = (b"@trpc/server",)
PATHS = ""
MAKER = re.compile(r"create\w*Context\w*$")


def read(module: Reader) -> Iterator[Setting]:
    """What each field of a context is made of: a literal, or what a function answers; nothing, where it may be anything."""
    scopes = {body.scope.name: body.scope for body in module.bodies}
    for key, node in module.nodes.items():
        made = answer(node) if node.type in FUNCTIONS and MAKER.match(tail(key)) and key in scopes else None
        literal = awaited(made) if made is not None else None
        for name, value in fields(module.source, literal) if literal is not None and literal.type == "object" else ():
            yield Setting(module.source.head(value), "trpc", f"context {name}", 0, _made_of(module, value, scopes[key]))


def _made_of(module: Reader, value: Node, scope: Scope) -> str:
    if any(each.origin == "caller" for each in Tracer(module.source, module.imports).alone(value, scope, {"caller", "constant"})):
        return SENT
    inner = awaited(value)
    if inner.type in {"identifier", "shorthand_property_identifier"}:
        held = scope.value(module.source.text(inner))
        inner = awaited(held) if held is not None else inner
    if inner.type in {"object", "array"} or (operator(inner) in {"??", "||"} and is_something(module.source, named(inner)[-1])):
        return DISPLAY
    return module.source.symbol(inner) if inner.type == "call_expression" else ""
