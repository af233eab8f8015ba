"""NULL where one would not look for it: what PostgreSQL lets through on account of it is never said to isolate."""

import pytest

from replay.isolation.comparing import Arena, compare
from replay.isolation.generation import Policy, PolicySet

MINE = "from memberships as m where m.tenant_id = orders.tenant_id and m.user_id = me()"
OF_NO_ROWS = [
    f"exists (select 1 {MINE} having true)",
    f"exists (select 1 {MINE} having count(*) = 0)",
    f"exists (select 1 {MINE} order by count(*))",
    f"exists (select 1 {MINE} group by ())",
    f"exists (select 1 {MINE} group by rollup (m.rank))",
    f"exists (select stddev(length(m.rank)) {MINE})",
    f"exists (select most(m.rank) {MINE})",
    f"(select true {MINE} having true)",
    f"(select count(*) = 0 {MINE})",
    f"(select count(*) + 1 {MINE}) > 0",
    f"(select count(*) * 0 {MINE}) = 0",
    f"(select -count(*) {MINE}) <= 0",
    f"(select n from (select count(*) as n {MINE}) as x) = 0",
    f"(select coalesce(bool_and(m.rank = 'none'), true) {MINE})",
    f"(select regr_count(1, 1) {MINE}) = 0",
    f"(select rank('x') within group (order by m.rank) {MINE}) = 1",
    f"coalesce((select sum(1) {MINE}), 0) = 0",
    f"(select (select count(m.rank)) = 0 {MINE})",
]
"""What is asked of all rows together is answered where there are none, too."""
OVER_ALL = "select m.tenant_id as t, bool_or(m.user_id = me()) over () as b from memberships as m"
SEVERAL = [
    "exists (select 1 from memberships as m having bool_or(m.user_id = me()) and bool_or(m.tenant_id = orders.tenant_id))",
    f"exists (select 1 from ({OVER_ALL}) as x where x.b and x.t = orders.tenant_id)",
    "exists (select 1 from (select array_agg(id) as t from tenants) as x where tenant() = any (x.t) and tenant_id = any (x.t))",
    "(select max(m.rank) filter (where m.user_id = me()) from memberships as m where m.tenant_id = orders.tenant_id) is null",
]
"""One row says the one, and another the other."""
NO_ROW = [
    "not exists (select 1 from memberships as m where m.tenant_id = orders.tenant_id limit 0)",
    "not exists (select 1 from memberships as m where m.tenant_id = orders.tenant_id offset 9)",
    "(select tenant() limit 0) is null",
    f"(select m.rank {MINE} union select m.rank {MINE} and m.rank = 'none') is null",
    "(select true having false) is null",
    "(select unnest(array[]::uuid[])) is null",
    "(select unnest(seen_by[9:9])) is null",
    "exists (select 1 from (select count(*) as n from plans limit 0) as x) is not true",
]
"""A query finds nothing though what it asks is there."""


@pytest.mark.parametrize("text", [*OF_NO_ROWS, *SEVERAL, *NO_ROW])
def test_what_postgresql_lets_through_is_not_said_to_isolate(arena: Arena, text: str) -> None:
    found = compare(arena, PolicySet("orders", (Policy("p", "orders", False, "select", "", text, None),)))
    assert found.crossed, "PostgreSQL lets it through"
    assert not found.unsound(), found.reasons
