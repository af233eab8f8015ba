"""What is known of PostgreSQL's own functions, against its catalog."""

from invariants.replay.isolation.standard import AGGREGATES, FOLLOWED, LENIENT, PLAIN
from server import Database


def test_postgres_has_the_same_aggregates(database: Database) -> None:
    kinds = database.run("select proname, bool_or(prokind = 'a'), bool_or(prokind = 'f') from pg_proc group by proname")
    aggregates = {name for name, is_aggregate, _ in kinds if is_aggregate}
    assert aggregates <= AGGREGATES
    assert not {name for name, _, is_function in kinds if is_function} & AGGREGATES
    assert {name for name, *_ in kinds} & AGGREGATES <= aggregates


def test_postgres_calls_the_same_functions_with_null(database: Database) -> None:
    lenient = {name for [name] in database.run("select distinct proname from pg_proc where prokind = 'f' and not proisstrict")}
    assert lenient & (PLAIN | FOLLOWED) == LENIENT


def test_postgres_joins_nothing_but_arrays_with_null(database: Database) -> None:
    lenient = (
        "select distinct oprname, prorettype::regtype::text from pg_operator join pg_proc on pg_proc.oid = oprcode where not proisstrict"
    )
    assert sorted(map(tuple, database.run(lenient))) == [("||", "anycompatiblearray")]
