"""Policy sets at random, over one schema: terms of many shapes, joined in every way, on policies of every kind."""

from random import Random
from typing import NamedTuple

TABLES = {
    name: f"""create table {name} (
    id uuid not null default gen_random_uuid(), tenant_id uuid{required} references tenants, owner uuid references users,
    project_id uuid references projects, plan_id uuid references plans, status text, is_public boolean not null, seen_by uuid[], due date
);"""
    for name, required in (("orders", " not null"), ("notes", ""))
}
"""The tables that have policies."""
SCHEMA = """
create role app; create role app_reader; create role bystander;
create table tenants (id uuid primary key, name text);
create table users (id uuid primary key, login uuid not null unique, email text not null unique, is_admin boolean not null);
create table memberships (
    tenant_id uuid not null references tenants, user_id uuid not null references users, rank text not null,
    primary key (tenant_id, user_id)
);
create table admins (user_id uuid primary key references users);
create table projects (id uuid primary key, tenant_id uuid not null references tenants, lead uuid references users, name text not null);
create table flags (name text primary key, is_on boolean not null);
create table plans (id uuid primary key, kind text not null);
ORDERS
NOTES
alter table projects enable row level security;
create policy own_projects on projects using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
create function tenant() returns uuid language sql stable as $$ select nullif(current_setting('app.tenant_id', true), '')::uuid $$;
create function me() returns uuid language plpgsql stable as $$ begin return nullif(current_setting('app.user_id', true), '')::uuid; end $$;
create function my_tenants() returns setof uuid language sql stable security definer as $$
    select m.tenant_id from public.memberships as m where m.user_id = public.me() $$;
create function is_member(wanted uuid) returns boolean language sql stable security definer as $$
    select exists (select 1 from public.memberships as m where m.tenant_id = wanted and m.user_id = public.me()) $$;
create function ranked(wanted uuid, rank_asked text) returns boolean language plpgsql stable security definer as $$
declare found_rank text;
begin
    if public.me() is null then return false; end if;
    select m.rank into found_rank from public.memberships as m where m.tenant_id = wanted and m.user_id = public.me();
    return found_rank = rank_asked;
end $$;
create function is_admin() returns boolean language sql stable security definer as $$
    select exists (select 1 from public.admins as a where a.user_id = public.me()) $$;
create function may_see(wanted uuid) returns boolean language sql stable as $$ select wanted is not null $$;
create function toss() returns boolean language plpgsql as $$ begin return random() < 0.5; end $$;
create function is_lucky(wanted uuid) returns boolean language sql stable as $$ select wanted is not null and random() < 0.5 $$;
create function of_order(o orders) returns uuid language sql stable as $$ select o.tenant_id $$;
create function two() returns table (status text, rank text) language sql stable as $$ select 'two', 'one' $$;
create sequence turns;
create aggregate most(text) (sfunc = textcat, stype = text);
grant select on tenants, users, memberships, admins, projects, flags, plans to app, app_reader;
grant select, insert, update, delete on orders, notes to app, app_reader;
grant usage on sequence turns to app, app_reader;
alter table orders enable row level security;
alter table orders force row level security;
alter table notes enable row level security;
""".replace("ORDERS", TABLES["orders"]).replace("NOTES", TABLES["notes"])

