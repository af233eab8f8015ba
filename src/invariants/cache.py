"""The file that keeps a store between runs: written whole, checked whole, never trusted, never needed."""

import os
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from zlib import crc32

LARGEST = 512 * 1024 * 1024
"""A cache beyond this many bytes is not kept."""

CHUNK = 1024 * 1024
"""So many bytes are read at a time where the checksum is made."""

SEAL = slice(60, 64), slice(68, 72)
"""Where SQLite's file header keeps user_version and application_id, numbers for the application's own use: the checksum goes there,
so that the file is an SQLite database like any other. It is a CRC: what is damaged by chance is told by it four times as fast as by a
cryptographic digest, and who writes files on purpose could make either."""


class Cache:
    """One file. ``schema`` says how its content is laid out; content laid out otherwise is no content."""

    def __init__(self, path: Path, schema: str) -> None:
        self.path = path
        self._schema = schema.encode()

    @classmethod
    def of(cls, root: Path, schema: str) -> "Cache":
        """The cache of a repository, in the user's cache folder."""
        name = blake2b(os.fsencode(root), digest_size=12).hexdigest()
        return cls(folder() / f"{name}.db", schema)

    def read(self) -> bytes | None:
        """What was written last; None where there is nothing, or it is damaged, of another schema, or not to be read."""
        try:
            content = self.path.read_bytes()
        except OSError:
            return None
        return content if len(content) >= 100 and self._sealed(content[:100], [memoryview(content)[100:]]) == content[:100] else None

    def write(self, copy: Callable[[Path], None]) -> str | None:
        """Replace the file in one step by one that ``copy`` writes; what hindered it, where it could not be written."""

        def written(made: Path) -> None:
            copy(made)
            if made.stat().st_size <= LARGEST:
                self._seal(made)

        return self._replaced(written)

    def put(self, content: bytes) -> str | None:
        """Replace the file in one step by this content; what hindered it, where it could not be written."""
        rest = memoryview(content)[100:]

        def written(made: Path) -> None:
            with made.open("wb") as file:
                file.write(self._sealed(content[:100], [rest]))
                file.write(rest)

        return self._replaced(written)

    def _replaced(self, written: Callable[[Path], None]) -> str | None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._clear()
            from tempfile import NamedTemporaryFile

            with NamedTemporaryFile(dir=self.path.parent, prefix=f"{self.path.name}.", suffix=".tmp", delete=False) as file:
                made = Path(file.name)
            written(made)
            if (size := made.stat().st_size) > LARGEST:
                made.unlink()
                return f"the cache would have {size >> 20} MB and was not kept"
            made.replace(self.path)
        except OSError as error:
            return f"the cache {self.path} could not be written: {error.strerror}"
        return None

    def _seal(self, path: Path) -> None:
        """Put the checksum into the header of a file."""
        with path.open("r+b") as file:
            header = file.read(100)
            sealed = self._sealed(header, iter(lambda: file.read(CHUNK), b""))
            file.seek(0)
            file.write(sealed)

    def _sealed(self, header: bytes, rest: Iterable[bytes | memoryview]) -> bytes:
        """The header of a content with its checksum in it, and what says which schema it has and how long it is."""
        made = bytearray(header)
        for part in SEAL:
            made[part] = bytes(4)
        check, size = crc32(made), len(made)
        for each in rest:
            check, size = crc32(each, check), size + len(each)
        made[SEAL[0]] = check.to_bytes(4, "big")
        made[SEAL[1]] = blake2b(f"{check} {size}".encode(), digest_size=4, key=self._schema[:64]).digest()
        return bytes(made)

    def _clear(self) -> None:
        """Remove what runs that were killed an hour ago or more left behind."""
        for left in self.path.parent.glob(f"{self.path.name}.*.tmp"):
            with suppress(FileNotFoundError):  # another run was faster
                if left.stat().st_mtime < time.time() - 3600:
                    left.unlink()


def folder() -> Path:
    """$INVARIANTS_CACHE_DIR, else ``invariants`` in the user's cache folder."""
    if own := os.environ.get("INVARIANTS_CACHE_DIR"):
        return Path(own)
    shared = os.environ.get("XDG_CACHE_HOME")
    return (Path(shared) if shared else Path.home() / ".cache") / "invariants"
