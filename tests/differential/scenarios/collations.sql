-- scenario: collations
create collation plain (locale = 'C');
create collation if not exists plain (locale = 'C');
-- refused
create collation plain (locale = 'C');
create collation copied from "C";
create collation again from plain;
-- refused
create collation gone_too from gone;
-- refused
create collation standard from "default";
-- refused
create collation loose (locale = 'C', deterministic = false);
-- refused
create collation odd (locale = 'C', colour = 'red');
-- refused
create collation nowhere.plain (locale = 'C');
drop collation again;
drop collation if exists again;
-- refused
drop collation again;

-- scenario: collations of columns
create collation plain (locale = 'C');
create table t (a text collate plain, b varchar(3) collate "C", c text, d text[] collate plain default '{}', e int);
-- refused
create table u (n int collate plain);
alter table t add column f text collate plain;
alter table t alter column c type varchar collate plain;
alter table t alter column a type varchar(20);
create table copied (like t including all);
create table child () inherits (t);
-- refused
create table other (c text, f text) inherits (t);
-- refused
drop collation plain;
drop collation plain cascade;

-- scenario: collations of what queries fill
create collation plain (locale = 'C');
create table t (a text collate plain, b text, c int);
create table u as select a, b as x, 'x' as y, c from t;
create table v as select * from t;
create materialized view w as select a from t;
drop materialized view w;
drop collation plain cascade;

-- scenario: collations of domains
create collation plain (locale = 'C');
create domain slug as text collate plain;
-- refused
create domain number as int collate plain;
create table t (id slug, name slug collate "C");
alter table t alter column name type slug;
create type pair as (a text collate plain, b slug);
-- refused
drop collation plain;
drop collation plain cascade;

-- scenario: collations of partitions
create collation plain (locale = 'C');
create table t (d text collate plain, n int) partition by list (n);
create table p1 partition of t for values in (1);
create table p2 (d text, n int);
-- refused
alter table t attach partition p2 for values in (2);
alter table p2 alter column d type text collate plain;
alter table t attach partition p2 for values in (2);

-- scenario: collations that are named elsewhere and renamed
create schema app;
create role keeper;
create collation plain (locale = 'C');
create table t (a text, b text collate plain default ('x' collate plain), check (a collate plain > 'b'));
create index on t (a collate plain);
create view v as select a collate plain as a from t;
create policy p on t using (a collate plain = 'x');
alter collation plain rename to simple;
alter collation simple set schema app;
alter collation app.simple owner to keeper;
-- refused
alter collation simple rename to plain;
-- refused
drop collation app.simple;
alter schema app rename to lib;
reassign owned by keeper to postgres;
create collation simple (locale = 'C');
-- refused
alter collation simple set schema lib;
drop collation lib.simple cascade;

-- scenario: collations that are not deterministic
-- icu
create collation loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
create collation copied from loose;
create collation strict (provider = icu, locale = 'und', deterministic = true);
create table t (a text collate loose primary key, b text collate copied, c text collate strict, d text collate "und-x-icu");
drop collation copied cascade;
