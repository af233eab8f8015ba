"""What is put beside a request for whoever comes after: who sent it, or somebody made up where nobody is known."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from invariants.facts.code import DISPLAY
from invariants.facts.web import SENT, Setting
from invariants.frontends.typescript.dependences import Tracer
from invariants.frontends.typescript.making import is_made
from invariants.frontends.typescript.reader import Reader
from invariants.frontends.typescript.scopes import Scope
from invariants.frontends.typescript.syntax import arguments, awaited, named, operator

PLACE = re.compile(r"(?:req|request|ctx\.state|res\.locals|event\.locals|locals)\.(\w+)")
GUEST = re.compile(r"(?:[A-Z]+_)*(?:GUEST|NOBODY|ANONYMOUS|ANON|STRANGER)(?:_[A-Z]+)*")
KEEPERS = frozenset({"c.set", "ctx.set"})


def beside(module: Reader, tracer: Tracer) -> Iterator[Setting]:
    """Each thing that is put beside a request: something, where it is that or something else; what was sent; or what a function answers."""
    for left, value, scope in module.assigned:
        if found := PLACE.fullmatch(module.source.symbol(left)):
            yield Setting(module.source.head(value), "typescript", f"beside {found[1]}", 0, _made_of(module, tracer, value, scope))
    for call in module.calls.values():
        given = arguments(call.node) if call.symbol in KEEPERS else []
        if len(given) == 2 and (name := module.source.string(given[0])):
            yield Setting(module.source.head(given[1]), "typescript", f"beside {name}", 0, _made_of(module, tracer, given[1], call.scope))


def _held(module: Reader, node: Node, scope: Scope) -> Node:
    """What a variable holds; of anything else, that."""
    held = scope.value(module.source.text(node)) if node.type == "identifier" else None
    return awaited(held) if held is not None else node


def _is_guest(name: str) -> bool:
    """Whether a name is that of somebody who stands for all who are not known."""
    return GUEST.fullmatch(name) is not None


def _made_of(module: Reader, tracer: Tracer, value: Node, scope: Scope) -> str:
    inner = _held(module, awaited(value), scope)
    is_choice = operator(inner) in {"||", "??"}
    last = named(inner)[-1] if is_choice else awaited(value)
    if (is_choice and (is_made(inner) or is_made(_held(module, awaited(last), scope)))) or _is_guest(module.source.text(last)):
        return DISPLAY
    if any(each.origin == "caller" for each in tracer.alone(value, scope, ("caller", "constant"))):
        return SENT
    return module.source.symbol(inner) if inner.type == "call_expression" else ""
