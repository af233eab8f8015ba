-- scenario: views and their options
create table t (id int, tenant_id int);
create view a as select * from t;
create view b with (security_invoker) as select * from t;
create view c with (security_invoker = on, security_barrier = false) as select * from t;
create view d as select * from t where id > 0 with local check option;
create view e as select * from t where id > 0 with cascaded check option;
create or replace view b as select * from t;
create or replace view a with (security_invoker = true) as select * from t;
alter view a set (security_invoker = false);
alter view c reset (security_invoker);
alter view d set (check_option = cascaded);
alter table e set (security_invoker = true);

-- scenario: replacing a view
create table t (id int, tenant_id int, name text);
create view v as select id, tenant_id from t;
create or replace view v as select id, tenant_id, name from t;
-- refused
create or replace view v as select id from t;
-- refused
create or replace view v as select id as other, tenant_id, name from t;
-- refused
create or replace view v as select id::text, tenant_id, name from t;
-- refused
create view v as select 1 as one;
-- refused
create or replace view t as select 1 as one;
create or replace view w as select 1 as one;

-- scenario: views keep the columns there were
create table t (id int, a int);
create table u (id int, b int);
create view star as select * from t;
create view two as select * from t join u using (id);
create view natural_one as select *, 1 as one from t natural join u;
create view one_of as select t.*, b from t, u;
create view inner_star as select x.id from (select * from t) as x;
create view union_star as select * from t union all select * from u;
create view cte_star as with q as (select * from t) select q.* from q;
alter table t add column later int;
alter table u add column later int;
alter table t rename column a to z;

-- scenario: views on views
create table t (id int, tenant_id int);
create view a as select id from t;
create view b as select id from a where id in (select tenant_id from t);
-- refused
drop view a;
-- refused
drop table t;
alter view a rename to a2;
alter view a2 rename column id to key;
drop view a2 cascade;

-- scenario: columns of views
create table t (id int);
create view v (key, "Two words") as select id, 2 from t;
-- refused
create view w (a, b, c) as select id, 2 from t;
-- refused
create view w as select id, id from t;
create view w as select id, id as other, id + 1, upper('x'), case when true then 1 end, coalesce(id, 1), (select 5 as five), array[1] from t;
alter view v alter key set default 7;
-- refused
create view x as select gone from t;
-- refused
create view x as select id from gone;

-- scenario: materialized views
create table t (id int, tenant_id int);
create materialized view m as select * from t;
create unique index on m (id);
create materialized view if not exists m as select 1 as one;
create materialized view n with (fillfactor = 70) as select count(*) as many from m with no data;
refresh materialized view m;
-- refused
drop table t;
-- refused
drop view m;
-- refused
drop materialized view m;
alter materialized view m rename to o;
alter materialized view o rename column id to key;
alter materialized view o set schema public;
drop materialized view o cascade;

-- scenario: what is filled is read with the rights of each view's owner
create role r;
create role s;
create table t (id int, tenant_id int);
create view w as select id, tenant_id from t;
alter view w owner to r;
-- refused
create materialized view y as select id from w;
-- refused
create table y as select id from w;
-- refused
select id into y from w;
create table empty as select id from w with no data;
create materialized view later as select id from w with no data;
-- refused
refresh materialized view later;
refresh materialized view later with no data;
grant select (id) on t to r;
-- refused
refresh materialized view later;
grant select (tenant_id) on t to r;
refresh materialized view later;
create table x as select count(*) from w;
alter materialized view later owner to s;
-- refused
refresh materialized view later;
grant select on w to s;
refresh materialized view later;
revoke select on t from r;
-- refused
refresh materialized view later;
alter role r superuser;
refresh materialized view later;
-- refused
refresh materialized view t;
-- refused
refresh materialized view gone;

