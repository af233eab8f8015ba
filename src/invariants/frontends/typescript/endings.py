"""How a request ends, or is passed on: what a returned, thrown or called expression does to it."""

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from tree_sitter import Node

from invariants.facts.code import DISPLAY
from invariants.frontends.typescript.callbacks import caught, perhaps
from invariants.frontends.typescript.scopes import Scope
from invariants.frontends.typescript.syntax import Source, answer, arguments, awaited, bare, field, fields, named, operator
from invariants.languages.trees import tail

STATUSES = {
    "unauthorized": 401,
    "unauthenticated": 401,
    "notauthenticated": 401,
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
    "ratelimited": 429,
    "internalservererror": 500,
    "internal": 500,
    "notimplemented": 501,
    "serviceunavailable": 503,
}
"""Statuses by their names, as errors, helpers and constants write them."""
PAST = {None, "", "route", "router"}  # what Express goes on with behind this route or router
ELSEWHERE = 302  # what a redirect answers that says no status
UNKNOWN = re.compile(
    r"(?i)unauthori[sz]ed|un-?authenticated|not (?:authenticated|logged.in|signed.in)|must be (?:logged|signed).in"
    r"|(?:authentication|log.?in|sign.?in)(?: is)? required|please (?:log|sign).in"
)
FORBIDDEN = re.compile(r"(?i)forbidden|not authori[sz]ed|access denied|permission denied|(?:insufficient|not have|no) permission")
"""What errors say to who is not known, and to who may not."""
SUFFIX = re.compile(r"(exception|error|response|err)$")
THROWING = {
    ("next/navigation", "redirect"): 307,
    ("next/navigation", "permanentRedirect"): 308,
    ("next/navigation", "notFound"): 404,
    ("next/navigation", "unauthorized"): 401,
    ("next/navigation", "forbidden"): 403,
    ("@sveltejs/kit", "error"): None,
    ("@sveltejs/kit", "redirect"): ELSEWHERE,
}
"""Functions that throw whatever becomes of their answer."""
SETTERS = frozenset({"status", "code", "sendStatus", "writeHead", "setStatus", "statusCode"})
SAYING = ("status", "statusCode", "httpStatus", "code")  # the fields that hold one
SENDERS = frozenset({"send", "json", "end", "jsonp", "redirect", "sendStatus", "sendFile", "render", "throw"})
BODIES = frozenset({"json", "text", "html", "body", "newResponse", "fail", "error", "data", "throw", "jsonT"})
"""What answers with a body, and takes the status after it."""

NEXT = "next"
ASSERTS = frozenset({"ctx.assert", "ctx.assert.ok"})  # what Koa goes no further with, where it is given nothing
HELPER = re.compile(r"fetch|parent|depends|untrack|(?:get|set|is|has|find|load|fetch)[A-Z]\w*")  # what is put beside a request to be called
HOLDERS = frozenset({"opts", "options", "args", "params"})  # what a function is given, and the next one is a part of: `opts.next()`


class Ending(NamedTuple):
    """What an expression does to the request; perhaps: only where this is an error, otherwise it passes it on."""

    kind: Literal["reject", "next"]
    symbol: str
    status: int | None
    perhaps: Node | None = None


class Choice(NamedTuple):
    """A condition, and what becomes of the request where it holds and where it does not; null where it goes on."""

    condition: Node
    ways: tuple[Ending | None, Ending | None]


def returned(source: Source, node: Node, scope: Scope) -> Ending | None:
    """What returning an expression does: it answers with an error or a redirect, or passes the request on."""
    inner = awaited(node)
    if inner.type in {"call_expression", "new_expression"} and source.symbol(inner) not in ASSERTS:
        passed = passed_on(source, inner, scope)
        if passed is not None:
            return passed
        status, symbol = answered(source, inner), source.symbol(inner)
        if inner.type == "new_expression" and symbol.endswith("Error"):
            return None
        if _is_redirect(symbol) or (status is not None and status >= 300):
            return Ending("reject", symbol, status or ELSEWHERE)
    if inner.type == "object":
        found = _number(source, field(source, inner, "statusCode") or field(source, inner, "status"))
        if found is not None and found >= 400:
            return Ending("reject", DISPLAY, found)
        return _held(source, inner, scope)
    return None


