"""Lines added to files that are there, which stay as they are otherwise."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from io import StringIO

from invariants.finding import Edit, Insertion
from invariants.mending.schema import Unmended


def added(insertions: Iterable[Insertion], read: Callable[[str], bytes]) -> tuple[Edit, ...]:
    """The files with their new lines; what is asked for twice is added once."""
    by_path: dict[str, list[Insertion]] = defaultdict(list)
    for each in dict.fromkeys(insertions):
        by_path[each.path].append(each)
    return tuple(_edit(path, own, read(path)) for path, own in sorted(by_path.items()))


def _edit(path: str, insertions: Iterable[Insertion], content: bytes) -> Edit:
    try:
        before = content.decode()
    except UnicodeDecodeError as error:
        raise Unmended(f"{path} is not UTF-8") from error
    lines = list(StringIO(before, newline="\n"))
    for each in sorted(insertions, key=lambda each: each.line, reverse=True):
        if each.line > len(lines):
            raise Unmended(f"{path} is not as it was read")
        below = lines[each.line - 1]
        indentation = below[: len(below) - len(below.lstrip(" \t"))]
        lines.insert(each.line - 1, f"{indentation}{each.text}{_end(below)}")
    return Edit(path, before, "".join(lines))


def _end(line: str) -> str:
    return "\r\n" if line.endswith("\r\n") else "\n"
