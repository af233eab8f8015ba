"""The facts of files that may register routes; of others nothing is read until something needs them."""

from collections.abc import Iterable
from typing import Any

from invariants.frontends import python


def read(path: str, content: bytes) -> Iterable[Any]:
    """The facts of one file, where it may register routes."""
    return python.read(path, content) if python.registers(path, content) else []
