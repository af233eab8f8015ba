"""PostgreSQL as the oracle: what expressions, queries over the catalogs and whole migrations give there and here."""

from pathlib import Path
from typing import Any

import pytest

from invariants.replay.plpgsql.values import text_of
from replay.plpgsql.running import evaluated, replayed, rows, scenarios, unread
from server import Database

EXPRESSIONS = [line for line in Path(__file__).with_name("expressions.txt").read_text().splitlines() if line]


def test_there_are_enough_expressions() -> None:
    assert len(EXPRESSIONS) > 150


@pytest.mark.parametrize("chunk", range(8))
def test_expressions_give_what_postgresql_gives(server: Any, chunk: int) -> None:
    differences = []
    for text in EXPRESSIONS[chunk::8]:
        (is_null, expected) = server.run(f"select ({text}) is null, format('%s', ({text}))")[0]
        theirs = None if is_null and expected == "" else expected
        ours = evaluated(text)
        if ours != theirs:
            differences.append((text, theirs, ours))
    assert not differences, "\n".join(map(str, differences))


def test_queries_over_the_catalogs_give_what_postgresql_gives(database: Database) -> None:
    schema = Path(__file__).with_name("catalog.sql").read_text()
    machine = replayed(schema)
    assert unread(machine) == []
    database.run(schema)
    differences = []
    for text in Path(__file__).with_name("queries.sql").read_text().splitlines():
        theirs, ours = sorted(map(written, database.run(text))), sorted(map(written, rows(machine, text)))
        if theirs != ours:
            differences.append((text, [row for row in theirs if row not in ours], [row for row in ours if row not in theirs]))
    assert not differences, "\n".join(map(str, differences))


def written(row: Any) -> str:
    """A row as text, whatever the driver made of its values."""
    return repr([each if each is None else text_of(each) for each in row])


SCENARIOS = scenarios("scenarios.sql")
STATE = """
select 'table', n.nspname, c.relname, c.relrowsecurity::text, c.relforcerowsecurity::text, pg_get_userbyid(c.relowner)
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p') and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
union all
select 'policy', schemaname, tablename, policyname, cmd, permissive from pg_policies
union all
select 'column', table_schema, table_name, column_name, data_type, is_nullable from information_schema.columns
where table_schema not in ('pg_catalog', 'information_schema')
union all
select 'function', n.nspname, p.oid::regprocedure::text, p.prosecdef::text, p.proconfig::text,
  has_function_privilege('nobody', p.oid, 'execute')::text
from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname not in ('pg_catalog', 'information_schema')
union all
select 'view', c.relname, c.reloptions::text, '', '', '' from pg_class c
where c.relkind = 'v' and c.relnamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
"""


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_migrations_end_where_postgresql_ends(database: Database, scenario: str) -> None:
    text = SCENARIOS[scenario] + "\ncreate role nobody;"
    machine = replayed(text)
    failing = database.replay(text)
    differences = sorted({*map(written, database.run(STATE))} ^ {*map(written, rows(machine, STATE))})
    assert not differences, "\n".join(differences)
    assert [line for line, _ in unread(machine)] == failing, unread(machine)


def test_there_are_enough_scenarios() -> None:
    assert len(SCENARIOS) > 45
