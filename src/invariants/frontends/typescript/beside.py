"""What is put beside a request for whoever comes after: who sent it, or somebody made up where nobody is known."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from invariants.facts.code import DISPLAY
from invariants.facts.web import Setting
from invariants.frontends.typescript.making import is_made
from invariants.frontends.typescript.reader import Reader
from invariants.frontends.typescript.scopes import Scope
from invariants.frontends.typescript.syntax import arguments, awaited, operator

PLACE = re.compile(r"(?:req|request|ctx\.state|res\.locals|event\.locals|locals)\.(\w+)")
KEEPERS = frozenset({"c.set", "ctx.set"})


def beside(module: Reader) -> Iterator[Setting]:
    """Each thing that is put beside a request: something, where it is that or something else; or what a function answers."""
    for left, value, scope in module.assigned:
        if found := PLACE.fullmatch(module.source.symbol(left)):
            yield Setting(module.source.head(value), "typescript", f"beside {found[1]}", 0, _made_of(module, value, scope))
    for call in module.calls.values():
        given = arguments(call.node) if call.symbol in KEEPERS else []
        if len(given) == 2 and (name := module.source.string(given[0])):
            yield Setting(module.source.head(given[1]), "typescript", f"beside {name}", 0, _made_of(module, given[1], call.scope))


def _made_of(module: Reader, value: Node, scope: Scope) -> str:
    inner = awaited(value)
    if inner.type == "identifier":
        held = scope.value(module.source.text(inner))
        inner = awaited(held) if held is not None else inner
    if operator(inner) in {"||", "??"} and is_made(inner):
        return DISPLAY
    return module.source.symbol(inner) if inner.type == "call_expression" else ""
