"""How functions end: each way through the expression that they answer with, by itself."""

import re

from tree_sitter import Node

from invariants.frontends.rust import endings
from invariants.frontends.rust.dependences import takes_apart
from invariants.frontends.rust.expressions import BLOCKS, block, choose, macro
from invariants.frontends.rust.matching import match
from invariants.frontends.rust.reader import Reader
from invariants.frontends.rust.syntax import arguments, bare, method, named
from invariants.languages.trees import tail

AROUND = frozenset({"Ok", "Some", "Box.pin", "ready", "future.ready", "std.future.ready", "ok", "future.ok", "Either.Left", "Either.Right"})
"""What is around an answer without changing what it says."""
PINNED = frozenset({"boxed", "boxed_local", "instrument", "in_current_span", "into_response", "into"})


RESPONDING = frozenset({"into_response", "error_response", "into"})
"""Methods that make a response of an error."""
ANSWERING = re.compile(r"ServiceResponse\.new$|^\w+\.(?:into_response|error_response)$")
"""Calls that put a response together with the request that it answers."""


def returns(reader: Reader, node: Node) -> None:
    """What is answered."""
    inner = named(node)[0] if node.type == "parenthesized_expression" and named(node) else node
    if inner.type in BLOCKS:
        block(reader, inner, returns)
    elif inner.type == "if_expression":
        choose(reader, inner, returns)
    elif inner.type == "match_expression":
        match(reader, inner, returns)
    elif inner.type == "return_expression":
        reader.expression(inner)
    elif inner.type == "macro_invocation" and endings_by(reader, inner):
        macro(reader, inner)
    elif (held := _held(reader, inner)) is not None:
        returns(reader, held)
    elif (ending := _ending(reader, inner)) is not None:
        reject(reader, inner, ending)
    else:
        _plain(reader, inner)


def _ending(reader: Reader, node: Node) -> endings.Ending | None:
    """How an answer ends the request; of a response that a variable holds, how that was made."""
    found = endings.returned(reader.source, node)
    inner = bare(node)
    is_made = inner.type == "call_expression" and ANSWERING.search(reader.source.symbol(inner)) is not None
    held = [bare(each) for each in ([inner] if inner.type == "identifier" else arguments(inner)[-1:] if is_made else [])]
    for each in held if found is None else []:
        owner = reader.body.scope.owner(reader.source.text(each)) if each.type == "identifier" else None
        values = owner.values.get(reader.source.text(each), []) if owner is not None else []
        found = endings.returned(reader.source, values[0]) if len(values) == 1 and bare(values[0]) != inner else None
    return found or _of_error(reader, inner)


def _of_error(reader: Reader, node: Node) -> endings.Ending | None:
    """An answer that an error makes, which a pattern took (`Err(error) => error.into_response()`), or that a function makes of that."""
    made = bare(node)
    while (called := method(made)) is not None and called[1] in RESPONDING:
        made = bare(called[0])
    name = reader.source.text(made) if made.type == "identifier" else ""
    if name and method(bare(node)) is not None and _is_taken(reader, node, name):
        return endings.Ending(name, None)
    given = arguments(made) if made.type == "call_expression" and method(made) is None else []
    return next((found for each in given if (found := _of_error(reader, each)) is not None), None)


def _is_taken(reader: Reader, node: Node, name: str) -> bool:
    """Whether an expression is in the arm of those with whom something failed, and a name stands for how it failed."""
    around = node.parent
    while around is not None and around.type not in {"function_item", "closure_expression"}:
        pattern = around.child_by_field_name("pattern") if around.type == "match_arm" else None
        if pattern is not None and reader.source.text(pattern).replace(" ", "") == f"Err({name})":
            return True
        around = around.parent
    return False


def endings_by(reader: Reader, node: Node) -> bool:
    """Whether a macro goes no further."""
    return tail(reader.source.symbol(node.child_by_field_name("macro"))) in endings.PANICS


def _held(reader: Reader, node: Node) -> Node | None:
    """The answer inside `Ok(..)`, `Box::pin(..)`, `.boxed()`."""
    if node.type != "call_expression":
        return None
    symbol, given = reader.source.symbol(node), arguments(node)
    if symbol in AROUND or symbol.endswith("Outcome.Success"):
        return given[0] if len(given) == 1 else None
    called = method(node)
    if called is not None and called[1] in PINNED and bare(called[0]).type in {"async_block", "match_expression", "if_expression"}:
        return called[0]
    return None


def reject(reader: Reader, node: Node, ending: endings.Ending) -> None:
    """The end of the request, after what its arguments do."""
    inner = bare(node)
    for each in arguments(inner) if inner.type == "call_expression" else []:
        reader.expression(each)
    reader.body.add("reject", reader.source.place(node), _failed(reader, ending.symbol), ending.status, "returned")


def _failed(reader: Reader, symbol: str, depth: int = 4) -> str:
    """What an error is called; of one that a variable holds, what failed with it."""
    owner = reader.body.scope.owner(symbol)
    values = owner.values.get(symbol, []) if owner is not None and depth else []
    return _failed(reader, reader.source.symbol(bare(values[-1])), depth - 1) if values else symbol


def _plain(reader: Reader, node: Node) -> None:
    reader.expression(node, "returned", awaited=True)
    reader.body.add("return", reader.source.place(node), _symbol(reader, node))


def _symbol(reader: Reader, node: Node) -> str:
    inner = bare(node)
    if inner.type == "closure_expression":
        return reader.closure(inner)
    if inner.type == "boolean_literal":
        return reader.source.text(inner)
    if inner.type == "call_expression" and takes_apart(reader.source, inner):
        return reader.source.symbol(inner)
    if inner.type in {"identifier", "field_expression", "scoped_identifier", "struct_expression", "self"}:
        return reader.body.scope.function(reader.source.symbol(inner))
    return ""
