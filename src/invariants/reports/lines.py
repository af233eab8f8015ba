"""The lines of a file that reports show some of."""

import re
from array import array
from collections.abc import Sequence
from typing import overload


class FileLines(Sequence[str]):
    """The lines of a file, with their ends. Each is made when it is asked for: a dump has millions, and a report shows a few.

    A line feed ends them, as it does for the parsers, and nothing else.
    """

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._ends = array("Q", (match.end() for match in re.finditer(b"\n", content)))
        if not content.endswith(b"\n") and content:
            self._ends.append(len(content))

    def __len__(self) -> int:
        return len(self._ends)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: int | slice) -> str | list[str]:
        if isinstance(index, slice):
            return [self[number] for number in range(len(self))[index]]
        number = range(len(self))[index]
        return self._content[self._ends[number - 1] if number else 0 : self._ends[number]].decode(errors="replace")
