"""The session: settings, the search path, who is acting, transactions."""

import pytest

from invariants.replay import session
from invariants.replay.errors import Unknown
from invariants.replay.machine import Machine
from replay.statements import function, refused, role, run

NOTHING = "returns int language sql as 'select 1'"


def where(machine: Machine, name: str) -> str:
    """The schema that a function without arguments was created in."""
    return next(machine.catalog.schemas[each.schema].name for each in machine.catalog.functions if each.name == name)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('"$user", public', ('"$user"', "public")),
        ("Public , b", ("public", "b")),
        ('"A, b", c', ("A, b", "c")),
        ('"a""b"', ('a"b',)),
        ('""', ()),
        ("", ()),
    ],
)
def test_a_search_path_is_read_as_identifiers(text: str, names: tuple[str, ...]) -> None:
    assert session.path(text) == names


def test_the_search_path_says_where_things_are_created() -> None:
    machine = run(
        "create schema s",
        f"set search_path to s, public; create function a() {NOTHING}",
        f"set search_path to missing, public; create function b() {NOTHING}",
        f"set schema 's'; create function c() {NOTHING}",
        f"reset search_path; create function d() {NOTHING}",
    )
    assert [where(machine, name) for name in "abcd"] == ["s", "public", "s", "public"]


def test_nothing_can_be_created_without_a_schema() -> None:
    assert refused(run("set search_path = ''"), f"create function f() {NOTHING}") == "3F000"


def test_a_local_setting_ends_with_its_transaction() -> None:
    machine = run(
        "create schema s; begin; set local search_path = s", f"create function a() {NOTHING}; commit; create function b() {NOTHING}"
    )
    assert [where(machine, name) for name in "ab"] == ["s", "public"]


def test_a_local_setting_hides_a_lasting_one_until_then() -> None:
    machine = run("create schema s; begin; set search_path = s; set local search_path = public", f"create function a() {NOTHING}")
    machine.run(f"commit; create function b() {NOTHING}", machine.catalog.at)
    assert [where(machine, name) for name in "ab"] == ["public", "s"]


def test_the_end_of_a_migration_ends_its_transaction_and_settings() -> None:
    machine = run("create schema s; set search_path = s")
    fresh = machine.catalog.session
    machine.run("begin; create role r; set role r; set local search_path = public; set app.z = '1'; savepoint x", machine.catalog.at)
    session.finish(machine.catalog, fresh)
    assert machine.catalog.session == fresh
    assert role(machine, "r")
    machine.run("rollback", machine.catalog.at)
    assert role(machine, "r")


def test_what_is_set_for_the_role_that_migrates_holds_from_the_next_migration_on() -> None:
    machine = run("create schema s")
    fresh = machine.catalog.session
    machine.run(f"alter role postgres set search_path = s; create function a() {NOTHING}", machine.catalog.at)
    session.finish(machine.catalog, fresh)
    machine.run(f"create function b() {NOTHING}; set search_path = public; create function c() {NOTHING}", machine.catalog.at)
    machine.run(f"reset search_path; create function d() {NOTHING}; set search_path = public; reset all", machine.catalog.at)
    machine.run(f"create function e() {NOTHING}", machine.catalog.at)
    assert [where(machine, name) for name in "abcde"] == ["public", "s", "public", "s", "s"]


def test_the_search_path_of_a_database_is_not_told() -> None:
    machine = run("alter database app set timezone = 'UTC'")
    with pytest.raises(Unknown, match="search path"):
        machine.run("alter database app set search_path = app, public", machine.catalog.at)


def test_local_settings_last_until_the_end_of_a_migration_without_begin() -> None:
    machine = run("create schema s")
    fresh = machine.catalog.session
    machine.run(f"set local search_path = s; create function a() {NOTHING}", machine.catalog.at)
    session.finish(machine.catalog, fresh)
    machine.run(f"create function b() {NOTHING}", machine.catalog.at)
    assert [where(machine, name) for name in "ab"] == ["s", "public"]


def test_rollback_undoes_settings_and_objects() -> None:
    machine = run(f"create schema s; begin; set search_path = s; create role r; create function f() {NOTHING}; rollback")
    assert machine.catalog.session.search_path == session.DEFAULT_PATH
    assert machine.catalog.roles.named("r") is None
    assert not list(machine.catalog.functions)


def test_savepoints() -> None:
    machine = run(
        "begin; create role a; savepoint x; create role b; rollback to x; create role c",
        "savepoint y; create role d; release y; rollback to x; create role e; commit",
    )
    assert [name for name in "abcde" if machine.catalog.roles.named(name)] == ["a", "e"]


def test_a_savepoint_hides_an_older_one_of_its_name() -> None:
    machine = run(
        "begin; savepoint x; create role a; savepoint x; create role b; rollback to x; release x; create role c; rollback to x; commit"
    )
    assert [name for name in "abc" if machine.catalog.roles.named(name)] == []


def test_unknown_savepoints_are_refused() -> None:
    machine = run("begin; savepoint x; release x")
    assert [refused(machine, text) for text in ("rollback to x", "release x")] == ["3B001", "3B001"]


def test_chained_transactions() -> None:
    machine = run("begin; create role a; commit and chain; create role b; rollback and chain; create role c; commit")
    assert [name for name in "abc" if machine.catalog.roles.named(name)] == ["a", "c"]


def test_rollback_and_commit_outside_a_transaction_are_nothing() -> None:
    assert role(run("create role r; rollback; commit; rollback"), "r")


def test_what_a_role_creates_is_its_own() -> None:
    machine = run(
        "create role r",
        f"set role r; create function a() {NOTHING}; reset role; create function b() {NOTHING}",
        f"set session authorization r; create function c() {NOTHING}; reset session authorization; create function d() {NOTHING}",
        f"begin; set local role r; create function e() {NOTHING}; commit; create function f() {NOTHING}",
        f"set role r; create function g() {NOTHING}; set role none; create function h() {NOTHING}; set role r; discard all",
        f"create function i() {NOTHING}",
    )
    owners = [machine.catalog.roles[function(machine, name).owner].name for name in "abcdefghi"]
    assert owners == ["r", "postgres", "r", "postgres", "r", "postgres", "r", "postgres", "postgres"]


def test_a_login_takes_on_only_roles_that_it_belongs_to() -> None:
    machine = run("create role r; create role s; create role t; grant s to r; set session authorization r; set role s")
    assert refused(machine, "set role t") == "42501"


def test_reset_all_leaves_the_role() -> None:
    machine = run("create role r; set role r; set app.x = '1'; set search_path = x; reset all")
    now = machine.catalog.session
    assert (now.settings, now.search_path, machine.catalog.roles[now.user].name) == ((), session.DEFAULT_PATH, "r")


def test_the_text_of_a_setting() -> None:
    machine = run('set search_path = "A b", "$user", public; set app.tenant = 7', "set statement_timeout to '3s'; set x.flag to on")
    texts = [
        session.current(machine.catalog, name) for name in ("search_path", "app.tenant", "statement_timeout", "x.flag", "no.such", "role")
    ]
    assert texts == ['"A b", "$user", public', "7", "3s", "on", "", "none"]


def test_what_changes_no_setting_is_accepted() -> None:
    machine = run("set transaction isolation level serializable; set constraints all deferred; show search_path; set time zone 'UTC'")
    assert machine.catalog.session.search_path == session.DEFAULT_PATH
