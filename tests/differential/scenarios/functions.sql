-- scenario: functions and their attributes
create function a() returns int language sql as 'select 1';
create function b(int, x text default 'y', variadic z int[] default '{}') returns setof int language sql stable strict as 'select 1';
create function c(out a int, out b text) language sql immutable as $$ select 1, 'x'::text $$;
create function d(inout a int) language plpgsql security definer set search_path = '' as 'begin end';
create function e() returns table (a int, b text) language plpgsql leakproof cost 5 rows 7 parallel safe as 'begin end';
create function f(a int) returns int return a + 1;
create function g() returns trigger language plpgsql as 'begin return new; end';
create procedure h(a int, inout b int) language plpgsql as 'begin end';
create function i() returns void language sql begin atomic select 1; end;
create function j(anyelement) returns anyarray language sql as 'select array[$1]';

-- scenario: replacing functions
create role app;
create function f(a int) returns int language sql security definer set search_path = public as 'select 1';
grant execute on function f(int) to app;
revoke all on function f(int) from public;
create or replace function f(a int) returns int language sql as 'select 2';
-- refused
create function f(a int) returns int language sql as 'select 3';
-- refused
create or replace function f(a int) returns text language sql as 'select null::text';
-- refused
create or replace function f(b int) returns int language sql as 'select 3';
create or replace function f(a int, b int default 1) returns int language sql as 'select 4';
create or replace function f(a text) returns int language plpgsql as 'begin return 1; end';
-- refused
create or replace procedure f(a int) language sql as 'select 1';

-- scenario: altering functions
create role app;
create function f(int) returns int language sql as 'select 1';
alter function f(int) security definer set search_path = public, pg_temp set statement_timeout = '5s';
alter function f(int) stable strict leakproof;
alter function f set search_path to '';
alter function f(int) reset statement_timeout;
alter function f(int) called on null input volatile not leakproof security invoker;
alter function f(int) owner to app;
alter function f(int) rename to g;
alter function g reset all;
-- refused
alter function f(int) stable;
-- refused
alter function g(text) stable;
-- refused
alter procedure g(int) security definer;
alter routine g(int) security definer;

-- scenario: overloads
create function f() returns int language sql as 'select 1';
create function f(int) returns int language sql as 'select 1';
-- refused
drop function f;
-- refused
alter function f security definer;
alter function f() security definer;
drop function f();
drop function f;
-- refused
drop function f;
drop function if exists f;
drop function if exists f(int), f(text);

-- scenario: functions of schemas
create schema app;
create function app.f() returns int language sql as 'select 1';
create function f() returns int language sql as 'select 1';
-- refused
alter function app.f() set schema public;
alter function f() rename to g;
alter function app.f() set schema public;
-- refused
drop function app.f();
drop function if exists app.f();
-- refused
create function gone.f() returns int language sql as 'select 1';
-- refused
drop schema public;

-- scenario: what may call a function
create role app;
create role other;
create function f(int) returns int language sql as 'select 1';
create procedure p() language plpgsql as 'begin end';
revoke execute on function f(int) from public;
grant execute on function f(int) to app with grant option;
grant execute on procedure p() to other;
grant all on all routines in schema public to other;
revoke all on all functions in schema public from app cascade;
grant execute on routine f to public;
-- refused
grant select on function f(int) to app;
-- refused
grant execute on function gone() to app;

-- scenario: functions of the types of tables
create table t (id int);
create type mood as enum ('a');
create function f(t) returns mood language sql as 'select null::mood';
create function g() returns setof t language sql as 'select 1';
-- refused
drop table t;
alter table t rename to u;
alter type mood rename to feeling;
create schema app;
alter table u set schema app;
-- refused
drop type feeling;
drop table app.u cascade;
drop type feeling cascade;

-- scenario: arguments that do not go together
-- refused
create function f(a int default 1, b int) returns int language sql as 'select 1';
-- refused
create function f(a int, a int) returns int language sql as 'select 1';
-- refused
create function f(gone) returns int language sql as 'select 1';
-- refused
create function f() returns int language gone as 'x';
-- refused
create function f() language sql as 'select 1';
create function f(variadic a int[]) returns int language sql as 'select 1';

-- scenario: settings of functions
create function f() returns int language sql set search_path from current as 'select 1';
set search_path = app, public, "Odd Name";
create function public.g() returns int language sql set search_path from current as 'select 1';
create function public.h() returns int language sql set search_path to app, 'pg_temp' set role to 'postgres' as 'select 1';
create function public.i() returns int language sql set search_path = '' set search_path = app as 'select 1';
alter function public.h() set search_path to default;
alter function public.i() set timezone = 'UTC';

