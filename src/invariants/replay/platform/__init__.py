"""What a platform, and the runner itself, bring before the first migration runs."""

from collections.abc import Iterator
from importlib.resources import files

from invariants.facts.place import PLATFORM
from invariants.postgres.grammar import parse
from invariants.replay.machine import Machine

PRELUDES = {"supabase": "supabase.sql"}
"""By the runner of the migrations: the statements that make what its platform brings."""
RECORDS = {
    "alembic": "create table alembic_version (version_num varchar(32) not null primary key)",
    "dbmate": "create table schema_migrations (version varchar not null primary key)",
    "diesel": "create table __diesel_schema_migrations (version varchar(50) not null primary key, run_on timestamp not null default now())",
    "django": "create table django_migrations (id bigint primary key, app varchar(255), name varchar(255), applied timestamptz)",
    "drizzle": 'create schema drizzle; create table drizzle."__drizzle_migrations" (id serial primary key, hash text, created_at bigint)',
    "golang-migrate": "create table schema_migrations (version bigint not null primary key, dirty boolean not null)",
    "goose": "create table goose_db_version (id integer primary key, version_id bigint, is_applied boolean, tstamp timestamp)",
    "prisma": 'create table "_prisma_migrations" (id varchar(36) not null primary key, checksum varchar(64), migration_name varchar(255))',
    "sqlx": 'create table "_sqlx_migrations" (version bigint not null primary key, description text, success boolean)',
}
"""By the runner: the table in which it notes what ran. It makes that itself, and migrations may change it."""


def prelude(runner: str) -> Iterator[str]:
    """The statements that make what the platform brings."""
    if runner in PRELUDES:
        text = (files(__package__) / PRELUDES[runner]).read_bytes()
        for parsed in parse(text.decode()):
            yield text[parsed.start : parsed.stop].decode()


def prepare(machine: Machine, runner: str) -> None:
    """Make what the platform and the runner bring; its place is no file's."""
    for statement in prelude(runner):
        machine.run(statement, PLATFORM)
    if runner in RECORDS:
        machine.run(RECORDS[runner], PLATFORM)
