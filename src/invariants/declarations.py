"""What a migration declares of itself in a comment: ``-- invariants: contract EXPAND -- reason``."""

import re
from collections.abc import Iterator

from invariants.facts.ddl import Contract
from invariants.facts.place import Place

CONTRACT = re.compile(
    rb"^[ \t]*(?:--|#)[ \t]*invariants:[ \t]*contract\b[ \t]*(?P<expand>(?!--)\S*)[ \t]*(?:--[ \t]*(?P<reason>.*))?", re.MULTILINE
)


def read(path: str, content: bytes) -> Iterator[Contract]:
    """The directives of a file, each at its line."""
    if b"invariants:" not in content:
        return
    for match in CONTRACT.finditer(content):
        line = content.count(b"\n", 0, match.start()) + 1
        expand, reason = ((match[name] or b"").decode(errors="replace").strip() for name in ("expand", "reason"))
        yield Contract(Place(path, line, 1, line, match.end() - match.start() + 1), expand, reason)
