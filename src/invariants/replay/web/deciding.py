"""Conditions: who decides a branch, by where the values in its condition come from."""

import re
from collections.abc import Sequence
from functools import cache

from invariants.facts.code import SESSION, Dependence, Step, bare, is_loose
from invariants.replay.web.outcomes import Decider
from invariants.replay.web.words import (
    WHOLE,
    compares,
    compares_secrets,
    is_clock,
    is_credential,
    is_mode,
    is_option,
    is_parser,
    is_scheme,
    is_secret,
    is_session_id,
    is_set_up,
    is_setting,
    is_somebody,
    is_switch,
    names_thing,
    parts,
    sends_credentials,
    spares,
    speaks_of_who,
)

PATHS = frozenset({"method", "path", "pathname", "url", "endpoint", "nexturl", "originalurl", "baseurl"})

EQUALITIES = frozenset(
    "timingsafeequal comparedigest constanttimecompare constanttimeequal safeequal safecompare securecompare timingsafecompare "
    "equal equals isequal eq".split()
)
"""Functions that hold what they are given against each other, and know nothing else."""
GLOBALS = frozenset({"JSON", "URL"})
"""Objects of JavaScript's that keep nothing, though their names are those of constants."""
ENCODINGS = frozenset("hex utf8 base64 base64url latin1 ascii binary sha256 sha512".split())

PRESENT = re.compile(
    r"(not |!)?[\w.]+(?:( is None| === ?null| == ?null| === undefined)|( is not None| !== ?null| != ?null| !== undefined))?"
)
"""A condition that only asks whether something is there."""

UNEVEN = re.compile(r"\s[<>]=?\s|\.(?:test|match)\(")
"""What more than one value is let in by."""
FORM = re.compile(
    r"(?:not |!)?(?:/.+/[a-z]*|(?:\w+\.)*\w*(?:pattern|regex|regexp|_re))\.(?:test|exec|fullmatch|match)\([^()]*\)", re.IGNORECASE
)
"""Whether what a function is given has the form that it should have."""
MEASURE = re.compile(r"\s[<>]=?\s*\d")
"""How much there is of something says nothing of who comes."""


@cache
def present(condition: str) -> str:
    """The arm of those for whom something is there; empty where more is asked."""
    found = PRESENT.fullmatch(condition)
    if found is None or (found[1] and (found[2] or found[3])):
        return ""
    return "else" if found[1] or found[2] else "then"


EQUAL = re.compile(r"(?<![=!<>])([=!]=)=?(?!=)")


AMONG = re.compile(r"\s(not )?in\s|\.includes\(")


@cache
def same(condition: str) -> str:
    """The arm of those for whom two values are the same; empty where more or something else is asked."""
    found = EQUAL.findall(condition)
    if len(found) != 1:
        return ""
    return "then" if (found[0] == "==") != condition.startswith(("not ", "!")) else "else"


@cache
def among(condition: str) -> str:
    """The arm of those who have one of several, or several of which one is wanted; empty where something else is asked."""
    found = AMONG.search(condition)
    if found is None:
        return ""
    return "else" if bool(found[1]) != condition.startswith(("not ", "!")) else "then"


def decider(condition: str, told: Sequence[Dependence], given: Sequence[Dependence]) -> Decider:
    """Who decides a branch."""
    found = _as_sent(condition, told)
    origins = {each.origin for each in found}
    kept = [each for each in found if bare(each.symbol).startswith(SESSION)]
    if MEASURE.search(condition) and not any(speaks_of_who(each.symbol) for each in found if each not in kept):
        return "other"
    if FORM.fullmatch(condition) and not origins & {"caller", "environment"}:
        return "stored"
    if _may_be_anybodys(condition, found, kept):
        return "doubted"
    if found and present(condition) and is_set_up(condition) and origins <= {"parameter", "other"}:
        return "setting"
    if "call" in origins or any(each.origin == "other" for each in kept):
        return _answered(condition, found, given)
    if {"caller", "environment"} <= origins:
        return _configured(condition, [each for each in found if each.origin == "environment"])
    if "environment" in origins:
        return "environment"
    if "caller" in origins:
        return _compared(condition, found)
    if _may_be_off(condition, found):
        return "other"
    return "told" if origins & {"other", "parameter"} else "other"


