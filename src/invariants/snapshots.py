"""A tree of paths and contents at one moment: the work tree, the index, or a commit.

Paths are relative to the root, with ``/``. The content id is git's blob id, so that the same bytes have the same id in each.
"""

import os
import posixpath
import stat
from collections.abc import Iterable
from hashlib import sha1, sha256
from pathlib import Path
from typing import Protocol

from invariants import entries
from invariants.entries import FILES, LINK, Entries, lines
from invariants.facts.source import Reason
from invariants.folders import walked
from invariants.git import Blobs, Git, GitError
from invariants.held import Held

LARGEST = 64 * 1024 * 1024
"""Files beyond this many bytes are not read."""


class Unreadable(Exception):
    """A file that is there and cannot be read; the parts of a ``source.Unread``."""

    def __init__(self, reason: Reason, message: str, remedy: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.remedy = remedy


class Sealed(Unreadable):
    """A link out of the root, or a folder that may not be looked into: what is behind it cannot be told."""


class Snapshot(Protocol):
    """What every kind of snapshot answers."""

    root: Path

    def paths(self) -> Iterable[str]:
        """Every file, sorted."""

    def content_id(self, path: str) -> str:
        """The blob id of what :meth:`read` answers; :class:`Unreadable` where it cannot be read."""

    def read(self, path: str) -> bytes:
        """The bytes of a file; :class:`Unreadable` where it cannot be read."""


def blob_id(data: bytes, like: str = "") -> str:
    """Git's name for these bytes, in the hash that ``like`` is written in."""
    digest = sha256() if len(like) == 64 else sha1(usedforsecurity=False)
    digest.update(b"blob %d\0" % len(data))
    digest.update(data)
    return digest.hexdigest()


EMPTY = frozenset({blob_id(b""), blob_id(b"", "0" * 64)})
"""The ids of an empty file, in either hash."""


class WorkTree:
    """The files as they lie on disk, without those that git ignores."""

    def __init__(self, root: Path, ids: dict[str, str], git: Git | None) -> None:
        self.root = root
        self._start = os.path.join(root, "")  # noqa: PTH118
        self._real = root.resolve()
        self._ids = {_shown(path): ids[path] for path in sorted(ids)}
        self._raw = {shown: path for path in ids if (shown := _shown(path)) != path}
        self._blobs = Blobs(git) if git else None
        self._held = Held()

    def paths(self) -> Iterable[str]:
        return self._ids

    def content_id(self, path: str) -> str:
        if not self._ids[path]:
            self._ids[path] = blob_id(self.read(path))
        return self._ids[path]

    def read(self, path: str) -> bytes:
        return self._held.of(path, self._committed)

    def _committed(self, path: str) -> bytes:
        """The bytes on disk; the committed ones where a filter (line ends, LFS) or a sparse checkout makes them differ."""
        known = self._ids[path]
        try:
            data = self._disk(path)
        except FileNotFoundError as error:
            if self._blobs is None or not known:
                raise Unreadable("bytes", "it went away during the run", "run again") from error
            return _blob(self._blobs, known)
        if self._blobs is None or not known or blob_id(data, known) == known:
            return data
        return _blob(self._blobs, known)

    def _disk(self, path: str) -> bytes:
        full = f"{self._start}{self._raw.get(path, path)}"  # thousands of files: pathlib takes longer than the file does
        try:
            found = os.lstat(full)
            if stat.S_ISLNK(found.st_mode):
                full = str(self._followed(Path(full)))
                found = os.stat(full)  # noqa: PTH116
            if stat.S_ISDIR(found.st_mode):
                os.scandir(full).close()
            _check(found)
            with open(full, "rb", buffering=0) as file:  # noqa: PTH123
                return file.read()
        except FileNotFoundError:
            raise
        except PermissionError as error:
            raise Sealed("bytes", f"it cannot be opened: {error.strerror}", "let the run read it, or move it away") from error
        except OSError as error:
            raise Unreadable("bytes", f"it cannot be opened: {error.strerror}", "let the run read it, or move it away") from error

    def _followed(self, full: Path) -> Path:
        """Where a link leads, inside the root."""
        try:
            real = full.resolve(strict=True)
        except (OSError, RuntimeError) as error:  # before Python 3.13 a loop is a RuntimeError
            raise Unreadable("link", "the link leads nowhere", "mend or remove the link") from error
        if not real.is_relative_to(self._real):
            raise _outside()
        return real


class Tree:
    """The files of the index or of a commit, as git stores them."""

    def __init__(self, root: Path, files: Entries, git: Git) -> None:
        self.root = root
        self._entries = {_shown(path): files[path] for path in sorted(files)}
        self._blobs = Blobs(git)
        self._held = Held()

    def paths(self) -> Iterable[str]:
        return self._entries

    def content_id(self, path: str) -> str:
        mode, blob = self._entries[path]
        return blob if mode != LINK else self._resolved(path)

    def read(self, path: str) -> bytes:
        return self._held.of(path, self._stored)

    def _stored(self, path: str) -> bytes:
        return _blob(self._blobs, self._resolved(path))

    def _resolved(self, path: str) -> str:
        """The blob of a file, through links within the tree."""
        seen = set()
        while path not in seen:
            seen.add(path)
            mode, blob = self._entries[path]
            if mode != LINK:
                return blob
            target = _blob(self._blobs, blob).decode("utf-8", "backslashreplace")
            path = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
            if target.startswith("/") or path.startswith("../"):
                raise _outside()
            if path not in self._entries:
                raise Unreadable("link", f"the link leads to {path}, which is not a file of the repository", "mend or remove the link")
        raise Unreadable("link", "the link leads back to itself", "mend or remove the link")


def find_root(start: Path) -> Path:
    """The nearest folder upwards with ``.invariants/``, else the git work tree, else the folder itself."""
    start = start.resolve()
    upwards = [start, *start.parents]
    top = next((folder for folder in upwards if (folder / ".git").exists()), None)
    inside = upwards[: upwards.index(top) + 1] if top else upwards
    return next((folder for folder in inside if (folder / ".invariants").is_dir()), top or start)


def work_tree(root: Path) -> WorkTree:
    """The work tree of a folder: what git would let you commit, or, without git, every file that is not hidden.

    Folders that may not be looked into are listed as if they were files.
    """
    git = Git.of(root)
    if git is None:
        return WorkTree(root, dict.fromkeys(walked(root), ""), None)
    tracked, others = git.run(("ls-files", "-s", "-m", "-d", "-t", "-z"), ("ls-files", "-o", "-z", "--exclude-standard"))
    ids, removed = {}, set()
    for tag, mode, blob, path in entries.listed(tracked):
        if tag == "R":
            removed.add(path)
        elif mode.startswith(FILES):
            ids[path] = blob if tag in {"H", "S"} and mode != LINK else ""
    for path in lines(others):
        if not path.endswith("/"):
            ids[path] = ""
    known = {path: ids[path] for path in ids.keys() - removed}
    return WorkTree(root, known | dict.fromkeys(git.closed, ""), git)


def index(root: Path) -> Tree:
    """What is staged, in the index that git itself would use now."""
    git = _git(root)
    found = entries.staged(git.run(entries.LISTED)[0])
    for path in _intended(git, found):
        found.pop(path, None)
    return Tree(root, found, git)


def staged(root: Path) -> tuple[Tree, Tree]:
    """What is staged, and the commit that it will stand on. They differ in few files, so that git need not go through all folders twice."""
    git = _git(root)
    try:
        listed, differing = git.run(entries.LISTED, entries.DIFFERING)
    except GitError:  # there is no commit yet, or something is wrong that is said where all of it is listed
        return index(root), head(root)
    found = entries.staged(listed)
    before = entries.before(found, differing)
    if before is None or _intended(git, found):
        return index(root), head(root)
    return Tree(root, found, git), Tree(root, before, git)


def commit(root: Path, revision: str) -> Tree:
    """The files of a commit; ``REV...`` names the commit where HEAD parted from REV, as in ``git diff REV...``."""
    git = _git(root)
    return _committed(root, git, git.commit_id(revision))


def head(root: Path) -> Tree:
    """The files of the commit that the next one will stand on: none before the first."""
    git = _git(root)
    try:
        return _committed(root, git, "HEAD")
    except GitError:  # what is wrong is only asked where something is
        return Tree(root, {}, git) if git.is_unborn() else _committed(root, git, git.commit_id("HEAD"))


def _committed(root: Path, git: Git, revision: str) -> Tree:
    return Tree(root, entries.committed(git.run(("ls-tree", "-r", "-z", revision))[0]), git)


def _git(root: Path) -> Git:
    git = Git.of(root)
    if git is None:
        raise GitError(f"{root} is not in a git work tree, so nothing is staged there and there is no commit to compare with; run without")
    return git


def _intended(git: Git, found: Entries) -> list[str]:
    """The files of which only the intent to add them is in the index, as empty ones: the next commit leaves them out."""
    if not any(blob in EMPTY for _, blob in found.values()):
        return []
    return lines(git.run(("diff-files", "--relative", "--name-only", "--diff-filter=A", "-z"))[0])


def _shown(path: str) -> str:
    """A path as text: bytes that are not UTF-8 are written as ``\\xff``."""
    return path if path.isascii() else path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _check(found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise Unreadable("bytes", "it is not a regular file", "move it away")
    if found.st_size > LARGEST:
        raise _too_large(found.st_size)


def _blob(blobs: Blobs, blob: str) -> bytes:
    data, size = blobs.read(blob, LARGEST)
    if data is None:
        raise _too_large(size)
    return data


def _too_large(size: int) -> Unreadable:
    return Unreadable(
        "size", f"it has {size // 1024 // 1024} MB, more than the {LARGEST // 1024 // 1024} MB that are read", "split the file"
    )


def _outside() -> Sealed:
    return Sealed("link", "the link leads out of the repository", "put the file itself into the repository")
