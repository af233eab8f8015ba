"""How a request ends, or is passed on: what a returned, thrown or assigned expression does to it."""

import re
from typing import NamedTuple

from tree_sitter import Node

from invariants.frontends.csharp.scopes import Scope
from invariants.frontends.csharp.syntax import Source, arguments, bare, keywords, named, part
from invariants.languages.trees import tail

STATUSES = {
    "unauthorized": 401,
    "challenge": 401,
    "forbid": 403,
    "forbidden": 403,
    "badrequest": 400,
    "notfound": 404,
    "conflict": 409,
    "unprocessableentity": 422,
    "validationproblem": 400,
    "internalservererror": 500,
    "redirect": 302,
    "localredirect": 302,
    "redirecttoaction": 302,
    "redirecttopage": 302,
    "redirecttoroute": 302,
    "redirectpermanent": 301,
    "redirectpreservemethod": 307,
}
"""Statuses by the names of what answers with them: helpers of controllers, `Results`, and classes of results."""
ENDING = re.compile(r"(httpresult|objectresult|result|exception)$")
WRITTEN = re.compile(r"^(?:Status)?([1-5]\d\d)")
"""A status as a number, or in the name of a constant: Status403Forbidden."""
SAYING = frozenset({"StatusCode", "StatusCodeResult", "Problem", "Status", "Json", "Content", "Text", "SendAsync"})
"""What answers with the status that it is given."""
NEXT = frozenset({"next", "_next", "next.Invoke", "_next.Invoke", "this._next", "next.InvokeAsync"})


class Ending(NamedTuple):
    """An error, a refusal or a redirect that ends the request."""

    symbol: str
    status: int | None


def returned(source: Source, node: Node) -> Ending | None:
    """What returning an expression says to whoever sent the request: an error, a refusal, a redirect; null where it answers."""
    inner = bare(node)
    if inner.type == "tuple_expression":
        return next((found for each in named(inner) if (found := returned(source, each)) is not None), None)
    if inner.type not in {"invocation_expression", "object_creation_expression"}:
        return None
    symbol = source.symbol(inner)
    if tail(symbol) == "FromResult" and arguments(inner):
        return returned(source, arguments(inner)[0])
    status = _said(source, inner, tail(symbol))
    return Ending(symbol, status) if status is not None and status >= 300 else None


def thrown(source: Source, node: Node | None) -> Ending:
    """The error that something fails with."""
    inner = bare(node) if node is not None else None
    symbol = source.symbol(inner)
    return Ending(symbol, _number(source, inner) if inner is not None and inner.type == "object_creation_expression" else None)


def _said(source: Source, node: Node, name: str) -> int | None:
    """The status that an answer has: by its name, by what it is given, by what it is made with."""
    made = part(node, "initializer_expression")
    for each in named(made):
        left, right = each.child_by_field_name("left"), each.child_by_field_name("right")
        if left is not None and right is not None and tail(source.symbol(left)) in {"StatusCode", "Status"}:
            return status_of(source, right)
    return _number(source, node) if name in SAYING else STATUSES.get(ENDING.sub("", name.lower()))


def _number(source: Source, node: Node) -> int | None:
    """The status among what a call is given."""
    given = [each for key, each in zip(keywords(node), arguments(node), strict=True) if key in {"", "statusCode", "status"}]
    return next((found for each in given if (found := status_of(source, each)) is not None), None)


def status_of(source: Source, node: Node) -> int | None:
    """A status that is written down: 403, StatusCodes.Status403Forbidden, HttpStatusCode.Forbidden."""
    inner = bare(node)
    text = source.text(inner) if inner.type == "integer_literal" else tail(source.symbol(inner))
    found = WRITTEN.match(text)
    return int(found[1]) if found else STATUSES.get(text.lower()) if "Status" in source.symbol(inner) else None


def assigned(source: Source, left: Node, right: Node) -> Ending | None:
    """`context.Result = new UnauthorizedResult()`, `context.Response.StatusCode = 401`: a filter or middleware ends the request."""
    symbol = source.symbol(left)
    if symbol.endswith("Response.StatusCode"):
        status = status_of(source, right)
        return Ending(symbol, status) if status is not None and status >= 300 else None
    if symbol.endswith(".Result") and bare(right).type in {"object_creation_expression", "invocation_expression"}:
        return returned(source, right) or Ending(source.symbol(bare(right)), None)
    return None


def passes_on(source: Source, call: Node, scope: Scope) -> bool:
    """Whether a call hands the request to what it stands before: `await next(context)`, `_next(context)`."""
    symbol = source.symbol(call.child_by_field_name("function"))
    return symbol in NEXT and (scope.owner(symbol.partition(".")[0]) is not None or symbol.startswith(("_", "this.")))
