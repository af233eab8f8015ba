"""What a file takes from others, and what it gives to them."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from invariants.facts.code import Alias, Import
from invariants.facts.place import Place
from invariants.frontends.rust.syntax import Source, attributes, is_test, named

ROOTS = re.compile(rb"\b(crate|super)::")


def imports(source: Source) -> Iterator[Import]:
    """Every name that `use` takes, every module that `mod` declares, and the roots that paths begin with where they are written out."""
    yield from inside(source, source.root)
    for root in sorted({found[1].decode() for found in ROOTS.finditer(source.content)}):
        yield Import(Place(source.path, 1, 1, 1, 1), root, root, "", None, False)


def inside(source: Source, block: Node) -> Iterator[Import]:
    """The imports of a file, a function or a module that is written inside a file."""
    for node in named(block):
        if node.type == "use_declaration" and not is_test(node):
            is_public = any(child.type == "visibility_modifier" for child in node.children)
            argument = node.child_by_field_name("argument")
            if argument is not None:
                yield from _used(source, argument, [], is_public)
        elif node.type == "mod_item" and node.child_by_field_name("body") is None and not is_test(node):
            name = source.text(node.child_by_field_name("name"))
            yield Import(source.place(node), name, f"self::{_lies(source, node) or name}", "", name, False)


def _lies(source: Source, node: Node) -> str:
    """The file that `#[path = "..."]` says."""
    for each in attributes(node):
        found = re.match(r'#\[path\s*=\s*"([^"]+)\.rs"\]', source.text(each))
        if found:
            return f"path::{found[1]}"
    return ""


def _used(source: Source, node: Node, before: list[str], public: bool) -> Iterator[Import]:
    """The names of a tree of `use`."""
    kind = node.type
    if kind == "scoped_use_list":
        path = [*before, *_parts(source, node.child_by_field_name("path"))]
        for each in named(node.child_by_field_name("list")):
            yield from _used(source, each, path, public)
    elif kind == "use_list":
        for each in named(node):
            yield from _used(source, each, before, public)
    elif kind == "use_wildcard":
        path = [*before, *_parts(source, named(node)[0] if named(node) else None)]
        yield Import(source.place(node), "*", "::".join(path), "*", "*" if public else None, False)
    elif kind == "use_as_clause":
        path = [*before, *_parts(source, node.child_by_field_name("path"))]
        yield from _taken(source, node, path, source.text(node.child_by_field_name("alias")), public)
    else:
        path = [*before, *_parts(source, node)]
        yield from _taken(source, node, path, "", public)


def _taken(source: Source, node: Node, path: list[str], alias: str, public: bool) -> Iterator[Import]:
    """One name: what is taken may be a function, a type or a module, which only the file that has it can tell."""
    if path[-1:] == ["self"] and len(path) > 1:
        path = path[:-1]
    local = alias or (path[-1] if path else "")
    if local == "_" or not path:
        return
    name = path[-1] if len(path) > 1 else ""
    yield Import(source.place(node), local, "::".join(path[:-1] or path), name, local if public else None, False)


def _parts(source: Source, node: Node | None) -> list[str]:
    return source.text(node).replace(" ", "").strip(":").split("::") if node is not None else []


def aliases(source: Source, block: Node) -> Iterator[Alias]:
    """Names for other types, and constants that another name or a call makes."""
    for node in named(block):
        name = source.text(node.child_by_field_name("name"))
        if node.type == "type_item" and (symbol := source.symbol(node.child_by_field_name("type"))):
            yield Alias(source.head(node), name, symbol, False)
        elif node.type in {"const_item", "static_item"}:
            value = node.child_by_field_name("value")
            if value is not None and (symbol := source.symbol(value)):
                yield Alias(source.head(node), name, symbol, value.type == "call_expression")
