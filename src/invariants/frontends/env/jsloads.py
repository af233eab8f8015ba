"""Which modules a JavaScript file loads, and where it says that it runs; told without parsing it."""

import re
from collections.abc import Iterator
from typing import Literal

from invariants.facts.env import Load, Runtime
from invariants.frontends.env.text import LARGEST, first

LOAD = re.compile(rb"""(?:from(?<!\wfrom)|import(?<!\wimport)(?:\s*\()?|require(?<!\wrequire)\s*\()\s*(["'])([^"'\n]+)\1""")
"""That a word begins there is looked at last: what begins with a letter is found faster than what begins with a condition."""
DIRECTIVE = re.compile(rb"\A(?>\s+|//[^\n]*\n|/\*(?>.*?\*/))*+['\"]use (client|server)['\"]", re.DOTALL)
SCRIPT = re.compile(rb"<script\b[^>]*\bsrc=[\"']([^\"']+)[\"']", re.IGNORECASE)


def read(path: str, content: bytes) -> Iterator[Load | Runtime]:
    """The facts of one file. What is written in a comment is told too; whoever follows it looks at the file."""
    if len(content) > LARGEST:
        return
    if said := DIRECTIVE.match(content):
        side: Literal["client", "server"] = "client" if said[1] == b"client" else "server"
        yield Runtime(first(path), path, side)
    yield from _load(path, [source for _, source in LOAD.findall(content)])


def page(path: str, content: bytes) -> Iterator[Load]:
    """What a page of HTML loads; a path from the root is one from the page's own folder."""
    own = (each for each in SCRIPT.findall(content) if b"://" not in each)
    yield from _load(path, [b"./" + each.removeprefix(b"./").lstrip(b"/") for each in own])


def _load(path: str, sources: list[bytes]) -> Iterator[Load]:
    if sources:
        yield Load(first(path), path, b"\n".join(dict.fromkeys(sources)).decode("utf-8", "replace"))
