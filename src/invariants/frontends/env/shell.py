"""Shell scripts: the variables that they expand and did not set themselves. Lower-case names are taken for the script's own."""

import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

from invariants.facts.env import Blind, Read, Unresolved
from invariants.frontends.env.names import RUNNER, SHELL, is_provided
from invariants.frontends.env.text import LARGEST, Text, unread

TOKEN = re.compile(
    r"""(?P<escaped>\\.)
    | (?P<comment>(?:(?<=^)|(?<=[\s;(]))\#[^\n]*)
    | (?P<literal><<-?[ \t]*(?P<mark>['"])(?P<word>\w+)(?P=mark)[^\n]*\n(?:.*?\n)??[ \t]*(?P=word)(?=\n|$))
    | (?P<double>"(?:[^"\\]|\\.)*")
    | (?P<single>\$?'[^']*')
    | (?P<read>\$(?:(?P<plain>[A-Z_][A-Z0-9_]*)(?!\w)|\{[!#]?(?P<name>[A-Z_][A-Z0-9_]*)(?:(?P<form>:?[-=?+])|(?!\w))))
    | (?:(?<=^)|(?<=[\s;(&|`]))(?P<assigned>[A-Z_][A-Z0-9_]*)(?:\[[^\]\n]*\])?\+?=
    | \b(?:for|local|declare|readonly|typeset|read|export|getopts|printf[ ]-v)(?:[ ]+-\w+)*[ ]+(?P<names>[A-Z_][A-Z0-9_]*)
      (?P<tail>(?:[ ]+[A-Z_][A-Z0-9_]*)*)(?![\w=$])""",
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
EXPANSION = re.compile(r"(?<!\\)\$(?:(?P<plain>[A-Z_][A-Z0-9_]*)(?!\w)|\{[!#]?(?P<name>[A-Z_][A-Z0-9_]*)(?:(?P<form>:?[-=?+])|(?!\w)))")
VALUE = re.compile(r"""(?:"(?:[^"\\]|\\.)*"|'[^']*'|\$\([^)]*\)|\$\{[^}]*\}|\\.|[^\s;&|])*""", re.DOTALL)
"""What is assigned: in it, the variable is still what it was before."""
SETS = re.compile(r"\b(?:for|local|declare|readonly|typeset|read|getopts|printf)\b")


class Expansion(NamedTuple):
    """A variable that a script expands."""

    name: str
    start: int
    is_defaulted: bool


def read(path: str, content: bytes) -> Iterator[Read | Unresolved | Blind]:
    """The facts of one script."""
    if len(content) > LARGEST:
        yield from unread(path, "it is too large for a script", "Split it.")
        return
    if b"$" not in content:
        return
    text = Text(path, content)
    for each in expansions(text.content):
        yield Read(text.at(each.start, each.start + len(each.name)), each.name, "server", "shell", each.is_defaulted)


def expansions(script: str, own: Collection[str] = ()) -> Iterator[Expansion]:
    """What a script expands before it, or the line itself, has set it."""
    found: list[Expansion] = []
    assigned: dict[str, int] = {}
    for token in TOKEN.finditer(script):
        if token["double"] is not None:
            found += _within(token["double"], token.start())
        elif token["read"] is not None:
            found.append(_expansion(token, 0))
        elif token["assigned"]:
            assigned.setdefault(token["assigned"], VALUE.match(script, token.end()).end())  # type: ignore[union-attr]
        elif token["names"] and SETS.match(token.group()):
            for name in (token["names"], *token["tail"].split()):
                assigned.setdefault(name, token.start())
    for each in found:
        is_own = each.name in own or each.start > assigned.get(each.name, len(script))
        if not (is_own or each.name in SHELL or each.name.startswith(RUNNER) or is_provided(each.name) or each.name.strip("_") == ""):
            yield each


def _within(quoted: str, start: int) -> list[Expansion]:
    return [_expansion(match, start) for match in EXPANSION.finditer(quoted)]


def _expansion(match: re.Match[str], start: int) -> Expansion:
    group = "plain" if match["plain"] else "name"
    form = match["form"] or ""
    return Expansion(match[group], start + match.start(group), form[-1:] in {"-", "=", "+"})
