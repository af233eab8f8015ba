"""GRANT and REVOKE, default privileges."""

import pytest

from invariants.replay import acl
from replay.statements import by, function, held, named, refused, relation, run

TABLE = "create role a; create role b; create role c; create table t (x int, y int, z int)"
ALL = set(acl.ALL["table"])


def test_a_new_table_is_its_owners_alone() -> None:
    assert held(run(TABLE), relation(run(TABLE), "t")) == {("postgres", each, False) for each in ALL}


def test_grants_on_a_table() -> None:
    machine = run(TABLE, "grant select, insert on t to a, b; grant all on t to c with grant option; grant delete on t to public")
    assert by(machine, "a", "t") == by(machine, "b", "t") == {"select", "insert"}
    assert {each for each in held(machine, relation(machine, "t")) if each[0] == "c"} == {("c", each, True) for each in ALL}
    assert by(machine, "public", "t") == {"delete"}


def test_each_privilege_knows_its_statement() -> None:
    machine = run(TABLE, "grant select on t to a", "grant insert, select on t to a")
    assert {each.privilege: each.at.line for each in relation(machine, "t").acl or () if each.grantee not in {0, 10}} == {
        "select": 2,
        "insert": 3,
    }
    assert [step.what for step in relation(machine, "t").history][1:] == ["granted select to a", "granted insert, select to a"]


def test_revoking() -> None:
    machine = run(
        TABLE, "grant all on t to a, b; revoke update, delete on t from a; revoke all on t from b; revoke truncate on t from postgres"
    )
    assert by(machine, "a", "t") == ALL - {"update", "delete"}
    assert by(machine, "b", "t") == set()
    assert by(machine, "postgres", "t") == ALL - {"truncate"}


def test_column_privileges() -> None:
    machine = run(TABLE, "grant select (x, y), update (x) on t to a; grant all (z) on t to b; revoke select (y) on t from a")
    columns = {each.name: {(role, privilege) for role, privilege, _ in named(machine, each.acl)} for each in relation(machine, "t").columns}
    assert columns == {"x": {("a", "select"), ("a", "update")}, "y": set(), "z": {("b", each) for each in acl.ALL["column"]}}


def test_revoking_from_the_table_revokes_from_its_columns_too() -> None:
    machine = run(TABLE, "grant select (x), update (x) on t to a; revoke select on t from a")
    assert named(machine, relation(machine, "t").columns[0].acl) == {("a", "update", False)}


def test_all_tables_in_a_schema_are_those_that_exist() -> None:
    machine = run(
        TABLE,
        "create view v as select x from t; create sequence s; grant select on all tables in schema public to a; create table u (i int)",
    )
    assert (by(machine, "a", "t"), by(machine, "a", "v"), by(machine, "a", "u"), by(machine, "a", "s")) == (
        {"select"},
        {"select"},
        set(),
        set(),
    )


def test_sequences() -> None:
    machine = run(TABLE, "create sequence s; grant usage on sequence s to a; grant all on table s to b; grant insert, select on s to c")
    found = held(machine, relation(machine, "s"), "sequence")
    assert {each for each in found if each[0] == "a"} == {("a", "usage", False)}
    assert {each[1] for each in found if each[0] == "b"} == {"select", "usage", "update"}
    assert {each[1] for each in found if each[0] == "c"} == {"select"}


def test_functions_are_everyones_until_revoked() -> None:
    machine = run("create role a; create function f() returns int language sql as 'select 1'")
    assert held(machine, function(machine, "f"), "function") == {("postgres", "execute", False), ("public", "execute", False)}
    machine.run("revoke all on function f() from public; grant execute on function f to a", machine.catalog.at)
    assert held(machine, function(machine, "f"), "function") == {("postgres", "execute", False), ("a", "execute", False)}


def test_all_functions_procedures_and_routines() -> None:
    machine = run(
        "create role a; create role b; create role c",
        "create function f() returns int language sql as 'select 1'; create procedure p() language sql as 'select 1'",
        "grant execute on all functions in schema public to a; grant execute on all procedures in schema public to b",
        "grant execute on all routines in schema public to c",
    )
    assert {each[0] for each in held(machine, function(machine, "f"), "function")} == {"postgres", "public", "a", "c"}
    assert {each[0] for each in held(machine, function(machine, "p"), "function")} == {"postgres", "public", "b", "c"}


def test_the_public_schema_and_types() -> None:
    machine = run(
        "create role a; create type mood as enum ('x'); revoke usage on type mood from public; grant create on schema public to a"
    )
    schema = machine.catalog.schemas.named("public")
    assert schema is not None
    assert held(machine, schema, "schema") >= {("a", "create", False), ("public", "usage", False), ("pg_database_owner", "create", False)}
    mood = machine.catalog.types.named(schema.oid, "mood")
    assert mood is not None
    assert held(machine, mood, "type") == {("postgres", "usage", False)}


