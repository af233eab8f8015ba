"""Conditions that nobody meets who is not known: to turn away whoever meets one lets all others in."""

import re
from itertools import accumulate

from invariants.replay.web.words import ALONE, FAILURES, NOBODY, REFUSALS, is_somebody, words

CALLED = re.compile(r"(?:\(?await )?([\w.]+)(\([^=<>!]*\))(?:\.await)?")
KIND = re.compile(
    r"[^=!&|]+\?\.[\w.?]+ ={1,3} (?:'[^']+'|\"[^\"]+\"|true|\d+|(?!null\b|undefined\b|false\b|true\b)[A-Za-z_][\w.]*)"
    r"|[^=!&|]+\?\.[^=!&|]*\)"
    r"|[^!]*\.includes\(.*\?\.[\w.?]+\)|[^!]*\?\.[^!]* [<>]=? [^!]*"
)
"""Whether somebody is of a kind: `user?.role === "guest"`, `user?.expires < now`."""
ROLE = re.compile(r"[^=!&|?]+\.role ={1,3} (?:'[^']+'|\"[^\"]+\")")
"""Whether somebody has one role, and not whether they have another."""
THERE = re.compile(r"(?P<what>[^!].*)\.(?:is_(?:some|ok)\(\)|is_(?:some|ok)_and\(.*\)|unwrap_or(?:_default)?\((?:false)?\))")
"""Whether something is there, in Rust, and what it is like."""
WRONG = (
    FAILURES | NOBODY | REFUSALS | frozenset("redirect response status reason message code failed fail expired revoked required".split())
)
"""Words of what is there where somebody is turned away."""


def finds_somebody(condition: str) -> bool:
    """Whether a condition is that a call finds somebody, or that somebody proves who they are: `verify(token)`, `await getUser()`."""
    name = _called(condition)
    return bool(name) and (is_somebody(name) or words(name)[:1] in {("verify",), ("authenticate",)})


def is_call(condition: str) -> bool:
    """Whether a condition is what a call answers."""
    return bool(_called(condition))


def _called(condition: str) -> str:
    """What is called whose answer a condition is; empty where more is made of it, as in `verify(token).is_none()`."""
    found = CALLED.fullmatch(condition)
    depths = list(accumulate({"(": 1, ")": -1}.get(letter, 0) for letter in found[2])) if found else []
    return found[1] if found and 0 not in depths[:-1] else ""


def is_known(condition: str) -> bool:
    """Whether a condition is only met by those who are known: they prove who they are, or are of a kind (`user?.role === "guest"`)."""
    if ALONE.fullmatch(condition) is not None and "?." in condition:
        return not WRONG & set(words(condition))
    if there := THERE.fullmatch(condition):
        return not WRONG & set(words(there["what"].partition("(")[0]))
    return finds_somebody(condition) or any(each.fullmatch(condition) is not None for each in (KIND, ROLE))