def _may_be_anybodys(condition: str, found: Sequence[Dependence], kept: Sequence[Dependence]) -> bool:
    """Whether something is held against what may be unset, or only the id of a session is asked for; ``kept``: what a session keeps."""
    if EQUAL.search(condition):
        return any(is_loose(each.symbol) for each in found if each.origin == "other")
    return any(is_session_id(each.symbol) for each in found if each not in kept)


def _may_be_off(condition: str, found: Sequence[Dependence]) -> bool:
    """Whether a condition asks for an option alone, and nothing says that it is on where nobody gives it: `({ required = false })`."""
    options = [each for each in found if each.origin == "parameter" and is_option(each.symbol)]
    values = [each.symbol for each in found if each.origin == "constant"]
    is_alone = len(options) == 1 and len(found) == 1 + len(values) and present(condition) != ""
    return is_alone and not any(value in {"true", "false"} and not spares(options[0].symbol, value) for value in values)


def _as_sent(condition: str, told: Sequence[Dependence]) -> Sequence[Dependence]:
    """A credential that a function is given is what a caller sent, and so is what it holds against a secret of the environment.

    Unless something is there that may have been found out by it.
    """
    held = [each for each in told if each.origin == "parameter"]
    others = {each.origin for each in told} - {"parameter", "constant", "environment"}
    is_against = bool(EQUAL.search(condition)) and any(is_secret(bare(each.symbol)) for each in told if each.origin == "environment")
    if others or not (is_against or all(is_credential(each.symbol) for each in held)):
        return told
    return [each._replace(origin="caller") if each in held else each for each in told]


def _configured(condition: str, against: Sequence[Dependence]) -> Decider:
    """What the caller sent is held against what the environment says, which is a secret or may be known to everybody."""
    if any(is_secret(each.symbol) for each in against):
        if any(is_loose(each.symbol) for each in against):
            return "environment"
        if UNEVEN.search(condition):
            return "literal"
        return "" if compares_secrets(condition, " ".join(each.symbol for each in against)) else "literal"
    return "caller" if all(is_mode(each.symbol) for each in against) else "literal"


def _compared(condition: str, found: Sequence[Dependence]) -> Decider:
    """What the caller sent is held against something that only those know who are let in; a literal is in the code for all to read."""
    if any(PATHS & set(parts(each.symbol)) for each in found if each.origin == "caller"):
        return "other"
    against = [each for each in found if each.origin in {"constant", "parameter", "other"}]
    if all(is_scheme(each.symbol) for each in against):
        return "caller"
    if not compares_secrets(condition, " ".join(each.symbol for each in found if each.origin != "constant")):
        return "caller"
    return "compared" if any(is_secret(each.symbol) for each in against if each.origin != "constant") else "literal"


def _answered(condition: str, found: Sequence[Dependence], given: Sequence[Dependence]) -> Decider:
    """What a call answered: it is about who comes where it is given what tells that, or needs none of what the caller names."""
    calls = [each.symbol for each in found if each.origin == "call" and not is_clock(each.symbol)]
    direct = [each for each in found if each.origin != "call"]
    if EQUAL.search(condition) and any(is_loose(each.symbol) for each in direct):
        return "environment"
    if any(compares(call) and any(is_loose(each.symbol) for each in _given_to(call, given)) for call in calls):
        return "environment"
    if calls and all(_is_equality(each) and _is_sent_alone(each, direct, given) for each in calls):
        return "caller"
    if calls and not direct and all(is_setting(each) and not any(one.given == each for one in given) for each in calls):
        return "setting"
    if not any(tells_who(each) for each in direct) and not any(_is_of_who(each, given) for each in calls):
        return "doubted" if any(_may_tell(each, given) for each in calls) else "stored"
    origins = {each.origin for each in direct}
    speaks = origins >= {"caller", "environment"} or any(speaks_of_who(each.symbol) for each in found) or speaks_of_who(condition)
    return "" if speaks else "told"


