"""Placeholders that another program fills in: psql variables and the marks of template languages."""

import re

TEMPLATE = re.compile(rb"\{\{[^{}\n]*\}\}|(?<!\$)\$\{[^{}\n]*\}|<%[^%\n]*%>|@@[A-Za-z_]\w*@@|#\{[^{}\n]*\}")
VARIABLE = re.compile(rb"(?<![:\w]):(?=[A-Za-z_])")
QUOTED = re.compile(rb"(?<![:\w]):(?=['\"][A-Za-z_]\w*['\"])")


def filled(body: bytes) -> bytes:
    """The text with every placeholder replaced by an identifier made of its own letters, as long as it was."""
    return VARIABLE.sub(b"_", QUOTED.sub(b" ", templates_filled(body)))


def templates_filled(body: bytes) -> bytes:
    """The same for the marks of template languages alone."""
    return TEMPLATE.sub(lambda match: re.sub(rb"\W", b"_", match.group()), body)


def first(body: bytes) -> str:
    """The first placeholder of a text, empty where there is none."""
    found = TEMPLATE.search(body) or re.search(rb"(?<![:\w]):['\"]?[A-Za-z_]\w*['\"]?", body)
    return found.group().decode(errors="replace") if found else ""
