"""Functions, procedures and aggregates."""

import pytest

from invariants.facts import db
from invariants.facts.ddl import Statement
from invariants.facts.place import Place
from invariants.replay.ddl import machine as new_machine
from invariants.replay.export import Export
from replay.statements import function, refused, run

SIMPLE = "returns int language sql as 'select 1'"


def test_what_a_function_is_by_default() -> None:
    made = function(run(f"create function f(a int, b text default 'x') {SIMPLE}"), "f", "integer", "text")
    assert (made.kind, made.language, made.returns, made.returns_set, made.body) == ("function", "sql", "integer", False, "select 1")
    assert (made.security_definer, made.strict, made.leakproof, made.volatility) == (False, False, False, "volatile")
    assert [(each.name, each.mode, each.default) for each in made.arguments] == [("a", "in", None), ("b", "in", "'x'")]


def test_what_a_function_says() -> None:
    machine = run(
        "create function f() returns setof text language plpgsql security definer strict leakproof stable "
        "set search_path = app, '' set work_mem to '4MB' as $$ begin return; end $$"
    )
    made = function(machine, "f")
    assert (made.language, made.returns, made.returns_set, made.volatility) == ("plpgsql", "text", True, "stable")
    assert (made.security_definer, made.strict, made.leakproof) == (True, True, True)
    assert made.settings == (("search_path", 'app, ""'), ("work_mem", "4MB"))
    assert made.source.startswith("create function f()")


@pytest.mark.parametrize(
    ("signature", "returns", "is_set"),
    [
        ("f(out a int)", "integer", False),
        ("f(out a int, out b text)", "record", False),
        ("f(inout a int)", "integer", False),
        ("f() returns table (a int)", "integer", True),
        ("f() returns table (a int, b int)", "record", True),
        ("f() returns varchar(20)", "character varying", False),
        ("f() returns t", "public.t", False),
        ("f() returns setof t", "public.t", True),
        ("f() returns t.x%type", "bigint", False),
        ("f() returns trigger", "trigger", False),
    ],
)
def test_what_functions_return(signature: str, returns: str, is_set: bool) -> None:
    machine = run("create table t (x bigint)", f"create function {signature} language plpgsql as 'begin end'")
    made = next(iter(machine.catalog.functions))
    assert (made.returns, made.returns_set) == (returns, is_set)


def test_functions_of_one_name_differ_by_their_inputs() -> None:
    machine = run(f"create function f() {SIMPLE}; create function f(int) {SIMPLE}; create function f(text, int) {SIMPLE}")
    assert {each.inputs for each in machine.catalog.functions} == {(), ("integer",), ("text", "integer")}
    assert refused(machine, "create function f(int, out text) language sql as 'select null'") == "42723"


def test_lengths_are_no_part_of_a_signature() -> None:
    machine = run("create function f(a varchar(20), b numeric(10, 2), c timestamp(3), d int[]) returns int language sql as 'select 1'")
    assert next(iter(machine.catalog.functions)).inputs == (
        "character varying",
        "numeric",
        "timestamp without time zone",
        "integer[]",
    )


def test_replacing_resets_all_but_owner_and_privileges() -> None:
    machine = run(
        "create role app; create function f() returns int language sql stable security definer set search_path = '' as 'select 1'",
        "alter function f() owner to app; revoke all on function f() from public",
        "create or replace function f() returns int language plpgsql as 'begin return 2; end'",
    )
    made = function(machine, "f")
    assert (made.security_definer, made.settings, made.volatility, made.language) == (False, (), "volatile", "plpgsql")
    assert machine.catalog.roles[made.owner].name == "app"
    assert {machine.catalog.roles[each.grantee].name for each in made.acl or ()} == {"app"}
    assert (made.made.line, made.at.line) == (1, 3)
    assert [step.what for step in made.history] == ["created", "owner changed to app", "revoked all from public", "replaced"]


def test_dropping_and_creating_gives_it_to_everyone_again() -> None:
    machine = run(f"create function f() {SIMPLE}; revoke all on function f() from public; drop function f(); create function f() {SIMPLE}")
    assert function(machine, "f").acl is None


