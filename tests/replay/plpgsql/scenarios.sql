-- scenario: a loop over an array secures each of its tables
create table a (id int, tenant_id uuid); create table b (id int, tenant_id uuid); create table c (id int);
do $$
declare t text;
begin
  foreach t in array array['a', 'b'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy %I on %I using (tenant_id is not null)', t || '_own', t);
  end loop;
end $$;

-- scenario: a loop over pg_tables secures every table of a schema
create schema app; create table app.x (id int); create table app."Y y" (id int); create table z (id int);
do $$
declare r record;
begin
  for r in select schemaname, tablename from pg_tables where schemaname = 'app' loop
    execute 'alter table ' || quote_ident(r.schemaname) || '.' || quote_ident(r.tablename) || ' enable row level security';
  end loop;
end $$;

-- scenario: a loop over information_schema.columns finds the tables with the key
create table p (tenant_id int); create table q (other int); create view v as select tenant_id from p;
do $$
declare r record;
begin
  for r in
    select c.table_schema, c.table_name from information_schema.columns c
    join information_schema.tables t using (table_schema, table_name)
    where c.column_name = 'tenant_id' and t.table_type = 'BASE TABLE'
  loop
    execute format('alter table %I.%I enable row level security', r.table_schema, r.table_name);
  end loop;
end $$;

-- scenario: regclass in a format
create schema s; create table s.t (id int);
do $$
declare t regclass;
begin
  for t in select c.oid::regclass from pg_class c where c.relnamespace = 's'::regnamespace and c.relkind = 'r' loop
    execute format('alter table %s enable row level security', t);
  end loop;
end $$;

-- scenario: values with names for columns
create table t1 (k int); create table t2 (k int);
do $$
declare r record;
begin
  for r in select * from (values ('t1', 'one'), ('t2', 'two')) as x(tbl, col) loop
    execute format('alter table %I add column %I text', r.tbl, r.col);
  end loop;
end $$;

-- scenario: slices of an array of arrays
create table t1 (k int); create table t2 (k int);
do $$
declare pair text[];
begin
  foreach pair slice 1 in array array[['t1', 'x'], ['t2', 'y']] loop
    execute format('alter table %I add column %I int', pair[1], pair[2]);
  end loop;
end $$;

-- scenario: duplicates are caught
create type mood as enum ('a'); create table t (id int);
do $$ begin create type mood as enum ('b'); exception when duplicate_object then null; end $$;
do $$ begin create table t (id int); exception when duplicate_table then alter table t add column caught int; end $$;
do $$ begin alter table t add column id int; exception when duplicate_column then alter table t add column again int; end $$;
do $$ begin create type mood as enum ('b'); end $$;

-- scenario: a caught error takes the block's work back
create table t (id int);
do $$
begin
  begin
    create table gone (id int);
    alter table t enable row level security;
    raise exception 'no';
  exception when others then
    create table kept (id int);
  end;
end $$;

-- scenario: conditions by class, by code and by name
create table t (id int);
do $$ begin alter table missing add column x int; exception when undefined_table then create table one (id int); end $$;
do $$ begin alter table t drop column x; exception when sqlstate '42703' then create table two (id int); end $$;
do $$ begin alter table t drop column x; exception when syntax_error_or_access_rule_violation then create table three (id int); end $$;
do $$ begin raise unique_violation; exception when integrity_constraint_violation then create table four (id int); end $$;
do $$ begin raise exception 'x' using errcode = '23505'; exception when foreign_key_violation or unique_violation then create table five (id int); end $$;
do $$ begin raise exception 'x'; exception when raise_exception then create table six (id int); end $$;
do $$ begin perform 1 / 0; exception when division_by_zero then create table seven (id int); end $$;
do $$ begin execute 'no sql at all'; exception when syntax_error then create table eight (id int); end $$;
do $$ begin perform 'missing'::regclass; exception when undefined_table then create table nine (id int); end $$;
do $$ begin assert false; exception when others then create table ten (id int); end $$;
do $$ begin execute null; exception when null_value_not_allowed then create table eleven (id int); end $$;
do $$ begin drop table missing; exception when undefined_object then null; end $$;

-- scenario: what is raised again, and what a handler knows
do $$
begin
  begin
    raise exception 'table % is %', 'x', 3 using errcode = 'P0002';
  exception when no_data_found then
    if sqlstate = 'P0002' and sqlerrm = 'table x is 3' then
      create table known (id int);
    end if;
    raise;
  end;
exception when others then
  create table outer_one (id int);
end $$;

-- scenario: message and code by GET STACKED DIAGNOSTICS
do $$
declare m text; c text;
begin
  raise exception 'hello' using errcode = '23514';
exception when others then
  get stacked diagnostics m = message_text, c = returned_sqlstate;
  execute format('create table %I (id int)', m || c);
end $$;

-- scenario: if, elsif, else
do $$
declare n int := 2;
begin
  if n = 1 then create table one (id int);
  elsif n = 2 then create table two (id int);
  else create table other (id int);
  end if;
  if null then create table never (id int); else create table always (id int); end if;
end $$;

-- scenario: case with and without a subject
do $$
declare n int := 2; w text := 'b';
begin
  case n when 1, 2 then create table one_or_two (id int); else create table other (id int); end case;
  case when w = 'a' then create table a (id int); when w = 'b' then create table b (id int); end case;
  begin
    case n when 9 then null; end case;
  exception when case_not_found then create table none (id int);
  end;
end $$;

-- scenario: loops over integers
do $$
declare total int := 0;
begin
  for i in 1..3 loop execute 'create table up_' || i || ' (id int)'; end loop;
  for i in reverse 3..1 by 2 loop execute 'create table down_' || i || ' (id int)'; total := total + i; end loop;
  for i in 5..1 loop create table never (id int); end loop;
  execute format('create table total_%s (id int)', total);
end $$;

-- scenario: while, loop, exit, continue and labels
do $$
declare n int := 0; m int;
begin
  while n < 3 loop n := n + 1; continue when n = 2; execute 'create table w' || n || ' (id int)'; end loop;
  <<outer>> loop
    n := n + 1; m := 0;
    loop
      m := m + 1;
      exit outer when n > 5;
      continue outer when m = 2;
      execute format('create table l_%s_%s (id int)', n, m);
    end loop;
  end loop outer;
  <<blk>> begin
    create table before_exit (id int);
    exit blk;
    create table after_exit (id int);
  end;
end $$;

-- scenario: dynamic loops and parameters
create table x1 (id int); create table x2 (id int); create table y1 (id int);
do $$
declare r record;
begin
  for r in execute 'select relname from pg_class where relname like $1 and relkind = $2 order by 1' using 'x%', 'r' loop
    execute format('alter table %I enable row level security', r.relname);
  end loop;
end $$;

-- scenario: several targets of a loop
create table x (a int);
do $$
declare t text; c text;
begin
  for t, c in select table_name, column_name from information_schema.columns where table_schema = 'public' loop
    execute format('alter table %I rename column %I to %I', t, c, c || '_old');
  end loop;
end $$;

-- scenario: into, strict and found
create table x (a int constraint positive check (a > 0));
do $$
declare c text; n int; r record;
begin
  select conname into c from pg_constraint where conrelid = 'x'::regclass and contype = 'c';
  execute format('alter table x drop constraint %I', c);
  select conname into c from pg_constraint where conrelid = 'x'::regclass and contype = 'c';
  if not found and c is null then create table not_found (id int); end if;
  begin
    select relname into strict c from pg_class where relname = 'nothing';
  exception when no_data_found then create table strictly (id int);
  end;
  begin
    select relname into strict c from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace;
  exception when too_many_rows then create table many (id int);
  end;
  select 1 as a, 'b' as b into r;
  execute format('create table %s%s (id int)', r.b, r.a);
  execute 'select count(*) from pg_class where relname = $1' into n using 'x';
  execute format('create table count_%s (id int)', n);
  perform 1 from pg_class where relname = 'x';
  if found then create table performed (id int); end if;
end $$;

-- scenario: declarations, defaults, constants, aliases and types of columns
create table src (name text); create table dst (id int);
do $$
declare
  a constant text := 'x'; b text default a || 'y'; c text = b || 'z';
  d src.name%type := 'n'; e int not null := 4; f alias for e; g text[] := '{p,q}'; h src%rowtype; i varchar(2) := 'ab';
begin
  execute format('create table %I (id int)', a || b || c || d || f || g[2]);
  h.name := 'w';
  execute format('create table %I (id int)', h.name || coalesce(i, ''));
  g[1] := 'first'; g[3] := 'third';
  execute format('create table %I (id int)', array_to_string(g, '_'));
end $$;

-- scenario: a value too long for its variable
do $$ declare v varchar(2) := 'abc'; begin create table gone (id int); end $$;
do $$ declare v varchar(2); begin v := 'abc'; exception when string_data_right_truncation then create table caught (id int); end $$;

-- scenario: an inner block hides a variable, and is new each time
do $$
declare v text := 'outer_v';
begin
  for i in 1..2 loop
    declare v text := 'inner_v' || i; n int;
    begin
      n := coalesce(n, 0) + 1;
      execute format('create table %s_%s (id int)', v, n);
    end;
  end loop;
  execute format('create table %s (id int)', v);
end $$;

-- scenario: labels of blocks qualify variables
do $$
<<one>>
declare v text := 'x1';
begin
  <<two>>
  declare v text := 'x2';
  begin
    execute format('create table %s_%s_%s (id int)', one.v, two.v, v);
  end two;
end one $$;

-- scenario: cursors
create table k1 (id int); create table k2 (id int);
do $$
declare c cursor (pattern text) for select relname from pg_class where relname like pattern and relkind = 'r' order by 1; d refcursor; n text;
begin
  for r in c ('k%') loop execute format('alter table %I enable row level security', r.relname); end loop;
  open c ('k%');
  loop fetch c into n; exit when not found; execute format('alter table %I force row level security', n); end loop;
  close c;
  open d for select 'k1' union all select 'k2'; fetch next from d into n; execute format('alter table %I add column got int', n); close d;
  open d for execute 'select ''k2'''; fetch d into n; execute format('alter table %I add column had int', n);
end $$;

-- scenario: procedures and functions of the migrations
create table a (id int); create table b (id int); create table c (id int);
create function secure(t regclass) returns void language plpgsql as $f$
begin
  execute format('alter table %s enable row level security', t);
end $f$;
create procedure force_it(names text[], suffix text default '') language plpgsql as $f$
declare n text;
begin
  foreach n in array names loop execute format('alter table %I force row level security', n || suffix); end loop;
end $f$;
create function both_of(t text) returns boolean language sql as $f$ select secure(t::regclass); select true $f$;
select secure('a');
call force_it(array['a', 'b']);
call force_it(suffix => '', names => array['c']);
select both_of('b');
do $$ begin perform secure(relname::regclass) from pg_class where relname = 'c'; end $$;

-- scenario: a function answers a condition
create function has_table(t text) returns boolean language plpgsql as $f$
begin
  if t is null then return false; end if;
  return exists (select 1 from pg_tables where tablename = t);
end $f$;
create function add(a int, b int default 10) returns int language sql immutable as 'select a + b';
create table yes (id int);
do $$
begin
  if has_table('yes') then create table it_is (id int); end if;
  if not has_table('no') and not has_table(null) then create table it_is_not (id int); end if;
  execute format('create table sum_%s_%s (id int)', add(1), add(1, b => 2));
end $$;

-- scenario: functions that give rows
create table a (id int); create table b (id int); create table c (id int);
create function targets() returns setof text language plpgsql as $f$
begin
  return next 'a';
  return query select relname::text from pg_class where relname = 'b';
  return query execute 'select $1' using 'nothing'::text;
  return;
end $f$;
create function pairs() returns table (t text, n int) language sql as $f$ values ('c', 3) $f$;
create function outs(i int, out x text, out y int) language plpgsql as $f$ begin x := 'o' || i; y := i * 2; end $f$;
do $$
declare t text; r record;
begin
  for t in select targets() loop execute format('alter table if exists %I enable row level security', t); end loop;
  for r in select * from pairs() loop execute format('alter table %I add column n%s int', r.t, r.n); end loop;
  select * into r from outs(4);
  execute format('create table %s_%s (id int)', r.x, r.y);
  select (outs(5)).y into t;
  execute format('create table five_%s (id int)', t);
end $$;

-- scenario: recursion
create function fact(n int) returns int language plpgsql as $f$ begin if n <= 1 then return 1; end if; return n * fact(n - 1); end $f$;
do $$ begin execute format('create table f_%s (id int)', fact(5)); end $$;

-- scenario: a definer's function and its settings
create schema other; create role boss;
grant all on schema public, other to boss;
create function make() returns void language plpgsql security definer set search_path = other as $f$ begin create table made (id int); end $f$;
alter function make() owner to boss;
select make();
create table here (id int);

-- scenario: set_config decides where tables go
create schema s1;
select set_config('search_path', 's1', false);
create table in_s1 (id int);
select pg_catalog.set_config('search_path', '', false);
create table nowhere (id int);
set search_path to public;
do $$ begin perform set_config('search_path', 's1, public', false); create table also_s1 (id int); end $$;

-- scenario: settings of the session
set app.mode = 'strict';
do $$
begin
  if current_setting('app.mode') = 'strict' then create table is_strict (id int); end if;
  if current_setting('app.none', true) is null then create table is_none (id int); end if;
  if coalesce(nullif(current_setting('app.none', true), ''), 'fallback') = 'fallback' then create table falls_back (id int); end if;
end $$;

-- scenario: the search path and to_regclass
create schema hidden; create table hidden.t (id int);
do $$
begin
  if to_regclass('t') is null and to_regclass('hidden.t') is not null then create table t (id int); end if;
  execute format('alter table %s enable row level security', to_regclass('hidden.t'));
end $$;

-- scenario: existence of columns, types, constraints, indexes, policies, triggers, roles, functions, schemas, enum labels
create table t (id int primary key, v text); create index t_v on t (v); create policy p on t using (true); create type e as enum ('x');
create function f() returns trigger language plpgsql as 'begin return new; end'; create trigger tr before insert on t for each row execute function f();
do $$
begin
  if exists (select 1 from information_schema.columns where table_name = 't' and column_name = 'v') then create table has_column (id int); end if;
  if not exists (select 1 from pg_type where typname = 'e') then create table no_type (id int); end if;
  if exists (select 1 from pg_constraint where conname = 't_pkey') then create table has_constraint (id int); end if;
  if exists (select 1 from pg_indexes where indexname = 't_v') then create table has_index (id int); end if;
  if exists (select 1 from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relname = 't_v' and n.nspname = 'public') then create table has_class (id int); end if;
  if exists (select 1 from pg_policies where policyname = 'p' and tablename = 't') then create table has_policy (id int); end if;
  if exists (select 1 from pg_trigger where tgname = 'tr' and tgrelid = 't'::regclass) then create table has_trigger (id int); end if;
  if not exists (select from pg_roles where rolname = 'nobody_at_all') then create table no_role (id int); end if;
  if exists (select 1 from pg_proc where proname = 'f') then create table has_function (id int); end if;
  if exists (select 1 from information_schema.schemata where schema_name = 'public') then create table has_schema (id int); end if;
  if not exists (select 1 from pg_enum where enumlabel = 'y' and enumtypid = 'e'::regtype) then alter type e add value 'y'; end if;
  if exists (select 1 from pg_enum e join pg_type t on t.oid = e.enumtypid where t.typname = 'e' and e.enumlabel = 'y') then create table has_label (id int); end if;
  if (select relrowsecurity from pg_class where oid = 't'::regclass) then create table secured (id int); else create table unsecured (id int); end if;
  if (select count(*) from pg_policies where tablename = 't') = 1 then create table one_policy (id int); end if;
end $$;

-- scenario: dropping every policy of a table, whatever its name
create table t (id int); create policy a on t using (true); create policy "B b" on t using (true);
do $$
declare p record;
begin
  for p in select policyname from pg_policies where tablename = 't' loop
    execute format('drop policy %I on t', p.policyname);
  end loop;
end $$;

-- scenario: string_agg builds one statement
create table a (id int); create table b (id int);
do $$
declare stmt text;
begin
  select string_agg(format('alter table %I enable row level security', relname), '; ' order by relname) into stmt
  from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace;
  execute stmt;
end $$;

-- scenario: partitions by month
create table m (at date not null) partition by range (at);
do $$
declare d date := '2024-11-01';
begin
  while d < '2025-02-01' loop
    execute format('create table %I partition of m for values from (%L) to (%L)', 'm_' || to_char(d, 'YYYY_MM'), d, d + interval '1 month');
    execute format('alter table %I enable row level security', 'm_' || to_char(d, 'YYYY_MM'));
    d := d + interval '1 month';
  end loop;
  for i in 0..1 loop
    execute format('create table x%s (id int)', to_char(date '2024-01-31' + make_interval(months => i), 'YYYYMMDD'));
  end loop;
end $$;

-- scenario: json configures
create table a (id int); create table b (id int);
do $$
declare config jsonb := '{"a": ["x", "y"], "b": []}'; k text; c text;
begin
  for k in select jsonb_object_keys(config) loop
    for c in select jsonb_array_elements_text(config -> k) loop
      execute format('alter table %I add column %I int', k, c);
    end loop;
    if jsonb_array_length(config -> k) = 0 then execute format('alter table %I enable row level security', k); end if;
  end loop;
  for k, c in select key, value from jsonb_each_text('{"p": "q"}') loop execute format('create table %s_%s (id int)', k, c); end loop;
end $$;

-- scenario: unnest side by side, and a lateral join
create table a (id int); create table b (id int);
do $$
declare r record;
begin
  for r in select t, c from unnest(array['a', 'b'], array['x', 'y']) as u(t, c) loop execute format('alter table %I add column %I int', r.t, r.c); end loop;
  for r in select c.relname, l.n from pg_class c cross join lateral (select count(*) as n from pg_attribute a where a.attrelid = c.oid and a.attnum > 0) l where c.relname in ('a', 'b') loop
    execute format('alter table %I add column n%s int', r.relname, r.n);
  end loop;
end $$;

-- scenario: what has not been secured yet
create table a (id int); create table b (id int); alter table a enable row level security;
do $$
declare r record;
begin
  for r in select c.relname from pg_class c left join pg_policies p on p.tablename = c.relname where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and not c.relrowsecurity and p.policyname is null loop
    execute format('alter table %I enable row level security', r.relname);
  end loop;
end $$;

-- scenario: nested dollar quotes and other quotes
do 'begin create table plain (id int); execute ''create table "it''''s" (id int)''; end';
do $outer$ begin execute $inner$ create table inside (id int, v text default '$$') $inner$; end $outer$;
do language plpgsql $$ begin create table with_language (id int); end $$;

-- scenario: a block that fails has done nothing
create table t (id int);
do $$ begin create table gone (id int); raise exception 'stop'; end $$;
do $$ begin create table gone2 (id int); alter table missing add column x int; end $$;
do $$ declare n int := 'x'; begin create table gone3 (id int); end $$;
do $$ begin perform nothing_like_it; end $$;
create table after_all (id int);

-- scenario: transactions around blocks
begin;
do $$ begin create table rolled (id int); end $$;
rollback;
begin;
do $$ begin create table kept (id int); end $$;
commit;

-- scenario: return leaves a block early
do $$ begin create table before_it (id int); return; create table after_it (id int); end $$;

-- scenario: grants and roles in blocks
create table t (id int); create role app_one;
do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'app_two') then create role app_two; end if;
  if exists (select from pg_roles where rolname = 'app_one') then grant select on t to app_one; create policy one on t to app_one using (true); end if;
end $$;

-- scenario: execute of many statements at once
do $$ begin execute 'create table a (id int); alter table a enable row level security; create policy p on a using (true)'; end $$;

-- scenario: tables made from queries
create table src (a int, b text);
do $$ begin execute 'create table copy as select * from src'; create table again as select a from src; end $$;
select a as renamed into selected from src;

-- scenario: event triggers secure what comes after them
create table before_it (id int);
create function auto() returns event_trigger language plpgsql as $f$
declare r record;
begin
  for r in select * from pg_event_trigger_ddl_commands() where command_tag in ('CREATE TABLE', 'CREATE TABLE AS', 'SELECT INTO') and object_type = 'table' loop
    if r.schema_name = 'public' then execute format('alter table %s enable row level security', r.object_identity); end if;
  end loop;
end $f$;
create event trigger auto_rls on ddl_command_end when tag in ('CREATE TABLE', 'CREATE TABLE AS', 'SELECT INTO') execute function auto();
create table "After It" (id serial primary key);
create table copied as select 1::int as a;
select 2::int as b into chosen;
create table if not exists before_it (id int);
create schema apart; create table apart.t (id int);
do $$ begin execute 'create table by_block (id int)'; end $$;
alter event trigger auto_rls disable;
create table disabled (id int);
alter event trigger auto_rls enable;
create table enabled_again (id int);
drop event trigger auto_rls;
create table dropped (id int);

-- scenario: an event trigger that forbids
create function forbid() returns event_trigger language plpgsql as $f$ begin if tg_tag = 'DROP TABLE' then raise exception 'no % on %', tg_tag, tg_event; end if; end $f$;
create table t (id int); create table u (id int); create view w as select 1 as x;
create event trigger no_drop on sql_drop execute function forbid();
drop table t;
drop view w;

-- scenario: every definer's function gets a search path
create function a(x int, y text default 'z') returns int language sql security definer as 'select 1';
create function b() returns int language sql security definer set search_path = public as 'select 1';
create function c(v uuid[]) returns void language plpgsql security definer as 'begin end';
create schema app; create function app."D d"(numeric(3, 1), varchar) returns int language sql security definer as 'select 1';
do $$
declare r record;
begin
  for r in
    select p.oid::regprocedure as sig from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname in ('public', 'app') and p.prosecdef and p.prokind = 'f'
      and not exists (select 1 from unnest(p.proconfig) as c where c like 'search_path=%')
  loop
    execute format('alter function %s set search_path = pg_catalog, public', r.sig);
    execute 'revoke execute on function ' || r.sig || ' from public';
  end loop;
end $$;

-- scenario: every function by its name and arguments
create function a(x int) returns int language sql as 'select 1'; create function a(x text) returns int language sql as 'select 1';
do $$
declare r record;
begin
  for r in select n.nspname, p.proname, pg_get_function_identity_arguments(p.oid) as args from pg_proc p join pg_namespace n on p.pronamespace = n.oid where n.nspname = 'public' loop
    execute format('drop function %I.%I(%s)', r.nspname, r.proname, r.args);
  end loop;
end $$;

-- scenario: every view becomes its caller's
create table t (id int); create view v as select id from t; create view "V w" as select id from v;
do $$
declare r record;
begin
  for r in select schemaname, viewname from pg_views where schemaname = 'public' loop
    execute format('alter view %I.%I set (security_invoker = true)', r.schemaname, r.viewname);
  end loop;
end $$;

-- scenario: tables change hands and keys are added where they are missing
create role keeper; create table a (id int); create table b (id int, tenant_id uuid);
do $$
declare t record;
begin
  for t in select tablename from pg_tables where schemaname = current_schema() loop
    execute format('alter table %I owner to keeper', t.tablename);
    if not exists (select 1 from information_schema.columns where table_schema = 'public' and table_name = t.tablename and column_name = 'tenant_id') then
      execute format('alter table %I add column tenant_id uuid not null', t.tablename);
    else
      execute 'alter table ' || t.tablename::regclass || ' alter column tenant_id set not null';
    end if;
  end loop;
end $$;
