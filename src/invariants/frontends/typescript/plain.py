"""Functions of the language, and of the usual libraries, that check nothing: they answer what they are given, in another form."""

from tree_sitter import Node

from invariants.frontends.typescript.syntax import bare, named
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
    Promise.resolve Object.fromEntries cookie.parse parseCookie parseCookies jwt.decode jwtDecode decodeJwt jose.decodeJwt""".split()
)
"""Functions that check nothing: what they answer depends on what they are given."""


def taken_apart(function: Node | None, symbol: str) -> Node | None:
    """What of the request is taken apart, where that is named: `headers.get("authorization")` of a `.replace("Bearer ", "")` of it."""
    inner = bare(named(function)[0]) if function is not None and function.type == "member_expression" and tail(symbol) in PURE else None
    return inner if inner is not None and inner.type in {"call_expression", "subscript_expression"} else None
