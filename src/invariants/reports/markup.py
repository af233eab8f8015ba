"""HTML that cannot be broken into: every text is escaped, unless an element made it."""

import re
from html import escape

from invariants.reports.terminal import plain

COMMAND = re.compile(r"^(\s*):(?=:)", re.MULTILINE)


class Markup(str):
    """A text that is HTML already."""

    __slots__ = ()


def element(name: str, *content: str, **attributes: str) -> Markup:
    """An element with its attributes and content; a trailing underscore keeps a name from being one of Python's words."""
    written = "".join(f' {key.rstrip("_").replace("_", "-")}="{escape(plain(value))}"' for key, value in attributes.items() if value)
    return Markup(f"<{name}{written}>{joined(*content)}</{name}>")


def joined(*content: str) -> Markup:
    """Texts and elements, one after the other."""
    return Markup("".join(each if isinstance(each, Markup) else _escaped(each) for each in content))


def _escaped(text: str) -> str:
    """A line that begins with ``::`` would be a command where GitHub's runner shows it."""
    return COMMAND.sub(r"\1&#58;", escape(plain(text)))
