-- scenario: a policy per command, permissive and restrictive, to roles
create role app;
create table t (id int, tenant_id uuid);
alter table t enable row level security;
create policy a on t using (tenant_id = current_setting('app.tenant')::uuid);
create policy b on t as restrictive for select to app using (id > 0);
create policy c on t for insert to app, public with check (id is not null);
create policy d on t for update to current_user using (true) with check (tenant_id is not null);
create policy e on t for delete using (id in (select id from t));

-- scenario: WITH CHECK on what only reads, and USING on inserts, are refused
create table t (id int);
-- refused
create policy a on t for select with check (true);
-- refused
create policy a on t for delete with check (true);
-- refused
create policy a on t for insert using (true);
create policy a on t for update with check (true);

-- scenario: policies are on tables, of one name each
create table t (id int);
create view v as select * from t;
create policy a on t;
-- refused
create policy a on t;
-- refused
create policy a on v;
-- refused
create policy a on missing;
-- refused
create policy b on t using (missing = 1);
-- refused
create policy b on t using (id in (select id from gone));

-- scenario: altering a policy replaces only what it says
create role app;
create table t (id int, tenant_id int);
create policy a on t for update to app using (id = 1) with check (id = 2);
alter policy a on t using (tenant_id = 3);
alter policy a on t to public;
alter policy a on t rename to b;
-- refused
alter policy a on t to public;

-- scenario: a column that a policy uses cannot be dropped without cascade
create table t (id int, tenant_id int);
create policy a on t using (tenant_id = 1);
-- refused
alter table t drop column tenant_id;
alter table t drop column tenant_id cascade;

-- scenario: policies follow renames
create schema app;
create table t (id int, tenant_id int);
create table u (id int, t_id int);
create function f(int) returns boolean language sql immutable as 'select true';
create policy a on u using (t_id in (select t.id from t where t.tenant_id = 1) and f(u.id));
alter table t rename column tenant_id to "Org";
alter table t rename to "T t";
alter table u rename column t_id to parent;
alter function f(int) rename to g;
alter table "T t" set schema app;
alter schema app rename to "App";

-- scenario: a policy goes with its table, and a table that it reads needs cascade
create table t (id int);
create table u (id int);
create policy a on u using (id in (select id from t));
-- refused
drop table t;
drop table t cascade;
create policy b on u;
drop policy b on u;
drop policy if exists b on u;
-- refused
drop policy b on u;
drop table u;

-- scenario: a role that a policy names cannot go
create role app;
create role other;
create table t (id int);
create policy a on t to app;
create policy b on t to app, other;
-- refused
drop role app;
drop owned by app;
drop role app;

-- scenario: quoted names and long ones
create table "Odd ""Table" ("Tenant Id" int, "select" text);
create policy "A policy" on "Odd ""Table" using ("Tenant Id" = 1 and "select" <> '');
create policy a_name_that_is_longer_than_sixty_three_bytes_is_cut_by_postgresql_itself on "Odd ""Table";
alter table "Odd ""Table" enable row level security;

-- scenario: a condition with everything in it
create table t (id int, tenant_id uuid, at timestamptz, tags text[], data jsonb);
create policy a on t using (
  (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid or current_user = 'postgres')
  and case when at is null then true else at > now() - interval '1 day' end
  and coalesce(data ->> 'a', 'x') <> all (tags) and tags && array['a', 'b']
  and (id, 1) in (select x.id, count(*) from t as x group by x.id having count(*) > 1)
  and not exists (select from t as y where y.id = t.id and y.data @> '{"a": 1}'));

-- scenario: unqualified names in sub-selects bind to the inner table
create table t (id int, tenant_id int);
create table m (t_id int, tenant_id int, who text);
create policy a on t using (exists (select 1 from m where m.t_id = id and tenant_id = 1 and who = current_user));
alter table m rename column tenant_id to org_id;

-- scenario: a condition that a search path gave its names
create schema app;
create table app.m (id int);
create table m (id int);
create table t (id int);
set search_path = app, public;
create policy a on t using (id in (select id from m));
set search_path = public;
create policy b on t using (id in (select id from m));
alter table app.m rename to n;

-- scenario: functions in policies follow their names and schemas
create schema app;
create table t (id int, tenant_id int);
create function app.current_tenant() returns int language sql stable as 'select 1';
create policy a on t using (tenant_id = app.current_tenant());
create policy b on t using (tenant_id = (select app.current_tenant()));
alter function app.current_tenant() rename to tenant;
alter function app.tenant() set schema public;
-- refused
drop function tenant();
drop function tenant() cascade;

-- scenario: policies on partitions are their own
create table t (id int, tenant_id int) partition by list (tenant_id);
create table t1 partition of t for values in (1);
create policy a on t using (tenant_id = 1);
alter table t enable row level security;
alter table t force row level security;
alter table t1 no force row level security;

-- scenario: row security on and off, forced and not
create table t (id int);
alter table t enable row level security;
alter table t enable row level security, force row level security;
alter table t disable row level security;
alter table only t no force row level security;
alter table if exists gone enable row level security;
-- refused
alter table gone enable row level security;
create view v as select 1 as one;
-- refused
alter table v enable row level security;
create sequence s;
-- refused
alter table s enable row level security;

-- scenario: enum and domain types in conditions
create type mood as enum ('sad', 'happy');
create domain tenant as int check (value > 0);
create table t (id tenant, m mood default 'sad');
create policy a on t using (m = 'happy'::mood and id = 1::tenant);
alter type mood rename to feeling;
alter domain tenant rename to org;
-- refused
drop type feeling;

-- scenario: a policy reads a view
create table t (id int, tenant_id int);
create view mine as select id from t where tenant_id = 1;
create policy a on t using (id in (select id from mine));
alter view mine rename to ours;
-- refused
drop view ours;
