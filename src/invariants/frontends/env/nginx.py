"""Templates of nginx: ``envsubst`` puts variables into the text, whatever nginx makes of it, so the text is what is read.

nginx's own variables are in lower case. ``env NAME;`` passes a variable on to its workers.
"""

import re
from collections.abc import Iterator

from invariants.facts.env import Blind, Read, Unresolved
from invariants.frontends.env.text import LARGEST, Text, unread

NAMED = re.compile(
    r"\$\{(?P<name>[A-Z_][A-Z0-9_]*)\}|\$(?P<plain>[A-Z_][A-Z0-9_]*)\b|^[ \t]*env[ \t]+(?P<passed>[A-Z_][A-Z0-9_]*)[ \t]*;", re.MULTILINE
)


def read(path: str, content: bytes) -> Iterator[Read | Unresolved | Blind]:
    """The facts of one file."""
    if len(content) > LARGEST:
        yield from unread(path, "it is too large for a configuration", "Split it.")
        return
    text = Text(path, content)
    for match in NAMED.finditer(text.content):
        group = match.lastgroup or "name"
        yield Read(text.at(match.start(group), match.end(group)), match[group], "server", "proxy", False)
