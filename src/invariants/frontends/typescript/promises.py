"""Promises: what settles them, and what is tried where they are handled."""

from tree_sitter import Node

from invariants.facts.code import Handling
from invariants.frontends.typescript.making import is_made
from invariants.frontends.typescript.reader import Reader
from invariants.frontends.typescript.returns import returns
from invariants.frontends.typescript.syntax import FUNCTIONS, arguments, bare, named

METHODS = frozenset({"catch", "then", "finally"})
HANDLING = frozenset({("catch", 1), ("catch", 2), ("then", 2), ("finally", 1)})
"""Methods of promises that are given what handles an error, and how much they are given then."""


def is_caught(reader: Reader, node: Node, inner: Node, method: str, handling: Handling, is_awaited: bool) -> bool:
    """`promise.catch(handle)` and `promise.then(go, handle)` are attempts: what is called may fail, and goes on with the handler."""
    if method not in METHODS or (method, min(len(given := arguments(node)), 2)) not in HANDLING:
        return False
    body = reader.body
    position = body.add("attempt", reader.source.place(node))
    if method == "finally":
        with body.under(position, "body"):
            reader.expression(inner, handling, is_awaited)
        with body.under(position, "finally"):
            _finally(reader, given[0])
        return True
    with body.under(position, "body"):
        reader.expression(inner, handling, is_awaited)
        for each in given[:-1]:
            reader.expression(each)
    with body.under(position, "handler"):
        _handled(reader, bare(given[-1]), goes_on=len(given) == 1 and handling != "returned")
    return True


def _finally(reader: Reader, handler: Node) -> None:
    """What is done whatever became of a promise."""
    body = handler.child_by_field_name("body") if handler.type in FUNCTIONS else None
    if body is not None and body.type == "statement_block":
        reader.statements(named(body), last=False)
    elif body is not None:
        reader.expression(body, "ignored")
    elif (name := reader.source.symbol(handler)) in {"next", "done"}:
        reader.body.add("next", reader.source.place(handler), name)
    else:
        reader.expression(handler)


def _handled(reader: Reader, handler: Node, goes_on: bool) -> None:
    """What is done with an error: in the place of what would have been done, as if written there, or before whatever comes next."""
    inner = handler.child_by_field_name("body") if handler.type in FUNCTIONS and not goes_on else None
    if inner is not None and inner.type == "statement_block" and named(inner):
        reader.statements(named(inner), last=True)
    elif inner is not None and inner.type == "statement_block":
        reader.body.add("branch", reader.source.place(handler), "true")
    elif inner is not None:
        returns(reader, inner, inner)
    elif (name := reader.source.symbol(handler)) in {"next", "done"} and reader.body.scope.owner(name) is not None:
        reader.body.add("reject", reader.source.place(handler), name)  # it is given the error
    else:
        name = reader.function(handler) if handler.type in FUNCTIONS else reader.source.symbol(handler)
        reader.body.add("call", reader.source.place(handler), name, handling="ignored" if handler.type in FUNCTIONS and goes_on else "kept")


def settled(reader: Reader, node: Node, symbol: str) -> int | None:
    """The step that a promise is settled by: it goes on with what it is resolved with, or fails; null where a call settles none."""
    owner = reader.body.scope.owner(symbol) if reader.executors else None
    if owner is None or symbol not in owner.settles:
        return None
    given = arguments(node)
    if owner.settles[0] == symbol:
        owner.resolved.append(bool(given) and is_made(bare(given[0])))
        return reader.body.add("next", reader.source.place(node), symbol)
    return reader.body.add("reject", reader.source.place(node), reader.source.symbol(given[0]) if given else symbol)
