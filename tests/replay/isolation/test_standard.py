"""What is known of PostgreSQL's own functions, against its catalog."""

from invariants.replay.isolation.standard import AGGREGATES
from server import Database


def test_postgres_has_the_same_aggregates(database: Database) -> None:
    kinds = database.run("select proname, bool_or(prokind = 'a'), bool_or(prokind = 'f') from pg_proc group by proname")
    aggregates = {name for name, is_aggregate, _ in kinds if is_aggregate}
    assert aggregates <= AGGREGATES
    assert not {name for name, _, is_function in kinds if is_function} & AGGREGATES
    assert {name for name, *_ in kinds} & AGGREGATES <= aggregates
