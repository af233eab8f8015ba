"""Contents of files, held for whoever asks for them again."""

from collections.abc import Callable

ROOM = 32 * 1024 * 1024
"""So many bytes of files are held."""


class Held:
    """What was read of a snapshot, as far as there is room: code is looked at for routes, and for variables once more."""

    def __init__(self) -> None:
        self._contents: dict[str, bytes] = {}
        self._room = ROOM

    def of(self, path: str, read: Callable[[str], bytes]) -> bytes:
        """The bytes of a file, which is read where they are not held."""
        if path in self._contents:
            return self._contents[path]
        data = read(path)
        if len(data) <= self._room:
            self._contents[path] = data
            self._room -= len(data)
        return data
