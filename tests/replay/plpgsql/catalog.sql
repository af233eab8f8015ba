create schema app;
create type app.mood as enum ('sad', 'ok', 'happy');
create type public.pair as (a int, b text);
create domain app.short as varchar(10) not null;
create table tenants (id uuid primary key, slug text not null unique, created_at timestamptz default now());
create table orders (
    id bigserial primary key,
    tenant_id uuid not null references tenants (id) on delete cascade,
    mood app.mood default 'ok',
    amount numeric(10, 2) check (amount > 0),
    tags text[],
    "Note" varchar(20),
    total int generated always as (1 + 1) stored,
    constraint amount_and_mood unique (amount, mood)
);
create table app.events (id int generated always as identity, tenant_id uuid, day date not null) partition by range (day);
create table app.events_2024 partition of app.events for values from ('2024-01-01') to ('2025-01-01');
create table base (a int, b int);
create table child () inherits (base);
create index orders_by_tenant on orders (tenant_id, id);
create unique index on base (a);
create view live as select id, tenant_id from orders;
create materialized view sums as select tenant_id, sum(amount) as s from orders group by 1;
create sequence counter;
alter table orders enable row level security;
alter table orders force row level security;
alter table app.events enable row level security;
create policy own on orders for select using (true);
create policy strict on orders as restrictive for all to public using (true) with check (true);
create role app_user login;
create role readers nologin;
grant readers to app_user;
create policy theirs on app.events for insert to app_user with check (true);
create function tenant() returns uuid language sql stable security definer set search_path = public as 'select null::uuid';
create function app.secure(t text, n int default 1) returns void language plpgsql as 'begin end';
create function touched() returns trigger language plpgsql as 'begin return new; end';
create trigger touch before insert or update on orders for each row execute function touched();
grant select on orders to app_user;
alter table orders drop column tags;
