"""Aggregates."""

from invariants.replay.machine import Machine
from replay.statements import refused, run


def aggregates(machine: Machine) -> set[tuple[str, tuple[str, ...], str, str]]:
    return {(each.name, each.inputs, each.kind, each.returns) for each in machine.catalog.functions if each.kind == "aggregate"}


def test_aggregates() -> None:
    machine = run(
        "create function done(bigint) returns text language sql as 'select null::text'",
        "create aggregate a(int) (sfunc = int4_sum, stype = bigint)",
        "create aggregate b(*) (sfunc = int8inc, stype = bigint, finalfunc = done)",
        "create aggregate c(basetype = int, sfunc = int4pl, stype = int)",
        "create or replace aggregate a(int) (sfunc = int4_sum, stype = bigint)",
    )
    assert aggregates(machine) == {
        ("a", ("integer",), "aggregate", "bigint"),
        ("b", (), "aggregate", "text"),
        ("c", ("integer",), "aggregate", "integer"),
    }
    machine.run("drop aggregate a(int), b(*), c(int)", machine.catalog.at)
    assert aggregates(machine) == set()


def test_an_aggregate_keeps_what_it_is_made_of() -> None:
    machine = run(
        "create function step(int, int) returns int language sql as 'select $1'; create aggregate a(int) (sfunc = step, stype = int)"
    )
    assert refused(machine, "drop function step(int, int)") == "2BP01"
    machine.run("drop function step(int, int) cascade", machine.catalog.at)
    assert aggregates(machine) == set()


def test_a_function_is_never_replaced_by_an_aggregate() -> None:
    machine = run("create function a(int) returns int language sql as 'select 1'")
    assert refused(machine, "create or replace aggregate a(int) (sfunc = int4pl, stype = int)") == "42809"
