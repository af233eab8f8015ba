"""``vercel.json``: what ``env`` and ``build.env`` give; most projects keep their variables on the platform alone."""

import json
import re
from collections.abc import Iterator

from invariants.facts.env import Blind, Entry, Giver
from invariants.frontends.env.names import is_name
from invariants.frontends.env.text import LARGEST, first, named
from invariants.frontends.env.values import entry

REMEDY = "Mend the syntax."


def read(path: str, content: bytes) -> Iterator[Giver | Entry | Blind]:
    """The facts of one file."""
    if len(content) > LARGEST:
        yield Blind(first(path), "", "it is too large for a file of settings", "Split it.")
        return
    text = content.decode("utf-8-sig", "replace")
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        yield Blind(first(path, getattr(error, "lineno", 1)), "", "it is no JSON", REMEDY)
        return
    yield Giver(first(path), path)
    if not isinstance(document, dict):
        return
    build = document.get("build")
    for given in (document.get("env"), build.get("env") if isinstance(build, dict) else None):
        for name, value in given.items() if isinstance(given, dict) else []:
            if is_name(name):
                yield entry(named(path, *_place(text, name), name), "", name, str(value))


def _place(text: str, name: str) -> tuple[int, int]:
    found = re.search(rf'"({re.escape(name)})"\s*:', text)
    start = found.start(1) if found else 0
    return text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)
