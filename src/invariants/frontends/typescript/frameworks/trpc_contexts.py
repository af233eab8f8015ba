"""Contexts of tRPC: what of them is there for whoever comes, so that asking for it turns nobody away."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from invariants.facts.code import DISPLAY
from invariants.facts.web import HANDED, SENT, Setting
from invariants.frontends.typescript.beside import held, is_there
from invariants.frontends.typescript.dependences import Tracer
from invariants.frontends.typescript.making import is_something
from invariants.frontends.typescript.reader import Reader
from invariants.frontends.typescript.scopes import Scope
from invariants.frontends.typescript.syntax import FUNCTIONS, answer, arguments, awaited, field, fields, named, operator
from invariants.languages.trees import tail

TRIGGERS = (b"@trpc/server",)
PATHS = ""
MAKER = re.compile(r"create\w*Context\w*$")


def read(module: Reader) -> Iterator[Setting]:
    """What each field of a context is made of: a literal, or what a function answers; nothing, where it may be anything."""
    yield from _handed(module) if b"next(" in module.source.content else ()
    if TRIGGERS[0] not in module.source.content:
        return
    scopes = {body.scope.name: body.scope for body in module.bodies}
    for key, node in module.nodes.items():
        made = answer(node) if node.type in FUNCTIONS and MAKER.match(tail(key)) and key in scopes else None
        literal = awaited(made) if made is not None else None
        for name, value in fields(module.source, literal) if literal is not None and literal.type == "object" else ():
            yield Setting(module.source.head(value), "trpc", f"context {name}", 0, _made_of(module, value, scopes[key]))


def _handed(module: Reader) -> Iterator[Setting]:
    """What middleware hands on that is there whoever comes: somebody or a guest, or an object that is made of whatever there is."""
    for call in module.calls.values():
        given = arguments(call.node) if tail(call.symbol) == "next" and call.function else []
        context = field(module.source, given[0], "ctx") if given and given[0].type == "object" else None
        for name, node in _filled(module, context, call.scope) if context is not None else ():
            yield Setting(module.source.head(node), "trpc", f"{HANDED}{call.function}", 0, name)


def _filled(module: Reader, literal: Node, scope: Scope, depth: int = 2) -> Iterator[tuple[str, Node]]:
    """The fields of an object, and of those in it, that are something whatever they are made of."""
    for key, value in fields(module.source, literal) if literal.type == "object" and depth else ():
        inner = held(module, awaited(value), scope)
        yield from [(key, value)] if is_there(module, value, inner, scope) or inner.type in {"object", "array"} else []
        yield from ((f"{key}.{name}", node) for name, node in _filled(module, inner, scope, depth - 1))


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
