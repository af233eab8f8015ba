"""What of a migration file runs on the way up. The rest is blanked, so that every offset still holds."""

import io
import re
from typing import NamedTuple

from invariants.facts.source import Reason

UP = re.compile(rb"^[ \t]*--[ \t]*(?:migrate:up|\+goose\s+Up|\+migrate\s+Up)|^[ \t]*--[\s-]*up\s+migration", re.IGNORECASE)
DOWN = re.compile(rb"^[ \t]*--[ \t]*(?:migrate:down|\+goose\s+Down|\+migrate\s+Down)|^[ \t]*--[\s-]*down\s+migration", re.IGNORECASE)
LIQUIBASE_DOWN = re.compile(rb"^[ \t]*--[ \t]*rollback\b", re.IGNORECASE)
COPY = re.compile(rb"^COPY\s.*\sFROM\s+stdin\b", re.IGNORECASE)
INCLUDE = re.compile(rb"^\\ir?\s+(?P<file>\S+)|^--!\s*include\s+(?P<other>\S+)", re.IGNORECASE)
CONFLICT = re.compile(rb"^(?:<{7}|={7}|>{7}|\|{7})(?: |\r?$)")
SILENT = re.compile(
    rb"^\\(?:restrict|unrestrict|set|unset|echo|qecho|warn|pset|timing|encoding|x|t|a|o|q|on_error_stop|conninfo|prompt|!)\b"
)
TELLING = re.compile(
    rb"(?<![^\r\n])(?:[ \t]*--(?=[^\r\n]*(?:up|down|rollback|include))|\\|[<=>|]{7}|COPY\s)[^\r\n]*(?:\r\n?|\n)?", re.IGNORECASE
)
"""A line that may be more than SQL."""
DATA_END = re.compile(rb"\\\.(?<![^\r\n]\\\.)[ \t]*(?![^\r\n])")
AT_ONCE = 1 << 20
"""Bytes of data that are blanked at once: a dump has many, and is held as it is besides."""
BLANK = bytes(each if each in b"\r\n" else ord(" ") for each in range(256))
DYNAMIC = "its effect is decided when psql runs it"
MARKS = (
    b"migrate:",
    b"+goose",
    b"+migrate",
    b"igration",
    b"\\",
    b"--!",
    b"<<<<<<<",
    b">>>>>>>",
    b"rollback",
    b"ROLLBACK",
    b"stdin",
    b"STDIN",
)


class Remark(NamedTuple):
    """A line that is no SQL but matters: what is wrong with it, or the file that it includes."""

    offset: int
    length: int
    reason: Reason
    message: str
    include: str = ""


def mask(content: bytes) -> tuple[bytes, list[Remark]]:
    """The content with everything blanked that is no statement on the way up, and what is to be said of it."""
    if not any(mark in content for mark in MARKS):
        return content, []
    state = "before" if any(UP.match(found.group()) for found in TELLING.finditer(content)) else "up"
    kept = io.BytesIO()
    remarks: list[Remark] = []
    position = 0
    while match := TELLING.search(content, position):
        between, line = content[position : match.start()], match.group()
        before, (state, is_blank, remark) = state, _line(line, state, match.start())
        kept.write(between if before == "up" else _blank(between))
        kept.write(_blank(line) if is_blank else line)
        remarks += [remark] if remark else []
        position = match.end()
        if state == "copy":
            end = DATA_END.search(content, position)
            start, position, state = position, end.end() if end else len(content), "up"
            kept.writelines(_blank(content[each : min(each + AT_ONCE, position)]) for each in range(start, position, AT_ONCE))
    rest = content[position:]
    kept.write(rest if state == "up" else _blank(rest))
    return kept.getvalue(), remarks


def _blank(text: bytes) -> bytes:
    return text.translate(BLANK)


def _line(line: bytes, state: str, offset: int) -> tuple[str, bool, Remark | None]:
    """The state after a line that tells something, whether it is blanked, and what is to be said of it."""
    if UP.match(line):
        return "up", True, None
    if DOWN.match(line):
        return "down", True, None
    if state != "up":
        return state, True, None
    if COPY.match(line) and line.rstrip().endswith(b";"):
        return "copy", True, None
    return state, *_up_line(line, offset)


def _up_line(line: bytes, offset: int) -> tuple[bool, Remark | None]:
    length = len(line.rstrip())
    if LIQUIBASE_DOWN.match(line):
        return True, None
    included = INCLUDE.match(line)
    if included:
        name = (included.group("file") or included.group("other")).decode(errors="replace").strip("'\"")
        return True, Remark(offset, length, "unknown", f"it runs {name}", name)
    if CONFLICT.match(line):
        return True, Remark(offset, length, "syntax", "a merge conflict was left unresolved here")
    if line.startswith(b"\\"):
        if SILENT.match(line):
            return True, None
        word = line.split()[0].decode(errors="replace")
        return True, Remark(offset, length, "dynamic", f"psql's {word} stands here: {DYNAMIC}")
    return False, None
