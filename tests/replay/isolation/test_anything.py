"""Whatever a policy asks, there is a verdict on it: expressions and queries of every kind, put together at random."""

from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as some

from invariants.postgres.grammar import GrammarError
from invariants.replay.errors import Failure
from replay.isolation.comparing import Outcome, decide, machine
from replay.isolation.generation import Policy, PolicySet

WORDS = {"open", "unverified", "isolates", "denies"}
VALUES = """
tenant_id; owner; status; seen_by; due; is_public; ctid; tableoid
orders; orders.*; (orders).owner; m.rank; m.nothing; x; x.a; x.tenant_id
null; true; 1; 1.5; 'a'; ''; '{a,b}'
b'1'; $1; default; date '2020-01-01'; interval '1' day; array[]::uuid[]; row(1, null); (1, 2)
tenant(); me(); my_tenants(); two(); now(); random()
current_user; current_schema; current_date; count(*); count(*) over (); rank() over ()
max(m.rank); array_agg(m.tenant_id); most(status); nobodys(1); unnest(seen_by); generate_series(1, 2); nextval('turns')
current_setting('app.tenant_id', true); current_setting('app.tenant_id', null); concat(variadic seen_by); grouping(status)
""".replace("\n", ";").split(";")
AROUND = """
not (A); (A) is null; (A) is true; (A) is unknown; (A) is document
(A) = (B); (A) < (B); (A) is distinct from (B); (A) || (B); (A) -> (B)
(A) ->> 'x'; (A) @> (B); (A) ? (B); (A) && (B); (A) + (B)
- (A); (A) and (B); (A) or (B); (A) in (B, C); (A) not in (B); (A) in (Q)
(A) = any (B); (A) = any (Q); (A) <> all (Q); (A) = all (B); (A) like (B); (A) ilike any (array[B]); (A) similar to (B)
(A) between (B) and (C); (A) not between symmetric (B) and (C); coalesce(A, B)
nullif(A, B); greatest(A, B); case when A then B else C end
case A when B then C end; cast(A as uuid); (A)::text; (A)::varchar(3); (A)::uuid[]
(A)::of_nobody; array[A, B]; (A)[1]; (A)[1:2]; (A).a; row(A, B)
(A, B) = (B, C); (A, B) in (Q); exists (Q); (Q); array(Q)
lower(A); substring(A from B); extract(year from A); (A) at time zone 'utc'; (A) collate "C"
string_to_array(A, B); jsonb_build_object(A, B); is_member(A); pg_has_role(A, B, C)
trim(A); position(A in B); (A) is json; (A) is normalized
""".replace("\n", ";").split(";")
SOURCES = """
memberships as m; users; orders; only plans
nowhere; memberships as m tablesample bernoulli (10); memberships as m(a, b); two() as x; two()
my_tenants() as x; unnest(seen_by) with ordinality as x(a, b)
generate_series(1, 3) as x; json_to_recordset('[]') as x(a int); nobodys() as x
rows from (unnest(seen_by), two()) as x; (values (A, B)) as x(a, b); (Q) as x
lateral (Q) as x; current_user as x; coalesce(A, B) as x
memberships as m natural join users; memberships as m join users as u using (id); memberships as m left join users as x on A; pg_class as x
(memberships as m cross join plans) as x; users as x full join memberships as m on A; jsonb_each('{}') as x; plans as x, lateral two() as m
xmltable('/a' passing ('<a/>'::xml) columns a text) as x; json_table('[]', '$[*]' columns (a int)) as x
""".replace("\n", ";").split(";")
QUERIES = """
select A; select; select A from F
select A, B from F where C; select * from F; select x.* from F where A; select A from F group by B having C
select from F group by (); select A from F group by rollup (B); select A from F having B; select distinct on (A) B from F order by C limit 1
select A from F limit 0; select A from F offset A; values (A), (B)
table plans; select A union select B; select A from F intersect select B
with w as (select A as a from F) select w.a from w where B; with recursive w(n) as (select 1 union select n from w) select n from w
select A from F except all select B
select A from F for update; select sum(A) filter (where B) from F
select A from F window w as (order by B)
""".replace("\n", ";").split(";")


@some.composite
def expressions(draw: some.DrawFn, depth: int = 0) -> str:
    """An expression, which may make no sense."""
    if depth > 3 or draw(some.integers(0, 3)) == 0:
        return draw(some.sampled_from(VALUES)).strip() or "true"
    return _filled(draw, draw(some.sampled_from(AROUND)).strip() or "A", depth)


def _filled(draw: some.DrawFn, text: str, depth: int) -> str:
    """A shape, with something in each place for one."""
    for place, shapes in (("Q", QUERIES), ("F", SOURCES), ("Q", ["select 1"])):
        while _stands(place, text):
            text = _put(text, place, draw(some.sampled_from(shapes)).strip() or "select 1")
    for place in "ABC":
        while _stands(place, text):
            text = _put(text, place, draw(expressions(depth + 1)).replace("A", "a").replace("B", "b").replace("C", "c"))
    return text


def _stands(place: str, text: str) -> bool:
    return place in text.replace('"C"', "")


def _put(text: str, place: str, what: str) -> str:
    kept = text.replace('"C"', '"\0"')
    return kept.replace(place, what, 1).replace('"\0"', '"C"')


@profile(max_examples=150, deadline=None)
@given(expressions(), some.sampled_from(["select", "all"]))
def test_there_is_a_verdict_on_whatever_a_policy_asks(text: str, command: str) -> None:
    outcome = Outcome(PolicySet("orders", (Policy("p", "orders", False, command, "", text, None),)))
    mark = machine().catalog.journal.mark()
    try:
        decide(outcome.policies, outcome)
    except (Failure, GrammarError):
        return  # PostgreSQL refuses such a policy too
    finally:
        machine().catalog.journal.undo(mark)
    assert outcome.decided
    assert set(outcome.decided.values()) <= WORDS
