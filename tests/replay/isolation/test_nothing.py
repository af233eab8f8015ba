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
    "exists (select count(*) from (select 1 having false) as x)",
    "not exists (select 1 having false)",
    f"not exists (select 1 {MINE} having count(*) > 0)",
    "not exists (select my_tenants())",
    "(select my_tenants()) is null",
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
LENIENT = [
    "concat(null, 'a') = 'a'",
    "concat_ws(',', null, 'a') = 'a'",
    "format('%s', null) = ''",
    "num_nulls(null, 1) = 1",
    "jsonb_build_object('a', null) is not null",
    "jsonb_build_array(null, tenant_id) is not null",
    "array_append(null, 'a') is not null",
    "array_remove(array['a'], null) is not null",
    "(null || array[status]) is not null",
    "(seen_by || null::uuid) is not null",
    "(array[status] || status) is not null",
    "string_to_array('a', null) is not null",
]
"""Functions that are called with NULL, and answer something."""
ANSWERS_NULL = [
    "inet_client_addr() is null",
    "coalesce(inet_client_addr() = '::1', true)",
    "(inet_client_addr() = '::1') is not true",
    "('{}'::jsonb -> 'x') is null",
    "('{}'::jsonb ->> 'x') is null",
    "('{}'::jsonb #>> '{a,b}') is null",
    "jsonb_extract_path_text('{}', 'x') is null",
    "(array[1])[2] is null",
    "(array[]::uuid[])[1] is null",
    "seen_by[9] is null",
    "(string_to_array('a,b', ','))[9] is null",
    "array_length(seen_by[9:9], 1) is null",
    "array_position(array[1], 2) is null",
    "substring(status from 'none') is null",
    "to_char(now(), '') is null",
    "upper('[1,)'::int4range) is null",
    "concat(variadic null::text[]) is null",
    "string_to_array(null, ',') is null",
    "regexp_split_to_array('a', null) is null",
    "'b' = any (string_to_array('a|b', '|'))",
    "date_part('day', 'infinity'::timestamp) is null",
]
"""Functions and steps that answer NULL though they are given none."""
ELSEWHERE = [
    "exists (with w as (select tenant_id as t) select 1 from memberships as m, w where m.user_id = me() and w.t <> m.tenant_id)",
    "exists (with plans as (select 1 as n from plans) select 1 from plans where n = 1)",
    "exists (select 1 from memberships as m tablesample bernoulli (100) where m.tenant_id = orders.tenant_id)",
    "not exists (select 1 from memberships as m tablesample bernoulli (0) where m.tenant_id = orders.tenant_id)",
    "exists (select 1 from memberships as m natural join admins as a)",
    "exists (select 1 from jsonb_populate_record(null::orders, '{\"status\": \"x\"}') as orders where orders.status = 'x')",
    "exists (select 1 from jsonb_populate_record(null::orders, '{\"is_public\": true}') where is_public and tenant_id is null)",
    "exists (select 1 from json_to_record('{\"status\": 1}') as orders(status int) where orders.status = 1)",
    "exists (select 1 from (memberships as m join users as u on u.id = m.user_id) as orders where orders.rank = 'owner')",
    "exists (select 1 from memberships as m, (select tenant_id as t) as s where m.user_id = me() and s.t <> m.tenant_id)",
    "exists (select 1 from generate_series(1, 2) as n where n > 1)",
    "exists (select 1 from two() where status = 'two')",
    "ctid is not null",
    "tableoid = 'orders'::regclass",
    "xmin::text <> '0' and cmin is not null",
    "orders.of_order is not null",
    "of_order(orders) is not null",
]
"""Names that mean something else than they seem to, and columns that every table has."""
SETTINGS = [
    "current_setting('app.tenant_id', null) is null",
    "current_setting(null, true) is null",
    "current_setting('app.tenant_id', 'on'::boolean) is null",
    "coalesce(current_setting('app.tenant_id', null) = tenant_id::text, true)",
]


@pytest.mark.parametrize("text", [*OF_NO_ROWS, *SEVERAL, *NO_ROW, *LENIENT, *ANSWERS_NULL, *ELSEWHERE, *SETTINGS])
def test_what_postgresql_lets_through_is_not_said_to_isolate(arena: Arena, text: str) -> None:
    found = compare(arena, PolicySet("orders", (Policy("p", "orders", False, "select", "", text, None),)))
    assert found.crossed, "PostgreSQL lets it through"
    assert not found.unsound(), found.reasons


def test_of_one_row_it_is_known_when_it_is_there(arena: Arena) -> None:
    text = f"not exists (select 1 {MINE} having count(*) = 0)"
    found = compare(arena, PolicySet("orders", (Policy("p", "orders", False, "select", "", text, None),)))
    assert not found.crossed
    assert set(found.decided.values()) == {"isolates"}
