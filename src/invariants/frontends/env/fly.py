"""``fly.toml``: what ``[env]`` gives every machine; secrets are on the platform alone."""

import re
from collections.abc import Iterator

from invariants.facts.env import Blind, Entry, Giver
from invariants.frontends.env.names import is_name
from invariants.frontends.env.text import LARGEST, first, named
from invariants.frontends.env.values import entry

SECTION = re.compile(r"^\s*\[\s*([\w.\"-]+)\s*\]", re.MULTILINE)


def read(path: str, content: bytes) -> Iterator[Giver | Entry | Blind]:
    """The facts of one file."""
    from tomllib import TOMLDecodeError, loads

    if len(content) > LARGEST:
        yield Blind(first(path), "", "it is too large for a file of settings", "Split it.")
        return
    text = content.decode("utf-8-sig", "replace")
    try:
        given = loads(text).get("env", {})
    except (TOMLDecodeError, RecursionError) as error:
        yield Blind(first(path), "", f"it is no TOML: {error}", "Mend the syntax.")
        return
    yield Giver(first(path), path)
    for name, value in given.items() if isinstance(given, dict) else []:
        if is_name(name):
            yield entry(named(path, *_place(text, name), name), "", name, str(value))


def _place(text: str, name: str) -> tuple[int, int]:
    """Where a key stands in ``[env]``."""
    begin = next((match.end() for match in SECTION.finditer(text) if match[1] == "env"), 0)
    found = re.compile(rf"^[ \t]*[\"']?({re.escape(name)})\b", re.MULTILINE).search(text, begin)
    start = found.start(1) if found else 0
    return text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)
