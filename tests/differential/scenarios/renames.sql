-- scenario: a table and all that hangs on it
create table t (id serial primary key, a int unique check (a > 0), parent int references t);
create index on t (a);
create view v as select t.id, x.a from t join t as x on x.parent = t.id;
create policy p on t using (t.id = 1 and exists (select 1 from t as y where y.parent = t.id));
alter table t rename to "T";
alter table "T" rename constraint t_parent_fkey to parent;
alter sequence t_id_seq rename to s;
alter table "T" rename column id to key;

-- scenario: names swapped
create table a (id int);
create table b (id text);
create view v as select id from a;
alter table a rename to c;
alter table b rename to a;
alter table c rename to b;

-- scenario: names that are taken
create table a (id int, x int);
create table b (id int);
create view v as select 1 as one;
create index i on a (x);
create type mood as enum ('a');
create type other as enum ('a');
create function f() returns int language sql as 'select 1';
create function g() returns int language sql as 'select 1';
-- refused
alter table a rename to b;
-- refused
alter table a rename to v;
-- refused
alter table a rename to i;
-- refused
alter table a rename column x to id;
-- refused
alter type mood rename to other;
-- refused
alter function f() rename to g;
-- refused
alter table a rename column gone to y;
-- refused
alter table gone rename to c;
alter table if exists gone rename to c;
alter table if exists gone rename column x to y;

-- scenario: from one schema to another
create schema s;
create table t (id serial primary key, a int);
create index i on t (a);
create view v as select * from t;
create function f(t) returns int language sql as 'select 1';
create table s.u (id int);
alter table t set schema s;
alter function f(s.t) set schema s;
alter view v set schema s;
-- refused
alter table s.t set schema gone;
alter table s.t set schema s;
create sequence q;
alter sequence q set schema s;
create type mood as enum ('a');
alter type mood set schema s;
create domain d as s.mood;
alter domain d set schema s;

-- scenario: columns in keys, checks and generated columns
create table p (id int primary key);
create table t (a int, b int, c int generated always as (a + b) stored, primary key (a, b), check (a < b), foreign key (a) references p);
create unique index u on t ((a * b), b) where a > 1;
create table q (x int, y int, foreign key (x, y) references t (a, b));
alter table t rename column a to first;
alter table t rename column b to "second one";
alter table p rename column id to key;

-- scenario: columns of partitions
create table t (id int, tenant_id int, check (tenant_id > 0)) partition by range (tenant_id);
create table t1 partition of t for values from (1) to (9) partition by list (id);
create table t2 partition of t1 for values in (1);
create policy p on t2 using (tenant_id = 1);
alter table t rename column tenant_id to org_id;
-- refused
alter table t1 rename column id to x;

-- scenario: aliases that hide names
create table t (id int, a int);
create table u (id int, a int);
create view v as select t.a from u as t where t.id > 0;
create view w as select t.a as b, u.a from t, u where t.id = u.id;
create view x as select a.a from t as a where exists (select 1 from u as a where a.a = 1);
create view y (c) as select z.k from t as z (i, k);
alter table t rename column a to renamed;
alter table u rename to "U";

-- scenario: row types and whole rows
create table t (id int, a int);
create view v as select t, row_to_json(t) as j from t;
create table u (x t);
alter table t rename to s;
alter table s rename column a to b;

-- scenario: regclass in defaults
create schema s;
create sequence s.q;
create table t (id int default nextval('s.q'::regclass), b int default nextval('s.q'));
alter sequence s.q set schema public;
alter sequence q rename to "Q";

-- scenario: renamed twice and back
create table t (id int, a int);
create policy p on t using (a = 1);
alter table t rename column a to b;
alter table t rename column b to c;
alter table t rename column c to a;
alter table t rename to u;
alter table u rename to t;

-- scenario: roles renamed
create role app;
create table t (id int);
create policy p on t to app;
grant select on t to app;
alter table t owner to app;
alter role app rename to service;
create policy q on t to service;

-- scenario: policies and triggers renamed
create table t (id int);
create policy a on t;
create policy b on t;
-- refused
alter policy a on t rename to b;
alter policy a on t rename to "C d";
-- refused
alter policy gone on t rename to x;
alter index if exists gone rename to x;
alter view if exists gone rename to x;
