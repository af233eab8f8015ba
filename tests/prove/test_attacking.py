"""Small schemas: what crosses, and what holds."""

import pytest

from invariants.prove.attacking import Used, attack
from invariants.prove.clues import Claim
from invariants.prove.database import Database
from invariants.prove.outcomes import Crossing
from invariants.prove.tenancy import Source, Tenancy
from prove.attacks import TENANTS, attacked
from server import Database as Scratch

ORDERS = """
    create table orders (
        id uuid primary key default gen_random_uuid(), tenant_id uuid not null references tenants, title text, public boolean
    );
    grant select, insert, update, delete on orders to app_user;
"""
SECURED = ORDERS + "alter table orders enable row level security;"
GUARDED = SECURED + "create policy rows on orders using (tenant_id = tenant());"

ALL = {"select", "insert", "update", "delete", "move"}

CASES: dict[str, tuple[str, set[str]]] = {
    "row security was never enabled": (ORDERS, ALL),
    "row security without a policy": (SECURED, set()),
    "a policy on the tenant": (GUARDED, set()),
    "a policy that is always true": (SECURED + "create policy rows on orders using (true);", ALL),
    "a policy on reading only": (
        SECURED + "create policy rows on orders using (tenant_id = tenant()); create policy open on orders for select using (true);",
        {"select"},
    ),
    "rows marked public": (GUARDED + "create policy open on orders for select using (public);", {"select"}),
    "a restrictive policy over an open one": (
        SECURED + "create policy rows on orders using (true); create policy mine on orders as restrictive using (tenant_id = tenant());",
        set(),
    ),
    "no tenant is every tenant": (SECURED + "create policy rows on orders using (tenant() is null or tenant_id = tenant());", ALL),
    "an empty setting is every tenant": (
        SECURED + "create policy rows on orders using (current_setting('app.tenant_id', true) = '' or tenant_id = tenant());",
        ALL,
    ),
    "a word that opens": (
        SECURED + "create policy rows on orders using (tenant_id = tenant() or current_setting('app.support', true) = 'on');",
        ALL,
    ),
    "a word that opens without a tenant": (
        SECURED
        + "create policy rows on orders using (tenant_id = tenant() or tenant() is null and current_setting('app.job', true) = 'yes');",
        ALL,
    ),
    "two words that open": (
        GUARDED
        + """create policy staff on orders for select
             using (current_setting('app.staff', true) = 'yes' and current_setting('app.level', true) = '3');""",
        {"select"},
    ),
    "claims that a function is asked for by name": (
        GUARDED
        + """create function claim(name text) returns jsonb language sql stable as $$
                select coalesce(nullif(current_setting('app.claims', true), '')::jsonb -> 'app_metadata' -> name, null) $$;
             create policy staff on orders for select using (
                claim('role') = '"clerk"'::jsonb and claim('level') = '"high"'::jsonb
                and coalesce(claim('orders_view')::boolean, false) = true
             );
             create policy client on orders for delete using (claim('role') = '"client"'::jsonb and claim('level') = '"low"'::jsonb);""",
        {"select", "delete"},
    ),
    "a truth that opens": (
        GUARDED + "create policy staff on orders for select using (current_setting('app.staff', true)::boolean);",
        {"select"},
    ),
    "a check that lets rows be planted": (
        SECURED + "create policy rows on orders using (tenant_id = tenant()) with check (true);",
        {"insert", "move"},
    ),
    "a check that lets rows be planted where they are public": (
        SECURED + "create policy rows on orders using (tenant_id = tenant()) with check (tenant_id = tenant() or public);",
        {"insert", "move"},
    ),
    "rows that may be taken, and not read": (
        SECURED
        + """create policy reads on orders for select using (tenant_id = tenant());
             create policy takes on orders for update using (true) with check (tenant_id = tenant());""",
        {"update"},
    ),
    "rows that may be deleted, and not read": (
        SECURED
        + """create policy reads on orders for select using (tenant_id = tenant());
             create policy cleans on orders for delete using (title is not null);""",
        {"delete"},
    ),
    "a policy for another role": (GUARDED + "create role clerk; create policy open on orders to clerk using (true);", set()),
    "columns granted, the key not among them": (
        """create table orders (id uuid primary key, tenant_id uuid not null references tenants, title text);
           grant select (title) on orders to app_user;""",
        {"select"},
    ),
    "a constant among the tenants": (
        SECURED
        + """create policy rows on orders using (
                tenant_id::text = current_setting('app.tenant_id', true) or current_setting('app.tenant_id', true) = 'all'
             );""",
        ALL,
    ),
    "a policy that compares the key with itself": (SECURED + "create policy rows on orders using (tenant_id = tenant_id);", ALL),
}


