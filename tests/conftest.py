"""A PostgreSQL to compare with."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from server import Database, embedded


@pytest.fixture(scope="session")
def server() -> Iterator[Any]:
    """A server of this worker's own, in a folder that its own user can reach."""
    with TemporaryDirectory(prefix="postgres", ignore_cleanup_errors=True) as folder, embedded(Path(folder)) as connection:
        yield connection


@pytest.fixture
def database(server: Any) -> Iterator[Database]:
    """An empty database, gone when the test ends."""
    with Database.created(server) as made:
        yield made