T = "nullif(current_setting('app.tenant_id', true), '')::uuid"
U = "nullif(current_setting('app.user_id', true), '')::uuid"
SHAPES = f"""
tenant_id = {T}
{T} = tenant_id
tenant_id = current_setting('app.tenant_id')::uuid
tenant_id::text = current_setting('app.tenant_id', true)
tenant_id = (select {T})
tenant_id = tenant()
tenant_id = (select tenant())
tenant_id in (tenant())
tenant_id = any (array[tenant()])
tenant_id = any (string_to_array(nullif(current_setting('app.tenant_id', true), ''), ',')::uuid[])
tenant_id is not distinct from {T}
tenant_id is distinct from {T}
tenant_id <> {T}
tenant_id >= {T}
tenant_id = coalesce({T}, tenant_id)
coalesce(tenant_id = tenant(), false)
coalesce(tenant_id = tenant(), true)
coalesce(tenant_id, tenant()) = tenant()
nullif(tenant_id, tenant()) is null
tenant_id in (select my_tenants())
tenant_id = any (array(select my_tenants()))
tenant_id not in (select my_tenants())
tenant_id in (select m.tenant_id from memberships as m where m.user_id = me())
tenant_id in (select m.tenant_id from memberships as m)
tenant_id in (select m.tenant_id from memberships as m where m.user_id <> me())
tenant_id in (select tenant_id from memberships where user_id = me() and rank = 'owner')
exists (select 1 from memberships as m where m.tenant_id = TABLE.tenant_id and m.user_id = me())
exists (select 1 from memberships as m where m.tenant_id = tenant_id and m.user_id = me())
exists (select 1 from memberships as m where m.user_id = me())
exists (select 1 from memberships as m where m.tenant_id = TABLE.tenant_id)
not exists (select 1 from memberships as m where m.tenant_id = TABLE.tenant_id and m.user_id = me())
exists (select 1 from memberships as m join users as u on u.id = m.user_id where u.id = me() and m.tenant_id = TABLE.tenant_id)
exists (select 1 from users as u join memberships as m on m.user_id = u.id where m.tenant_id = TABLE.tenant_id and u.is_admin)
exists (with mine as (select tenant_id from memberships where user_id = me()) select 1 from mine where mine.tenant_id = TABLE.tenant_id)
exists (select 1 from tenants as t where t.id = TABLE.tenant_id and t.id = tenant())
exists (select 1 from tenants as t where t.id = TABLE.tenant_id)
exists (select 1 from projects as p where p.id = TABLE.project_id and p.tenant_id = tenant())
exists (select 1 from projects as p where p.id = TABLE.project_id)
exists (select 1 from projects as p where p.id = project_id and p.lead = me())
project_id in (select p.id from projects as p where p.tenant_id = tenant())
project_id is null
owner = {U}
owner = me()
owner <> me()
owner = (select u.id from users as u where u.id = me())
owner in (select u.id from users as u where u.id = me())
me() = any (seen_by)
is_member(tenant_id)
ranked(tenant_id, 'owner')
ranked(tenant(), 'owner')
not is_member(tenant_id)
is_admin()
exists (select 1 from admins as a where a.user_id = me())
exists (select 1 from users as u where u.id = me() and u.is_admin)
exists (select 1 from flags where name = 'open' and is_on)
exists (select 1 from plans as p where p.id = TABLE.plan_id and p.kind = 'free')
(select count(*) from memberships as m where m.tenant_id = TABLE.tenant_id and m.user_id = me()) > 0
may_see(tenant_id)
status = 'shared'
status in ('shared', 'draft')
status is null
status like 'sh%'
is_public
not is_public
due < now()
due is null
tenant_id is not null
tenant_id is null
tenant_id = tenant_id
tenant_id = '00000000-0000-0000-0000-00000000000b'
current_setting('app.mode', true) = 'support'
current_setting('app.mode', true) is null
current_setting('app.tenant_id', true) is null
nullif(current_setting('app.tenant_id', true), '') is null
me() is not null
current_user = 'app'
current_user = 'bystander'
pg_has_role(current_user, 'bystander', 'member')
true
false
null::boolean
1 = 1
random() < 0.5
random() >= 0.5
toss()
is_lucky(tenant_id)
exists (select 1 where random() < 0.5)
nextval('turns') % 7 < 4
(tenant_id = {T})::int = 1
(tenant_id = tenant() or is_public)::int = 1
is_public::int + (owner = me())::int > 0
(case when tenant_id = tenant() then 2 else 0 end)::boolean
(case when is_public then '0' else '1.0' end)::numeric = 1
upper(tenant_id::text) = upper(current_setting('app.tenant_id', true))
tenant_id::varchar(20) = {T}::varchar(20)
tenant_id::text::uuid = tenant()
tenant_id = '00000000-0000-0000-0000-00000000000B'
owner = '{{00000000-0000-0000-0001-00000000000B}}'::uuid
status::varchar(2) = 'sh'
status::char(9) = 'shared '
(case when is_public then 'yes' else 'of' end)::boolean = 'on'
due = 'Jan 1 2000'
due = '2000-01-01' and due = 'Jan 1 2000'
1.0 = 1
'01'::int <> 1
""".strip().splitlines()
MINE = "from memberships as m where m.tenant_id = TABLE.tenant_id and m.user_id = me()"
NOTHING = f"""
exists (select 1 {MINE} having count(*) > 0)
exists (select 1 {MINE} having count(*) = 0)
exists (select 1 {MINE} group by m.rank having count(*) > 0)
exists (select 1 {MINE} group by ())
exists (select max(m.rank) {MINE})
exists (select m.rank {MINE} order by m.rank limit 1)
not exists (select 1 {MINE} limit 0)
(select count(*) {MINE}) = 0
(select count(*) = 0 {MINE})
(select bool_or(m.rank = 'owner') {MINE})
(select coalesce(bool_and(m.rank = 'guest'), true) {MINE})
(select max(m.rank) {MINE}) is null
(select m.rank {MINE} union select m.rank {MINE} and m.rank = 'owner') is null
tenant_id = any ((select array_agg(m.tenant_id) from memberships as m where m.user_id = me())::uuid[])
concat(status, '') = 'shared'
num_nulls(status, owner) = 2
(array[status] || status) is not null
(jsonb_build_object('a', status) ->> 'a') is null
seen_by[1] = me()
(array[tenant_id])[1] = tenant()
array_position(seen_by, owner) is null
substring(status from 'sh') is null
substring(status from '[sd]h?') = 'sh'
ctid is not null
exists (select 1 from memberships as m tablesample bernoulli (100) where m.tenant_id = TABLE.tenant_id and m.user_id = me())
exists (select 1 from memberships as m, (select tenant_id as t) as s where m.user_id = me() and s.t = m.tenant_id)
exists (select 1 from two() where status = 'two' and tenant_id = tenant())
current_setting('app.tenant_id', null) is null
tenant_id::text = current_setting('app.tenant_id', null)
""".strip().splitlines()
"""NULL, or a row, where one would not look for it: aggregates over nothing, what finds nothing."""
SHAPES += NOTHING
ISOLATING = SHAPES[:10]
"""Shapes that sets are woven from more often, so that not all of them are open."""
COMMANDS = ("all", "all", "all", "select", "insert", "update", "delete")
ROLES = ("", "", "", " to app", " to app_reader", " to app, bystander", " to bystander")


