"""Row security policies."""

import pytest

from invariants.facts.ddl import Statement
from invariants.facts.place import Place
from invariants.replay import objects as o
from invariants.replay.machine import Machine
from replay.statements import refused, relation, role, run

TABLE = "create role a; create role b; create table t (id int, tenant_id int)"


def policy(machine: Machine, name: str, table: str = "t") -> o.Policy:
    found = machine.catalog.policies.named(relation(machine, table).oid, name)
    assert found is not None
    return found


def test_what_a_policy_is_by_default() -> None:
    made = policy(run(TABLE, "create policy p on t"), "p")
    assert (made.command, made.permissive, made.roles, made.using, made.check) == ("all", True, (o.PUBLIC,), None, None)


def test_what_a_policy_says() -> None:
    machine = run(TABLE, "create policy p on t as restrictive for update to a, b using (tenant_id = 1) with check (tenant_id > 0)")
    made = policy(machine, "p")
    assert (made.command, made.permissive) == ("update", False)
    assert made.roles == (role(machine, "a").oid, role(machine, "b").oid)
    assert (made.using, made.check) == ("tenant_id = 1", "tenant_id > 0")


def test_where_the_expressions_stand() -> None:
    machine = run(TABLE)
    text = "create policy p on t\n  using (tenant_id = 1)\n  with check (\n    tenant_id > 0)"
    machine.replay_statement(Statement(Place("m.sql", 10, 1, 13, 20), 0, "create_policy_stmt", text))
    made = policy(machine, "p")
    assert (made.at.line, made.using_at[1:3], made.check_at[1:3]) == (10, (11, 10), (13, 5))


def test_beside_public_no_role_matters() -> None:
    assert policy(run(TABLE, "create policy p on t to a, public"), "p").roles == (o.PUBLIC,)


@pytest.mark.parametrize(
    ("statement", "sqlstate"),
    [
        ("create policy p on t", "42710"),
        ("create policy q on v", "42809"),
        ("create policy q on nope", "42P01"),
        ("create policy q on t using (nope = 1)", "42703"),
        ("create policy q on t for insert using (true)", "42601"),
        ("create policy q on t for select with check (true)", "42601"),
        ("create policy q on t for delete with check (true)", "42601"),
        ("alter policy nope on t using (true)", "42704"),
        ("alter policy s on t with check (true)", "42601"),
        ("alter policy i on t using (true)", "42601"),
        ("alter policy nope on t rename to q", "42704"),
        ("alter policy p on t rename to s", "42710"),
        ("drop policy nope on t", "42704"),
    ],
)
def test_what_postgresql_refuses(statement: str, sqlstate: str) -> None:
    machine = run(
        TABLE, "create view v as select 1 as x; create policy p on t; create policy s on t for select; create policy i on t for insert"
    )
    assert refused(machine, statement) == sqlstate


def test_altering_replaces_only_what_is_said() -> None:
    machine = run(TABLE, "create policy p on t to a using (id = 1) with check (id = 2)", "alter policy p on t using (tenant_id = 3)")
    changed = policy(machine, "p")
    assert (changed.using, changed.check, changed.roles) == ("tenant_id = 3", "id = 2", (role(machine, "a").oid,))
    assert (changed.made.line, changed.at.line, changed.using_at.line, changed.check_at.line) == (2, 3, 3, 2)
    assert [step.what for step in changed.history] == ["created", "altered: using"]


def test_renaming() -> None:
    machine = run(TABLE, "create policy p on t; alter policy p on t rename to q; create policy p on t")
    assert policy(machine, "q").history[-1].what == "renamed from p"
    assert policy(machine, "p").oid != policy(machine, "q").oid


def test_a_policy_keeps_the_column_it_names() -> None:
    machine = run(TABLE, "create policy p on t using (tenant_id = 1)")
    assert refused(machine, "alter table t drop column tenant_id") == "2BP01"
    machine.run("alter table t drop column id; alter table t drop column tenant_id cascade", machine.catalog.at)
    assert not list(machine.catalog.policies)


def test_a_policy_keeps_the_function_and_the_table_it_asks() -> None:
    machine = run(
        TABLE,
        "create table m (user_id int, t_id int); create function f(int) returns boolean language sql as 'select true'",
        "create policy p on t using (f(id) and exists (select 1 from m where m.t_id = t.id))",
    )
    assert refused(machine, "drop function f(int)") == "2BP01"
    assert refused(machine, "drop table m") == "2BP01"
    machine.run("drop function f(int) cascade", machine.catalog.at)
    assert not list(machine.catalog.policies)


def test_a_policy_goes_with_its_table() -> None:
    assert not list(run(TABLE, "create policy p on t using (tenant_id = 1); drop table t").catalog.policies)


def test_what_an_altered_policy_no_longer_names_is_free() -> None:
    machine = run(TABLE, "create policy p on t using (id = 1) with check (tenant_id = 2); alter policy p on t using (true)")
    machine.run("alter table t drop column id", machine.catalog.at)
    assert refused(machine, "alter table t drop column tenant_id") == "2BP01"


def test_dropping_a_policy() -> None:
    machine = run(TABLE, "create policy p on t; drop policy p on t; drop policy if exists p on t; drop policy if exists p on nope")
    assert not list(machine.catalog.policies)