@pytest.mark.parametrize("name", CASES)
def test_orders(database: Scratch, name: str) -> None:
    schema, crossings = CASES[name]
    found = attacked(database, schema)
    assert found.crossings("orders") == crossings
    assert not found.unseeded()


USERS = """
    create table users (id uuid primary key, name text);
    create function me() returns uuid language sql stable as $$ select nullif(current_setting('app.user_id', true), '')::uuid $$;
"""
OTHERS: dict[str, tuple[str, dict[str, set[str]]]] = {
    "rows without a tenant": (
        """create table notes (id int primary key, tenant_id uuid references tenants, body text);
           grant select, update on notes to app_user;
           alter table notes enable row level security;
           create policy rows on notes using (tenant_id = tenant() or tenant_id is null);""",
        {"notes": {"select of nobody", "update of nobody", "move of nobody"}},
    ),
    "a check that lets rows be written for nobody": (
        """create table notes (id int primary key, tenant_id uuid references tenants, body text);
           create table drafts (id int primary key, tenant_id uuid references tenants, body text);
           grant select, insert, update on notes, drafts to app_user;
           alter table notes enable row level security; alter table drafts enable row level security;
           create policy rows on notes using (tenant_id = tenant()) with check (tenant_id = tenant() or tenant_id is null);
           create policy rows on drafts using (tenant_id = tenant()) with check (coalesce(tenant_id = tenant(), false));""",
        {"notes": {"insert of nobody", "move of nobody"}, "drafts": set()},
    ),
    "a row below one that policies let everybody see": (
        """create table chats (id int primary key, tenant_id uuid not null, sharing text not null);
           create table answers (id int primary key, chat int not null references chats, body text);
           grant select on chats, answers to app_user;
           alter table chats enable row level security; alter table answers enable row level security;
           create policy own on chats using (tenant_id = tenant());
           create policy shared on answers using (chat in (select id from chats where sharing <> 'private'));
           create policy seen on chats using (sharing <> 'private');""",
        {"answers": {"select"}},
    ),
    "a view that reads as its owner": (
        GUARDED + "create view totals as select id as number, title from orders; grant select on totals to app_user;",
        {"orders": {"select by totals"}},
    ),
    "a view over a view, written through": (
        GUARDED
        + """create view inner_orders as select * from orders; create view outer_orders as select * from inner_orders;
             grant select, delete on outer_orders to app_user;""",
        {"orders": {"select by outer_orders", "delete by outer_orders"}},
    ),
    "a view that reads as its caller": (
        GUARDED
        + "create view totals with (security_invoker) as select id as number, title from orders; grant select on totals to app_user;",
        {"orders": set()},
    ),
    "a materialized view": (
        GUARDED + "create materialized view totals as select id as number, title from orders; grant select on totals to app_user;",
        {"orders": {"select by totals"}},
    ),
    "a view that counts": (
        GUARDED + "create view totals as select count(*) as orders from orders; grant select on totals to app_user;",
        {"orders": {"select by totals"}},
    ),
    "a view that counts what its caller may read": (
        GUARDED
        + "create view totals with (security_invoker) as select count(*) as orders from orders; grant select on totals to app_user;",
        {"orders": set()},
    ),
    "a materialized view that counts": (
        GUARDED + "create materialized view totals as select count(*) as orders from orders; grant select on totals to app_user;",
        {"orders": {"select by totals"}},
    ),
    "a function that counts": (
        GUARDED
        + """create function how_many() returns bigint language sql security definer as $$ select count(*) from orders $$;
             create function how_many_own() returns bigint language sql security definer
             as $$ select count(*) from orders where tenant_id = tenant() $$;
             create function how_late() returns numeric language sql security definer
             as $$ select extract(epoch from clock_timestamp()) $$;""",
        {"orders": {"select by how_many"}},
    ),
    "a function that reads as its owner": (
        GUARDED
        + """create function order_titles(p_tenant_id uuid) returns setof text language sql security definer
             as $$ select title from orders where tenant_id = p_tenant_id $$;""",
        {"orders": {"select by order_titles"}},
    ),
    "a function that finds by what only its rows hold": (
        GUARDED
        + """create function find_order(lookup_title text) returns uuid language sql security definer
             as $$ select id from orders where title = lookup_title $$;""",
        {"orders": {"select by find_order"}},
    ),
    "a function that deletes as its owner": (
        GUARDED
        + """create function drop_order(order_id uuid) returns void language sql security definer
             as $$ delete from orders where id = order_id $$;""",
        {"orders": {"delete by drop_order"}},
    ),
    "a procedure that plants as its owner": (
        GUARDED
        + """create procedure plant(tenant_id uuid) language sql security definer
             as $$ insert into orders (tenant_id, title) values ($1, 'planted') $$;""",
        {"orders": {"insert by plant"}},
    ),
    "functions that ask who is there, or give back what they are told": (
        GUARDED
        + """create function own_titles(tenant_id uuid) returns setof text language sql security definer
             as $$ select title from orders as o where o.tenant_id = $1 and o.tenant_id = tenant() $$;
             create function echo(tenant_id uuid) returns uuid language sql security definer as $$ select $1 $$;
             create function hidden() returns setof orders language sql security definer as $$ select * from orders $$;
             revoke execute on function hidden from public;""",
        {"orders": set()},
    ),
    "a partition that is granted by itself": (
        """create table events (id int, tenant_id uuid not null, kind text not null) partition by list (kind);
           create table clicks partition of events for values in ('click', 'tap');
           grant select on events, clicks to app_user;
           alter table events enable row level security;
           create policy rows on events using (tenant_id = tenant());""",
        {"events": set(), "clicks": {"select"}},
    ),
    "a child of a tenant's row": (
        GUARDED
        + """create table lines (order_id uuid not null references orders on delete cascade, text text);
             grant select, insert on lines to app_user;""",
        {"orders": set(), "lines": {"select", "insert"}},
    ),
    "a membership that is asked for, and one that is not joined": (
        """create table members (tenant_id uuid not null references tenants, user_id uuid, role text, primary key (tenant_id, user_id));
           create table boards (id int primary key, tenant_id uuid not null references tenants);
           create table cards (id int primary key, tenant_id uuid not null references tenants);
           grant select on members, boards, cards to app_user;
           create function me() returns uuid language sql stable as $$ select nullif(current_setting('app.user_id', true), '')::uuid $$;
           alter table members enable row level security;
           alter table boards enable row level security;
           alter table cards enable row level security;
           create policy own on members using (user_id = me());
           create policy own on boards using (exists (select from members as m where m.tenant_id = boards.tenant_id and m.user_id = me()));
           create policy own on cards using (exists (select from members as m where m.role = 'admin' and m.user_id = me()));""",
        {"members": set(), "boards": set(), "cards": {"select"}},
    ),
    "rows without a tenant, of a user who is not the session's": (
        USERS
        + """create table notes (id int primary key, tenant_id uuid references tenants, user_id uuid not null references users);
             grant select on notes to app_user;
             alter table notes enable row level security;
             create policy own on notes using (user_id = me());""",
        {"notes": set()},
    ),
    "rows without a tenant, of a user of another": (
        USERS
        + """alter table users add tenant_id uuid not null references tenants;
             create table notes (id int primary key, tenant_id uuid references tenants, user_id uuid not null references users);
             create table drafts (id int primary key, tenant_id uuid references tenants, user_id uuid not null references users);
             grant select on notes, drafts to app_user;
             alter table notes enable row level security; alter table drafts enable row level security;
             create policy own on notes using (user_id = me());
             create policy own on drafts using (user_id = me() or tenant_id is null);""",
        {"notes": set(), "drafts": {"select of nobody"}},
    ),
    "rows without a tenant, and without a user": (
        USERS
        + """create table settings (id int primary key, tenant_id uuid references tenants, user_id uuid references users);
             create table tokens (id int primary key, tenant_id uuid references tenants, user_id uuid references users);
             grant select on settings, tokens to app_user;
             alter table settings enable row level security; alter table tokens enable row level security;
             create policy shared on settings using (tenant_id is null and user_id is null);
             create policy own on tokens using (user_id = me());""",
        {"settings": {"select of nobody"}, "tokens": set()},
    ),
    "rows of which much is absent at once": (
        USERS
        + """create table settings (
               id int primary key, tenant_id uuid references tenants, user_id uuid references users,
               deleted_at date, closed_at date, hidden_at date);
             grant select on settings to app_user;
             alter table settings enable row level security;
             create policy shared on settings
               using (tenant_id is null and user_id is null and deleted_at is null and closed_at is null and hidden_at is null);""",
        {"settings": {"select of nobody"}},
    ),
    "a profile that a trigger makes without a tenant": (
        USERS
        + """create table profiles (id uuid primary key references users, tenant_id uuid references tenants);
             create function greet() returns trigger language plpgsql as $$
               begin insert into profiles (id) values (new.id); return new; end $$;
             create trigger greet after insert on users for each row execute function greet();
             create table notes (id int primary key, tenant_id uuid not null references tenants, author uuid not null references profiles);
             grant select on notes to app_user;""",
        {"notes": {"select"}, "profiles": set()},
    ),
    "a key by default": (
        """create table notes (id int primary key, tenant_id uuid not null default 'bbbbbbbb-0000-4000-8000-000000000000', body text);
           grant insert (id, body) on notes to app_user;""",
        {"notes": {"insert"}},
    ),
}


