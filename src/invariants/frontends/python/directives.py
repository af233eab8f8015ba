"""Comments that declare who may come in: ``# invariants: auth POSTURE -- reason``."""

import io
import re
import tokenize
from collections.abc import Iterator

from invariants.facts.code import Directive
from invariants.facts.place import Place
from invariants.frontends.python.functions import owned
from invariants.frontends.python.syntax import Module

DIRECTIVE = re.compile(r"#\s*invariants:\s*auth\b[ \t]*(?P<posture>(?:(?!--).)*)(?:--\s*(?P<reason>.*))?")


def directives(module: Module) -> Iterator[Directive]:
    """The directives of a file, each with the function that it stands above."""
    if b"invariants:" not in module.content:
        return
    heads = _heads(module)
    for token in _comments(module.content):
        if match := DIRECTIVE.match(token.string):
            (line, column), (end, last) = token.start, token.end
            posture, reason = ((match[name] or "").strip() for name in ("posture", "reason"))
            yield Directive(Place(module.path, line, column + 1, end, last + 1), heads.get(_below(module, line), ""), posture, reason)


def _heads(module: Module) -> dict[int, str]:
    """The functions by the lines that they begin on, the decorators' lines among them."""
    found: dict[int, str] = {}
    for node, scope in module.definitions:
        first = min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", []))])
        found |= {line: owned(scope) for line in range(first, node.lineno + 1) if line not in found or line == first}
    return found


def _below(module: Module, line: int) -> int:
    """The first line below one that is neither blank nor a comment."""
    rest = enumerate(module.lines[line:], line + 1)
    return next((place for place, text in rest if text.strip() and not text.strip().startswith(b"#")), 0)


def _comments(content: bytes) -> list[tokenize.TokenInfo]:
    try:
        return [each for each in tokenize.tokenize(io.BytesIO(content).readline) if each.type == tokenize.COMMENT]
    except (tokenize.TokenError, SyntaxError):
        return []
