import pytest

from invariants.facts.db import Loss
from invariants.facts.ddl import Statement
from invariants.facts.place import Place
from invariants.frontends.sql import read
from invariants.replay.losses import is_wider
from invariants.replay.run import Migration, replay

BEFORE = """
create schema shop;
create table public.orders (id uuid primary key, code varchar(10), amount integer, note text, kind text default 'plain');
create table shop.bags (id uuid primary key, order_id uuid references public.orders);
create view public.codes as select code from public.orders;
create table public.parts (id int, region text) partition by list (region);
create table public.parts_eu partition of public.parts for values in ('eu');
"""


def lost(text: str, before: str = BEFORE) -> list[str]:
    """What a migration takes away."""
    migrations = [
        Migration(path, [each for each in read(path, body.encode()) if isinstance(each, Statement)])
        for path, body in (("1.sql", before), ("2.sql", text))
    ]
    facts = replay("main", "plain", migrations, [])
    return [each.message for each in facts if isinstance(each, Loss) and each.path == "2.sql"]


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        ("drop table shop.bags;", ["it drops shop.bags"]),
        ("drop table public.parts;", ["it drops public.parts", "it drops public.parts_eu"]),
        ("drop schema shop cascade;", ["it drops shop.bags"]),
        ("alter schema shop rename to store;", ["it renames shop.bags to store.bags"]),
        ("alter table shop.bags set schema public;", ["it renames shop.bags to public.bags"]),
        ("alter table orders drop column code cascade;", ["it drops public.codes", "it drops public.orders.code"]),
        ("do $$ begin execute 'alter table orders drop note'; end $$;", ["it drops public.orders.note"]),
        ("begin; alter table orders drop note; commit;", ["it drops public.orders.note"]),
        ("truncate orders, shop.bags;", ["it empties public.orders", "it empties shop.bags"]),
        (
            "alter table orders alter amount type smallint;",
            ["it changes public.orders.amount from integer to smallint, which may not hold what the other held"],
        ),
        ("alter table orders alter note set not null;", ["it makes public.orders.note NOT NULL, which has no default"]),
        ("alter table orders add size int not null;", ["it adds public.orders.size, which is NOT NULL and has no default"]),
    ],
)
def test_what_is_taken_away_is_said(text: str, messages: list[str]) -> None:
    assert sorted(lost(text)) == messages


@pytest.mark.parametrize(
    "text",
    [
        "alter table orders add size int;",
        "alter table orders add size int not null default 0;",
        "alter table orders add number int generated always as identity;",
        "alter table orders add serial_number bigserial;",
        "alter table orders alter kind set not null;",
        "alter table orders alter amount type bigint;",
        "alter table orders enable row level security;",
        "create or replace view codes as select code, id from orders;",
        "create table carts (id int primary key not null, note text not null); alter table carts add primary key (id);",
        "create temporary table work (id int); drop table work;",
        "drop table nowhere;",
        "drop index if exists nothing;",
        "delete from orders where note is null;",
    ],
)
def test_what_takes_nothing_away_is_not(text: str) -> None:
    assert lost(text) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("integer", "bigint"),
        ("smallint", "numeric"),
        ("character varying(10)", "character varying(20)"),
        ("character varying(10)", "text"),
        ("text", "character varying"),
        ("numeric(10,2)", "numeric(12,2)"),
        ("numeric(10,2)", "numeric"),
        ("text[]", "character varying[]"),
        ("timestamp(3) without time zone", "timestamp without time zone"),
    ],
)
def test_a_type_is_wider_one_way(old: str, new: str) -> None:
    assert is_wider(old, new)
    assert not is_wider(new, old) or {old, new} == {"text", "character varying"} or old.endswith("[]")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("text", "integer"),
        ("integer", "integer[]"),
        ("numeric(10,2)", "numeric(10,4)"),
        ("numeric(10,2)", "numeric(12,1)"),
        ("numeric", "numeric(10)"),
        ("timestamp without time zone", "timestamp with time zone"),
        ("json", "jsonb"),
        ("double precision", "real"),
        ('public."Mood"', "text"),
    ],
)
def test_other_changes_of_type_are_not_trusted(old: str, new: str) -> None:
    assert not is_wider(old, new)


def test_a_loss_stands_at_its_statement() -> None:
    migrations = [
        Migration("1.sql", [each for each in read("1.sql", (BEFORE + "\ndrop table shop.bags;").encode()) if isinstance(each, Statement)])
    ]
    (found,) = [each for each in replay("main", "plain", migrations, []) if isinstance(each, Loss)]
    assert found == Loss(Place("1.sql", 9, 1, 9, 21), "main", "1.sql", "shop.bags", "", False, "it drops shop.bags")
