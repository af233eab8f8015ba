"""The files of a folder of which no git says what is ignored."""

import os
from collections.abc import Iterator
from pathlib import Path

SKIPPED = frozenset({"node_modules", "bower_components", "vendor", "venv", "target", "dist", "build", "__pycache__"})
"""Folders that hold no sources; hidden folders besides."""
SHOWN = frozenset({".invariants", ".well-known", ".github", ".circleci", ".buildkite", ".config"})
"""Hidden folders that are looked into all the same: what is in `.well-known` is served, and workflows, pipelines and hooks are read."""


def walked(root: Path) -> Iterator[str]:
    """Every file, and the folders that are not looked into: links, and those that may not be read."""
    closed: list[OSError] = []
    for folder, folders, names in os.walk(root, onerror=closed.append):
        folders[:] = sorted(name for name in folders if name in SHOWN or not (name.startswith(".") or name in SKIPPED))
        base = os.path.relpath(folder, root).replace(os.sep, "/")
        links = [name for name in folders if Path(folder, name).is_symlink()]
        yield from (name if base == "." else f"{base}/{name}" for name in [*names, *links])
    yield from (os.path.relpath(error.filename, root).replace(os.sep, "/") for error in closed)
