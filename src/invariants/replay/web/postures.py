"""Postures: who may come in, in words. Alternatives are divided by |, and each is a conjunction."""

from collections.abc import Iterable, Sequence

from invariants.replay.web.words import words

WHO = ("session", "token", "service", "webhook", "cron", "internal", "public")
"""The kinds of who may come in; each alternative has one."""
HINTS = {
    "cron": {"cron", "qstash", "schedule", "scheduled"},
    "webhook": {"webhook", "webhooks", "signature", "hmac", "svix"},
    "token": {"token", "apikey", "bearer", "pat", "key"},
    "service": {"service"},
    "internal": {"internal"},
}
ATTRIBUTES = {
    "mfa": {"mfa", "otp", "totp", "stepup", "webauthn"},
    "tenant": {"tenant", "workspace", "organization", "organisation", "org", "team", "member", "membership"},
    "role:admin": {"admin", "superuser", "staff"},
}
ALTERNATIVES = 16
"""So many are kept; a guard with more is written badly."""


def alternatives(posture: str) -> list[frozenset[str]]:
    """The alternatives of a posture."""
    return [frozenset(part.split()) for part in posture.split("|") if part.strip()]


def text(posture: Iterable[frozenset[str]]) -> str:
    """A posture as it is written: each alternative's kind first."""
    return " | ".join(sorted({" ".join(sorted(each, key=lambda word: (word not in WHO, word))) for each in posture}))


def normalised(posture: str) -> str:
    """A posture in its one form."""
    return text(alternatives(posture))


def both(first: str, second: str) -> str:
    """What is asked for by two guards, one after the other."""
    met = [one | other for one in alternatives(first) for other in alternatives(second)]
    return text(_without_public(each) for each in met[:ALTERNATIVES])


def _without_public(each: frozenset[str]) -> frozenset[str]:
    return each - {"public"} if each & set(WHO) - {"public"} else each


def filled(posture: str, arguments: dict[str, str]) -> str:
    """A posture with the arguments of the guard's call: ``session role:{0}``; what is not given is left out."""
    return text(frozenset(filter(None, (_filled(word, arguments) for word in each))) for each in alternatives(posture))


def _filled(word: str, arguments: dict[str, str]) -> str:
    before, brace, rest = word.partition("{")
    if not brace:
        return word
    name, _, after = rest.partition("}")
    return f"{before}{arguments[name]}{after}" if name in arguments else ""


def guessed(symbol: str) -> str:
    """What a guard that was seen to reject lets in, by its name; somebody with a session where the name says nothing."""
    found = set(words(symbol))
    who = next((kind for kind, hints in HINTS.items() if hints & found), "session")
    if who == "token" and found & {"session", "user", "csrf"}:
        who = "session"
    return text([frozenset({who, *(name for name, hints in ATTRIBUTES.items() if hints & found)})])


def together(said: Sequence[str | None], directive: str) -> str:
    """What several guards ask for together; a directive says it where nothing was told of them."""
    posture = ""
    for each in said:
        own = each or "session"
        posture = both(posture, own) if posture else normalised(own)
    return directive if directive and directive != "public" else posture
