-- scenario: what is rolled back is not there
begin;
create table t (id int);
rollback;
begin;
create table u (id int);
alter table u enable row level security;
commit;
start transaction;
drop table u;
abort;
begin work;
create policy p on u;
end;

-- scenario: savepoints
begin;
create table t (id int);
savepoint a;
create table u (id int);
savepoint b;
alter table t enable row level security;
rollback to a;
create table v (id int);
release savepoint a;
savepoint a;
create table w (id int);
rollback to savepoint a;
commit;

-- scenario: settings that a transaction keeps to itself
create schema app;
begin;
set local search_path = app;
create table t (id int);
commit;
create table u (id int);
begin;
set search_path = app;
create table v (id int);
rollback;
create table w (id int);

-- scenario: roles that a transaction keeps to itself
create role app;
grant create on schema public to app;
begin;
set local role app;
create table t (id int);
commit;
create table u (id int);

-- scenario: a transaction in a chain
begin;
create table t (id int);
commit and chain;
create table u (id int);
rollback;

-- scenario: indexes beside a running system
create table t (id int, a int);
create index concurrently i on t (id);
create unique index concurrently if not exists j on t (a);
drop index concurrently i;
reindex table concurrently t;

-- scenario: an enum grows and is used
create type mood as enum ('a');
alter type mood add value 'b';
create table t (m mood default 'b');
vacuum t;

-- scenario: much in one transaction
begin;
create table t (id int);
do $$ begin create table t (id int); exception when duplicate_table then null; end $$;
alter table t add column a int;
savepoint s;
-- refused
alter table t add column a int;
rollback to s;
alter table t enable row level security;
commit;

-- scenario: prepared for two phases, and listened to
begin;
create table t (id int);
notify something;
lock table t;
end;
listen something;