@pytest.mark.parametrize(
    ("statement", "sqlstate"),
    [
        (f"create function f(a int) {SIMPLE}", "42723"),
        ("create or replace function f(a int) returns text language sql as 'select 1'", "42P13"),
        (f"create or replace function f(b int) {SIMPLE}", "42P13"),
        (f"create or replace function d(a int) {SIMPLE}", "42P13"),
        ("create or replace procedure f(a int) language sql as 'select 1'", "42809"),
        ("create function x() language sql as 'select 1'", "42P13"),
        ("create function x() returns int as 'select 1'", "42P13"),
        ("create function x() returns int language sql", "42P13"),
        ("create function x() returns int language nope as 'select 1'", "42704"),
        ("create function x() returns int language sql language sql as 'select 1'", "42601"),
        ("create function x(out a int) returns text language sql as 'select 1'", "42P13"),
        (f"create function x(a int, a int) {SIMPLE}", "42P13"),
        (f"create function x(a int default 1, b int) {SIMPLE}", "42P13"),
        (f"create function x(a nope) {SIMPLE}", "42704"),
        (f"create function nope.x() {SIMPLE}", "3F000"),
        ("alter function nope() strict", "42883"),
        ("alter function over strict", "42725"),
        ("alter function p() security definer", "42809"),
        ("alter procedure p() immutable", "42P13"),
        ("alter function f(int) rename to d", "42723"),
        ("alter function f(int) set schema nope", "3F000"),
        ("drop function nope()", "42883"),
        ("drop function p()", "42809"),
        ("drop procedure f(int)", "42809"),
        ("drop function ag(int)", "42809"),
        ("create aggregate ag(int) (sfunc = int4pl, stype = int)", "42723"),
        ("create aggregate x(int) (stype = int)", "42P13"),
    ],
)
def test_what_postgresql_refuses(statement: str, sqlstate: str) -> None:
    machine = run(
        f"create function f(a int) {SIMPLE}; create function d(a int default 1) {SIMPLE}; create procedure p() language sql as 'select 1'",
        f"create function over(int) {SIMPLE}; create function over(text) {SIMPLE}; create aggregate ag(int) (sfunc = int4pl, stype = int)",
    )
    assert refused(machine, statement) == sqlstate


def test_altering_changes_only_what_is_said() -> None:
    machine = run(
        f"create function f() {SIMPLE}", "alter function f() security definer stable set search_path = app; alter function f strict"
    )
    made = function(machine, "f")
    assert (made.security_definer, made.volatility, made.strict, made.settings) == (True, "stable", True, (("search_path", "app"),))
    machine.run("alter function f() security invoker reset search_path called on null input", machine.catalog.at)
    made = function(machine, "f")
    assert (made.security_definer, made.volatility, made.strict, made.settings) == (False, "stable", False, ())


def test_settings_can_be_taken_from_the_session() -> None:
    machine = run(f"create function f() {SIMPLE}; create schema app; set search_path = app, public")
    machine.run(
        "alter function public.f() set search_path from current; alter function public.f() set work_mem = '1MB'", machine.catalog.at
    )
    assert function(machine, "f").settings == (("search_path", "app, public"), ("work_mem", "1MB"))
    machine.run("alter function public.f() reset all", machine.catalog.at)
    assert function(machine, "f").settings == ()


def test_renaming_and_moving_keep_the_identity() -> None:
    machine = run(f"create schema s; create function f() {SIMPLE}", "alter function f() rename to g; alter function g() set schema s")
    moved = function(machine, "g", schema="s")
    assert [step.what for step in moved.history] == ["created", "renamed from f", "moved from public"]
    assert refused(machine, "drop schema s") == "2BP01"


def test_a_procedure_may_be_named_with_its_outputs() -> None:
    machine = run("create procedure p(a int, out b text) language plpgsql as 'begin end'", "alter procedure p(int, text) security definer")
    assert function(machine, "p", "integer").security_definer


def test_sql_bodies_stand_on_what_they_name() -> None:
    machine = run("create table t (a int); create function f() returns bigint begin atomic select count(*) from t; end")
    made = function(machine, "f")
    assert (made.language, made.body) == ("sql", "SELECT count(*) FROM t")
    assert refused(machine, "drop table t") == "2BP01"
    machine.run("create function g(a int) returns int return a + 1", machine.catalog.at)
    assert function(machine, "g", "integer").body == "SELECT a + 1"


def test_quoted_bodies_stand_on_nothing() -> None:
    machine = run("create table t (a int); create function f() returns bigint language sql as 'select count(*) from t'; drop table t")
    assert function(machine, "f")


def test_a_function_keeps_the_types_it_takes() -> None:
    machine = run("create type mood as enum ('x')", "create function f(a mood[]) returns int language sql as 'select 1'")
    assert refused(machine, "drop type mood") == "2BP01"
    machine.run("drop type mood cascade", machine.catalog.at)
    assert not list(machine.catalog.functions)


@pytest.mark.parametrize(
    ("before", "quote", "after"),
    [
        ("create function f() returns int as ", "$$", " language sql"),
        ("create function f() returns int as -- here\n /* there */ ", "$body$", " language sql"),
        ("create function f() returns int language sql as ", "'", ""),
        ("create function f() returns int language sql as E", "'", ""),
    ],
)
def test_where_the_body_stands(before: str, quote: str, after: str) -> None:
    text = f"{before}{quote}\nselect 1\n{quote}{after}"
    machine = new_machine()
    machine.replay_statement(Statement(Place("m.sql", 5, 1, 5 + text.count("\n"), 1), 0, "create_function_stmt", text))
    made = function(machine, "f")
    start = 5 + before.count("\n")
    assert (made.body, made.body_at.line, made.body_at.end_line) == ("\nselect 1\n", start, start + 2)
    assert (made.body_at.column, made.body_at.end_column) == (len(before.rpartition("\n")[2]) + len(quote) + 1, 1)


def test_functions_are_exported() -> None:
    machine = run("create function f(a int) returns int language sql security definer set search_path = '' as 'select 1'")
    exported = [each for each in Export(machine.catalog, "db").facts() if isinstance(each, db.Function)]
    assert [(each.name, each.signature, each.security_definer, each.search_path) for each in exported] == [
        ("public.f", "integer", True, '""')
    ]
