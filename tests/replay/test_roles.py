"""Roles: CREATE, ALTER, DROP ROLE, and memberships."""

import pytest

from invariants.facts.place import Place
from invariants.replay.machine import Machine
from replay.statements import refused, role, run


def memberships(machine: Machine) -> set[tuple[str, str, bool]]:
    roles = machine.catalog.roles
    return {(roles[each.member].name, roles[each.role].name, each.admin) for each in machine.catalog.memberships}


def test_a_role_has_the_attributes_that_its_statement_says() -> None:
    made = role(run("create role r superuser createdb createrole noinherit login replication bypassrls"), "r")
    assert (made.superuser, made.create_db, made.create_role, made.inherit) == (True, True, True, False)
    assert (made.login, made.replication, made.bypass_rls) == (True, True, True)


def test_a_user_can_log_in_and_a_role_cannot() -> None:
    machine = run("create user u; create role r; create group g; create user n nologin")
    assert [role(machine, name).login for name in "urgn"] == [True, False, False, False]


def test_altering_changes_only_what_is_said() -> None:
    machine = run("create role r login createdb", "alter role r bypassrls nocreatedb")
    changed = role(machine, "r")
    assert (changed.login, changed.bypass_rls, changed.create_db) == (True, True, False)
    assert [step.what for step in changed.history] == ["created", "altered: bypass rls, no create db"]
    assert (changed.made.line, changed.at.line) == (1, 2)


@pytest.mark.parametrize(
    ("migrations", "raised"),
    [
        (["create role r bypassrls", "alter role r bypassrls"], False),
        (["create role r", "alter role r createdb"], False),
        (["create role r; alter role r bypassrls; grant select on t to r"], False),
        (["create role r; grant select on t to r; alter role r bypassrls"], True),
        (["create role r", "alter role r superuser"], True),
        (["create role r", "alter role r superuser", "alter role r bypassrls nosuperuser"], True),
        (["create role r bypassrls", "alter role r nobypassrls", "alter role r bypassrls"], True),
        (["alter role r bypassrls"], True),
    ],
)
def test_a_role_is_raised_once_its_making_is_over(migrations: list[str], raised: bool) -> None:
    machine = run("create table t (a int)")
    for number, text in enumerate(migrations):
        for statement in text.split("; "):
            machine.run(statement, Place(f"{number}.sql", 1, 1, 1, 2))
    assert role(machine, "r").raised is raised


@pytest.mark.parametrize(
    ("statement", "sqlstate"),
    [
        ("create role r", "42710"),
        ("create role pg_r", "42939"),
        ("create role x login nologin", "42601"),
        ("alter role r rename to other", "42710"),
        ("alter role postgres rename to x", "0A000"),
        ("drop role nobody", "42704"),
        ("drop role postgres", "55006"),
        ("drop role pg_database_owner", "2BP01"),
        ("drop role current_user", "22023"),
        ("grant r to r", "0LP01"),
        ("grant r to public", "42704"),
        ("grant other to r", "0LP01"),
    ],
)
def test_what_postgresql_refuses(statement: str, sqlstate: str) -> None:
    assert refused(run("create role r; create role other; grant r to other"), statement) == sqlstate


def test_dropping_a_missing_role_is_nothing_with_if_exists() -> None:
    assert run("drop role if exists nobody").catalog.roles.named("nobody") is None


def test_creating_with_members_and_groups() -> None:
    machine = run("create role g; create role m; create role a; create role r in role g role m admin a")
    assert memberships(machine) == {("r", "g", False), ("m", "r", False), ("a", "r", True)}


def test_the_admin_option_can_be_given_and_taken() -> None:
    machine = run("create role g; create role m; grant g to m; grant g to m with admin option")
    assert memberships(machine) == {("m", "g", True)}
    machine.run("revoke admin option for g from m", machine.catalog.at)
    assert memberships(machine) == {("m", "g", False)}
    machine.run("revoke g from m", machine.catalog.at)
    assert memberships(machine) == set()


def test_what_was_granted_by_the_admin_option_needs_cascade() -> None:
    machine = run("create role g; create role a; create role m; grant g to a with admin option; set role a; grant g to m; reset role")
    assert refused(machine, "revoke g from a") == "2BP01"
    machine.run("revoke g from a cascade", machine.catalog.at)
    assert memberships(machine) == set()


def test_dropping_a_role_ends_its_memberships() -> None:
    machine = run("create role g; create role m; create role o; grant g to m; grant m to o; drop role m")
    assert memberships(machine) == set()


@pytest.mark.parametrize(
    "dependent",
    [
        "create schema s authorization r",
        "create table t (a int); alter table t owner to r",
        "create table t (a int); grant select on t to r",
        "create table t (a int); grant select (a) on t to r",
        "create table t (a int); create policy p on t to r",
        "create function f() returns int language sql as 'select 1'; grant execute on function f() to r",
        "alter default privileges for role r grant select on tables to public",
        "alter default privileges grant select on tables to r",
        "grant usage on schema public to r",
    ],
)
def test_a_role_that_something_depends_on_stays(dependent: str) -> None:
    machine = run("create role r", dependent)
    assert refused(machine, "drop role r") == "2BP01"
    assert role(machine, "r")


def test_a_role_that_no_migration_makes_is_taken_to_be_there() -> None:
    machine = run("grant usage on schema public to app")
    assert role(machine, "app").external
    machine.run("create role app login", machine.catalog.at)
    assert (role(machine, "app").external, role(machine, "app").login) == (False, True)


def test_settings_of_a_role() -> None:
    machine = run(
        "create role r; alter role r set search_path = app, \"$user\"; alter role r set work_mem = '4MB'; alter role r reset work_mem"
    )
    assert role(machine, "r").settings == (("search_path", 'app, "$user"'),)
    machine.run("alter role r in database d set search_path = x; alter role all set search_path = x", machine.catalog.at)
    assert role(machine, "r").settings == (("search_path", 'app, "$user"'),)
    machine.run("alter role r reset all", machine.catalog.at)
    assert role(machine, "r").settings == ()


def test_a_renamed_role_keeps_what_it_holds() -> None:
    machine = run("create role r; create role g; grant g to r; alter role r rename to s")
    assert memberships(machine) == {("s", "g", False)}
    assert role(machine, "s").history[-1].what == "renamed from r"


def test_groups_in_the_old_style() -> None:
    machine = run("create group g; create role a; create role b; alter group g add user a, b; alter group g drop user a")
    assert memberships(machine) == {("b", "g", False)}