class Policy(NamedTuple):
    """A policy, in parts."""

    name: str
    table: str
    is_restrictive: bool
    command: str
    roles: str
    using: str | None
    check: str | None

    def __str__(self) -> str:
        using = f" using ({self.using})" if self.using is not None else ""
        check = f" with check ({self.check})" if self.check is not None else ""
        kind = " as restrictive" if self.is_restrictive else ""
        return f"create policy {self.name} on {self.table}{kind} for {self.command}{self.roles}{using}{check};"

    def checked(self, command: str, role: str) -> str | None:
        """What it asks of rows that a command of a role writes; None where it does not apply."""
        applies = self.command in {"all", command} and (not self.roles or role in self.roles.replace(",", " ").split())
        return (self.check or self.using) if applies else None


class PolicySet(NamedTuple):
    """The policies of one table."""

    table: str
    policies: tuple[Policy, ...]

    def __str__(self) -> str:
        return "\n".join(map(str, self.policies))

    def words(self, command: str, role: str) -> str:
        """What they ask, all together, of rows that a command of a role writes."""
        asked = [(each.is_restrictive, text) for each in self.policies if (text := each.checked(command, role))]
        opened = " or ".join(f"({text})" for is_restrictive, text in asked if not is_restrictive) or "false"
        return " and ".join([f"({opened})", *(f"({text})" for is_restrictive, text in asked if is_restrictive)])


def policy_set(random: Random) -> PolicySet:
    """One to four policies of a table."""
    table = random.choice(("orders", "orders", "notes"))
    policies = tuple(_policy(random, table, f"p{number}") for number in range(random.choice((1, 1, 2, 2, 3, 4))))
    return PolicySet(table, policies)


def _policy(random: Random, table: str, name: str) -> Policy:
    command = random.choice(COMMANDS)
    has_check = command == "insert" or (command in {"all", "update"} and random.random() < 0.4)
    return Policy(
        name,
        table,
        random.random() < 0.25,
        command,
        random.choice(ROLES),
        _expression(random, table) if command != "insert" else None,
        _expression(random, table) if has_check else None,
    )


def _expression(random: Random, table: str, depth: int = 0) -> str:
    """A term, or several joined."""
    if depth > 2 or random.random() < 0.45:
        shape = random.choice(ISOLATING if random.random() < 0.45 else SHAPES)
        return shape.replace("TABLE", table)
    one, other, third = (_expression(random, table, depth + 1) for _ in range(3))
    return random.choice(
        (
            f"({one}) and ({other})",
            f"({one}) and ({other})",
            f"({one}) and ({other}) and ({third})",
            f"({one}) or ({other})",
            f"({one}) or (({other}) and ({third}))",
            f"not ({one})",
            f"({one}) is true",
            f"({one}) is not false",
            f"case when {one} then {other} else {third} end",
            f"case when {one} then false else {other} end",
            f"coalesce({one}, {other})",
            f"coalesce(({one}) and ({other}), false)",
        )
    )
