"""Components of Vue, Svelte and Astro: their scripts are read as TypeScript, and their templates for what stands there by name."""

import re
from collections.abc import Iterator, Sequence

from invariants.facts.env import Read
from invariants.frontends.env import javascript
from invariants.frontends.env.jsreader import BUILT_IN, PUBLIC
from invariants.frontends.env.text import Text

SCRIPT = re.compile(rb"<script\b[^>]*>(.*?)</script\s*>|\A\s*---\r?\n(.*?)^---", re.DOTALL | re.MULTILINE | re.IGNORECASE)
TEMPLATE = re.compile(r"(?:import\.meta|process)\.env\.([A-Za-z_]\w*)")
BLANK = bytes(each if each in b"\r\n" else ord(" ") for each in range(256))


matters = javascript.matters


def read(path: str, content: bytes, accessors: Sequence[str] = ()) -> Iterator[javascript.Fact]:
    """The facts of one file."""
    code, spans = script(content)
    yield from javascript.read(path, code, accessors)
    yield from _template(path, content, spans)


def script(content: bytes) -> tuple[bytes, list[tuple[int, int]]]:
    """The scripts of a component, all else of it blank, and where they stand."""
    spans = [match.span(1) if match[1] is not None else match.span(2) for match in SCRIPT.finditer(content)]
    code, position = b"", 0
    for start, stop in spans:
        code += content[position:start].translate(BLANK) + content[start:stop]
        position = stop
    return code + content[position:].translate(BLANK), spans


def _template(path: str, content: bytes, spans: list[tuple[int, int]]) -> Iterator[Read]:
    if b".env." not in content:
        return
    text = Text(path, content)
    inside = [(len(content[:start].decode("utf-8", "replace")), len(content[:stop].decode("utf-8", "replace"))) for start, stop in spans]
    for match in TEMPLATE.finditer(text.content):
        name = match[1]
        if not any(start <= match.start() < stop for start, stop in inside) and name not in BUILT_IN:
            yield Read(text.at(match.start(1), match.end(1)), name, "client" if PUBLIC.match(name) else "server", "code", False)
