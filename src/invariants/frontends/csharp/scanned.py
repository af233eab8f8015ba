"""The facts of files that may register routes, or set something in a database session; others are read once something needs them."""

from collections.abc import Iterable
from typing import Any

from invariants.frontends import csharp
from invariants.languages.words import sets


def matters(path: str, content: bytes) -> bool:
    """Whether a file may register routes, or sets something in a database session; told without parsing it."""
    return csharp.registers(path, content) or sets(content)


def read(path: str, content: bytes) -> Iterable[Any]:
    """The facts of one file."""
    return csharp.read(path, content)
