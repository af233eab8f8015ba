"""How functions end: each way through the expression that they answer with, by itself."""

from tree_sitter import Node

from invariants.frontends.csharp import endings
from invariants.frontends.csharp.expressions import choose, switch
from invariants.frontends.csharp.reader import Reader
from invariants.frontends.csharp.syntax import LAMBDAS, arguments, bare, named


def returns(reader: Reader, node: Node) -> None:
    """What is answered."""
    inner = named(node)[0] if node.type == "parenthesized_expression" and named(node) else node
    if inner.type == "conditional_expression":
        choose(reader, inner, returns)
    elif inner.type == "switch_expression":
        switch(reader, inner, returns)
    elif inner.type == "throw_expression":
        reader.expression(inner)
    elif (ending := endings.returned(reader.source, inner)) is not None:
        _reject(reader, inner, ending)
    else:
        _plain(reader, inner)


def _reject(reader: Reader, node: Node, ending: endings.Ending) -> None:
    """The end of the request, after what its arguments do."""
    for each in arguments(bare(node)):
        reader.expression(each)
    reader.body.add("reject", reader.source.place(node), ending.symbol, ending.status, "returned")


def _plain(reader: Reader, node: Node) -> None:
    reader.expression(node, "returned", awaited=True)
    reader.body.add("return", reader.source.place(node), _symbol(reader, node))


def _symbol(reader: Reader, node: Node) -> str:
    inner = bare(node)
    if inner.type in LAMBDAS:
        return reader.function(inner)
    if inner.type in {"boolean_literal", "null_literal"}:
        return reader.source.text(inner)
    if inner.type in {"identifier", "member_access_expression", "object_creation_expression"}:
        return reader.body.scope.function(reader.source.symbol(inner))
    return ""