@pytest.mark.parametrize("name", OTHERS)
def test_other_tables_and_doors(database: Scratch, name: str) -> None:
    schema, crossings = OTHERS[name]
    found = attacked(database, schema)
    assert {table: found.crossings(table) for table in crossings} == crossings
    assert not found.unseeded()


SEEDED: dict[str, str] = {
    "an enum": "create type mood as enum ('low', 'high'); create table t (id int primary key, tenant_id uuid not null, mood mood not null)",
    "checks": """create table t (
        id int primary key, tenant_id uuid not null, status text not null check (status in ('draft', 'sent')),
        amount numeric(6, 2) not null check (amount > 100 and amount < 200), code text not null check (code ~ '^[A-Z]{2,4}$'),
        starts date not null, ends date not null, check (starts < ends), check (length(code) = 3)
    )""",
    "short words and ids that differ": """create table t (
        id int primary key, tenant_id uuid not null, code text not null unique check (char_length(code) <= 3),
        remote text not null unique check (remote ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'))""",
    "a domain": """create domain email as text check (value like '%@%');
        create domain percent as int not null check (value between 5 and 7);
        create table t (id int primary key, tenant_id uuid not null, contact email not null, share percent)""",
    "generated and identity columns": """create table t (
        id bigint generated always as identity primary key, tenant_id uuid not null, first text not null,
        whole text generated always as (first || '!') stored,
        number serial
    )""",
    "composite keys": """create table p (tenant_id uuid, id int, primary key (tenant_id, id));
        create table t (tenant_id uuid not null, id int, parent int not null, primary key (tenant_id, id),
        foreign key (tenant_id, parent) references p (tenant_id, id))""",
    "arrays, documents and ranges": """create table t (id int primary key, tenant_id uuid not null, a text[] not null, b jsonb not null,
        c int4range not null,
        d inet not null, e bytea not null, f interval not null, g bit(3) not null, h numeric(3, 2) not null,
        i varchar(2) not null, j timestamptz not null)""",
    "a circle that may be empty": """create table t (id int primary key, tenant_id uuid not null, other int);
        create table o (id int primary key, tenant_id uuid not null, t int not null references t);
        alter table t add foreign key (other) references o""",
    "a circle that is only empty from the other side": """create table a (id int primary key, tenant_id uuid not null, other int);
        create table o (id int primary key, tenant_id uuid not null, a int not null references a);
        alter table a add foreign key (other) references o;
        create table t (id int primary key, tenant_id uuid not null, o int not null references o)""",
    "two rows of one parent": """create table p (id int primary key, tenant_id uuid not null);
        create table t (id int primary key, tenant_id uuid not null, one int not null references p, other int not null references p,
        check (one <> other))""",
    "two rows of a parent that is seeded later": """create table z (id int primary key, tenant_id uuid not null, is_open boolean not null);
        create table t (one int references z, other int references z, tenant_id uuid not null, primary key (one, other),
        check (one < other))""",
    "two users of one tenant": """create table users (id uuid primary key, tenant_id uuid not null, email text not null unique);
        create table t (id int primary key, tenant_id uuid not null, one uuid not null references users,
        other uuid not null references users, check (one <> other))""",
    "a circle that can wait": """create table t (id int primary key, tenant_id uuid not null, other int not null);
        create table o (id int primary key, tenant_id uuid not null, t int not null references t deferrable initially deferred);
        alter table t add foreign key (other) references o deferrable""",
    "a reference to itself": "create table t (id int primary key, tenant_id uuid not null, parent int not null references t)",
    "a trigger that asks who is there": """create table t (id int primary key, tenant_id uuid not null);
        create function whose() returns trigger language plpgsql as $$
        begin if new.tenant_id <> tenant() or tenant() is null then raise 'whose?'; end if; return new; end $$;
        create trigger whose before insert on t for each row execute function whose()""",
    "a trigger that takes rows for granted": """create table classes (id int primary key);
        create table accounts (code text, class int not null references classes, primary key (code));
        create table rates (code text references accounts, year int, primary key (code, year));
        create table t (id int primary key, tenant_id uuid not null);
        create table postings (t int not null references t, code text not null, year int not null);
        alter table postings add foreign key (code) references accounts;
        alter table postings add foreign key (code, year) references rates;
        create function post() returns trigger language plpgsql security definer as $$
        begin insert into postings values (new.id, '1210', 1999), (new.id, '1310', 1999); return new; end $$;
        create trigger post after insert on t for each row execute function post()""",
    "partitions by list, range and hash": """create table t (id int not null, tenant_id uuid not null, at date not null)
        partition by range (at);
        create table t1 partition of t for values from ('2020-01-01') to ('2021-01-01') partition by hash (id);
        create table t2 partition of t1 for values with (modulus 2, remainder 1)""",
    "a unique index": """create table t (id int primary key, tenant_id uuid not null, slug text not null);
        create unique index on t (lower(slug))""",
    "a unique pair, of which a policy asks for a word": """create table t (id int primary key, tenant_id uuid not null, name text not null,
        active boolean not null default true, unique (name, active));
        create policy shared on t using (name = 'shared')""",
    "a shared parent": """create table plans (code text primary key);
        create table t (id int primary key, tenant_id uuid not null, plan text not null references plans)""",
    "a parent for one row only": """create table plans (id int primary key check (id = 1));
        create table t (id int primary key, tenant_id uuid not null, plan int not null references plans)""",
    "a parent that each has one row of": """create table plans (id int primary key);
        create table t (id int primary key, tenant_id uuid not null, plan int not null unique references plans)""",
    "a key of a form": """create table t (
            id int primary key, tenant_id uuid not null, key text not null unique check (key ~ '^[a-z][a-z0-9_]*(\\.[a-z0-9_]+)+$'),
            version text not null check (version ~ '^v[0-9]+\\.[0-9]+$' and length(version) < 12))""",
    "a document that is a list of something": """create table t (
            id int primary key, tenant_id uuid not null,
            scope jsonb not null check (jsonb_typeof(scope) = 'array' and jsonb_array_length(scope) > 0))""",
    "an integer key": "create table t (id int primary key, tenant_id int not null)",
    "a text key": "create table t (id int primary key, tenant_id text not null)",
}


