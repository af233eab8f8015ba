"""A file's text, and where an offset of it stands."""

from bisect import bisect_right
from collections.abc import Iterator

from invariants.facts.env import Blind, Unresolved
from invariants.facts.place import Place

LARGEST = 2 * 1024 * 1024
"""Bytes beyond which a file is generated, and nobody reads variables in it by hand."""


class Text:
    """A file, decoded; columns count characters."""

    def __init__(self, path: str, content: bytes) -> None:
        self.path = path
        self.content = content.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
        self._starts = [0, *(number + 1 for number, letter in enumerate(self.content) if letter == "\n")]

    def at(self, start: int, stop: int) -> Place:
        """The place of a span of characters."""
        first, last = bisect_right(self._starts, start) - 1, bisect_right(self._starts, max(start, stop - 1)) - 1
        return Place(self.path, first + 1, start - self._starts[first] + 1, last + 1, stop - self._starts[last] + 1)


def first(path: str, line: int = 1) -> Place:
    """A line of a file, its first unless another is meant."""
    return Place(path, line, 1, line, 1)


def named(path: str, line: int, column: int, name: str) -> Place:
    """Where a name stands on one line."""
    return Place(path, line, column, line, column + len(name))


def unread(path: str, message: str, remedy: str, line: int = 1) -> Iterator[Unresolved | Blind]:
    """What is said of a file that cannot be read: as one that may read variables, and as one that may give them."""
    yield Unresolved(first(path, line), "", "", message, remedy)
    yield Blind(first(path, line), "", message, remedy)
