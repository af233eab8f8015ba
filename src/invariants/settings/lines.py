"""Where the keys of a TOML file stand: ``tomllib`` tells values, not lines."""

import re
from collections import Counter

from invariants.facts.place import Place

Path = tuple[str | int, ...]
"""The way to a value: keys, and positions in arrays of tables."""

HEADER = re.compile(r"\s*(\[\[?)\s*([^\]]+?)\s*\]")
KEY = re.compile(r"""\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=""")
PART = re.compile(r"""[\w-]+|"[^"]*"|'[^']*'""")
QUOTES = re.compile(r'"""|' + "'''")


class Lines:
    """The lines of a TOML file, and where its keys are."""

    def __init__(self, file: str, text: str) -> None:
        self._file = file
        self._lines = text.split("\n")
        self._starts = dict(starts(text))

    def at(self, path: Path, value: str = "") -> Place:
        """The line of a key, or of the nearest key around it; of a string in its array, where ``value`` is one."""
        start = next((self._starts[path[:size]] for size in range(len(path), 0, -1) if path[:size] in self._starts), 0)
        number = self._holding(start, value) if value else start
        line = self._lines[number].rstrip()
        column = len(line) - len(line.lstrip()) + 1
        return Place(self._file, number + 1, column, number + 1, max(len(line), column) + 1)

    def _holding(self, start: int, value: str) -> int:
        ends = [number for number in self._starts.values() if number > start]
        span = range(start, min(ends, default=len(self._lines)))
        return next((number for number in span if f'"{value}"' in self._lines[number] or f"'{value}'" in self._lines[number]), start)


def starts(text: str) -> list[tuple[Path, int]]:
    """The paths of headers and keys, with their lines from 0. Lines inside multi-line strings are none."""
    found: list[tuple[Path, int]] = []
    tables: Counter[Path] = Counter()
    table: Path = ()
    inside = False
    for number, line in enumerate(text.split("\n")):
        if not inside:
            if header := HEADER.match(line):
                table = _parts(header[2])
                if header[1] == "[[":
                    tables[table] += 1
                    table = (*table, tables[table] - 1)
                found.append((table, number))
            elif key := KEY.match(line):
                found.append(((*table, *_parts(key[1])), number))
        inside ^= len(QUOTES.findall(line)) % 2 == 1
    return found


def _parts(name: str) -> Path:
    return tuple(part.strip("\"'") for part in PART.findall(name))