-- scenario: what invoker views read is read by whoever fills
create role s;
create table t (id int);
create view inside with (security_invoker = true) as select id from t;
create view outside as select id from inside;
alter view outside owner to s;
-- refused
create table a as select id from outside;
grant select on inside to s;
create table a as select id from outside;
set role s;
-- refused
create temp table b as select id from outside;
reset role;

-- scenario: materialized views without data cannot be read
create materialized view m as select 1 as a with no data;
create view v as select * from m;
-- refused
create materialized view n as select * from v;
create materialized view n as select * from v with no data;
-- refused
refresh materialized view n;
-- refused
refresh materialized view concurrently m;
refresh materialized view m;
-- refused
refresh materialized view concurrently m;
create unique index on m (a) where a > 0;
-- refused
refresh materialized view concurrently m;
create unique index on m (a);
refresh materialized view concurrently m;
refresh materialized view n;
refresh materialized view m with no data;
-- refused
create table u as select * from n join m using (a);

-- scenario: owners of views
create role app;
create role other;
create table t (id int);
create view v as select * from t;
alter view v owner to app;
alter table v owner to other;
create materialized view m as select * from t;
alter materialized view m owner to app;

-- scenario: views in other schemas follow their tables
create schema app;
create table t (id int, tenant_id int);
create view app.v as select tenant_id from t;
alter table t set schema app;
alter view app.v set schema public;
alter schema app rename to core;

-- scenario: views that the search path resolves
create schema a;
create schema b;
create table a.t (x int);
create table b.t (y int);
set search_path = a;
create view v as select * from t;
set search_path = b;
create view v as select * from t;
alter table a.t rename to other;

-- scenario: rules
create table t (id int);
create view v as select id from t;
create rule r as on insert to v do instead insert into t values (new.id);
create or replace rule r as on insert to v do instead nothing;
-- refused
create rule r as on update to v do instead nothing;
drop rule r on v;
drop rule if exists r on v;
-- refused
drop rule r on v;
alter view v rename to w;

-- scenario: recursive views and common tables
create table t (id int, parent int);
create view v as with recursive r (id, depth) as (select id, 0 from t where parent is null union all select t.id, r.depth + 1 from t join r on t.parent = r.id) select * from r;
create recursive view w (n) as values (1) union all select n + 1 from w where n < 9;
alter table t rename column parent to up;

-- scenario: joins, windows and sets
create table t (id int, tenant_id int);
create table u (id int, t_id int);
create view v as select t.id, row_number() over (partition by t.tenant_id order by t.id) as n from t left join u on u.t_id = t.id where t.tenant_id = 1;
create view w as select id from t intersect select t_id from u except select 5;
create view x as select l.* from t cross join lateral (select u.id as uid from u where u.t_id = t.id) as l;
create view y as select a.id as a, b.id as b from t as a, t as b where a.id < b.id;
create view z as select distinct on (tenant_id) tenant_id, id from t order by tenant_id, id;
alter table t rename column tenant_id to org;
alter table u rename to uu;

-- scenario: a view that calls functions
create function f(int) returns int language sql as 'select 1';
create table t (id int);
create view v as select f(id) as f from t;
-- refused
drop function f(int);
alter function f(int) rename to g;
create or replace function g(int) returns int language sql as 'select 2';
drop function g(int) cascade;

-- scenario: updatable things on views
create role app;
create table t (id int, tenant_id int);
create view v as select * from t;
grant select, update (id) on v to app;
create function f() returns trigger language plpgsql as 'begin return new; end';
create trigger g instead of insert on v for each row execute function f();
-- refused
create trigger h before insert on v for each row execute function f();
-- refused
create policy p on v;

-- scenario: what joins make one
create table a (id int, x int);
create table b (id int, y int);
create table c (id int, x int, z int);
create view v as select * from a join b using (id) left join c using (id, x);
create view w as select *, a.id as own from a natural join b natural join c;
create view u as select a.*, c.z from a full join c using (id) where id > 0;
create view j as select k.* from (a join b using (id)) as k;
