"""Fingerprints of secrets: what proves that two values are the same, and tells nothing of either.

With a key, HMAC-SHA-256 over the variable's name and its value: whoever has the repository can test no guess without the key, and equal
values under different names cannot be told to be equal. Without one, a salted scrypt, which is refused for values that can be guessed.
"""

import hmac
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections import Counter
from hashlib import scrypt, sha256
from math import log2
from secrets import token_bytes
from typing import NamedTuple
from urllib.parse import urlsplit

from invariants.facts.env import State

KEYED = "hmac-sha256:v1"
SALTED = "scrypt:v1"
COST = {"n": 1 << 17, "r": 8, "p": 1}
"""What OWASP asks of scrypt (Password Storage Cheat Sheet)."""
MEMORY = 256 * 1024 * 1024
SHORTEST = 16
STRENGTH = 80
"""Bits below which a value may be guessed."""
WITHHELD = re.compile(
    r"^(?:\s*|\[SENSITIVE\]|(?:op|pass|doppler|vault|awssm|infisical|keychain)(?:\+\w+)?://.*|ENC\[.*|encrypted:.*|\*{3,})$", re.DOTALL
)
"""What stands for a value that is kept elsewhere."""


class Weak(Exception):
    """A value that could be guessed from a fingerprint without a key."""


class Verdict(NamedTuple):
    """What became of a comparison."""

    state: State
    message: str


def key_id(key: bytes) -> str:
    """What tells keys apart, so that a wrong one reads as not comparable."""
    return hmac.digest(key, b"invariants.key-check", sha256)[:4].hex()


def keyed(key: bytes, name: str, value: str) -> str:
    """The fingerprint of a variable's value under a key."""
    message = "\0".join(("invariants.fp.v1", name, value))
    return f"{KEYED}:{hmac.digest(key, message.encode(), sha256)[:16].hex()}"


def salted(name: str, value: str, salt: bytes | None = None) -> str:
    """A fingerprint without a key; :class:`Weak` where the value could be guessed."""
    if strength(value) < STRENGTH or len(_secret_part(value)) < SHORTEST:
        raise Weak
    salt = salt or token_bytes(16)
    made = scrypt("\0".join((name, value)).encode(), salt=salt, maxmem=MEMORY, dklen=32, **COST)
    return f"{SALTED}:{urlsafe_b64encode(salt).decode()}:{made.hex()}"


def strength(value: str) -> float:
    """How many bits somebody would have to guess, at most; of a URL only the password counts."""
    secret = _secret_part(value)
    counts = Counter(secret).values()
    return -sum(count * log2(count / len(secret)) for count in counts) if secret else 0.0


def _secret_part(value: str) -> str:
    if "://" not in value:
        return value
    try:
        return urlsplit(value).password or ""
    except ValueError:
        return ""


def compare(recorded: str, name: str, value: str | None, key: bytes | None, recorded_key: str) -> Verdict:
    """A recorded fingerprint against the value that is there."""
    if value is None:
        return Verdict("absent", "its value is not there")
    if WITHHELD.match(value):
        return Verdict("unreadable", "what is there stands for its value, and is not the value")
    scheme = recorded.rpartition(":")[0] if recorded.startswith(KEYED) else SALTED if recorded.startswith(SALTED) else ""
    if scheme == KEYED:
        if key is None:
            return Verdict("not comparable", "the key that its fingerprint was made with is not there")
        if key_id(key) != recorded_key:
            return Verdict("not comparable", "its fingerprint was made with another key")
    elif scheme != SALTED:
        return Verdict("not comparable", "its fingerprint is of no known form")
    return _matched(recorded, name, value, key)


def _matched(recorded: str, name: str, value: str, key: bytes | None) -> Verdict:
    if _is_of(recorded, name, value, key):
        return Verdict("same", "")
    stripped = value.rstrip("\r\n")
    others = {stripped, f"{stripped}\n", f"{stripped}\r\n"} - {value}
    if any(_is_of(recorded, name, each, key) for each in sorted(others)):
        return Verdict("changed", "it differs from what was recorded only by a line end after it")
    return Verdict("changed", "it is not what was recorded")


def _is_of(recorded: str, name: str, value: str, key: bytes | None) -> bool:
    if key is not None and recorded.startswith(KEYED):
        return hmac.compare_digest(keyed(key, name, value), recorded)
    try:
        return hmac.compare_digest(salted(name, value, urlsafe_b64decode(recorded.split(":")[2])), recorded)
    except (Weak, ValueError, IndexError):
        return False