@pytest.mark.parametrize(
    ("statement", "sqlstate"),
    [
        ("grant foo on t to a", "42601"),
        ("grant usage on t to a", "0LP01"),
        ("grant delete (x) on t to a", "0LP01"),
        ("grant select (nope) on t to a", "42703"),
        ("grant select on nope to a", "42P01"),
        ("grant select on all tables in schema nope to a", "3F000"),
        ("grant usage on schema nope to a", "3F000"),
        ("grant select on schema public to a", "0LP01"),
        ("grant insert on sequence s to a", "0LP01"),
        ("grant select on sequence t to a", "42809"),
        ("grant select on i to a", "42809"),
        ("grant execute on function nope(int) to a", "42883"),
        ("grant execute on function p() to a", "42809"),
        ("grant execute on function over to a", "42725"),
        ("grant select on t to public with grant option", "0LP01"),
        ("grant select on t to a granted by b", "0A000"),
        ("set role b; grant select on t to a", "42501"),
        ("alter default privileges in schema public grant usage on schemas to a", "0LP01"),
        ("alter default privileges in schema nope grant select on tables to a", "3F000"),
        ("alter default privileges grant execute on tables to a", "0LP01"),
    ],
)
def test_what_postgresql_refuses(statement: str, sqlstate: str) -> None:
    machine = run(
        TABLE,
        "create sequence s; create index i on t (x); create procedure p() language sql as 'select 1'",
        "create function over(int) returns int language sql as 'select 1'",
        "create function over(text) returns int language sql as 'select 1'",
    )
    *before, last = statement.split("; ")
    for each in before:
        machine.run(each, machine.catalog.at)
    assert refused(machine, last) == sqlstate


def test_options_are_granted_on_in_a_chain_and_revoked_with_it() -> None:
    machine = run(TABLE, "grant select on t to a with grant option; set role a; grant select on t to b; grant insert on t to c; reset role")
    assert (by(machine, "b", "t"), by(machine, "c", "t")) == ({"select"}, set())
    assert refused(machine, "revoke select on t from a") == "2BP01"
    machine.run("revoke grant option for select on t from a cascade", machine.catalog.at)
    assert (by(machine, "a", "t"), by(machine, "b", "t")) == ({"select"}, set())


def test_default_privileges_are_for_objects_to_come() -> None:
    machine = run(
        "create role a; create role b; create schema s; create table before (x int)",
        "alter default privileges grant select on tables to a; alter default privileges in schema s grant insert on tables to b",
        "create table t (x int); create table s.t (x int); create view v as select x from t; create sequence q",
    )
    assert by(machine, "a", "before") == set()
    assert by(machine, "a", "t") == by(machine, "a", "v") == {"select"}
    assert {each[:2] for each in held(machine, relation(machine, "t", "s")) if each[0] in "ab"} == {("a", "select"), ("b", "insert")}
    assert relation(machine, "q").acl is None


def test_default_privileges_are_for_one_creator() -> None:
    machine = run("create role a; create role b; alter default privileges for role a grant select on tables to b; create table t (x int)")
    machine.run("set role a; create table u (x int)", machine.catalog.at)
    assert (by(machine, "b", "t"), by(machine, "b", "u")) == (set(), {"select"})


def test_public_can_lose_what_it_has_by_default() -> None:
    machine = run(
        "alter default privileges revoke execute on functions from public", "create function f() returns int language sql as 'select 1'"
    )
    assert held(machine, function(machine, "f"), "function") == {("postgres", "execute", False)}
    machine.run("alter default privileges grant execute on functions to public", machine.catalog.at)
    assert not list(machine.catalog.default_acls), "what says no more than the default is not kept"


def test_no_schema_takes_away_what_holds_everywhere() -> None:
    machine = run(
        "alter default privileges in schema public revoke execute on functions from public",
        "create function f() returns int language sql as 'select 1'",
    )
    assert ("public", "execute", False) in held(machine, function(machine, "f"), "function")


def test_an_owner_without_default_privileges_has_them_all_the_same() -> None:
    machine = run("alter default privileges revoke all on tables from postgres; create table t (x int)")
    assert by(machine, "postgres", "t") == ALL


def test_a_role_made_elsewhere_may_grant_what_it_uses() -> None:
    machine = run(TABLE, "set role deployer; grant select on t to a")
    assert by(machine, "a", "t") == {"select"}


def test_what_is_not_kept_is_accepted() -> None:
    run("grant connect, temp on database app to a; grant usage on language plpgsql to a; grant execute on function pg_catalog.now() to a")
    run("grant usage on foreign server s to a; grant all on tablespace t to a")
    run("grant select on large object 1 to a; grant set on parameter x to a")


def test_an_owner_changes_and_the_privileges_follow() -> None:
    machine = run(TABLE, "grant select on t to a; grant update (x) on t to b; alter table t owner to c")
    assert relation(machine, "t").owner_at.line == 2
    assert {each[:2] for each in held(machine, relation(machine, "t"))} == {("a", "select")} | {("c", each) for each in ALL}
    assert {machine.catalog.roles[each.grantor].name for each in relation(machine, "t").columns[0].acl or ()} == {"c"}


def test_reassign_owned() -> None:
    machine = run(
        "create role a; create role b; grant create on schema public to a",
        "set role a; create table t (x serial); create function f() returns int language sql as 'select 1'; reset role",
        "reassign owned by a to b",
    )
    owners = {relation(machine, "t").owner, relation(machine, "t_x_seq").owner, function(machine, "f").owner}
    assert [machine.catalog.roles[each].name for each in owners] == ["b"]
    assert refused(machine, "reassign owned by postgres to a") == "2BP01"