@pytest.mark.parametrize("name", SEEDED)
def test_rows_satisfy_their_table(database: Scratch, name: str) -> None:
    """Without row security everything crosses: what cannot be seen was not seeded."""
    found = attacked(database, f"{SEEDED[name]}; grant select on all tables in schema public to app_user")
    assert not found.unseeded()
    assert found.crossings("t") == {"select"}


UNSEEDED: dict[str, tuple[str, str]] = {
    "a trigger that fails": (
        """create table t (id int primary key, tenant_id uuid not null);
           create function never() returns trigger language plpgsql as $$ begin raise 'not today'; end $$;
           create trigger never before insert on t for each row execute function never()""",
        "not today",
    ),
    "a check that nothing meets": ("create table t (id int primary key check (id > 5 and id < 4), tenant_id uuid not null)", "t_id_check"),
    "a circle that cannot wait": (
        """create table t (id int primary key, tenant_id uuid not null, other int not null);
           create table o (id int primary key, tenant_id uuid not null, t int not null references t);
           alter table t add foreign key (other) references o""",
        "part of a circle",
    ),
    "a trigger that keeps rows out": (
        """create table t (id int primary key, tenant_id uuid not null);
           create function never() returns trigger language plpgsql as $$ begin return null; end $$;
           create trigger never before insert on t for each row execute function never()""",
        "keeps rows out",
    ),
    "a type without values": (
        "create type pair as (a int, b int); create table t (id int primary key, tenant_id uuid not null, pair pair not null)",
        "null value in column",
    ),
}


