-- scenario: a table in the middle
create table a (id int primary key);
create table b (id int primary key, a_id int references a);
create table c (b_id int references b);
create view v as select b.id from b;
create policy p on c using (b_id in (select id from b));
create function f() returns setof b language sql as 'select * from b';
-- refused
drop table b;
drop table b cascade;

-- scenario: several at once need no cascade
create table a (id int primary key);
create table b (a_id int references a);
create view v as select * from b;
-- refused
drop table a, b;
drop view v;
drop table a, b;

-- scenario: tables that reference each other
create table a (id int primary key, b_id int);
create table b (id int primary key, a_id int references a);
alter table a add foreign key (b_id) references b;
-- refused
drop table a;
drop table a, b;

-- scenario: what goes silently
create table t (id serial primary key, a int unique, check (a > 0));
create index on t (a);
create policy p on t;
create function f() returns trigger language plpgsql as 'begin return new; end';
create trigger g before insert on t for each row execute function f();
create rule r as on delete to t do also nothing;
create sequence s owned by t.a;
drop table t;

-- scenario: the wrong kind
create table t (id int);
create view v as select * from t;
create materialized view m as select * from t;
create sequence s;
create index i on t (id);
create type e as enum ('a');
create domain d as int;
-- refused
drop view t;
-- refused
drop table v;
-- refused
drop view m;
-- refused
drop materialized view v;
-- refused
drop sequence t;
-- refused
drop index t;
-- refused
drop domain e;
-- refused
drop table i;
drop type d;
-- refused
drop table if exists v;

-- scenario: cascade through types, functions and views
create type e as enum ('a');
create function f(e) returns e language sql as 'select $1';
create table t (id int, m e, n e default f('a'));
create view v as select m from t;
create view w as select id, f(m) as g from t;
-- refused
drop type e;
-- refused
drop function f(e);
drop function f(e) cascade;
drop type e cascade;

-- scenario: a column's cascade
create table t (id int primary key, a int unique, b int generated always as (a + 1) stored);
create table u (a int references t (a));
create view v as select a from t;
create policy p on u using (a in (select t.a from t));
-- refused
alter table t drop column a;
alter table t drop column a cascade;

-- scenario: a constraint that others need
create table t (id int primary key, a int);
create table u (id int references t);
-- refused
alter table t drop constraint t_pkey;
alter table t drop constraint t_pkey cascade;

-- scenario: children
create table a (id int);
create table b () inherits (a);
create table c () inherits (b);
create view v as select * from c;
-- refused
drop table b;
drop table b cascade;
drop table a;

-- scenario: dropped and made again
create table t (id int, tenant_id int);
alter table t enable row level security;
create policy p on t using (tenant_id = 1);
drop table t;
create table t (id int, tenant_id int);
drop view if exists v;
create view v with (security_invoker = true) as select * from t;
drop view v;
create view v as select * from t;

-- scenario: functions that defaults and checks use
create function f(int) returns int language sql immutable as 'select 1';
create table t (a int default f(1), b int check (f(b) > 0), c int generated always as (f(1)) stored);
create index i on t (f(a));
create domain d as int default f(2) check (f(value) > 0);
-- refused
drop function f(int);
drop function f(int) cascade;

-- scenario: policies that name other tables' columns
create table m (user_id int, team_id int);
create table t (id int, team_id int);
create policy p on t using (team_id in (select team_id from m where user_id = 1));
create policy q on t using (exists (select from m where m.team_id = t.team_id));
-- refused
alter table m drop column user_id;
alter table m drop column user_id cascade;
drop table m cascade;

-- scenario: owned by roles that go
create role app;
create schema app authorization app;
create table app.t (id int);
alter table app.t owner to app;
-- refused
drop role app;
drop owned by app cascade;
drop role app;

-- scenario: missing things, and if exists
drop table if exists a, b cascade;
drop view if exists a;
drop materialized view if exists a;
drop index if exists a, s.b;
drop sequence if exists a;
drop type if exists a, s.b;
drop domain if exists a;
drop function if exists a(), s.b(int), c;
drop schema if exists a, b;
drop role if exists a;
drop policy if exists p on t;
drop trigger if exists g on t;
drop rule if exists r on t;
drop extension if exists a;
drop aggregate if exists a(int);
drop publication if exists a;
create table t (id int);
drop policy if exists p on t;
drop trigger if exists g on t;
alter table t drop constraint if exists a, drop column if exists b;
