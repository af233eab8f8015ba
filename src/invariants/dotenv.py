"""Files of NAME=value lines, as python-dotenv reads them: the one owner of that library."""

from collections.abc import Iterator
from io import StringIO
from typing import NamedTuple


class Pair(NamedTuple):
    """A name and its value, as they stand in the file."""

    name: str
    value: str | None
    """None where the line has no ``=``."""
    line: int
    column: int
    is_last: bool
    """No line below it gives the same name another value."""


class Fault(NamedTuple):
    """A line that is no name and no value."""

    line: int


def pairs(text: str) -> Iterator[Pair | Fault]:
    """What a file says, in order; comments and empty lines say nothing."""
    from dotenv.parser import parse_stream

    found: list[Pair | Fault] = []
    for binding in parse_stream(StringIO(text.replace("\r\n", "\n"))):
        written = binding.original.string
        body = written.lstrip()
        blank = written[: len(written) - len(body)]
        line = binding.original.line + blank.count("\n")
        if binding.error:
            found.append(Fault(line))
        elif binding.key is not None:
            indent = len(blank) - blank.rfind("\n") - 1
            found.append(Pair(binding.key, binding.value, line, indent + max(body.find(binding.key), 0) + 1, is_last=True))
    last = {each.name: number for number, each in enumerate(found) if isinstance(each, Pair)}
    for number, each in enumerate(found):
        yield each._replace(is_last=last[each.name] == number) if isinstance(each, Pair) else each


def values(text: str) -> dict[str, str | None]:
    """The value of each name: the last one that a file gives it."""
    return {each.name: each.value for each in pairs(text) if isinstance(each, Pair)}
