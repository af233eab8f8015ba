"""Comments that declare who may come in."""

import re
from typing import NamedTuple

WORDS = re.compile(r"invariants:\s*auth\s+(?P<posture>.*?)(?:\s+--\s*(?P<reason>.*?))?\s*(?:\*/)?\s*$", re.MULTILINE)


class Declared(NamedTuple):
    """What a comment declares, and why."""

    posture: str
    reason: str


def declared(comment: str) -> Declared | None:
    """What a comment declares: ``invariants: auth POSTURE -- reason``; null where it declares nothing."""
    found = WORDS.search(comment) if "invariants:" in comment else None
    return Declared(found["posture"].strip(), (found["reason"] or "").strip()) if found else None
