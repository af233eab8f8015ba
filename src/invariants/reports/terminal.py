"""Text for terminals: colours where they are wanted, and never a control character out of a file or a name."""

import re
from enum import StrEnum

CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
"""Control characters, and those that turn the direction of writing."""


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
    """A text that cannot command a terminal: control characters are written out."""
    return CONTROL.sub(lambda match: f"\\x{ord(match.group()):02x}" if ord(match.group()) < 256 else f"\\u{ord(match.group()):04x}", text)


class Paint:
    """Colours, or none."""

    def __init__(self, *, colored: bool) -> None:
        self.colored = colored

    def __call__(self, style: Style, text: str) -> str:
        return f"\x1b[{style}m{text}\x1b[0m" if self.colored and text else text
