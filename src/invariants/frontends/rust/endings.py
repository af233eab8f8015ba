"""How a request ends, or is passed on: what a returned or called expression does to it."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from tree_sitter import Node

from invariants.frontends.rust.absences import ends
from invariants.frontends.rust.scopes import Scope
from invariants.frontends.rust.syntax import Source, arguments, bare, method, named
from invariants.languages.trees import tail

STATUSES = {
    "unauthorized": 401,
    "unauthenticated": 401,
    "notauthenticated": 401,
    "notloggedin": 401,
    "invalidtoken": 401,
    "invalidcredentials": 401,
    "notauthorized": 403,
    "forbidden": 403,
    "accessdenied": 403,
    "permissiondenied": 403,
    "badrequest": 400,
    "paymentrequired": 402,
    "notfound": 404,
    "methodnotallowed": 405,
    "conflict": 409,
    "gone": 410,
    "unprocessableentity": 422,
    "toomanyrequests": 429,
    "internalservererror": 500,
    "internalerror": 500,
    "notimplemented": 501,
    "badgateway": 502,
    "serviceunavailable": 503,
    "seeother": 303,
    "temporaryredirect": 307,
    "permanentredirect": 308,
}
"""Statuses by their names, as constants, variants of errors and helpers write them."""
AROUND = re.compile(r"^(error|http)|(error|exception|response)$")
PANICS = frozenset({"panic", "unreachable", "todo", "unimplemented", "bail", "err", "err_handler", "err_json", "err_code", "whatever"})
"""Macros that go no further."""
ENSURES = frozenset({"ensure", "assert", "ensure_whatever"})
FAILS = frozenset({"ok_or", "ok_or_else", "map_err", "or_forbidden", "context", "with_context", "ok_or_eyre"})
"""Methods that say which error a missing or failed value becomes."""
OTHERWISE = FAILS | {"unwrap_or", "unwrap_or_else", "map_or", "map_or_else", "or", "or_else", "is_ok_and", "is_some_and"}
"""Methods of which a part is what comes only of a missing or failed value."""
SERVICES = frozenset({"service", "inner", "next", "srv", "svc", "app"})
OUTCOMES = frozenset({"Error", "Failure", "Forward"})
MAKING = frozenset({"into", "into_response", "build", "finish", "clone", "to_string", "with_message", "to_error", "boxed"})
DEEP = 6


class Ending(NamedTuple):
    """An error, a refusal or a redirect that ends the request."""

    symbol: str
    status: int | None


def returned(source: Source, node: Node) -> Ending | None:
    """What returning an expression says to whoever sent the request: an error, a refusal, a redirect; null where it answers."""
    inner = bare(node)
    symbol = source.symbol(inner)
    parts = symbol.split(".")
    if _may_be_otherwise(inner):
        return None
    if inner.type == "call_expression" and (symbol == "Err" or symbol in {"err", "future.err", "futures.future.err"}):
        return failure(source, inner)
    if parts[-1] in OUTCOMES and "Outcome" in parts:
        return failure(source, inner)
    status = status_in(source, inner, DEEP, loud=True)
    if status is not None and status >= 300:
        return Ending(symbol, status)
    return Ending(symbol, None) if "Redirect" in parts and inner.type == "call_expression" else None


def _may_be_otherwise(node: Node) -> bool:
    """Whether what an expression says is one of two answers."""
    while (called := method(node)) is not None:
        if called[1] in OTHERWISE:
            return True
        node = bare(called[0])
    return False


def failure(source: Source, node: Node | None) -> Ending:
    """The error that something fails with."""
    if node is None:
        return Ending("", None)
    inner = bare(node)
    given = arguments(inner) if inner.type == "call_expression" else []
    if inner.type == "closure_expression":
        return failure(source, inner.child_by_field_name("body"))
    if len(found := ends(inner)) > 1 or found != [inner]:
        told = [failure(source, each) for each in found]
        return next((each for each in told if each.status in {401, 403}), told[0])
    if source.symbol(inner) == "Err" and given:
        return failure(source, given[0])
    return Ending(_named(source, inner), status_in(source, inner, DEEP, loud=False))


def _named(source: Source, node: Node) -> str:
    """What an error is called, without what makes another error or an answer of it (`Forbidden.into()`)."""
    while (called := method(node)) is not None and called[1] in MAKING:
        node = bare(called[0])
    return source.symbol(node)


def status_in(source: Source, node: Node | None, depth: int, loud: bool) -> int | None:
    """The status that an expression says; loud: only names that begin with a capital letter say one."""
    if node is None or depth == 0:
        return None
    node = bare(node)
    for each in source.symbol(node).split("."):
        found = status_of(each) if not loud or each[:1].isupper() else None
        if found is not None:
            return found
    return next((found for each in _inside(node) if (found := status_in(source, each, depth - 1, loud)) is not None), _number(source, node))


def _inside(node: Node) -> Iterator[Node]:
    """The parts of an answer that may say its status."""
    if node.type == "call_expression":
        called = method(node)
        yield from [called[0]] if called is not None else []
        yield from (each for each in arguments(node) if each.type not in {"closure_expression", "string_literal"})
    elif node.type in {"tuple_expression", "block"}:
        yield from named(node)[:1] if node.type == "tuple_expression" else named(node)[-1:]
    elif node.type == "struct_expression":
        for each in named(node.child_by_field_name("body")):
            yield from [value] if (value := each.child_by_field_name("value")) is not None else []


def _number(source: Source, node: Node) -> int | None:
    text = source.text(node) if node.type == "integer_literal" else ""
    return int(text) if text in {"401", "403"} else None


def status_of(name: str) -> int | None:
    """The status that a name says: UNAUTHORIZED, ErrorUnauthorized, Forbidden, NotFoundError."""
    plain = name.replace("_", "").lower()
    return STATUSES.get(plain) or STATUSES.get(AROUND.sub("", plain))


def passes_on(source: Source, call: Node, scope: Scope) -> bool:
    """Whether a call hands the request to what it stands before: `next.run(req)`, `self.service.call(req)`."""
    called = method(call)
    if called is None or called[1] not in {"run", "call", "oneshot"}:
        return False
    receiver = source.symbol(called[0])
    first = receiver.split(".")[0]
    owner = scope.owner(first)
    if owner is not None and first in owner.parameters and tail(owner.parameters[first].type) in {"Next", "Service"}:
        return True
    return called[1] != "run" and tail(receiver) in SERVICES and bool(arguments(call))
