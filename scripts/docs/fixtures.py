"""The fixtures of a rule as examples: the same small repositories that the tests judge, line by line."""

import re
from pathlib import Path
from typing import NamedTuple

from pygments.lexers import find_lexer_class_for_filename

MARK = re.compile(r"""\s*(?:--|#|//) breaks: (.+?)(?="[]},]*$|$)""")
"""What a fixture says of a line that is to be reported."""
BASE = ".base"


class File(NamedTuple):
    """A file of an example, without its marks, and what is reported at which line."""

    path: str
    text: str
    reported: dict[int, str]

    @property
    def language(self) -> str:
        """What it is written in, as highlighters call it."""
        lexer = find_lexer_class_for_filename(self.path.rpartition("/")[2])
        return lexer.aliases[0] if lexer and lexer.aliases else "text"


class Example(NamedTuple):
    """A tiny repository that holds or breaks a rule, and what it is compared with."""

    name: str
    """What it shows, in words; empty for the plainest."""
    holds: bool
    files: tuple[File, ...]
    before: tuple[File, ...]


def examples(folder: Path) -> list[Example]:
    """A rule's fixtures, the plainest of each kind first."""
    folders = sorted(each for each in folder.iterdir() if not each.name.endswith(BASE))
    return [_example(each) for each in folders]


def _example(folder: Path) -> Example:
    kind, _, name = folder.name.partition("-")
    files, before = _files(folder), _files(folder.with_name(folder.name + BASE))
    return Example(name.replace("-", " "), kind == "holds", files, before)


def _files(folder: Path) -> tuple[File, ...]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return tuple(_file(path.relative_to(folder).as_posix(), path.read_text(encoding="utf-8", errors="replace")) for path in paths)


def _file(path: str, text: str) -> File:
    lines = text.split("\n")
    reported = {number: mark[1].strip() for number, line in enumerate(lines, 1) if (mark := MARK.search(line))}
    return File(path, "\n".join(MARK.sub("", line) for line in lines), reported)
