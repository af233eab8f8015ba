"""Triggers, their clones on partitions, and event triggers."""

import pytest

from invariants.replay import objects as o
from invariants.replay.machine import Machine
from replay.statements import function, refused, relation, run

FUNCTIONS = """
    create function f() returns trigger language plpgsql as 'begin return new; end';
    create function n() returns int language sql as 'select 1'
"""
EVENT = "create function e() returns event_trigger language plpgsql as 'begin end'"
TABLES = "create table t (a int, b int); create view v as select 1 as x; create materialized view m as select 1 as x"
PARTITIONS = (
    "create table p (a int, b int) partition by list (a); create table p1 partition of p for values in (1) partition by list (b)",
    "create table p11 partition of p1 for values in (1); create table q (a int, b int)",
)


def trigger(machine: Machine, name: str, table: str = "t") -> o.Trigger:
    found = machine.catalog.triggers.named(relation(machine, table).oid, name)
    assert found is not None, f"{name} is not on {table}"
    return found


def names(machine: Machine) -> set[tuple[str, str]]:
    return {(machine.catalog.relations[each.table].name, each.name) for each in machine.catalog.triggers}


def test_what_a_trigger_says() -> None:
    machine = run(FUNCTIONS, TABLES, "create trigger x before insert or update of a, b on t for each row execute function f()")
    made = trigger(machine, "x")
    assert (made.timing, made.level, set(made.events)) == ("before", "row", {"insert", "update"})
    assert list(made.columns) == ["a", "b"]
    assert (made.function, made.enabled, made.constraint) == (function(machine, "f").oid, True, False)


def test_timing_and_level() -> None:
    machine = run(
        FUNCTIONS,
        TABLES,
        "create trigger a after delete or truncate on t execute function f()",
        "create constraint trigger c after insert on t for each row execute function f()",
        "create trigger i instead of insert on v for each row execute function f()",
    )
    found = [(each.timing, each.level, set(each.events), each.constraint) for each in machine.catalog.triggers]
    assert found == [
        ("after", "statement", {"delete", "truncate"}, False),
        ("after", "row", {"insert"}, True),
        ("instead of", "row", {"insert"}, False),
    ]


@pytest.mark.parametrize(
    ("statement", "sqlstate"),
    [
        ("create trigger x after insert on t execute function f()", "42710"),
        ("create or replace trigger c after insert on t execute function f()", "42710"),
        ("create trigger y after insert on t execute function nope()", "42883"),
        ("create trigger y after insert on t execute function n()", "42P17"),
        ("create trigger y after insert on nope execute function f()", "42P01"),
        ("create trigger y after update of nope on t execute function f()", "42703"),
        ("create trigger y after update on t for each row when (new.nope = 1) execute function f()", "42703"),
        ("create trigger y instead of insert on t for each row execute function f()", "42809"),
        ("create trigger y before insert on v for each row execute function f()", "42809"),
        ("create trigger y before insert on m execute function f()", "42809"),
        ("create trigger y before truncate on t for each row execute function f()", "0A000"),
        ("create trigger y instead of insert on v execute function f()", "0A000"),
        ("alter trigger nope on t rename to z", "42704"),
        ("alter trigger x on t rename to c", "42710"),
        ("drop trigger nope on t", "42704"),
        ("drop function f()", "2BP01"),
        ("create event trigger ev on sql_drop execute function e()", "42710"),
        ("create event trigger y on nope execute function e()", "42601"),
        ("create event trigger y on sql_drop when colour in ('x') execute function e()", "42601"),
        ("create event trigger y on sql_drop execute function f()", "42P17"),
        ("alter event trigger nope disable", "42704"),
        ("drop event trigger nope", "42704"),
    ],
)
def test_what_postgresql_refuses(statement: str, sqlstate: str) -> None:
    machine = run(
        FUNCTIONS,
        EVENT,
        TABLES,
        "create trigger x after insert on t execute function f()",
        "create constraint trigger c after insert on t for each row execute function f()",
        "create event trigger ev on sql_drop execute function e()",
    )
    assert refused(machine, statement) == sqlstate


def test_replacing_keeps_the_identity() -> None:
    machine = run(FUNCTIONS, TABLES, "create trigger x after insert on t execute function f()")
    before = trigger(machine, "x")
    machine.run("create or replace trigger x before delete on t for each row execute function f()", machine.catalog.at)
    after = trigger(machine, "x")
    assert (after.oid, after.timing, [step.what for step in after.history]) == (before.oid, "before", ["created", "replaced"])


def test_a_trigger_keeps_the_columns_it_names_and_goes_with_its_table() -> None:
    machine = run(FUNCTIONS, TABLES, "create trigger x after update of a on t for each row when (new.b > 1) execute function f()")
    assert [refused(machine, f"alter table t drop column {name}") for name in "ab"] == ["2BP01", "2BP01"]
    machine.run("drop table t", machine.catalog.at)
    assert not names(machine)


def test_row_triggers_are_cloned_to_partitions_of_partitions() -> None:
    machine = run(
        FUNCTIONS,
        *PARTITIONS,
        "create trigger r after insert on p for each row execute function f(); create trigger s after insert on p execute function f()",
    )
    assert names(machine) == {("p", "r"), ("p1", "r"), ("p11", "r"), ("p", "s")}
    assert trigger(machine, "r", "p11").parent == trigger(machine, "r", "p1").oid
    assert refused(machine, "drop trigger r on p1") == "2BP01"
    assert refused(machine, "alter trigger r on p1 rename to z") == "0A000"
    machine.run("alter trigger r on p rename to z", machine.catalog.at)
    assert names(machine) == {("p", "z"), ("p1", "z"), ("p11", "z"), ("p", "s")}
    machine.run("drop trigger z on p", machine.catalog.at)
    assert names(machine) == {("p", "s")}


def test_partitions_that_come_and_go() -> None:
    machine = run(FUNCTIONS, *PARTITIONS, "create trigger r after insert on p for each row execute function f()")
    machine.run("alter table p attach partition q for values in (2)", machine.catalog.at)
    assert trigger(machine, "r", "q").parent == trigger(machine, "r", "p").oid
    machine.run("alter table p detach partition q", machine.catalog.at)
    assert ("q", "r") not in names(machine)


def test_a_partitions_own_trigger_is_in_the_way() -> None:
    machine = run(FUNCTIONS, *PARTITIONS, "create trigger r after insert on p11 for each row execute function f()")
    assert refused(machine, "create trigger r after insert on p for each row execute function f()") == "42710"
    assert names(machine) == {("p11", "r")}


def test_functions_of_extensions_may_be_called() -> None:
    machine = run(TABLES, "create extension moddatetime; create trigger x before update on t for each row execute function moddatetime(a)")
    assert trigger(machine, "x").function == 0


def test_event_triggers() -> None:
    machine = run(
        EVENT,
        "create event trigger ev on ddl_command_end when tag in ('create table', 'SELECT INTO') execute function e()",
        "alter event trigger ev disable; alter event trigger ev rename to off",
    )
    found = machine.catalog.event_triggers.named("off")
    assert found is not None
    assert (found.event, set(found.tags), found.enabled) == ("ddl_command_end", {"CREATE TABLE", "SELECT INTO"}, False)
    assert refused(machine, "drop function e()") == "2BP01"
    machine.run("drop function e() cascade", machine.catalog.at)
    assert not list(machine.catalog.event_triggers)
