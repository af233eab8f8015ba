"""Markdown: what is said about code, made safe for pages, and names in it made links."""

import re
from collections.abc import Iterable, Mapping, Sequence
from os.path import relpath
from posixpath import dirname

SPAN = re.compile(r"(`[^`]+`)")
ESCAPED = re.compile(r"[\\*_<>\[\]|#~]")
FENCE = re.compile(r"^\s*(`{3,}|~{3,})")
NAMED = re.compile(r"(?<![\[`\w])`([^`\n]+)`(?![\]`])")


def prose(text: str) -> str:
    """Plain sentences in which only the spans between backticks mean anything."""
    return "".join(part if part.startswith("`") else ESCAPED.sub(r"\\\g<0>", part) for part in SPAN.split(text))


def fence(text: str, language: str = "", *, title: str = "", lines: Iterable[int] = (), numbered: bool = False) -> str:
    """A block of code; some of its lines may be marked."""
    marked = " ".join(map(str, lines))
    options = {"title": title, "linenums": "1" if numbered else "", "hl_lines": marked}
    written = "".join(f' {name}="{value}"' for name, value in options.items() if value)
    ticks = "`" * max(3, *(len(run) + 1 for run in re.findall("`+", text) or [""]))
    return f"{ticks}{language or 'text'}{written}\n{text.rstrip(chr(10))}\n{ticks}"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; its cells are Markdown already."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cell.replace(chr(10), ' ') for cell in line)} |" for line in lines)


def tabs(blocks: Mapping[str, str]) -> str:
    """Blocks of which one is shown at a time; a single one is simply shown."""
    if len(blocks) == 1:
        return next(iter(blocks.values()))
    return "\n\n".join(f'=== "{name}"\n\n{indented(block)}' for name, block in blocks.items())


def folded(title: str, block: str) -> str:
    """A block that is shown when it is asked for."""
    return f'??? note "{title}"\n\n{indented(block)}'


def indented(block: str) -> str:
    """A block as the content of another."""
    return "\n".join(f"    {line}" if line else "" for line in block.split("\n"))


def linked(path: str, text: str, places: Mapping[str, str]) -> str:
    """A page in which the names of what has a place of its own lead there; headings and code stay as they are."""
    lines, fenced = [], ""
    for line in text.split("\n"):
        mark = FENCE.match(line)
        if mark and (not fenced or mark[1].startswith(fenced)):
            fenced = "" if fenced else mark[1]
        is_prose = not fenced and not mark and not line.startswith("#")
        lines.append(NAMED.sub(lambda name: _link(path, name[1], places), line) if is_prose else line)
    return "\n".join(lines)


def _link(path: str, name: str, places: Mapping[str, str]) -> str:
    target = places.get(name, "")
    if not target or target.partition("#")[0] == path:
        return f"`{name}`"
    return f"[`{name}`]({relpath(target, dirname(path) or '.')})"
