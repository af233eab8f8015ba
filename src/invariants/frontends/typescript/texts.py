"""Functions that answer with a text, whoever comes: it may be an empty one, and is never nothing."""

from collections.abc import Iterator

from tree_sitter import Node

from invariants.facts.web import TEXT, Setting
from invariants.frontends.typescript.reader import Body, Reader
from invariants.frontends.typescript.syntax import awaited, named, operator
from invariants.languages.trees import tail

MAKING = frozenset({"String", "JSON.stringify", "encodeURIComponent", "decodeURIComponent"})
"""Functions that answer with a text, whatever they are given."""
METHODS = frozenset(
    "trim trimStart trimEnd replace replaceAll toLowerCase toUpperCase slice substring substr padStart padEnd concat".split()
)
"""Methods of texts that answer with one."""


def texts(module: Reader) -> Iterator[Setting]:
    """Each such function, by its name."""
    for body in module.bodies:
        if body.answers and body.scope.name and _ends(body) and all(is_text(module, node) for _, node in body.answers):
            yield Setting(module.source.head(body.answers[0][1]), "typescript", f"{TEXT}{body.scope.name}", 0, "")


def _ends(body: Body) -> bool:
    """Whether a function answers at its end, and nowhere with nothing."""
    returned = [position for position, each in enumerate(body.steps) if each.kind == "return"]
    return len(returned) == len(body.answers) and body.steps[-1].kind == "return"


def is_text(module: Reader, node: Node) -> bool:
    """Whether an expression is a text, whatever is in it."""
    inner = awaited(node)
    if inner.type in {"string", "template_string"}:
        return True
    if operator(inner) in {"||", "??"}:
        return is_text(module, named(inner)[-1])
    if operator(inner) == "+":
        return any(is_text(module, each) for each in named(inner))
    if inner.type == "ternary_expression":
        return all(is_text(module, each) for each in named(inner)[1:])
    return inner.type == "call_expression" and _is_made(module, inner)


def _is_made(module: Reader, call: Node) -> bool:
    """Whether a call answers with a text: `String(sent)`, `sent.trim()`, where nobody says that there may be nothing to trim."""
    symbol, function = module.source.symbol(call), call.child_by_field_name("function")
    is_sure = function is not None and b"?." not in (function.text or b"")
    return symbol in MAKING or (is_sure and tail(symbol) in METHODS)
