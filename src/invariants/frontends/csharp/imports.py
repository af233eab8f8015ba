"""What a file takes from others, and what it gives to them: namespaces, each of which many files make."""

from collections.abc import Iterator

from tree_sitter import Node

from invariants.facts.code import Alias, Import
from invariants.frontends.csharp.syntax import Source, named

NAMESPACES = frozenset({"namespace_declaration", "file_scoped_namespace_declaration"})


def imports(source: Source) -> Iterator[Import | Alias]:
    """The namespaces that a file takes names from; its own ones take in what it declares, too. A name for a type is an alias."""
    yield from _inside(source, source.root, "")


def _inside(source: Source, block: Node, around: str) -> Iterator[Import | Alias]:
    for node in named(block):
        if node.type == "using_directive":
            yield from _used(source, node)
        elif node.type in NAMESPACES:
            name = node.child_by_field_name("name")
            own = f"{around}.{source.text(name)}".lstrip(".")
            yield Import(source.head(node), "*", own, "*", "*", False)
            yield from _inside(source, node.child_by_field_name("body") or node, own)


def _used(source: Source, node: Node) -> Iterator[Import | Alias]:
    """`using A.B;`, `global using A.B;`, `using static A.B;`, `using C = A.B;`."""
    name, told = node.child_by_field_name("name"), named(node)
    written = told[-1] if told else None
    if name is not None and written is not None and written != name:
        yield Alias(source.head(node), source.text(name), source.type(written), False)
    elif written is not None:
        yield Import(source.head(node), "*", source.text(written).replace(" ", ""), "*", None, False)
