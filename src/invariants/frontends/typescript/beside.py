"""What is put beside a request for whoever comes after: who sent it, or somebody made up where nobody is known."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from invariants.facts.code import DISPLAY
from invariants.facts.web import MADE, SENT, Setting
from invariants.frontends.typescript.dependences import Tracer
from invariants.frontends.typescript.making import is_made
from invariants.frontends.typescript.reader import Reader
from invariants.frontends.typescript.scopes import Scope
from invariants.frontends.typescript.syntax import FUNCTIONS, arguments, awaited, fields, named, operator

PLACE = re.compile(r"(?:req|request|ctx\.state|res\.locals|event\.locals|locals|ctx(?!\.(?:state|body|status|session)\b))\.(\w+(?:\.\w+)*)")
WHOLE = frozenset({"ctx.state", "res.locals", "event.locals", "locals", "req", "request", "ctx"})
"""What holds all that is put beside a request."""
GUEST = re.compile(r"(?:[A-Z]+_)*(?:GUEST|NOBODY|ANONYMOUS|ANON|STRANGER)(?:_[A-Z]+)*")
KEEPERS = frozenset({"c.set", "ctx.set"})
PUTTING = KEEPERS | {"Object.assign"}
BRANCHES = frozenset(
    {"if_statement", "ternary_expression", "switch_case", "try_statement", "for_statement", "for_in_statement", "while_statement"}
)
"""What is done in them may not be done."""


def beside(module: Reader, tracer: Tracer) -> Iterator[Setting]:
    """Each thing that is put beside a request: something, where it is that or something else; what was sent; or what a function answers."""
    for place, value, scope in _put(module):
        yield Setting(module.source.head(value), "typescript", f"beside {place}", 0, _made_of(module, tracer, value, scope))


def _put(module: Reader) -> Iterator[tuple[str, Node, Scope]]:
    """What is put beside requests: its name there, and what it is."""
    for left, value, scope in module.assigned:
        symbol, inner = module.source.symbol(left), awaited(value)
        found = PLACE.fullmatch(symbol) if _is_of_a_request(symbol, scope) else None
        if found:
            yield found[1], value, scope
        if inner.type == "object" and (found or symbol in WHOLE - {"ctx"}):
            yield from ((".".join(filter(None, (found and found[1], key))), each, scope) for key, each in fields(module.source, inner))
    for call in (each for each in module.calls.values() if each.symbol in PUTTING):
        given = arguments(call.node)
        if len(given) == 2 and call.symbol in KEEPERS and (name := module.source.string(given[0])):
            yield name, given[1], call.scope
        elif len(given) == 2 and module.source.symbol(given[0]) in WHOLE and given[1].type == "object":
            yield from ((key, each, call.scope) for key, each in fields(module.source, given[1]))


def _is_of_a_request(symbol: str, scope: Scope) -> bool:
    """Whether a name holds something of a request: `ctx` does in middleware, and elsewhere may be what is drawn on."""
    if not symbol.startswith("ctx.") or symbol.startswith("ctx.state."):
        return True
    owner = scope.owner("ctx")
    return owner is not None and "next" in owner.parameters


def held(module: Reader, node: Node, scope: Scope) -> Node:
    """What a variable holds; of anything else, that."""
    found = scope.value(module.source.text(node)) if node.type in {"identifier", "shorthand_property_identifier"} else None
    return awaited(found) if found is not None else node


def _is_guest(name: str) -> bool:
    """Whether a name is that of somebody who stands for all who are not known."""
    return GUEST.fullmatch(name) is not None


def _made_of(module: Reader, tracer: Tracer, value: Node, scope: Scope) -> str:
    inner = held(module, awaited(value), scope)
    if is_there(module, value, inner, scope):
        return DISPLAY
    if inner.type in {"object", "array", "new_expression"} and not _is_in_a_branch(value):
        return MADE
    if any(each.origin == "caller" for each in tracer.alone(value, scope, ("caller", "constant"))):
        return SENT
    return module.source.symbol(inner) if inner.type == "call_expression" else ""


def is_there(module: Reader, value: Node, inner: Node, scope: Scope) -> bool:
    """Whether what is put there is something whoever comes: somebody or a guest, or a guest in any case."""
    if inner.type == "ternary_expression":
        arms = [awaited(each) for each in named(inner)[1:]]
        return is_made(inner) or any(_is_guest(module.source.text(each)) for each in arms)
    is_set = value.parent is not None and any(each.type in {"||=", "??="} for each in value.parent.children)
    last = awaited(value) if is_set or operator(inner) not in {"||", "??"} else named(inner)[-1]
    is_choice = is_set or operator(inner) in {"||", "??"}
    return (is_choice and (is_made(inner) or is_made(held(module, awaited(last), scope)))) or _is_guest(module.source.text(last))


def _is_in_a_branch(node: Node) -> bool:
    """Whether something of its function may come by what is written here without doing it."""
    above = node.parent
    while above is not None and above.type not in FUNCTIONS:
        if above.type in BRANCHES:
            return True
        above = above.parent
    return False
