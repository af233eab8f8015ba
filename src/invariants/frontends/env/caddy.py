"""Caddyfiles: ``{$NAME}``, ``{$NAME:default}`` and ``{env.NAME}`` (caddyserver.com, Environment variables)."""

import re
from collections.abc import Iterator

from invariants.facts.env import Read
from invariants.frontends.env.text import Text

NAMED = re.compile(
    r"(?P<comment>(?:(?<=^)|(?<=\s))#[^\n]*)|\{\$(?P<name>[A-Za-z_]\w*)(?P<default>:[^}]*)?\}|\{env\.(?P<late>[A-Za-z_]\w*)\}", re.MULTILINE
)


def read(path: str, content: bytes) -> Iterator[Read]:
    """The facts of one file."""
    text = Text(path, content)
    for match in NAMED.finditer(text.content):
        group = "name" if match["name"] else "late"
        if match[group]:
            yield Read(text.at(match.start(group), match.end(group)), match[group], "server", "proxy", match["default"] is not None)
