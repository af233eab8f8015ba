"""A database to attack."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from replay.isolation.comparing import Arena
from server import Database, connected


@pytest.fixture(scope="module")
def arena(server: Any) -> Iterator[Arena]:
    """A database with rows of several tenants in it."""
    with Database.created(server) as made:
        socket = Path(server.run("show unix_socket_directories")[0][0])
        [[name]] = made.run("select current_database()")
        with closing(Arena(lambda: connected(socket, name))) as arena:
            yield arena
