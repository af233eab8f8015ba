"""Conditions that nobody meets who is not known: to turn away whoever meets one lets all others in."""

import re
from functools import lru_cache
from itertools import accumulate

from invariants.replay.web.words import ALONE, FAILURES, KEPT, NOBODY, REFUSALS, is_somebody, words

CALLED = re.compile(r"(?:\(?await )?([\w.]+|\(\d+:\d+\))(\([^=<>!]*\))(?:\.await)?")
KIND = re.compile(
    r"[^=!&|]+\?\.[\w.?]+ ={1,3} (?:'[^']+'|\"[^\"]+\"|true|\d+|(?!null\b|undefined\b|false\b|true\b)[A-Za-z_][\w.]*)"
    r"|[^=!&|]+\?\.[^=!&|]*\)"
    r"|[^!]*\.includes\(.*\?\.[\w.?]+\)|[^!]*\?\.[^!]* [<>]=? [^!]*"
)
"""Whether somebody is of a kind: `user?.role === "guest"`, `user?.expires < now`."""
ROLE = re.compile(r"[^=!&|?]+\.role ={1,3} (?:'[^']+'|\"[^\"]+\")")
"""Whether somebody has one role, and not whether they have another."""
SOME = re.compile(r"(?P<what>[^=!&|]+)\.some\(.*\)|(?P<part>[^=!&|<>]+\?\.[\w.?]+) !==? (?:null|undefined)")
"""Whether there is one in a list, or a part of what may not be there at all: `session?.user.id !== undefined`."""
IDENTIFIED = re.compile(r"[\w.?]+ is \{ IsAuthenticated: true \}|[\w.?]+\.IsAuthenticated == true")
"""Whether somebody proved who they are, in C#."""
THERE = re.compile(r"(?P<what>[^!].*)\.(?:is_(?:some|ok)\(\)|is_(?:some|ok)_and\(.*\)|unwrap_or(?:_default)?\((?:false)?\))")
"""Whether something is there, in Rust, and what it is like."""
KINDS = frozenset("role type plan tier group".split())
"""Last words of what those are of who are known."""
NAMES = frozenset("user username name kind status state email".split())
"""Last words of what they are called, or what became of something."""
WRONG = (
    FAILURES | NOBODY | REFUSALS | frozenset("redirect response status reason message code failed fail expired revoked required".split())
)
"""Words of what is there where somebody is turned away."""


PERMITTED = re.compile(r"(not )?[\w.()]+\.has_permission\([^()]*\)")
PRIVILEGED = re.compile(r"(?:not |!)?[\w.]+")
EQUAL_TO = re.compile(r"(?:not )?(?P<what>[\w.]+(?:\(\))?) [!=]= (?:'(?P<one>[^']+)'|\"(?P<other>[^\"]+)\")")
"""Whether somebody is called something, in Python."""
NAMED = re.compile(
    r"\(?(?:(?P<name>(?!(?:True|False|None|true|false|null|undefined)\b)(?:self\.|this\.)?[A-Za-z_]\w*)(?: := .+\))?"
    r"|(?P<call>[^=<>]+?)(?:\[\d+\])?)\)?(?:(?: is(?: not)?| [=!]==?) (?:None|True|False|null|undefined|true|false))?"
)
"""What a call answered, by its name, or whether it is nothing, or yes or no."""
PART = re.compile(r"[^=<>!&|]*\.?\w+(\(\))?")
GOT = re.compile(r"\bgetattr\(([\w.]+), ?['\"](\w+)['\"](?:, ?[^()]*)?\)")
TAKEN = re.compile(r"(?:\.get\(|\[)['\"](\w+)['\"](?:, ?(?:None|False|''|\"\"))?[)\]]")
OFF = re.compile(r"\(?(?:await )?(?:\w+\.)*(is_?[A-Za-z]\w*)\([^()]*\)\)?")
"""Whether something is so: `await isPasswordAuthDisabledBySso(context)`."""
BARRED = frozenset("banned blocked disabled suspended deactivated locked deleted archived inactive".split())
"""Last words of what is true of some of those who are known, and of nobody who is not."""


@lru_cache(KEPT)
def dotted(condition: str) -> str:
    """A condition with what is taken out of mappings by its name as parts of them: `user.get("role")` as `user.role`."""
    return TAKEN.sub(r".\1", GOT.sub(r"\1.\2", condition))


def is_barred(condition: str) -> bool:
    """Whether a condition asks only for somebody who is kept out: `user.is_banned`, which says nothing of whoever is not known."""
    said = dotted(condition).removeprefix("not ").removeprefix("!")
    if called := OFF.fullmatch(said):
        return not BARRED.isdisjoint(words(called[1]))
    return PART.fullmatch(said) is not None and not BARRED.isdisjoint(words(said)[-1:])


def is_privileged(condition: str) -> bool:
    """Whether a condition asks only whether somebody may do more than others: `user.is_staff`."""
    said = dotted(condition)
    found = words(said.removeprefix("not ").removeprefix("!")) if PRIVILEGED.fullmatch(said) else ()
    return found[-1:] in {("staff",), ("superuser",), ("admin",)} and found[:1] == ("is",)


def permits(condition: str) -> str:
    """The arm of those whom a permission lets in: `IsOwner().has_permission(request, view)`; empty where something else is asked."""
    found = PERMITTED.fullmatch(condition)
    return "" if found is None else "else" if found[1] else "then"


def names_kind(condition: str) -> bool:
    """Whether a condition asks for one kind of those who are known: `user.role == "guest"`; not for the name of those who are not."""
    found = EQUAL_TO.fullmatch(dotted(condition))
    asked = set(words(found["what"])[-1:]) if found else set()
    said = set(words(found["one"] or found["other"])) if found else set()
    return bool(asked & KINDS) or (bool(asked & NAMES) and not said & WRONG)


def finds_somebody(condition: str) -> bool:
    """Whether a condition is that a call finds somebody, or that somebody proves who they are: `verify(token)`, `await getUser()`."""
    name = _called(condition)
    return bool(name) and (is_somebody(name) or words(name)[:1] in {("verify",), ("authenticate",)})


def is_call(condition: str) -> bool:
    """Whether a condition is what a call answers."""
    return bool(_called(condition))


def is_answer(condition: str) -> bool:
    """Whether a condition is what a call answers, also by a name or a part that it has by its place, or whether that is none."""
    found = NAMED.fullmatch(condition)
    return is_call(condition) or (found is not None and (found["name"] is not None or is_call(found["call"])))


def _called(condition: str) -> str:
    """What is called whose answer a condition is; empty where more is made of it, as in `verify(token).is_none()`."""
    found = CALLED.fullmatch(condition)
    depths = list(accumulate({"(": 1, ")": -1}.get(letter, 0) for letter in found[2])) if found else []
    return found[1] if found and 0 not in depths[:-1] else ""


def is_known(condition: str) -> bool:
    """Whether a condition is only met by those who are known: they prove who they are, or are of a kind (`user?.role === "guest"`)."""
    if ALONE.fullmatch(condition) is not None and "?." in condition:
        return not WRONG & set(words(condition))
    if IDENTIFIED.fullmatch(condition):
        return True
    if some := SOME.fullmatch(condition):
        return not WRONG & set(words(some["what"] or some["part"]))
    if there := THERE.fullmatch(condition):
        return not WRONG & set(words(there["what"].partition("(")[0]))
    return finds_somebody(condition) or any(each.fullmatch(condition) is not None for each in (KIND, ROLE))
