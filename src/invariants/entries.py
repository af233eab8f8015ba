"""What git lists: files by their paths, each with its mode and its blob."""

import os
from collections.abc import Iterator

LINK = "120000"
FILES = ("100", LINK)
LISTED = ("ls-files", "-s", "-t", "-z")
DIFFERING = ("diff-index", "--cached", "--raw", "-z", "--no-renames", "--no-abbrev", "--relative", "HEAD")

Entries = dict[str, tuple[str, str]]
"""The mode and the blob of each file, as git writes its path."""


def staged(output: bytes) -> Entries:
    """The files that ``ls-files`` lists."""
    return {path: (mode, blob) for _, mode, blob, path in listed(output) if mode.startswith(FILES)}


def committed(output: bytes) -> Entries:
    """The files that ``ls-tree`` lists."""
    found = {}
    for line in lines(output):
        about, path = line.split("\t", 1)
        mode, _, blob = about.split(" ")
        if mode.startswith(FILES):
            found[path] = mode, blob
    return found


def before(index: Entries, differing: bytes) -> Entries | None:
    """The files of the commit, by those of the index and what differs between them; None where a merge is not settled."""
    found = dict(index)
    fields = iter(lines(differing))
    for about, path in zip(fields, fields, strict=True):
        mode, _, blob, _, status = about.removeprefix(":").split(" ")
        if status == "U":
            return None
        found.pop(path, None)
        if mode.startswith(FILES):
            found[path] = mode, blob
    return found


def listed(output: bytes) -> Iterator[tuple[str, str, str, str]]:
    """Tag, mode, blob and path of ``ls-files -s -t``. What is modified or removed (and what is unmerged) is listed once more."""
    for line in lines(output):
        about, path = line.split("\t", 1)
        tag, mode, blob, _ = about.split(" ")
        yield tag, mode, blob, path


def lines(output: bytes) -> list[str]:
    """What ``-z`` divides."""
    return os.fsdecode(output).split("\0")[:-1]
