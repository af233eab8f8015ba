"""Caddyfiles: ``{$NAME}``, ``{$NAME:default}`` and ``{env.NAME}`` (caddyserver.com, Environment variables)."""

import re
from collections.abc import Iterator

from invariants.facts.env import Blind, Read, Unresolved
from invariants.frontends.env.text import LARGEST, Text, unread

NAMED = re.compile(
    r"(?P<comment>(?:(?<=^)|(?<=\s))#[^\n]*)|\{\$(?P<name>[A-Za-z_]\w*)(?P<default>:[^}]*)?\}|\{env\.(?P<late>[A-Za-z_]\w*)\}", re.MULTILINE
)


def read(path: str, content: bytes) -> Iterator[Read | Unresolved | Blind]:
    """The facts of one file."""
    if len(content) > LARGEST:
        yield from unread(path, "it is too large for a configuration", "Split it.")
        return
    text = Text(path, content)
    for match in NAMED.finditer(text.content):
        group = "name" if match["name"] else "late"
        if match[group]:
            yield Read(text.at(match.start(group), match.end(group)), match[group], "server", "proxy", match["default"] is not None)