def _held(source: Source, literal: Node, scope: Scope) -> Ending | None:
    """The error that an object holds for whoever asked to answer with: `{ error: NextResponse.json({}, { status: 401 }) }`."""
    for _, value in fields(source, literal):
        inner = awaited(value)
        found = returned(source, inner, scope) if inner.type in {"call_expression", "new_expression"} else None
        if found is not None and found.kind == "reject" and (found.status or 0) >= 400:
            return found
    return None


def chosen(source: Source, node: Node, scope: Scope) -> Choice | None:
    """The error that an object holds or does not: `{ user, error: user ? null : new Response("no", { status: 401 }) }`."""
    for _, value in fields(source, node) if node.type == "object" else ():
        inner = awaited(value)
        if inner.type == "ternary_expression":
            condition, *arms = named(inner)[0], named(inner)[1], named(inner)[-1]
            ways = [returned(source, each, scope) if awaited(each).type in {"call_expression", "new_expression"} else None for each in arms]
            if any(each is not None and each.kind == "reject" for each in ways) and None in ways:
                return Choice(condition, (ways[0], ways[1]))
    return None


def refused(source: Source, node: Node) -> Ending | None:
    """An object that says an error, as server actions return it."""
    inner = awaited(node)
    told = dict(fields(source, inner)) if inner.type == "object" else {}
    if "error" in told or any(name in told and told[name].type == "false" for name in ("success", "ok")):
        return Ending("reject", "", spoken(source.text(inner)))
    return None


def spoken(text: str) -> int | None:
    """The status that the words of an error mean, where they are about who asks."""
    return 401 if UNKNOWN.search(text) else 403 if FORBIDDEN.search(text) else None


def thrown(source: Source, node: Node, scope: Scope) -> Ending:
    """What throwing an expression says; of `error || new UnauthorizedException()`, what is said where nothing else failed."""
    inner = awaited(node)
    if inner.type == "binary_expression" and any(each.type in {"||", "??"} for each in inner.children):
        return thrown(source, named(inner)[-1], scope)
    inner = _made(source, inner, scope)
    symbol = source.symbol(inner)
    status = _said_in(source, inner) or _number(source, field(source, inner, "statusCode") or field(source, inner, "status"))
    if inner.type in {"call_expression", "new_expression"}:
        said = next((found for each in arguments(inner) if (found := _said_in(source, each))), None)
        status = answered(source, inner) or said or (ELSEWHERE if _is_redirect(symbol) else None)
    return Ending("reject", symbol, status)


def _made(source: Source, node: Node, scope: Scope) -> Node:
    """The error that a variable holds for good, or that a function makes: `const no = () => new TRPCError({ code: "UNAUTHORIZED" })`."""
    name = source.text(node.child_by_field_name("function") or node) if node.type in {"identifier", "call_expression"} else ""
    values = owner.values.get(name, []) if (owner := scope.owner(name)) is not None else []
    held = values[0].node if len(values) == 1 and values[0].constant and not values[0].part else node
    made = awaited((answer(held) if node.type == "call_expression" else None) or held)
    return made if made.type == "new_expression" else node


def _said_in(source: Source, message: Node) -> int | None:
    return spoken(source.text(message)) if message.type in {"string", "template_string"} else None


def sent(source: Source, node: Node) -> Ending | None:
    """An answer that a call sends (res.status(401).json(...)): an error or a redirect."""
    inner = awaited(node)
    if inner.type != "call_expression":
        return None
    function = inner.child_by_field_name("function")
    if function is None or function.type != "member_expression" or source.text(named(function)[-1]) not in SENDERS | STATUSES.keys():
        return None
    if (error := caught(source, inner)) and source.text(named(function)[-1]) == "send":
        return Ending("reject", error, answered(source, inner))
    symbol, status = source.symbol(inner), answered(source, inner)
    if symbol.endswith(".redirect") or (status is not None and status >= 400):
        return Ending("reject", symbol, status or ELSEWHERE)
    return None


def prepared(source: Source, node: Node) -> int | None:
    """The status that a statement sets for an answer that is sent later: `res.statusCode = 401`, `res.status(401)`."""
    inner = awaited(node)
    if inner.type == "assignment_expression":
        left, right = inner.child_by_field_name("left"), inner.child_by_field_name("right")
        if left is not None and tail(source.symbol(left)) in {"statusCode", "status"}:
            return _number(source, right)
    if inner.type == "call_expression" and tail(source.symbol(inner)) in SETTERS:
        return answered(source, inner)
    return None