@pytest.mark.parametrize("name", UNSEEDED)
def test_what_cannot_be_seeded_says_why(database: Scratch, name: str) -> None:
    schema, reason = UNSEEDED[name]
    found = attacked(database, f"{schema}; grant select on all tables in schema public to app_user")
    assert reason in found.unseeded()["t"]


def test_a_crossing_tells_how_to_replay_it(database: Scratch) -> None:
    crossing = attacked(database, SECURED + "create policy rows on orders for select using (true);").first("orders", "select")
    assert crossing.statement.startswith("select id, tenant_id, title, public from public.orders where tenant_id = 'bbbbbbbb-")
    assert "title = bravo-title-" in crossing.row
    assert crossing.role == "app_user"


ONE_EACH = """
    create table plans (tenant_id uuid primary key references tenants, name text);
    grant select, insert, update on plans to app_user;
    alter table plans enable row level security;
    create policy rows on plans for select using (tenant_id = tenant());
"""
"""A table in which no tenant has room for another row."""


def test_what_only_a_unique_key_refuses_went_past_policies(database: Scratch) -> None:
    found = attacked(database, ONE_EACH + "create policy anything on plans for insert with check (true);")
    assert found.crossings("plans") == set()
    assert found.past("plans") == {"insert"}


def test_what_a_policy_refuses_went_past_nothing(database: Scratch) -> None:
    found = attacked(database, ONE_EACH + "create policy own on plans for insert with check (tenant_id = tenant());")
    assert "insert" in found.held("plans")
    assert found.past("plans") == set()


