"""Answers that are made of parts, and conditions that ask for one of these: `return { ok: true }`; `const { ok } = judged(req)`."""

from collections.abc import Iterator

from tree_sitter import Node

from invariants.facts.code import SOMETHING, Argument
from invariants.frontends.typescript.arguments import told
from invariants.frontends.typescript.reader import Body, Reader
from invariants.frontends.typescript.scopes import Scope
from invariants.frontends.typescript.syntax import awaited, bare, fields, named, operator

DEEP = 3
"""So many variables are followed to what they were given."""
MANY = 16
"""An answer of more parts is no verdict."""
FLAGS = frozenset({"true", "false"})
TEXTS = frozenset({"string", "template_string"})
LITERALS = frozenset({"object", "array"})
EQUAL = frozenset({"==", "===", "!=", "!=="})
WRITTEN = frozenset({"true", "false", "null", "undefined", "string", "number"})
Part = tuple[str, Node]


def parts(reader: Reader, body: Body) -> Iterator[Argument]:
    """The parts that returns answer with, where one of them is written down or made there; and those that conditions ask for."""
    found = [(position, node, _made(reader, node, body.scope)) for position, node in body.answers]
    told_by = FLAGS | LITERALS | TEXTS if len(found) > 1 else FLAGS
    if any(_flag(value, body.scope, reader).type in told_by for _, _, own in found for _, value in own):
        for position, node, own in found:
            for name, value in own:
                inner = _flag(value, body.scope, reader)
                is_made = inner.type in LITERALS and bool(named(inner))
                kind, said = ("other", SOMETHING) if is_made else told(reader, inner, body.scope)
                yield Argument(reader.source.place(node), body.scope.name, position, name, kind, said)  # type: ignore[arg-type]
    for position, node in body.conditions:
        for name, said in dict.fromkeys(_asked(reader, node, body.scope, DEEP)):
            yield Argument(reader.source.place(node), body.scope.name, position, name, "call", said)


def _made(reader: Reader, node: Node, scope: Scope) -> list[Part]:
    """The parts of a literal that is answered, itself or by a name."""
    inner = awaited(node)
    value = scope.value(reader.source.text(inner)) if inner.type == "identifier" else None
    inner = awaited(value) if value is not None else inner
    if inner.type == "object":
        own = list(fields(reader.source, inner))
    else:
        own = [(str(place), each) for place, each in enumerate(named(inner))] if inner.type == "array" else []
    return own if len(own) <= MANY else []


def _flag(node: Node, scope: Scope, reader: Reader) -> Node:
    """A part; of a name for what is written down, that."""
    is_name = node.type in {"identifier", "shorthand_property_identifier"}
    value = scope.value(reader.source.text(node)) if is_name else None
    return awaited(value) if value is not None and awaited(value).type in WRITTEN else awaited(node)


def _asked(reader: Reader, node: Node, scope: Scope, depth: int) -> Iterator[tuple[str, str]]:
    """The parts that a condition asks for, each with the call that answers it."""
    inner = bare(node)
    is_negated = inner.type == "unary_expression" and inner.children[0].type == "!" and bool(named(inner))
    if is_negated or (operator(inner) in EQUAL and bare(named(inner)[-1]).type in WRITTEN):
        yield from _asked(reader, named(inner)[0], scope, depth)
    elif inner.type == "identifier" and depth:
        name = reader.source.text(inner)
        owner = scope.owner(name)
        for value in owner.values.get(name, []) if owner is not None else []:
            if value.part:
                yield from ((value.part, each) for each in _called(reader, value.node, scope, depth))
            elif awaited(value.node).type in {"member_expression", "subscript_expression"}:
                yield from _asked(reader, awaited(value.node), scope, depth - 1)
    elif inner.type in {"member_expression", "subscript_expression"} and len(named(inner)) > 1:
        key = named(inner)[-1]
        name = reader.source.string(key) or reader.source.text(key)
        yield from ((name, each) for each in _called(reader, named(inner)[0], scope, depth))


def _called(reader: Reader, node: Node, scope: Scope, depth: int) -> Iterator[str]:
    """The calls that answer something."""
    inner = awaited(node)
    if inner.type == "call_expression":
        yield from filter(None, [reader.source.symbol(inner)])
    elif inner.type == "identifier" and depth:
        name = reader.source.text(inner)
        owner = scope.owner(name)
        for value in owner.values.get(name, []) if owner is not None else []:
            yield from _called(reader, value.node, scope, depth - 1) if not value.part else ()
