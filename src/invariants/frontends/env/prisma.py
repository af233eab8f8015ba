"""Prisma schemas: ``env("DATABASE_URL")``."""

import re
from collections.abc import Iterator

from invariants.facts.env import Read
from invariants.frontends.env.names import is_name
from invariants.frontends.env.text import Text

CALL = re.compile(r"(?P<comment>//[^\n]*)|\benv\(\s*\"(?P<name>[^\"\n]*)\"\s*\)")


def read(path: str, content: bytes) -> Iterator[Read]:
    """The facts of one file."""
    if b"env(" not in content:
        return
    text = Text(path, content)
    for match in CALL.finditer(text.content):
        if match["name"] and is_name(match["name"]):
            yield Read(text.at(match.start("name"), match.end("name")), match["name"], "server", "code", False)
