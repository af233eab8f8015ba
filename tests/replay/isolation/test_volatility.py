"""What answers otherwise each time it is asked: PostgreSQL calls it anew, so that what is said of one call says nothing of the next."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from invariants.facts import db
from invariants.replay.isolation.standard import PLAIN, STEADY, VOLATILE
from replay.isolation.test_decision import worst
from server import Database, connected

OWN = "tenant_id = tenant()"
ON_DUTY = "create function on_duty() returns boolean language {} as $$ {} $$"
FROM_TABLE = "select exists (select 1 from admins where user_id = auth.uid())"


def asked_both_ways(term: str, *functions: str) -> db.PolicyTerm:
    """The verdict where no row but the own passes, unless a term says one thing here and another there."""
    permissive = f"create policy p on orders for select using (not ({term}))"
    restrictive = f"create policy r on orders as restrictive for select using ({OWN} or ({term}))"
    return worst(*functions, permissive, restrictive)


ANOTHER = [
    "random() < 0.5",
    "clock_timestamp() > now()",
    "nextval('turns') % 2 = 0",
    "md5(gen_random_uuid()::text) < '8'",
    "exists (select 1 where random() < 0.5)",
    "user_id in (select id from users where random() < 0.5)",
    "exists (select 1 from sometimes)",
    "status = 'open' or exists (select 1 from plans where id = plan_id and random() < 0.5)",
]


@pytest.mark.parametrize("term", ANOTHER)
def test_a_volatile_term_is_another_each_time(term: str) -> None:
    view = "create view sometimes as select id from plans where random() < 0.5"
    assert asked_both_ways(term, view).verdict == "open"


@pytest.mark.parametrize("term", ["now() < '2030-01-01'", "status = 'open'", "exists (select 1 from admins where user_id = auth.uid())"])
def test_what_is_not_volatile_is_the_same_all_through_a_statement(term: str) -> None:
    assert asked_both_ways(term).verdict == "isolates"


@pytest.mark.parametrize(
    ("declared", "body", "verdict"),
    [
        ("sql", FROM_TABLE, "open"),
        ("sql volatile", FROM_TABLE, "open"),
        ("sql stable", FROM_TABLE, "isolates"),
        ("sql immutable", FROM_TABLE, "isolates"),
        ("sql stable", "select random() < 0.5", "open"),
        ("sql", "select current_setting('app.duty', true) = 'on'", "isolates"),
        ("plpgsql", "begin return random() < 0.5; end", "open"),
        ("plpgsql stable", f"begin return ({FROM_TABLE}); end", "isolates"),
        ("plpgsql stable", "declare said boolean; begin execute 'select true' into said; return said; end", "unverified"),
    ],
)
def test_a_function_of_the_repositorys_is_taken_as_declared_and_as_what_it_calls(declared: str, body: str, verdict: str) -> None:
    assert asked_both_ways("on_duty()", ON_DUTY.format(declared, body)).verdict == verdict


def test_tables_are_read_anew_in_a_call_that_stands_in_a_volatile_one() -> None:
    inner = "create function is_admin_now() returns boolean language sql stable as $$ select exists (select 1 from admins) $$"
    outer = ON_DUTY.format("sql", "select is_admin_now() from plans")
    assert asked_both_ways("on_duty()", inner, outer).verdict == "open"


def test_a_function_that_nobody_made_is_not_taken_to_answer_the_same_twice() -> None:
    assert asked_both_ways("is_in(nobodys())").verdict == "unverified"
    assert asked_both_ways("exists (select 1 where nobodys() > 5)").verdict == "unverified"


def test_what_stands_left_of_between_and_in_is_asked_for_each_side() -> None:
    everything, restrictive = "create policy p on orders for select using (true)", "create policy r on orders as restrictive using ({})"
    assert worst(everything, restrictive.format(f"{OWN} or random() between 0.6 and 0.4")).verdict == "open"
    never = "(random() < 0.5)::text not in ('true', case when deleted then 'true' else 'false' end)"
    assert worst(everything, restrictive.format(f"{OWN} or {never}")).verdict == "open"


def test_a_tenant_that_a_function_reads_from_the_session_is_one_though_it_is_not_declared_stable() -> None:
    function = (
        "create function current_tenant() returns uuid language sql as $$ select nullif(current_setting('app.tenant', true), '')::uuid $$"
    )
    assert worst(function, "create policy p on orders using (tenant_id = current_tenant())").verdict == "isolates"
    restrictive = "create policy r on orders as restrictive for select using (current_tenant() is not null)"
    given = "create policy p on orders for select using (current_tenant() is null or tenant_id = current_tenant())"
    assert worst(function, given, restrictive).verdict == "isolates"


def test_a_setting_that_policies_change_is_another_for_the_next_row() -> None:
    text = f"set_config('app.tenant', tenant_id::text, true) is not null and {OWN}"
    assert (found := worst(f"create policy p on orders for select using ({text})")).verdict == "unverified"
    assert "set_config" in found.reason
    function = "create function becomes(t uuid) returns boolean language plpgsql as "
    body = "$$ begin perform set_config('app.tenant', t::text, true); return true; end $$"
    assert worst(function + body, f"create policy p on orders for select using (becomes(tenant_id) and {OWN})").verdict == "unverified"


def test_a_function_with_a_setting_of_its_own_says_nothing_of_the_session() -> None:
    function = f"create function is_mine(tenant_id uuid) returns boolean language sql stable set app.tenant to 'x' as $$ select {OWN} $$"
    assert worst(function, "create policy p on orders for select using (is_mine(tenant_id))").verdict == "unverified"


def test_postgres_calls_the_same_functions_volatile(database: Database) -> None:
    kinds = database.run("select proname, bool_or(provolatile = 'v') from pg_proc group by proname")
    own = {name for name, is_volatile in kinds if is_volatile}
    assert not own & STEADY
    assert {name for name, _ in kinds} & VOLATILE <= own
    assert own & PLAIN == own & VOLATILE


ON_AND_OFF = """
create table flags (is_on boolean); insert into flags values (true);
create table orders (id int); insert into orders select generate_series(1, 5);
create function is_on() returns boolean language plpgsql {} as $$
    declare said boolean; begin select f.is_on into said from flags as f; perform pg_sleep(0.002); return said; end $$;
create function passed() returns bigint language sql as $$ select count(*) from orders where is_on() and not is_on() $$;
"""


@contextmanager
def switching(folder: Path, name: str) -> Iterator[None]:
    """Somebody else switches a flag on and off meanwhile."""
    over = Event()

    def switch() -> None:
        with closing(connected(folder, name)) as other:
            while not over.is_set():
                other.run("update flags set is_on = not is_on")

    thread = Thread(target=switch)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


@pytest.mark.parametrize(("declared", "is_another"), [("volatile", True), ("stable", False)])
def test_postgres_lets_two_calls_of_a_volatile_function_read_two_states_of_a_table(
    server: Any, database: Database, declared: str, is_another: bool
) -> None:
    database.run(ON_AND_OFF.format(declared))
    folder = Path(server.run("show unix_socket_directories")[0][0])
    [[name]] = database.run("select current_database()")
    with switching(folder, name):
        tries = (database.run("select passed()")[0][0] > 0 for _ in range(200 if is_another else 5))
        assert any(tries) == is_another