def passed_on(source: Source, call: Node, scope: Scope) -> Ending | None:
    """A call that passes the request on, or turns it away by the same function (next(error))."""
    function = call.child_by_field_name("function")
    symbol = source.symbol(function)
    if symbol in {"NextResponse.next", "NextResponse.rewrite"}:
        return Ending("next", symbol, None)
    if function is None or call.type != "call_expression" or not _is_continuation(function, symbol, scope):
        return None
    if symbol.split(".")[0] in {"next", "done"} and _is_error(source, call, scope):
        given = arguments(call)[0]
        return Ending("reject", source.symbol(given) or symbol, thrown(source, given, scope).status, perhaps(source, call))
    return Ending("next", symbol, None)


def _is_continuation(function: Node, symbol: str, scope: Scope) -> bool:
    """A parameter that is called, of this function or of one around it; of a destructured one, only by its usual names."""
    name, _, method = symbol.partition(".")
    owner = scope.owner(name)
    if owner is None or name in owner.settles or (name in owner.values and not _is_taken(name, owner)):
        return False
    if not (name in owner.parameters or name in owner.values):
        return False
    if name in owner.parameters and _is_helper(name, owner.parameters[name].name):
        return False
    if method == NEXT and name in HOLDERS:
        return True
    if method:
        return method in {"call", "apply", "run", "handle", "bind"} and function.type == "member_expression"
    return function.type in {"identifier", "call_expression"}


def _is_helper(name: str, path: str) -> bool:
    """Whether what a pattern takes out of a parameter is no more than a helper: a part of a part, or by its name (`fetch`, `getUser`)."""
    return "." in path or (path != "" and HELPER.fullmatch(name) is not None)


def _is_taken(name: str, owner: Scope) -> bool:
    """Whether a variable is what goes on, taken out of what a function is given: `const { ctx, next } = opts`."""
    values = owner.values[name]
    return name == NEXT and len(values) == 1 and values[0].part == NEXT and (values[0].node.text or b"").decode() in owner.parameters


def _is_error(source: Source, call: Node, scope: Scope) -> bool:
    given = arguments(call)
    if not given or given[0].type in {"object", "null", "undefined", "string"}:
        return bool(given) and source.string(given[0]) not in PAST
    name = source.text(given[0])
    if given[0].type == "identifier":
        owner = scope.owner(name)
        return name != "undefined" and (owner is None or name not in owner.parameters or name.lower().startswith("e"))
    made = named(given[0])[-1] if operator(given[0]) in {"||", "??"} else given[0]
    return made.type in {"new_expression", "call_expression"}


def answered(source: Source, call: Node) -> int | None:
    """The status that a call or error says: in a chain, an argument, a field of one, or by its name."""
    for each in _chain(call):
        found = _said(source, each)
        if found is not None:
            return found
    return status_of(tail(source.symbol(call)))


def _chain(call: Node) -> Iterator[Node]:
    """The calls of a chain, the last one first."""
    node: Node | None = call
    while node is not None:
        if node.type in {"call_expression", "new_expression"}:
            yield node
        node = named(node)[0] if node.type in {"call_expression", "member_expression", "await_expression"} and named(node) else None


def _said(source: Source, call: Node) -> int | None:
    method, given = tail(source.symbol(call)), arguments(call)
    if method in SETTERS:
        return _number(source, given[0]) if given else None
    for each in given:
        for name in SAYING if bare(each).type == "object" else ():
            found = _number(source, field(source, each, name))
            if found is not None:
                return found
    numbers = [found for each in given if (found := _number(source, each)) is not None]
    wanted = (401, 403) if method not in BODIES and call.type == "call_expression" else range(300, 600)
    return next((each for each in numbers if each in wanted), None)


def _number(source: Source, node: Node | None) -> int | None:
    """A status: a number, or a name of one."""
    if node is None:
        return None
    if node.type == "number":
        digits = source.text(node)
        return int(digits) if digits.isdigit() and 100 <= int(digits) < 600 else None
    name = source.text(named(node)[-1]) if node.type == "member_expression" else source.string(node)
    return status_of(name) if name is not None else None


def status_of(name: str) -> int | None:
    """The status that a name says: UNAUTHORIZED, ForbiddenException, unauthorizedResponse."""
    plain = name.replace("_", "").lower()
    return STATUSES.get(plain) or STATUSES.get(SUFFIX.sub("", plain)) or STATUSES.get(plain.removeprefix("http"))


def _is_redirect(symbol: str) -> bool:
    return tail(symbol) in {"redirect", "permanentRedirect", "redirectToSignIn"}
