"""Databases after the first of their migrations, kept beside the cache: a migration that is added is replayed alone.

A checkpoint is known by what went into it: everything that was read of these migrations, in their order, and the code that read it. It is
pickled, since the catalog is a web of objects. Reading it back makes no object but those of the catalog's own classes, and what does
not carry its checksum is not read at all.
"""

import gc
import io
import pickle
import time
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import Any

KEPT = 6
"""Checkpoints of one repository: its databases, each on a branch and on its base."""
CLASSES = (
    "invariants.replay.",
    "invariants.facts.",
    "invariants.finding",
    "invariants.answers",
    "invariants.looks",
    "invariants.standings",
)
PLAIN = {("builtins", "frozenset"), ("builtins", "set"), ("itertools", "count"), ("collections", "defaultdict")}
SIZE = 16
"""Bytes of a checksum."""


class Checkpoints:
    """Those of one repository, of one kind; none where no cache is kept."""

    def __init__(self, cache: Path | None, kind: str = "checkpoint") -> None:
        self._cache = cache
        self._kind = kind

    def newest(self, keys: list[str]) -> Any:
        """What is kept under the last of these keys that there is anything under; None under none of them."""
        present = {path.name: path for path in self._paths()}
        for key in reversed(keys):
            path = present.get(self._name(key))
            if path is not None and (found := _read(path)) is not None:
                return found
        return None

    def keep(self, key: str, value: Any) -> None:
        """Keep a value; where it cannot be kept, the next run does without."""
        if self._cache is None:
            return
        content = written(value)
        path = self._cache.with_name(self._name(key))
        fresh = path.with_suffix(f".{time.time_ns()}.tmp")
        with suppress(OSError):
            self._cache.parent.mkdir(parents=True, exist_ok=True)
            fresh.touch(mode=0o600)
            fresh.write_bytes(_checksum(content) + content)
            fresh.replace(path)
            self._clear()

    def _name(self, key: str) -> str:
        return f"{self._cache.name if self._cache else ''}.{key}.{self._kind}"

    def _paths(self) -> list[Path]:
        return list(self._cache.parent.glob(f"{self._cache.name}.*.{self._kind}")) if self._cache else []

    def _clear(self) -> None:
        """Drop those that were not in use for longest."""
        for path in sorted(self._paths(), key=lambda path: path.stat().st_mtime_ns)[:-KEPT]:
            path.unlink(missing_ok=True)


def written(value: Any) -> bytes:
    """A value as it is kept."""
    return pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)


def restored(content: bytes) -> Any:
    """What was written. A web of objects in which nothing is garbage is not searched for any as it comes back."""
    was_searched = gc.isenabled()
    gc.disable()
    try:
        return _Reader(io.BytesIO(content)).load()
    finally:
        if was_searched:
            gc.enable()


def _read(path: Path) -> Any:
    try:
        content = path.read_bytes()
        if _checksum(content[SIZE:]) != content[:SIZE]:
            return None
        path.touch()
        return restored(content[SIZE:])
    except (OSError, pickle.UnpicklingError, EOFError, AttributeError, ImportError):
        return None


def _checksum(content: bytes) -> bytes:
    return blake2b(content, digest_size=SIZE).digest()


class _Reader(pickle.Unpickler):
    """Makes the objects of a catalog, and nothing else: no name in a file can have code run."""

    def find_class(self, module: str, name: str) -> Any:
        found = super().find_class(module, name) if module.startswith(CLASSES) or (module, name) in PLAIN else None
        if not isinstance(found, type):
            raise pickle.UnpicklingError(f"{module}.{name} is no class of a catalog")
        return found
