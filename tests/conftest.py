"""A PostgreSQL to compare with."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from server import Database, embedded

# How long something takes is measured in benchmarks: a busy machine is no failure.
settings.register_profile("patient", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


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
