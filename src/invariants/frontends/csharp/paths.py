"""Paths that are written down: strings, put together, in constants of this file or another."""

from tree_sitter import Node

from invariants.frontends.csharp.reader import Reader
from invariants.frontends.csharp.scopes import Scope
from invariants.frontends.csharp.syntax import STRINGS, arguments, bare, named

DEEP = 16
"""How deep strings are put together of others."""


def text_of(reader: Reader, node: Node | None, scope: Scope, depth: int = DEEP) -> str | None:
    """A string that can be told; a part that another file says stands in it as ``${symbol}``."""
    inner = bare(node) if node is not None else None
    if inner is None or depth == 0:
        return None
    if inner.type in STRINGS:
        return _filled(reader, inner, scope, depth)
    if inner.type == "binary_expression" and inner.children[1].type == "+":
        parts = [text_of(reader, each, scope, depth - 1) for each in named(inner)]
        return None if None in parts else "".join(part for part in parts if part)
    symbol = reader.source.symbol(inner)
    if inner.type == "invocation_expression" and symbol == "nameof" and arguments(inner):
        return reader.source.symbol(arguments(inner)[0]).rpartition(".")[2]
    return _named(reader, symbol, scope, depth) if inner.type in {"identifier", "member_access_expression"} else None


def _filled(reader: Reader, node: Node, scope: Scope, depth: int) -> str | None:
    """A string with what is filled in."""
    if (text := reader.source.string(node)) is not None:
        return text
    found = []
    for child in node.named_children:
        inner = [each for each in named(child) if each.type != "interpolation_brace"] if child.type == "interpolation" else []
        text = text_of(reader, inner[0], scope, depth - 1) if inner else reader.source.string_part(child)
        if text is None:
            return None
        found.append(text)
    return "".join(found)


def _named(reader: Reader, symbol: str, scope: Scope, depth: int) -> str | None:
    """What a name stands for: a constant of the classes around, a variable that is given one thing, else what another file says."""
    for name in (f"{around}.{symbol}".lstrip(".") for around in _around(scope.type)):
        if name in reader.constants:
            return text_of(reader, reader.constants[name], scope, depth - 1)
    owner = scope.owner(symbol)
    if owner is not None:
        values = owner.values.get(symbol, [])
        return text_of(reader, values[0], scope, depth - 1) if len(values) == 1 else None
    return f"${{{symbol}}}" if symbol[:1].isupper() else None


def _around(name: str) -> list[str]:
    parts = name.split(".") if name else []
    return [".".join(parts[:end]) for end in range(len(parts), -1, -1)]
