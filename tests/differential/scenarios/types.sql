-- scenario: enums
create type mood as enum ('sad', 'ok');
alter type mood add value 'happy';
alter type mood add value 'worst' before 'sad';
alter type mood add value 'better' after 'ok';
alter type mood add value if not exists 'ok';
-- refused
alter type mood add value 'ok';
-- refused
alter type mood add value 'x' after 'gone';
alter type mood rename value 'sad' to 'blue';
-- refused
alter type mood rename value 'gone' to 'x';
-- refused
create type mood as enum ('x');
create type nothing as enum ();

-- scenario: types that tables use
create type mood as enum ('a');
create table t (m mood, n mood[] default '{}');
-- refused
drop type mood;
alter type mood rename to feeling;
create schema app;
alter type feeling set schema app;
drop type app.feeling cascade;
drop type if exists app.feeling;
-- refused
drop type app.feeling;

-- scenario: domains
create domain tenant as uuid not null default gen_random_uuid() constraint known check (value is not null);
create domain positive as int check (value > 0) check (value < 100);
create table t (id tenant, n positive);
alter domain positive add constraint small check (value < 50) not valid;
alter domain positive validate constraint small;
alter domain positive rename constraint positive_check to above;
alter domain positive set not null;
alter domain tenant rename to org;
-- refused
drop domain org;
drop domain org cascade;
alter domain positive drop constraint small;

-- scenario: composite types
create type pair as (a int, b text);
create table t (p pair);
alter type pair add attribute c int;
alter type pair rename attribute a to z;
alter type pair drop attribute b;
-- refused
alter type pair alter attribute z type bigint;
-- refused
drop type pair;
alter type pair rename to couple;
drop type couple cascade;
-- refused
create type wrong as (a serial);

-- scenario: ranges and shells
create type span as range (subtype = int);
create type shell;
create table t (s span, m span_multirange);
-- refused
drop type span;
drop type span cascade;
drop type shell;

-- scenario: owners of types
create role app;
create type mood as enum ('a');
create domain d as int;
alter type mood owner to app;
alter domain d owner to app;

-- scenario: extensions
create extension if not exists plpgsql;
-- refused
create extension plpgsql;
drop extension if exists gone;
-- refused
drop extension gone;

-- scenario: schemas
create role app;
create schema a;
create schema if not exists a;
-- refused
create schema a;
create schema authorization app;
create schema b authorization app;
create schema c create table t (id int primary key) create view v as select id from t;
alter schema a rename to d;
-- refused
alter schema a rename to e;
-- refused
alter schema b rename to d;
alter schema d owner to app;
-- refused
drop schema c;
drop schema c cascade;
drop schema if exists c;
-- refused
drop schema c;
-- refused
create schema pg_mine;

-- scenario: everything in a schema goes with it
create schema app;
create table app.t (id serial primary key, m int);
create view app.v as select * from app.t;
create function app.f() returns int language sql as 'select 1';
create type app.mood as enum ('a');
create table t (id int references app.t, m app.mood, n int default app.f());
create view v as select * from app.v;
-- refused
drop schema app;
drop schema app cascade;

-- scenario: renaming a schema that much stands in
create schema app;
create type app.mood as enum ('a');
create function app.f(app.mood) returns app.mood language sql as 'select $1';
create table app.t (id serial primary key, m app.mood default 'a');
create table u (id int references app.t, m app.mood[]);
create policy p on u using (app.f('a') = 'a' and id in (select id from app.t));
create view v as select app.f(m) as f from app.t;
alter schema app rename to core;

-- scenario: where things are created
create schema app;
set search_path = gone, app, public;
create table t (id int);
create type mood as enum ('a');
create function f() returns int language sql as 'select 1';
create view v as select id from t;
set search_path = '';
-- refused
create table u (id int);
-- refused
select * into u from t;
create table public.u (id int);
reset search_path;
create table w (id int);
set search_path to default;
create table x (id int);

-- scenario: pg_catalog comes first
create domain text as int;
create table t (a text, b public.text);

-- scenario: columns that no operator compares
create table a (i int, s smallint, n numeric(9, 2), t text, v varchar(9), u uuid, d date, z timestamptz, b bool, o oid, y bytea, w interval);
create table c (i int, t text, u uuid);
create view fits as select a.i from a join c on a.i = c.i and a.t = c.t and a.u = c.u where a.i = a.n and a.t <> a.v and a.d < a.z and a.s > a.i and a.o = a.i;
-- refused
create view x as select a.i from a join c on a.u = c.t;
-- refused
create view x as select 1 from a where i = t;
-- refused
create policy p on a using (u = t);
-- refused
create policy p on a using (exists (select 1 from c where c.t = a.i));
-- refused
create view x as select 1 from a where d >= t or b = i;
-- refused
create table x (i int check (i > 0), t text, check (i < t));
create policy p on a using (exists (select 1 from c where c.t = a.v and c.u = a.u));
-- refused
create function f(u text) returns bigint language sql as 'select count(*) from a where a.t = u';
create function f(wanted text) returns bigint language sql as 'select count(*) from a where a.t = wanted';

-- scenario: made types that no operator compares
create type mood as enum ('sad', 'happy');
create schema app;
create type app.shade as enum ('dark');
create domain amount as numeric(9, 2);
create table a (m mood, s app.shade, n amount, i int unique, t text, l int[], v varchar(5)[], e mood[], w text[] unique);
create table c (m mood unique, s app.shade, n numeric, i bigint, t text, l int[], v varchar[], e mood[]);
create view fits as select a.i from a join c on a.m = c.m and a.n = c.n and a.l = c.l and a.v = c.v and a.e = c.e and a.n = c.i and a.i in (select i from c);
create view more as select 1 from a where t in (select t from c) or i = any (select n from c) or m > all (select m from c) or (i, t) in (select i, t from c);
-- refused
create view x as select 1 from a where m = t;
-- refused
create view x as select 1 from a where m = s;
-- refused
create view x as select 1 from a where l = i;
-- refused
create view x as select 1 from a where v = w;
-- refused
create policy p on a using (i in (select t from c));
-- refused
create policy p on a using (t = any (select m from c));
-- refused
create table x (m text references c (m));
-- refused
create table x (w varchar[] references a (w));
create table x (n smallint references a (i), m mood references c (m), w text[] references a (w));

-- scenario: columns that no union puts into one
create table a (i int, n numeric, t text, u uuid, d date, l int[]);
create table c (b bigint, v varchar(9), z timestamptz, s smallint);
create view fits as select i, t, d, n, u from a union all select b, v, z, s, null from c union select 1, 'x', now(), 2, null::uuid;
create view ones as select 'x' as t, 1 as n union select t, n from a except select v, b from c;
-- refused
create view x as select i from a union select v from c;
-- refused
create view x as select t from a union all select i from a;
-- refused
create view x as select i, u from a intersect select s, v from c;
-- refused
create view x as select l from a except select b from c;
-- refused
create materialized view x as with q as (select d from a union select t from a) select * from q;
