"""Extensions, publications, and what is accepted and not kept."""

import pytest

from invariants.facts.place import PLATFORM
from invariants.postgres.grammar import pb
from invariants.replay.ddl import machine as new_machine
from invariants.replay.errors import Unknown
from invariants.replay.machine import NO_EFFECT, Machine
from replay.statements import refused, run

CODE = {"do_stmt", "call_stmt", "select_stmt"}
"""Statements that run code, which the interpreter does."""
PARTS = {"raw_stmt", "set_operation_stmt", "return_stmt", "plassign_stmt", "replica_identity_stmt"}
"""Nodes that are named like statements and are parts of others."""


def schema_of(machine: Machine, extension: str) -> str:
    found = machine.catalog.extensions.named(extension)
    assert found is not None
    return machine.catalog.schemas[found.schema].name


def test_where_extensions_go() -> None:
    machine = run(
        "create schema ext; create extension pgcrypto; create extension citext with schema ext; create extension if not exists citext",
        "create extension pg_cron; create extension plpgsql2; alter extension pgcrypto set schema ext; alter extension citext update",
    )
    assert [schema_of(machine, name) for name in ("pgcrypto", "citext", "pg_cron")] == ["ext", "ext", "cron"]
    machine.run("grant usage on schema cron to app; drop extension citext, pgcrypto; drop extension if exists nope", PLATFORM)
    assert machine.catalog.extensions.named("citext") is None


@pytest.mark.parametrize(
    ("statement", "sqlstate"),
    [
        ("create extension citext", "42710"),
        ("create extension plpgsql", "42710"),
        ("create extension hstore schema nope", "3F000"),
        ("alter extension nope update", "42704"),
        ("drop extension nope", "42704"),
        ("create publication p", "42710"),
        ("create publication q for table nope", "42P01"),
        ("alter publication nope add table t", "42704"),
        ("alter publication p add table nope", "42P01"),
        ("alter publication p rename to every", "42710"),
        ("drop publication nope", "42704"),
    ],
)
def test_what_postgresql_refuses(statement: str, sqlstate: str) -> None:
    machine = run("create extension citext; create publication p; create publication every for all tables; create table t (a int)")
    assert refused(machine, statement) == sqlstate


def test_publications() -> None:
    machine = run("create table t (a int); create publication p for table t; create publication every for all tables")
    machine.run("alter publication p rename to q", PLATFORM)
    assert {(each.name, each.all_tables) for each in machine.catalog.publications} == {("q", False), ("every", True)}


@pytest.mark.parametrize(
    "statement",
    [
        "create foreign data wrapper w; create server s foreign data wrapper w; create user mapping for current_user server s",
        "create subscription s connection 'x' publication p; drop subscription s",
        "create cast (text as int) with inout; create operator === (function = int4eq, leftarg = int, rightarg = int)",
        "create collation german (locale = 'de'); create text search configuration english2 (copy = english)",
        "create operator class c for type int using btree as operator 1 <; create operator family f using btree",
        "alter system set work_mem = '1MB'; alter database d set work_mem = '1MB'; create statistics s on a, b from t; drop statistics s",
        "create language plpython3u; create access method m type index handler h; security label on table t is 'x'",
        "drop server if exists s; drop foreign data wrapper w; drop cast (text as int)",
        "drop operator === (int, int); create collation german (locale = 'de'); drop collation german",
    ],
)
def test_what_holds_no_rows_is_accepted(statement: str) -> None:
    assert run("create table t (a int, b int)", statement)


def test_tables_of_a_foreign_schema_cannot_be_told() -> None:
    with pytest.raises(Unknown):
        run("create foreign data wrapper w; import foreign schema public from server s into public")


def test_every_statement_of_the_grammar_is_known() -> None:
    kinds = {field.name for field in pb.Node.DESCRIPTOR.fields if field.name.endswith("_stmt")}
    machine = new_machine()
    unknown = kinds - PARTS - CODE - NO_EFFECT - machine._handlers.keys()
    assert not unknown