def test_constraints_alone_tell_nothing_of_policies(database: Scratch) -> None:
    found = attacked(database, ONE_EACH + "alter table plans owner to app_user;")
    assert found.past("plans") == set()


def test_what_a_constraint_refuses_of_own_rows_went_past_nothing(database: Scratch) -> None:
    parts = "create table parts (id int primary key, order_id uuid not null references orders);"
    found = attacked(database, GUARDED + parts)
    assert {"update", "delete"} <= found.held("orders")
    assert found.past("orders") == set()


def test_a_row_that_a_trigger_may_have_rewritten_went_past_nothing(database: Scratch) -> None:
    own = """
        create policy own on plans for insert with check (tenant_id = tenant());
        create function stamp() returns trigger language plpgsql as $$
            begin new.tenant_id := coalesce(tenant(), new.tenant_id); return new; end $$;
        create trigger stamp before insert on plans for each row execute function stamp();
    """
    found = attacked(database, ONE_EACH + own)
    assert "insert" in found.held("plans")
    assert found.past("plans") == set()


def test_a_trigger_on_updates_rewrites_no_row_that_is_inserted(database: Scratch) -> None:
    own = """
        create policy anything on plans for insert with check (true);
        create function stamp() returns trigger language plpgsql as $$ begin return new; end $$;
        create trigger stamp before update on plans for each row execute function stamp();
    """
    assert attacked(database, ONE_EACH + own).past("plans") == {"insert"}


def test_a_second_membership_of_the_same_user_joins_another_tenant(database: Scratch) -> None:
    members = """
        create function me() returns uuid language sql stable as $$ select nullif(current_setting('app.user_id', true), '')::uuid $$;
        create table members (id uuid primary key default gen_random_uuid(), tenant_id uuid not null references tenants,
            user_id uuid not null, unique (tenant_id, user_id));
        grant insert on members to app_user;
        alter table members enable row level security;
        create policy joins on members for insert with check (user_id = me());
    """
    assert attacked(database, members).crossings("members") == {"insert"}


def test_on_supabase_everybody_connects_as_one_role(database: Scratch) -> None:
    connects = "create role authenticator; grant app_user to authenticator;"
    opened = SECURED + "create policy rows on orders for select using (session_user {} 'authenticator');"
    assert attacked(database, connects + opened.format("<>")).crossings("orders") == set()


