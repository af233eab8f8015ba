"""HTML that cannot be broken into: every text is escaped, unless an element made it."""

from html import escape

from invariants.reports.terminal import plain


class Markup(str):
    """A text that is HTML already."""

    __slots__ = ()


def element(name: str, *content: str, **attributes: str) -> Markup:
    """An element with its attributes and content; a trailing underscore keeps a name from being one of Python's words."""
    written = "".join(f' {key.rstrip("_").replace("_", "-")}="{escape(plain(value))}"' for key, value in attributes.items() if value)
    return Markup(f"<{name}{written}>{joined(*content)}</{name}>")


def joined(*content: str) -> Markup:
    """Texts and elements, one after the other."""
    return Markup("".join(each if isinstance(each, Markup) else escape(plain(each)) for each in content))
