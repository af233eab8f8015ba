"""A PostgreSQL to compare with, and stores that begin at once."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, settings

from invariants import store
from invariants.cache import Cache
from invariants.connection import Database as Held
from invariants.connection import connected
from server import Database, embedded

# How long something takes is measured in benchmarks: a busy machine is no failure.
settings.register_profile("patient", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


class Begun(NamedTuple):
    """In the place of a cache: a store without facts, in which every table and view is there already, as a warm cache has them."""

    content: bytes

    def read(self) -> bytes:
        """What it holds."""
        return self.content


@pytest.fixture(scope="session", autouse=True)
def _begun() -> Iterator[None]:
    """To make the tables and views of a store takes longer than most tests do; stores without a cache are copies of one, in which they are.

    What the command line does, and what is kept in a cache, begins with nothing.
    """
    first = store.Store()
    first.ask("select 1")
    begun = Begun(first._connection.serialize())

    def copied(kept: Cache | None, schema: str) -> Held:
        connection = connected(kept or begun, schema)  # type: ignore[arg-type]
        connection.is_whole = connection.is_whole and kept is not None
        return connection

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "connected", copied)
        yield


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