def test_a_crossing_by_way_of_that_role_tells_it(database: Scratch) -> None:
    connects = "create role authenticator; grant app_user to authenticator;"
    opened = SECURED + "create policy rows on orders for select using (session_user = 'authenticator' and current_user = 'app_user');"
    crossing = attacked(database, connects + opened).first("orders", "select")
    assert crossing.session[-2:] == ("set local session authorization authenticator", "set local role app_user")


def test_a_view_that_reads_as_its_caller_is_not_to_blame(database: Scratch) -> None:
    view = "create view totals with (security_invoker) as select id as number, title from orders; grant select on totals to app_user;"
    assert attacked(database, ORDERS + view).causes("orders") == {("rls-enabled", "public.orders")}


LINES = """
    create table lines (id uuid primary key default gen_random_uuid(), order_id uuid references orders, note text);
    grant select on lines to app_user;
    create function notes() returns setof text language sql security definer as $$ select note from lines $$;
    create view remarks with (security_invoker) as select note, order_id from lines; grant select on remarks to app_user;
"""


def test_no_view_or_function_is_to_blame_for_a_child_without_row_security(database: Scratch) -> None:
    """That a row holds the key of an order does not make it an order's: the view reads lines alone."""
    found = attacked(database, GUARDED + LINES)
    assert {"select by notes", "select by remarks"} <= found.crossings("lines")
    assert found.causes("lines") == {("rls-child-covered", "public.lines")}
    assert not found.crossings("orders")


def test_a_view_over_one_that_reads_as_its_owner_is_to_blame(database: Scratch) -> None:
    views = """create view inside as select id as number, title from orders;
        create view outside with (security_invoker) as select * from inside; grant select on inside, outside to app_user;"""
    assert attacked(database, GUARDED + views).causes("orders") == {
        ("view-invoker-secured", "public.inside"),
        ("view-invoker-secured", "public.outside"),
    }


def test_the_policy_is_to_blame_that_passed_the_side_which_was_crossed(database: Scratch) -> None:
    """An update passes USING of one policy, and the check of another."""
    taken = """create policy "a own" on orders for update using (tenant_id = tenant());
        create policy "b any" on orders for update using (true) with check (false);"""
    assert attacked(database, SECURED + taken).causes("orders") == {("rls-policy-isolates", "public.orders/b any")}


def test_the_policy_is_to_blame_whose_check_a_planted_row_passed(database: Scratch) -> None:
    given = """create policy "a own" on orders for update using (tenant_id = tenant()) with check (tenant_id = tenant());
        create policy "b any" on orders for update using (false) with check (true);"""
    assert attacked(database, SECURED + given).causes("orders") == {("rls-write-checked", "public.orders/b any")}


def test_what_could_not_be_tried_is_not_held(database: Scratch) -> None:
    """Of an INSERT nothing is known where a tenant has room for one row."""
    full = """
        create function crowded() returns trigger language plpgsql as $$
            begin if exists (select from orders as o where o.tenant_id = new.tenant_id) then raise 'full'; end if; return new; end $$;
        create trigger crowded before insert on orders for each row execute function crowded();
    """
    found = attacked(database, GUARDED + full)
    assert found.untried("orders") == {"insert": "no row of public.orders could be made to insert"}


def test_what_looks_the_same_for_everybody_is_not_told_apart(database: Scratch) -> None:
    alike = """
        create table flags (tenant_id uuid primary key references tenants, is_on boolean not null check (is_on));
        grant select (is_on) on flags to app_user;
    """
    assert attacked(database, alike).untried("flags") == {"select": "it may not read what tells rows apart"}


def test_nothing_is_left_behind(database: Scratch) -> None:
    database.run(TENANTS + ORDERS)
    keys = {"public.tenants": ("id",), "public.orders": ("tenant_id",)}
    tenancy = Tenancy(keys, "public.tenants", ("app_user",), (Source(Claim("app.tenant_id"), "tenant"),))
    assert any(isinstance(each, Crossing) for each in attack(Database(database.connection), tenancy))
    assert database.run("select (select count(*) from tenants) + (select count(*) from orders)") == [[0]]


def test_a_connection_that_set_the_tenant_before_is_refused(database: Scratch) -> None:
    database.run("create role app_user; set app.tenant_id = 'x'; reset app.tenant_id")
    tenancy = Tenancy({}, None, ("app_user",), (Source(Claim("app.tenant_id"), "tenant"),))
    with pytest.raises(Used, match=r"app\.tenant_id"):
        list(attack(Database(database.connection), tenancy))
