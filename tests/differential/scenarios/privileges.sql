-- scenario: privileges on tables
create role app;
create role other;
create table t (id int, a int);
create view v as select * from t;
create sequence s;
grant select on t to app;
grant select, insert (a), update (a, id) on t to app with grant option;
grant all on t to other;
grant all privileges on table t, v to public;
revoke update on t from other;
revoke insert (a) on t from app;
revoke grant option for select on t from app;
grant usage, select on sequence s to app;
grant select on s to other;
-- refused
grant usage on t to app;
-- refused
grant select (gone) on t to app;
-- refused
grant select on gone to app;

-- scenario: privileges on everything of a schema
create role app;
create schema a;
create table a.t (id int);
create view a.v as select * from a.t;
create materialized view a.m as select * from a.t;
create sequence a.s;
create table a.p (id int) partition by list (id);
grant select on all tables in schema a to app;
grant usage on all sequences in schema a to app;
create table a.later (id int);
grant usage, create on schema a to app;
revoke all on schema public from public;
-- refused
grant select on all tables in schema gone to app;
revoke all on all tables in schema a from app;

-- scenario: grants of grantees go when the option goes
create role a;
create role b;
create role c;
create table t (id int);
grant select on t to a with grant option;
set role a;
grant select on t to b with grant option;
set role b;
grant select on t to c;
reset role;
-- refused
revoke grant option for select on t from a;
revoke grant option for select on t from a cascade;

-- scenario: grants by those who may not
create role a;
create role b;
create table t (id int);
set role a;
-- refused
grant select on t to b;
reset role;
grant select on t to a;
set role a;
grant select on t to b;
reset role;

-- scenario: default privileges
create role app;
create role maker;
create schema s;
alter default privileges grant select on tables to app;
create table t (id int);
alter default privileges in schema s grant insert, update on tables to app;
create table s.t (id int);
create view s.v as select 1 as one;
alter default privileges revoke execute on functions from public;
create function f() returns int language sql as 'select 1';
create function s.f() returns int language sql as 'select 1';
alter default privileges grant usage on sequences to app;
create sequence q;
create table u (id serial);
alter default privileges for role maker grant all on tables to app;
alter default privileges grant all on schemas to app;
create schema z;
alter default privileges grant usage on types to app;
create type mood as enum ('a');
alter default privileges revoke select on tables from app;
create table w (id int);
-- refused
alter default privileges in schema s grant usage on schemas to app;
-- refused
alter default privileges in schema gone grant select on tables to app;

-- scenario: default privileges of the one who creates
create role maker;
create role app;
grant create, usage on schema public to maker;
alter default privileges for role maker in schema public grant select on tables to app;
set role maker;
create table a (id int);
reset role;
create table b (id int);

-- scenario: owners have what is theirs
create role a;
create role b;
create table t (id int);
alter table t owner to a;
revoke all on t from a;
grant select on t to b;
alter table t owner to b;
grant insert on t to a;
alter table t owner to postgres;

-- scenario: owners and sequences
create role a;
create table t (id serial primary key, n int generated always as identity);
alter table t owner to a;
create sequence s;
alter sequence s owner to a;
create schema x;
alter schema x owner to a;

-- scenario: everything that a role owns
create role a;
create role b;
create table t (id int);
create table u (id int);
create function f() returns int language sql as 'select 1';
alter table t owner to a;
alter function f() owner to a;
grant select on u to a, b;
alter default privileges for role a grant select on tables to b;
-- refused
drop role a;
reassign owned by a to b;
drop owned by a;
drop role a;
drop owned by b cascade;
drop role b;

-- scenario: public and the names for oneself
create role app;
create table t (id int);
grant select on t to public;
grant insert on t to current_user;
grant update on t to session_user, app;
revoke select on t from public, app;

-- scenario: columns and the whole
create role app;
create table t (id int, a int, b int);
grant select (id, a), insert on t to app;
revoke select on t from app;
grant all (b) on t to app;
revoke update (b) on t from app;
alter table t drop column a;
alter table t rename column b to c;
grant select (c) on t to public;

-- scenario: privileges that PostgreSQL gives itself
create role app;
create schema s;
revoke usage on schema s from public;
revoke create on schema public from public;
grant create on schema public to public;
revoke execute on all functions in schema s from public;
create function s.f() returns int language sql as 'select 1';
revoke all on function s.f() from public;
grant all on function s.f() to app;
create type mood as enum ('a');
revoke usage on type mood from public;

-- scenario: privileges after a replacement
create role app;
create table t (id int);
create view v as select id from t;
grant select on v to app;
create or replace view v as select id, 1 as one from t;
drop view v;
create view v as select id from t;

-- scenario: privileges and what is copied
create role app;
create table t (id int) partition by list (id);
grant select on t to app;
create table p partition of t for values in (1);
create table l (like t);
create table a as select * from t;
create table i (x int);

-- scenario: granted by
create role a;
create role b;
create table t (id int);
grant select on t to a with grant option;
-- refused
grant select on t to b granted by a;
grant select on t to b granted by current_user;

-- scenario: default privileges go with their schema
create role app;
create schema s;
alter default privileges in schema s grant select on tables to app;
drop schema s;
create schema s;
create table s.t (id int);

-- scenario: a procedure hides a function
create role app;
create schema s;
create function f(int) returns int language sql as 'select 1';
create procedure s.f(int) language plpgsql as 'begin end';
set search_path = s, public;
-- refused
grant execute on function f to app;
grant execute on procedure f to app;
grant execute on function public.f to app;

-- scenario: partitions' privileges are their own
create role app;
create table t (id int) partition by list (id);
create table p partition of t for values in (1);
grant select on t to app;
revoke all on p from public;
create index on t (id);
