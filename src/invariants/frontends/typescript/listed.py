"""Lists of paths: what is in them, as far as this file says it."""

import re
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from tree_sitter import Node

from invariants.facts.code import Element
from invariants.frontends.typescript.paths import text_of
from invariants.frontends.typescript.reader import Reader
from invariants.frontends.typescript.scopes import Scope
from invariants.frontends.typescript.syntax import arguments, awaited, named

DEEP = 5
SETS = frozenset({"Set", "Object.freeze"})
MORE = re.compile(rb"\s*(?:\.\s*(?:push|unshift|splice|add|fill)\b|\[[^\]]*\]\s*=[^=])")
ANOTHER = re.compile(rb"\s*=(?![=>])")
"""What stands behind the name of a list that more is put into, or that is another one from there on."""
DECLARING = (b"const ", b"let ", b"var ")
BEGINNING = re.compile(rb"\b")
LISTS = frozenset({"array", "new_expression", "call_expression"})
PATHS = re.compile(rb"""/(?<=[\[,(\s]["'`]/)""")
"""Where a text begins that may be a path, in a list; the slash is looked for first, which is found fast."""
LESS = frozenset({"filter", "slice"})
"""Methods that answer with some of a list."""


class Listed(NamedTuple):
    """Something in a list."""

    kind: Literal["text", "symbol", "regex", "unknown"]
    value: str
    whole: bool = True
    """Whether it is in the list, whatever is left out of that."""


def listed(reader: Reader, node: Node, scope: Scope, depth: int = DEEP) -> list[Listed]:
    """What a list has in it; a name that is told elsewhere stands for what that lists."""
    inner = awaited(node)
    if inner.type == "array" and depth:
        return [one for each in named(inner) for one in _elements(reader, each, scope, depth)]
    if inner.type in {"new_expression", "call_expression"} and depth:
        return _made(reader, inner, scope, depth)
    name = reader.source.text(inner) if inner.type == "identifier" else ""
    value = scope.value(name) if name else None
    if name and _grows(reader, name):
        return [Listed("unknown", "")]
    if value is not None and depth and value.start_byte != inner.start_byte:
        return listed(reader, value, scope, depth - 1)
    return [one(reader, inner, scope)]


def _grows(reader: Reader, name: str) -> bool:
    """Whether a file puts more into a list, or another one in its place."""
    content, end = reader.source.content, len(name.encode())
    return any(
        MORE.match(content, at + end) or (ANOTHER.match(content, at + end) and not content.endswith(DECLARING, 0, at))
        for at in _told(content, name.encode())
    )


def _told(content: bytes, name: bytes) -> Iterator[int]:
    """Where a name begins in a file."""
    at = content.find(name)
    while at >= 0:
        if BEGINNING.match(content, at):
            yield at
        at = content.find(name, at + 1)


def opened(reader: Reader, nodes: Iterable[Node]) -> Iterator[Node]:
    """What is put before routes, with lists of the module as what is in them, where they stay as they are: `const guards = [auth, log]`."""
    for node in nodes:
        inner = awaited(named(node)[0]) if node.type == "spread_element" and named(node) else awaited(node)
        name = reader.source.text(inner) if inner.type == "identifier" else ""
        value = reader.bodies[0].scope.value(name) if name and name not in reader.nodes else None
        is_list = value is not None and awaited(value).type == "array"
        changed = rb"\b" + name.encode() + rb"\s*\.\s*(?:pop|shift|reverse|sort|copyWithin|length\s*=)"
        is_whole = is_list and not _grows(reader, name) and re.search(changed, reader.source.content) is None
        yield awaited(value) if is_whole and value is not None else node


def _made(reader: Reader, node: Node, scope: Scope, depth: int) -> list[Listed]:
    """A set of a list, a part of it, or several lists in one."""
    function, given = node.child_by_field_name("function"), arguments(node)
    if reader.source.symbol(node) in SETS and len(given) == 1:
        return listed(reader, given[0], scope, depth - 1)
    if function is None or function.type != "member_expression":
        return [Listed("unknown", "")]
    on, method = named(function)[0], reader.source.text(named(function)[-1])
    if method in LESS:
        return [each._replace(whole=False) for each in listed(reader, on, scope, depth - 1)]
    if method == "concat":
        return [found for each in (on, *given) for found in listed(reader, each, scope, depth - 1)]
    return [Listed("unknown", "")]


def _elements(reader: Reader, node: Node, scope: Scope, depth: int) -> list[Listed]:
    return listed(reader, named(node)[0], scope, depth - 1) if node.type == "spread_element" else [one(reader, node, scope)]


def one(reader: Reader, node: Node, scope: Scope) -> Listed:
    """A text, or what stands for one."""
    inner = awaited(node)
    if inner.type == "identifier" and (value := scope.value(reader.source.text(inner))) is not None and value.type == "regex":
        inner = value
    if inner.type == "regex":
        return Listed("regex", reader.source.text(inner))
    if (text := text_of(reader, inner, scope)) is not None:
        return Listed("text", text)
    is_name = inner.type in {"identifier", "member_expression"} and bool(reader.source.symbol(inner))
    return Listed("symbol", reader.source.symbol(inner)) if is_name else Listed("unknown", "")


def elements(reader: Reader) -> Iterator[Element]:
    """The lists of the module that have paths in them."""
    scope = reader.bodies[0].scope
    for name, values in scope.values.items() if PATHS.search(reader.source.content) else ():
        node = values[0].node
        if len(values) == 1 and not values[0].part and awaited(node).type in LISTS and PATHS.search(node.text or b""):
            yield from _elements_of(reader, name, node, scope)


def _elements_of(reader: Reader, name: str, node: Node, scope: Scope) -> Iterator[Element]:
    found = listed(reader, node, scope) if not _grows(reader, name) else []
    if any(each.kind == "text" and each.value.startswith("/") for each in found):
        for position, each in enumerate(found):
            kind = each.kind if each.whole and each.kind != "regex" else "unknown"
            yield Element(reader.source.head(node), name, position, kind, each.value)
