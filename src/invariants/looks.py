"""What was seen of a snapshot: where all of that is as it was, so is whatever was made of it.

Nobody has to know which files matter. A snapshot that is watched notes the files whose content was asked for; the paths of all others
were seen too, in the list of files.
"""

from collections.abc import Collection, Container, Iterable
from hashlib import blake2b
from itertools import compress
from typing import NamedTuple
from weakref import WeakKeyDictionary

from invariants.snapshots import Snapshot, Unreadable

CONTENTS: WeakKeyDictionary[Snapshot, dict[bytes, bytes]] = WeakKeyDictionary()
"""What is in files of snapshots, by which of them were looked at: the same is asked of answers, of readings and when these are kept."""


class Watched:
    """A snapshot that notes which of its files were looked at."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.root = snapshot.root
        self.seen: set[str] = set()
        self._snapshot = snapshot

    def paths(self) -> Iterable[str]:
        return self._snapshot.paths()

    def content_id(self, path: str) -> str:
        self.seen.add(path)
        return self._snapshot.content_id(path)

    def read(self, path: str) -> bytes:
        self.seen.add(path)
        return self._snapshot.read(path)

    def contents(self, seen: bytes) -> bytes:
        """What is in these files, which are looked at for it."""
        self.seen.update(compress(self.paths(), seen))
        return contents(self._snapshot, seen)


class Apart:
    """Some files of a snapshot, as if there were no others."""

    def __init__(self, snapshot: Snapshot, paths: Collection[str]) -> None:
        self.root = snapshot.root
        self._paths = paths
        self.content_id, self.read = snapshot.content_id, snapshot.read

    def paths(self) -> Iterable[str]:
        return self._paths


class Look(NamedTuple):
    """Which files there are, and what is in those that were looked at."""

    files: bytes
    seen: bytes
    """Whether each of them was looked at: a byte for each, in their order."""
    contents: bytes

    @classmethod
    def at(cls, snapshot: Snapshot, paths: Container[str]) -> "Look":
        seen = bytes(path in paths for path in snapshot.paths())
        return cls(files(snapshot), seen, contents(snapshot, seen))

    def is_of(self, snapshot: Snapshot) -> bool:
        """Whether a snapshot looks the same."""
        return self.files == files(snapshot) and self.contents == contents(snapshot, self.seen)


def files(snapshot: Snapshot) -> bytes:
    """Which files there are."""
    return digest(snapshot.paths())


def digest(texts: Iterable[str]) -> bytes:
    """What texts are, in their order."""
    return blake2b("\0".join(texts).encode("utf-8", "surrogateescape"), digest_size=20).digest()


def contents(snapshot: Snapshot, seen: bytes) -> bytes:
    """What is in the files that were looked at."""
    if isinstance(snapshot, Watched):
        return snapshot.contents(seen)
    known = CONTENTS.setdefault(snapshot, {})
    if seen not in known:
        known[seen] = digest(_content(snapshot, path) for path in compress(snapshot.paths(), seen))
    return known[seen]


def _content(snapshot: Snapshot, path: str) -> str:
    try:
        return snapshot.content_id(path)
    except Unreadable as error:
        return f"{error.reason} {error.message}"
    except KeyError:
        return ""
