"""GitHub's ``primaryLocationLineHash``, as codeql-action computes it, so that an upload finds its own alerts again.

A rolling hash over 100 characters that are neither space nor tab, from the start of each line; line ends are one character; the text
ends in a sentinel. ``:n`` counts the lines with that hash so far.
"""

from collections import Counter, deque

BLOCK = 100
BASE = 37
MASK = (1 << 64) - 1
FIRST = pow(BASE, BLOCK, 1 << 64)
SENTINEL = 65535


def line_hashes(content: str) -> dict[int, str]:
    """The hash of every line of a text, by its number from 1."""
    return _Hasher().run(content)


class _Hasher:
    def __init__(self) -> None:
        self.window = deque([0] * BLOCK, BLOCK)
        self.lines = deque([-1] * BLOCK, BLOCK)
        self.value = 0
        self.seen: Counter[str] = Counter()
        self.found: dict[int, str] = {}

    def run(self, content: str) -> dict[int, str]:
        line, at_start, before_was_cr = 1, True, False
        for unit in (*_units(content), SENTINEL):
            if unit in {32, 9} or (unit == 10 and before_was_cr):
                before_was_cr = False
                continue
            before_was_cr = unit == 13
            character = 10 if before_was_cr else unit
            self._shift(character, line if at_start else -1)
            at_start = character == 10
            line += at_start
        for _ in range(BLOCK):
            self._shift(0, -1)
        return self.found

    def _shift(self, character: int, line: int) -> None:
        if self.lines[0] != -1:
            self._note(self.lines[0])
        oldest = self.window[0]
        self.window.append(character)
        self.lines.append(line)
        self.value = (BASE * self.value + character - FIRST * oldest) & MASK

    def _note(self, line: int) -> None:
        text = f"{self.value:x}"
        self.seen[text] += 1
        self.found[line] = f"{text}:{self.seen[text]}"


def _units(content: str) -> list[int]:
    """UTF-16 code units, as JavaScript counts characters."""
    if content.isascii():
        return list(content.encode())
    raw = content.encode("utf-16-le", "surrogatepass")
    return [raw[position] | raw[position + 1] << 8 for position in range(0, len(raw), 2)]
