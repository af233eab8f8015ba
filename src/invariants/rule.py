"""A rule is a ``.sql`` file: a docstring, then a query that must return no rows.

The docstring is the comment at its head: the invariant stated as a truth, why it matters, a ``Fix:`` block, and ``@`` lines. The query
answers ``at, subject, message`` and, where they say something, ``verdict``, ``database``, and one more place as ``also_at, also``.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from invariants.finding import LEVELS, ConfigError, Rule
from invariants.wording import plural

OWN = ".invariants/rules/"
"""Where a repository keeps rules of its own; a folder in it names a pack."""
PACK = "repository"
"""The pack of those that are in none."""

ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
TAGS = ("level", "over", "noun", "lacks", "against", "supports")
PREFIXES = {"src", "source", "ddl", "db", "settings", "row", "base", "scope"}
"""What begins a view's name and is no word of a range: the domain of its facts, and what keeps its rows apart."""


class Docstring(NamedTuple):
    """The comment at the head of a rule, taken apart."""

    title: str
    why: str
    fix: str
    tags: dict[str, tuple[int, str]]
    """The ``@`` lines: each with its line."""


def built_in() -> Path:
    """The folder of the rules that come with the package: in the wheel inside it, in a checkout beside ``src``."""
    here = Path(__file__).resolve().parent
    return next(folder for folder in (here / "rules", here.parents[1] / "rules") if folder.is_dir())


@cache
def built_in_rules() -> tuple[Rule, ...]:
    """The rules that come with the package."""
    paths = sorted(built_in().glob("*/*.sql"))
    return tuple(parse(f"rules/{path.parent.name}/{path.name}", path.read_text(encoding="utf-8")) for path in paths)


def own_rules(texts: Iterable[tuple[str, str]], known: Iterable[Rule]) -> Iterator[Rule]:
    """A repository's own rules, from the paths and texts of their files. Their ids must be new."""
    taken = {rule.id: rule.path for rule in known}
    for path, text in texts:
        rule = parse(path, text)
        if rule.id in taken:
            raise ConfigError(path, 0, f"there is a rule {rule.id} already, {taken[rule.id]}", "give the file another name")
        taken[rule.id] = path
        yield rule


def parse(path: str, text: str) -> Rule:
    """A rule from its file; :class:`ConfigError` where the file is not of the form."""
    name = path.rpartition("/")[2].removesuffix(".sql")
    if not ID.fullmatch(name):
        raise ConfigError(path, 0, f"{name!r} is no name for a rule", "use lower-case words joined by hyphens: orders-have-owners.sql")
    lines = text.replace("\r\n", "\n").split("\n")
    head = next((number for number, line in enumerate(lines) if not line.startswith("--")), len(lines))
    doc = _docstring(path, lines[:head])
    over = _tag(path, doc, "over")
    level = _tag(path, doc, "level")
    if level not in LEVELS:
        raise ConfigError(path, doc.tags["level"][0], f"{level!r} is no level", f"use one of {', '.join(LEVELS)}")
    query = "\n".join(lines[head:]).strip().removesuffix(";")
    if not query:
        raise ConfigError(path, 0, "it has no query", "write a query that answers at, subject, message")
    noun = doc.tags.get("noun", (0, plural(over.rpartition("_")[2])))[1]
    supports = tuple(doc.tags.get("supports", (0, ""))[1].split())
    against = doc.tags.get("against", (0, ""))[1]
    if against not in {"", "base"}:
        raise ConfigError(path, doc.tags["against"][0], f"{against!r} is nothing to compare with", "say `-- @against base`, or remove it")
    lacks = doc.tags.get("lacks", (0, ""))[1]
    return Rule(name, _pack(path), doc.title, doc.why, doc.fix, level, over, noun, supports, query, path, against, lacks)


def range_words(rule: Rule) -> str:
    """What a rule ranges over, as words: ``tenant tables``; or what it would need to range over anything."""
    if rule.lacks:
        return rule.lacks
    words = rule.over.split("_")
    return " ".join([*(words[1:-1] if words[0] in PREFIXES else words[:-1]), rule.noun])


def _pack(path: str) -> str:
    folder = path.removeprefix(OWN).rpartition("/")[0]
    return folder.rpartition("/")[2] or PACK


def _tag(path: str, doc: Docstring, name: str) -> str:
    if name not in doc.tags:
        raise ConfigError(path, 0, f"its head has no @{name}", f"say `-- @{name} ...`, as built-in rules do")
    return doc.tags[name][1]


def _docstring(path: str, comment: list[str]) -> Docstring:
    lines = [line.removeprefix("--").removeprefix(" ").rstrip() for line in comment]
    tags: dict[str, tuple[int, str]] = {}
    for number, line in enumerate(lines, 1):
        if line.startswith("@"):
            tag, _, value = line[1:].partition(" ")
            if tag not in TAGS:
                raise ConfigError(path, number, f"@{tag} means nothing", f"the tags are {', '.join('@' + each for each in TAGS)}")
            tags[tag] = number, value.strip()
    prose = [line for line in lines if not line.startswith("@")]
    start = prose.index("Fix:") if "Fix:" in prose else len(prose)
    title = prose[0] if prose else ""
    why = "\n".join(prose[1:start]).strip()
    fix = "\n".join(line.removeprefix("    ") for line in prose[start + 1 :]).strip("\n")
    for part, what in ((title, "a title on its first line"), (why, "a paragraph that says why"), (fix, "a block `Fix:`")):
        if not part:
            raise ConfigError(path, 1, f"its head has no {what.removeprefix('a ')}", f"begin the file with a comment that has {what}")
    return Docstring(title, why, fix, tags)
