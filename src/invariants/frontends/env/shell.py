"""Shell scripts: the variables that they expand and did not set themselves. Lower-case names are taken for the script's own."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import NamedTuple

from invariants.facts.env import Blind, Read, ScriptName, Sourcing, Unresolved
from invariants.frontends.env.names import SHELL, is_of_runner
from invariants.frontends.env.text import LARGEST, Text, first, unread

TOKEN = re.compile(
    r"""(?P<escaped>\\.)
    | (?P<comment>(?:(?<=^)|(?<=[\s;(]))\#[^\n]*)
    | (?P<literal><<-?[ \t]*(?P<mark>['"])(?P<word>\w+)(?P=mark)[^\n]*\n(?:.*?\n)??[ \t]*(?P=word)(?=\n|$))
    | (?P<double>"(?:[^"\\]|\\.)*")
    | (?P<single>\$?'[^']*')
    | (?P<read>\$(?:(?P<plain>[A-Z_][A-Z0-9_]*)(?!\w)|\{[!#]?(?P<name>[A-Z_][A-Z0-9_]*)(?:(?P<form>:?[-=?+])|(?!\w))))
    | (?:(?<=^)|(?<=[\s;(&|`]))(?P<assigned>[A-Z_][A-Z0-9_]*)(?:\[[^\]\n]*\])?\+?=
    | \b(?:for|local|declare|readonly|typeset|read|export|getopts|printf[ ]-v)
      (?:[ ]+-\w+(?:[ ]+(?:"[^"\n]*"|'[^'\n]*'))?)*[ ]+(?P<names>[A-Z_][A-Z0-9_]*)
      (?P<tail>(?:[ ]+[A-Z_][A-Z0-9_]*)*)(?![\w=$])""",
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
EXPANSION = re.compile(r"(?<!\\)\$(?:(?P<plain>[A-Z_][A-Z0-9_]*)(?!\w)|\{[!#]?(?P<name>[A-Z_][A-Z0-9_]*)(?:(?P<form>:?[-=?+])|(?!\w)))")
VALUE = re.compile(r"""(?:"(?:[^"\\]|\\.)*"|'[^']*'|\$\([^)]*\)|\$\{[^}]*\}|\\.|[^\s;&|])*""", re.DOTALL)
"""What is assigned: in it, the variable is still what it was before."""
SETS = re.compile(r"\b(?:for|local|declare|readonly|typeset|read|getopts|printf)\b")


FUNCTION = re.compile(r"^[ \t]*(?:function[ \t]+[\w:-]+(?:[ \t]*\(\))?|[\w:-]+[ \t]*\(\))\s*\{.*?^[ \t]*\}", re.DOTALL | re.MULTILINE)
SOURCES = re.compile(r"^[ \t]*(?:source|\.)[ \t]+[\"']?(?:[^\n;#]*/)?([\w.-]+)[\"']?", re.MULTILINE)
Span = tuple[int, int]


class Expansion(NamedTuple):
    """A variable that a script expands."""

    name: str
    start: int
    is_defaulted: bool


def read(path: str, content: bytes) -> Iterator[Read | ScriptName | Sourcing | Unresolved | Blind]:
    """The facts of one script."""
    if len(content) > LARGEST:
        yield from unread(path, "it is too large for a script", "Split it.")
        return
    text = Text(path, content)
    for name in sorted(_tokens(text.content)[1]):
        yield ScriptName(first(path), name)
    for target in sorted(set(SOURCES.findall(text.content))):
        yield Sourcing(first(path), target)
    for each in expansions(text.content):
        yield Read(text.at(each.start, each.start + len(each.name)), each.name, "server", "shell", each.is_defaulted)


def expansions(script: str, own: Collection[str] = ()) -> Iterator[Expansion]:
    """What a script expands and has not set; what it expands before it sets it, or in the value that it sets, it was given."""
    found, assigned = _tokens(script)
    functions = [match.span() for match in FUNCTION.finditer(script)]
    for each in found:
        spans = assigned.get(each.name, [])
        is_own = each.name in own or (bool(spans) and not _is_given(each.start, spans, functions))
        if not (is_own or each.name in SHELL or is_of_runner(each.name) or each.name.strip("_") == ""):
            yield each


def _is_given(start: int, spans: list[Span], functions: list[Span]) -> bool:
    """An expansion is of what was there before the script set the variable."""
    inside = any(begin <= start < end for begin, end in spans)
    in_function = any(begin <= start < end for begin, end in functions)
    return inside or (not in_function and start < min(begin for begin, _ in spans))


def _tokens(script: str) -> tuple[list[Expansion], dict[str, list[Span]]]:
    """What a script expands; and where it sets what, each with the span of the value."""
    found: list[Expansion] = []
    assigned: dict[str, list[Span]] = defaultdict(list)
    for token in TOKEN.finditer(script):
        if token["double"] is not None:
            found += _within(token["double"], token.start())
        elif token["read"] is not None:
            found.append(_expansion(token, 0))
        elif token["assigned"]:
            value = VALUE.match(script, token.end())
            assigned[token["assigned"]].append((token.start(), value.end() if value else token.end()))
        elif token["names"] and SETS.match(token.group()):
            for name in (token["names"], *token["tail"].split()):
                assigned[name].append((token.start(), token.start()))
    return found, assigned


def _within(quoted: str, start: int) -> list[Expansion]:
    return [_expansion(match, start) for match in EXPANSION.finditer(quoted)]


def _expansion(match: re.Match[str], start: int) -> Expansion:
    group = "plain" if match["plain"] else "name"
    form = match["form"] or ""
    return Expansion(match[group], start + match.start(group), form[-1:] in {"-", "=", "+"})
