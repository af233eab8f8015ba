"""Prisma schemas: ``env("DATABASE_URL")``."""

import re
from collections.abc import Iterator

from invariants.facts.env import Blind, Read, Unresolved
from invariants.frontends.env.names import is_name
from invariants.frontends.env.text import LARGEST, Text, unread

CALL = re.compile(r"(?P<comment>//[^\n]*)|\benv\(\s*\"(?P<name>[^\"\n]*)\"\s*\)")


def read(path: str, content: bytes) -> Iterator[Read | Unresolved | Blind]:
    """The facts of one file."""
    if b"env(" not in content:
        return
    if len(content) > LARGEST:
        yield from unread(path, "it is too large for a schema", "Split it.")
        return
    text = Text(path, content)
    for match in CALL.finditer(text.content):
        if match["name"] and is_name(match["name"]):
            yield Read(text.at(match.start("name"), match.end("name")), match["name"], "server", "code", False)
