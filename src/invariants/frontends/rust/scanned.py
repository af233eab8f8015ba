"""The facts of files that may register routes, or set something in a database session; others are read once something needs them."""

from collections.abc import Iterable
from typing import Any

from invariants.frontends import rust


def read(path: str, content: bytes) -> Iterable[Any]:
    """The facts of one file, where it may register routes or sets something in a database session."""
    return rust.read(path, content) if rust.registers(path, content) or rust.SETS.search(content) else []
