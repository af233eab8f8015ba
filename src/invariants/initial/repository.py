"""The repository that is looked at: its files by name, and what may be written among them."""

import os
from collections.abc import Iterable
from pathlib import Path

from invariants.git import Git, GitError
from invariants.snapshots import Snapshot, Unreadable


class Closed(Exception):
    """A file that is there and that can neither be read nor be written to; the message says why, as a clause."""


class Repository:
    """A root and what lies below it."""

    def __init__(self, root: Path, snapshot: Snapshot) -> None:
        self.root = root
        self.snapshot = snapshot
        self.paths = list(snapshot.paths())
        self.git = Git.of(root)

    @property
    def is_top(self) -> bool:
        """It is where git's hooks are run and pipelines are read: not a folder inside of another repository."""
        return self.git is None or (self.root / ".git").exists()

    def named(self, *names: str) -> list[str]:
        """The files of these names, wherever they are; those nearest to the root first."""
        found = (path for path in self.paths if path.rpartition("/")[2] in names)
        return sorted(found, key=lambda path: (path.count("/"), path))

    def said(self, path: str) -> str:
        """What a file of the snapshot says; nothing where it cannot be read as text."""
        try:
            return self.snapshot.read(path).decode("utf-8-sig", "replace")
        except Unreadable:
            return ""

    def listed(self, folder: str) -> list[str]:
        """The names in a folder on disk, hidden or not; none where there is no such folder."""
        try:
            return sorted(path.name for path in (self.root / folder).iterdir())
        except OSError:
            return []

    def has(self, path: str) -> bool:
        """Something is there, if only a link that leads nowhere."""
        return os.path.lexists(self.root / path)

    def text(self, path: str) -> str | None:
        """A file on disk that might be edited, line ends kept; None where there is none."""
        if not self.has(path):
            return None
        file = target(self.root, path)
        try:
            return file.read_bytes().decode()
        except (OSError, UnicodeDecodeError) as error:
            raise Closed(f"{path} cannot be read: {getattr(error, 'strerror', None) or 'it is not UTF-8'}") from error

    def asked(self, *command: str) -> str:
        """What git answers; nothing where it has no answer, or where there is no git."""
        try:
            return os.fsdecode(self.git.run(command)[0]).strip() if self.git else ""
        except GitError:
            return ""


def target(root: Path, path: str) -> Path:
    """The file that a path stands for, through links; :class:`Closed` where they leave the root or turn in a circle."""
    try:
        found = (root / path).resolve()
    except (OSError, RuntimeError) as error:  # before Python 3.13 a loop is a RuntimeError
        raise Closed(f"{path} is a link that leads back to itself") from error
    if not found.is_relative_to(root.resolve()):
        raise Closed(f"{path} leads out of the repository through a link")
    return found


def first(repository: Repository, paths: Iterable[str]) -> str | None:
    """The first of some paths that is there."""
    return next((path for path in paths if repository.has(path)), None)
