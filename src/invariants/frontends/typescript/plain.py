"""Functions of the language, and of the usual libraries, that check nothing: they answer what they are given, in another form."""

from collections.abc import Iterator, Mapping

from tree_sitter import Node

from invariants.facts.code import Import
from invariants.frontends.typescript.syntax import Source, arguments, awaited, bare, named
from invariants.languages.tracing import Dependency
from invariants.languages.trees import tail

PURE = frozenset(
    """trim trimStart trimEnd split replace replaceAll toLowerCase toUpperCase startsWith endsWith includes indexOf slice substring substr
    toString join concat at charAt match matchAll test padStart padEnd flat keys entries values has localeCompare normalize
    toLocaleLowerCase valueOf hasOwnProperty""".split()
)
"""Methods of strings, lists and the like, which answer nothing but what they are given."""
TRANSPARENT = frozenset(
    """Boolean String Number parseInt parseFloat Array Array.isArray Array.from Object.keys Object.values Object.entries JSON.parse
    JSON.stringify URL URLSearchParams Headers Date Set Map decodeURIComponent encodeURIComponent decodeURI atob btoa Buffer.from RegExp
    Promise.resolve Object.fromEntries cookie.parse parseCookie parseCookies
    jwt.decode jwtDecode decodeJwt jose.decodeJwt""".split()
)
"""Functions that check nothing: what they answer depends on what they are given."""
OWNING = frozenset({"Object.hasOwn", "Reflect.has"})  # of a request, what anybody can send it with
DECODING = frozenset({"decode", "decodeJwt", "decodeProtectedHeader", "jwtDecode"})
TOKENS = frozenset({"jsonwebtoken", "jose", "hono/jwt", "jwt-decode"})
"""Functions of libraries, and these, that read what a token says, whoever wrote it."""

HOLDERS = frozenset({"ctx", "ctx.state", "res.locals", "event.locals", "locals", "c.var", "ctx.var"})
"""What holds all that was put beside a request: what is taken out of it has its own name."""

MADE = frozenset({"call_expression", "parenthesized_expression", "as_expression"})
"""What is called that another call answers."""


def is_transparent(symbol: str, imports: Mapping[str, Import]) -> bool:
    """Whether a function checks nothing, and answers by what it is given."""
    if symbol in TRANSPARENT or tail(symbol) not in DECODING:
        return symbol in TRANSPARENT
    taken = imports.get(symbol.partition(".")[0])
    return taken is not None and taken.source in TOKENS


def taken_apart(function: Node | None, symbol: str) -> Node | None:
    """What of the request is taken apart, where that is named: `headers.get("authorization")` of a `.replace("Bearer ", "")` of it."""
    inner = bare(named(function)[0]) if function is not None and function.type == "member_expression" and tail(symbol) in PURE else None
    return inner if inner is not None and inner.type in {"call_expression", "subscript_expression"} else None


def promised(source: Source, function: Node | None) -> str:
    """The name of a function that calls back, of what answers with a promise in its place: `promisify(jwt.verify)`; empty elsewhere."""
    if function is None or function.type not in MADE:
        return ""
    made = awaited(function)
    given = arguments(made) if made.type == "call_expression" and tail(source.symbol(made)) == "promisify" else []
    called = source.symbol(given[0]) if len(given) == 1 else ""
    return f"{called}.promisified" if called else ""


def element(source: Source, node: Node, first: str) -> Node:
    """Of several promises that are awaited together, the one of a place."""
    inner = named(node)[0] if node.type == "await_expression" and named(node) else node
    if first.isdigit() and inner.type == "call_expression" and source.symbol(inner).startswith("Promise.all"):
        lists = arguments(inner)
        elements = named(lists[0]) if lists and lists[0].type == "array" else []
        return elements[int(first)] if int(first) < len(elements) else node
    return node


def taken_out(holder: str, part: str, found: Iterator[Dependency]) -> Iterator[Dependency]:
    """What something depends on that is taken out of what holds all that was put beside a request: `const { user } = ctx.state`."""
    if not part or holder not in HOLDERS:
        return found
    return (each._replace(symbol=f"{each.symbol}.{part}") if each.origin == "parameter" else each for each in found)
