"""The facts of files that may register routes, or set something in a database session; others are read once something needs them."""

from collections.abc import Iterable
from typing import Any

from invariants.frontends import typescript


def read(path: str, content: bytes) -> Iterable[Any]:
    """The facts of one file, where it may register routes or sets something in a database session."""
    return typescript.read(path, content) if typescript.registers(path, content) or typescript.SETS.search(content) else []