def _is_sent_alone(call: str, direct: Sequence[Dependence], given: Sequence[Dependence]) -> bool:
    """Whether what a call holds against each other is all what the caller sent, or one parameter and that again."""
    told = [*direct, *(each for each in given if each.given == call)]
    sent = {(each.origin, each.symbol) for each in told if not (each.origin == "constant" and _is_spelling(each.symbol))}
    return {origin for origin, _ in sent} in ({"caller"}, {"parameter"} if len(sent) == 1 else set())


def _is_equality(symbol: str) -> bool:
    """Whether a call says whether two values that it is given are the same, by its name."""
    return symbol.rpartition(".")[2].replace("_", "").lower() in EQUALITIES


def _is_spelling(constant: str) -> bool:
    """Whether a constant is no more than how something is written: an encoding, a scheme, a number."""
    return is_scheme(constant) or constant.isdigit() or constant.lower().replace("-", "") in ENCODINGS


def _is_of_who(call: str, given: Sequence[Dependence]) -> bool:
    """Whether a call is given what tells who comes; one that is given nothing finds that out by itself, or asks no such thing."""
    own = _given_to(call, given)
    if is_switch(call):
        return any(is_somebody(each.symbol) or sends_credentials(each.symbol) for each in own)
    if any(tells_who(each) or (compares(call) and each.origin == "environment" and is_secret(each.symbol)) for each in own):
        return True
    if not own:
        return not is_setting(call) and (any(map(speaks_of_who, call.split("."))) or sends_credentials(call))
    if not any(each.origin in {"caller", "parameter"} for each in own):
        return True
    return speaks_of_who(call) and any(each.origin == "parameter" and not names_thing(each.symbol) for each in own)


def _may_tell(call: str, given: Sequence[Dependence]) -> bool:
    """Whether a call may be about who comes: by its name, or because nobody sees what it goes by, or that it goes by what it was given."""
    own = _given_to(call, given)
    is_told = speaks_of_who(call) or (not own and not is_setting(call)) or any(each.origin == "parameter" for each in own)
    return is_told and not is_switch(call)


def _given_to(call: str, given: Sequence[Dependence]) -> list[Dependence]:
    """What a call is given that is not written down in the code."""
    return [each for each in given if each.given == call and each.origin != "constant"]


def tells_who(value: Dependence) -> bool:
    """Whether a value tells who comes: a credential that was sent, or what was found out from one."""
    if value.origin == "caller" or value.symbol in WHOLE:
        return sends_credentials(value.symbol)
    if value.origin == "call" and is_parser(value.symbol):
        return False
    return value.origin in {"parameter", "other", "call"} and any(speaks_of_who(each) for each in value.symbol.split("."))


def proves_who(value: Dependence) -> bool:
    """Whether a value proves who comes, or is what that is held against."""
    symbol = bare(value.symbol)
    if value.origin == "environment":
        return is_secret(symbol)
    if value.origin == "caller":
        return symbol not in WHOLE and sends_credentials(symbol) and not names_thing(symbol)
    is_user = symbol.removeprefix("self.").startswith(("request.user", "request.auth", "current_user", "g.user", SESSION))
    return (value.origin == "parameter" and is_credential(symbol)) or (value.origin == "other" and is_user)


def is_kept(step: Step) -> bool:
    """Whether what is returned or called is a part of something that a module keeps (`ACCOUNTS[id]`)."""
    first = step.symbol.partition(".")[0]
    return step.kind in {"call", "return"} and first.isupper() and len(first) > 1 and first not in GLOBALS


def is_preflight(step: Step) -> bool:
    """A branch for preflight requests: only a route of every method answers those."""
    return step.kind == "branch" and "OPTIONS" in step.symbol and "method" in step.symbol.lower()


KIND = re.compile(r"""scope(?:\[|\.get\()["']type["'][\])]\s*(==|!=|in|not in)\s*(.*)""")
"""A condition on ASGI's kind of request: how it is held against something, and against what."""


def kind_asked(condition: str) -> str:
    """The arm of requests of HTTP, where ASGI's kinds of requests are told apart (`scope["type"] != "http"`); empty elsewhere."""
    found = KIND.fullmatch(condition)
    if found is None:
        return ""
    is_named = bool(re.search(r"""["']http["']""", found[2]))
    return "then" if is_named == (found[1] in {"==", "in"}) else "else"
