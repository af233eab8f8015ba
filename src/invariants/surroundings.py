"""What lies outside of a root and counts for it all the same: the ``.gitignore`` files above it (manual, gitignore)."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple


class Ignore(NamedTuple):
    """A ``.gitignore`` file above a root."""

    path: str
    """Relative to the root."""
    content: bytes
    under: str
    """The root, as the file knows it."""


def ignores(root: Path) -> Iterator[Ignore]:
    """Those between the root and that of the work tree of git, which git asks too; they belong to the repository."""
    folders = [root, *root.parents]
    top = next((depth for depth, folder in enumerate(folders) if (folder / ".git").exists()), 0)
    for depth in range(1, top + 1):
        try:
            content = (folders[depth] / ".gitignore").read_bytes()
        except OSError:
            continue  # what is not there, or cannot be read, keeps nothing out
        yield Ignore(f"{'../' * depth}.gitignore", content, f"{root.relative_to(folders[depth]).as_posix()}/")
