"""Text for terminals: colours and links where they are wanted, and never a command out of a file or a name.

Terminals obey control characters. GitHub's runner obeys lines of any output that begin with ``::``, and ``##[`` wherever it stands.
"""

import re
from enum import StrEnum
from typing import Any

CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]|#(?=#\\[)")
"""Control characters, those that end lines or turn the direction of writing, halves of characters, and the runner's older command."""
COMMAND = re.compile(r"^(\s*):(?=:)")


class Style(StrEnum):
    """SGR parameters (ECMA-48, section 8.3.117)."""

    BOLD = "1"
    DIM = "2"
    RED = "1;31"
    YELLOW = "1;33"
    GREEN = "32"
    BLUE = "1;34"
    CYAN = "36"


def plain(text: str) -> str:
    """A text that commands nothing: control characters are written out."""
    if text.isprintable() and "##[" not in text:  # nearly every text; to ask that is far cheaper than to search
        return text
    return CONTROL.sub(lambda match: _written(match.group()), text)


def one_line(text: str) -> str:
    """A text that commands nothing and stays on its line, wherever on it it stands."""
    line = plain(text).replace("\n", "\\x0a").replace("\t", " ")
    return COMMAND.sub(r"\1\\x3a", line) if "::" in line else line


def lines(text: str) -> str:
    """A text of several lines that commands nothing."""
    return "\n".join(map(one_line, text.split("\n")))


def dumped(document: Any, depth: int = 0) -> str:
    """JSON that commands nothing: what would is written as JSON writes it. What is ``depth`` levels down has a line of its own."""
    return CONTROL.sub(lambda match: f"\\u{ord(match.group()):04x}", _spread(document, depth, "\n"))


def _spread(value: Any, depth: int, margin: str) -> str:
    """The levels of a document that are spread over lines; the rest is written by the standard library, which is fast at one line."""
    import json

    if not depth or not value or not isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    deeper = f"{margin}  "
    if isinstance(value, dict):
        parts = [f"{json.dumps(name, ensure_ascii=False)}: {_spread(each, depth - 1, deeper)}" for name, each in value.items()]
    else:
        parts = [_spread(each, depth - 1, deeper) for each in value]
    begin, end = "{}" if isinstance(value, dict) else "[]"
    return f"{begin}{deeper}{f',{deeper}'.join(parts)}{margin}{end}"


def _written(character: str) -> str:
    return f"\\x{ord(character):02x}" if ord(character) < 256 else f"\\u{ord(character):04x}"


class Paint:
    """Colours, or none; links into the work tree at ``base``, a ``file:`` URL, or none."""

    def __init__(self, *, colored: bool, base: str = "") -> None:
        self.colored = colored
        self.base = base

    def __call__(self, style: Style, text: str) -> str:
        return f"\x1b[{style}m{text}\x1b[0m" if self.colored and text else text

    def link(self, path: str, text: str) -> str:
        """A text that opens a file where it is clicked (OSC 8)."""
        if not self.base or not path:
            return text
        from urllib.parse import quote

        return f"\x1b]8;;{self.base}/{quote(path)}\x1b\\{text}\x1b]8;;\x1b\\"
