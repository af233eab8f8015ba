"""The migrations of one database, and what the next one is called."""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

NUMBERED = re.compile(r"(?P<digits>\d+)(?P<mark>(?:\.do)?[._-]*)(?P<words>.*)")
STAMPS = {8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}
"""Versions that are moments, by how many digits they have."""
WORDS = ("keep", "tenants", "apart")


class Folder(NamedTuple):
    """What a runner has run so far."""

    runner: str
    folder: str
    files: tuple[str, ...]
    """In the order that they run."""
    paths: frozenset[str]
    """Every file of the repository."""
    read: Callable[[str], bytes]
    revisions: Sequence[tuple[str, str]] = ()
    """Files and what they are called, where a graph of revisions tells the order."""
    parents: Sequence[tuple[str, str]] = ()
    """Files and what they come after."""

    def text(self, path: str) -> str | None:
        """What a file says; None where there is none."""
        return self.read(path).decode(errors="replace") if path in self.paths else None


class Step(NamedTuple):
    """The statements of a migration that mend one finding."""

    rule: str
    subject: str
    statements: tuple[str, ...]
    undo: tuple[str, ...]
    file: str
    """Where the finding stands."""


def base(path: str) -> str:
    """The file's name."""
    return path.rpartition("/")[2]


def beside(path: str, name: str) -> str:
    """A file in the same folder."""
    return f"{path.rpartition('/')[0]}/{name}".removeprefix("/")


def next_name(names: Iterable[str], moment: datetime) -> str | None:
    """What comes after the last of these names, as they are written; None where they bear no numbers."""
    found = [match for name in names if (match := NUMBERED.match(name))]
    if not found:
        return None
    last = max(found, key=lambda match: int(match["digits"]))
    is_hyphened = "-" in last["mark"] or ("-" in last["words"] and "_" not in last["words"])
    words = ("-" if is_hyphened else "_").join(WORDS) if last["mark"] else ""
    return f"{next_version(last['digits'], moment)}{last['mark']}{words}"


def next_version(last: str, moment: datetime) -> str:
    """The number after another: a moment where that is one, and never less than the next."""
    least = int(last) + 1
    if len(last) in STAMPS and last.startswith(("19", "20")):
        return str(max(least, int(moment.strftime(STAMPS[len(last)]))))
    if len(last) in {10, 13} and last.startswith(("1", "2")):
        return str(max(least, int(moment.timestamp() * 10 ** (len(last) - 10))))
    return str(least).zfill(len(last))


def remark(step: Step) -> str:
    """What statements are for, on one line whatever a name says."""
    return f"-- {step.rule}: {' '.join(step.subject.split())}"
