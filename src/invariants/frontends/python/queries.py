"""SQL in the strings of Python code."""

import ast
import re
from collections.abc import Iterator

from invariants.facts.code import Query
from invariants.frontends.python.functions import owned
from invariants.frontends.python.syntax import Module

SQL = re.compile(
    r"\s*(?:select\b.*(?:\bfrom\b|\bset_config\s*\(|\bcurrent_setting\s*\()|insert\s+into\b|update\s+[\w\".$]+\s+(?:as\s+\w+\s+)?set\b"
    r"|delete\s+from\b|merge\s+into\b|with\s+(?:recursive\s+)?[\w\"]+\s*(?:\([^)]*\)\s*)?as\b.*\b(?:select|insert|update|delete)\b"
    r"|(?:re)?set\s+(?:local\s+|session\s+)?[\w.\"$]+(?:\s*=|\s+to\b|\s*;?\s*$)|truncate\s+(?:table\s+)?[\w\".]+|set\s+(?:local\s+|session\s+)?role\b)",
    re.IGNORECASE | re.DOTALL,
)
BINDS = re.compile(r"%\(\w+\)s|%s|(?<![:\w]):[A-Za-z_]\w*|\{\w*\}|\$\d+")
"""What drivers fill in: ``%(name)s``, ``%s``, ``:name``, ``{}``, ``$1``."""


def queries(module: Module) -> Iterator[Query]:
    """The strings that hold SQL, what is filled in as ``$1``, ``$2`` ..."""
    inside: set[ast.AST] = set()
    for node, scope in module.nodes:
        if isinstance(node, ast.JoinedStr):
            inside |= set(node.values)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            inside.add(node.value)
        if isinstance(node, ast.Constant | ast.JoinedStr) and node not in inside:
            text = _text(node)
            if text and SQL.match(text):
                yield Query(module.place(node), owned(scope), _numbered(text))


def _text(node: ast.Constant | ast.JoinedStr) -> str:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    return "".join(str(each.value) if isinstance(each, ast.Constant) else "%s" for each in node.values)


def _numbered(text: str) -> str:
    """The same thing filled in twice has the same number, where it has a name."""
    places: dict[str, str] = {}
    count = 0

    def number(match: re.Match[str]) -> str:
        nonlocal count
        named = match.group() not in {"%s", "{}"}
        if not named or match.group() not in places:
            count += 1
            places[match.group()] = f"${count}"
        return places[match.group()]

    return BINDS.sub(number, text)
