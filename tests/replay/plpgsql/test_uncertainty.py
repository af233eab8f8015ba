"""What cannot be told is said at its line, once; what does not matter is not said."""

import re
from typing import Any

import pytest

from invariants.postgres.plpgsql import nodes
from invariants.replay.plpgsql import interpreter
from invariants.replay.plpgsql.values import MISSING, Unsure
from replay.plpgsql.running import replayed, rows, scenarios, unread, value

TABLES = "create table tenants (id int, slug text); create table t (id int);\n"
CASES = scenarios("doubts.sql")


@pytest.mark.parametrize("case", CASES)
def test_a_doubt_is_told_at_its_line_and_nothing_else_is(case: str) -> None:
    text = TABLES + CASES[case]
    expected = [(line, said[1]) for line, each in enumerate(text.splitlines(), 1) if (said := re.search("-- unread: (.*)", each))]
    assert unread(replayed(text)) == expected


def test_the_branch_of_an_empty_database_is_taken() -> None:
    text = "if exists (select 1 from tenants) then create table full_one (id int); else create table empty_one (id int); end if;"
    machine = replayed(f"{TABLES} do $$ begin {text} end $$")
    assert rows(machine, "select relname from pg_class where relname like '%_one'") == [("empty_one",)]


def test_one_cause_is_told_once() -> None:
    text = "select slug into s from tenants; execute 'create table a_' || s; execute 'create table b_' || s;"
    machine = replayed(f"{TABLES} do $$ declare s text; begin {text} end $$")
    assert len(machine.unread) == 1


def test_a_doubt_is_dynamic_and_has_a_remedy() -> None:
    (doubt,) = replayed(TABLES + CASES["a branch on rows"]).unread
    assert doubt.reason == "dynamic"
    assert doubt.remedy


VALUES: dict[str, Any] = {
    "false and exists (select 1 from tenants)": False,
    "true or exists (select 1 from tenants)": True,
    "exists (select 1 from tenants where false)": False,
    "(select count(*) from tenants where 1 = 2)": 0,
    "(select count(*) from pg_class where relname = 'tenants')": 1,
    "coalesce('x', (select slug from tenants))": "x",
    "case when true then 1 else (select id from tenants) end": 1,
    "1 in (select 1 union all select id from tenants)": True,
    "(select bool_or(x) from (select true as x) as s)": True,
}


@pytest.mark.parametrize("text", VALUES)
def test_doubt_goes_no_further_than_it_must(text: str) -> None:
    found = value(text, replayed(TABLES))
    assert found == VALUES[text]
    assert not isinstance(found, Unsure)


GUESSES: dict[str, Any] = {
    "exists (select 1 from tenants)": False,
    "not exists (select 1 from tenants)": True,
    "(select count(*) from tenants)": 0,
    "(select count(*) from tenants) = 0": True,
    "(select slug from tenants limit 1)": None,
    "coalesce((select slug from tenants), 'none')": "none",
    "(select slug from tenants) is null": True,
    "array(select slug from tenants)": [],
    "5 in (select id from tenants)": False,
    "5 not in (select id from tenants)": True,
    "(select string_agg(slug, ',') from tenants)": None,
    "(select max(id) from tenants) + 1": None,
    "exists (select 1 from pg_class c join tenants t on t.slug = c.relname)": False,
    "(select count(*) from pg_class c left join tenants t on t.slug = c.relname where c.relname = 't')": 1,
    "'a' || (select slug from tenants)": None,
    "now() is null": MISSING,
    "(select id from tenants group by id having count(*) > 1)": None,
    "(select x from (values (1), (2)) as v(x) where x not in (select id from tenants) order by x limit 1)": 1,
    "pg_get_expr('x', 0) is null": False,
}


@pytest.mark.parametrize("text", GUESSES)
def test_what_cannot_be_told_is_guessed_from_empty_tables(text: str) -> None:
    found = value(text, replayed(TABLES))
    assert isinstance(found, Unsure), found
    assert found.guess == GUESSES[text]


def test_what_nobody_foresaw_is_a_doubt_and_no_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_self: object, _it: object) -> None:
        raise TypeError("of two minds")

    monkeypatch.setitem(interpreter.RUNNERS, nodes.Perform, fail)
    assert unread(replayed("do $$ begin perform 1; end $$")) == [(1, "it does what is not understood here (of two minds)")]
