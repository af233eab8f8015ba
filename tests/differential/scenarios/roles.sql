-- scenario: roles and their attributes
create role a;
create user b;
create group c;
create role d login superuser createdb createrole noinherit replication bypassrls connection limit 5 password 'x';
create role e nologin nosuperuser nobypassrls;
alter role a login bypassrls;
alter user d nosuperuser nocreatedb inherit;
alter role b with nologin nobypassrls createrole;
-- refused
create role a;
alter role a rename to z;
-- refused
alter role z rename to b;
-- refused
drop role gone;
drop role if exists gone, z;

-- scenario: memberships
create role a;
create role b;
create role c;
create role d in role a role b admin c;
grant a to b;
grant a, b to c with admin option;
revoke admin option for a from c;
revoke a from b;
-- refused
grant c to a;
alter group a add user d;
alter group a drop user d;
-- refused
grant a to a;

-- scenario: a role that others are in, and that owns
create role a;
create role b;
grant a to b;
drop role a;
create role c;
create table t (id int);
alter table t owner to c;
-- refused
drop role c;
drop table t;
drop role c;

-- scenario: acting as another
create role app;
grant create on schema public to app;
set role app;
create table t (id int);
create view v as select * from t;
create function f() returns int language sql as 'select 1';
create type mood as enum ('a');
set role none;
create table u (id int);
set session authorization app;
create table w (id int);
reset session authorization;
create table x (id int);

-- scenario: the schema of one's own name comes first
create role app;
create schema app;
grant create, usage on schema app to app;
set role app;
create table t (id int);
reset role;
create table t (id int);

-- scenario: settings of roles
create role app;
alter role app set search_path = app, public;
alter role app set row_security = off;
alter role app reset row_security;
alter role app in database postgres set statement_timeout = 5;
alter role app reset all;