-- scenario: triggers
create table t (id int, a int);
create function f() returns trigger language plpgsql as 'begin return new; end';
create trigger a before insert or update on t for each row execute function f();
create trigger b after update of a on t for each row when (new.a > old.a) execute function f('x');
create trigger c after truncate on t execute procedure f();
create constraint trigger d after insert on t deferrable for each row execute function f();
-- refused
create trigger a before insert on t for each row execute function f();
create or replace trigger a before delete on t for each row execute function f();
-- refused
create trigger e before insert on gone for each row execute function f();
-- refused
create trigger e before insert on t for each row execute function gone();
-- refused
create trigger e instead of insert on t for each row execute function f();
alter trigger a on t rename to z;
-- refused
alter trigger a on t rename to y;
-- refused
alter trigger z on t rename to b;
alter table t disable trigger z;
alter table t enable always trigger b;
alter table t disable trigger all;
alter table t enable trigger user;
-- refused
alter table t enable trigger gone;
-- refused
drop function f();
drop trigger z on t;
drop trigger if exists z on t;
-- refused
drop trigger z on t;
drop function f() cascade;

-- scenario: triggers and what they name
create table t (id int, a int);
create function f() returns trigger language plpgsql as 'begin return new; end';
create trigger g before update of a on t for each row execute function f();
create trigger h before update on t for each row when (old.a is distinct from new.a) execute function f();
alter table t rename column a to b;
alter function f() rename to ff;
-- refused
alter table t drop column b;
alter table t drop column b cascade;

-- scenario: triggers of partitions
create table t (id int, tenant_id int) partition by list (tenant_id);
create table t1 partition of t for values in (1);
create function f() returns trigger language plpgsql as 'begin return new; end';
create trigger g before insert on t for each row execute function f();
create table t2 partition of t for values in (2);
-- refused
drop trigger g on t1;
alter table t disable trigger g;
drop trigger g on t;

-- scenario: a function that is not a trigger's
create table t (id int);
create function f() returns int language sql as 'select 1';
-- refused
create trigger g before insert on t for each row execute function f();

-- scenario: event triggers
create function f() returns event_trigger language plpgsql as 'begin end';
create event trigger e on ddl_command_end when tag in ('CREATE TABLE') execute function f();
-- refused
create event trigger e on ddl_command_end execute function f();
alter event trigger e disable;
alter event trigger e rename to g;
-- refused
drop function f();
drop event trigger g;
drop event trigger if exists g;
-- refused
drop event trigger g;

-- scenario: aggregates
create function step(int, int) returns int language sql as 'select 1';
create aggregate total(int) (sfunc = step, stype = int);
create table t (id int);
create view v as select total(id) as total from t;
-- refused
drop aggregate total(int);
-- refused
drop function step(int, int);
alter aggregate total(int) rename to summed;
drop aggregate summed(int) cascade;

-- scenario: procedures with arguments that come out
create procedure p(in a int, out b text) language plpgsql as 'begin end';
alter procedure p(int, out text) security definer;
drop procedure p(int, text);
drop procedure if exists p(int);

-- scenario: settings with capitals
create function f() returns int language sql set timezone = 'UTC' as 'select 1';
alter function f() set datestyle = 'ISO';
alter function f() reset timezone;

-- scenario: what the body of an SQL function names is there when it is made
create schema app;
create table app.orders (id int primary key, tenant_id int);
-- refused
create function f() returns bigint language sql as 'select count(*) from orders';
create function f() returns bigint language sql as 'select count(*) from app.orders';
create function g() returns bigint language sql set search_path = app as 'select count(*) from orders';
set search_path = app, public;
create function h(wanted int) returns setof int language sql as 'select id from orders where tenant_id = wanted and h.wanted > 0';
-- refused
create function k() returns int language sql as 'select o.missing from orders o';
-- refused
create function k() returns int language sql as 'select select';
-- refused
create function k() returns void language sql as 'update missing set id = 1';
create function k() returns void language plpgsql as 'begin update missing set id = 1; end';
-- refused
create or replace function app.h(wanted int) returns setof int language sql as 'select id from missing';
set check_function_bodies = off;
create function m() returns bigint language sql as 'select count(*) from missing';
reset check_function_bodies;
create function n() returns bigint language sql as 'with recursive c as (select 1 as a union all select a + 1 from c where a < 3) select count(*) from c';
create function o(anyelement) returns bigint language sql as 'select count(*) from missing';
