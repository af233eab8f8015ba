"""Literals: their values, and where in them each character of a value stands."""

import re
import warnings
from ast import literal_eval

import libcst as cst

ESCAPE = re.compile(r"\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|N\{[^}]*\}|[0-7]{1,3}|\r\n|.)|\r\n|\{\{|\}\}", re.DOTALL)
BREAK = re.compile(r"\r\n?")
QUOTE = re.compile(r"\\.|\"", re.DOTALL)


def value(node: cst.SimpleString) -> str | bytes:
    """What a string literal comes to."""
    prefix = node.prefix.lower()
    if "b" not in prefix and ("r" in prefix or "\\" not in node.raw_value):
        return BREAK.sub("\n", node.raw_value)
    found: str | bytes = _evaluated(node.value)
    return found


def formatted(text: str, raw: bool) -> str:
    """What a stretch of text in a formatted string comes to."""
    plain = BREAK.sub("\n", text.replace("{{", "{").replace("}}", "}"))
    if raw or "\\" not in plain:
        return plain
    quoted = QUOTE.sub(lambda match: match.group() if match.group().startswith("\\") else '\\"', plain)
    return str(_evaluated(f'"""{quoted}"""'))


def _evaluated(code: str) -> str | bytes:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of escapes that mean nothing: the file's own affair
        found: str | bytes = literal_eval(code)
    return found


def offset(node: cst.SimpleString | cst.FormattedStringText, wanted: int) -> int:
    """Where in a literal's own text a character of its value stands."""
    if isinstance(node, cst.SimpleString):
        head, text, raw, braces = len(node.prefix) + len(node.quote), node.raw_value, "r" in node.prefix.lower(), False
    else:
        head, text, raw, braces = 0, node.value, False, True
    extra = 0
    for match in (BREAK if raw else ESCAPE).finditer(text):
        if match.start() - extra >= wanted:
            break
        if braces or match.group()[0] in "\\\r":
            extra += len(match.group()) - (0 if match.group() in {"\\\n", "\\\r\n"} else 1)
    return head + wanted + extra
