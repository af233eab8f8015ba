-- scenario: every table of a list is secured
create table a (id int, tenant_id uuid);
create table b (id int, tenant_id uuid);
create table c (id int);
do $$
declare t text;
begin
  foreach t in array array['a', 'b', 'gone'] loop
    if to_regclass(t) is not null then
      execute format('alter table %I enable row level security', t);
      execute format('create policy %I on %I using (tenant_id = current_setting(%L)::uuid)', t || '_own', t, 'app.tenant');
    end if;
  end loop;
end $$;

-- scenario: every table with the key is secured
create table a (id int, tenant_id uuid);
create table b (id int);
create view v as select tenant_id from a;
do $$
declare r record;
begin
  for r in
    select c.table_name from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
    where c.column_name = 'tenant_id' and t.table_type = 'BASE TABLE' and c.table_schema = 'public'
  loop
    execute 'alter table ' || quote_ident(r.table_name) || ' enable row level security, force row level security';
  end loop;
end $$;

-- scenario: what exists is left alone
create type mood as enum ('a');
do $$ begin create type mood as enum ('b'); exception when duplicate_object then null; end $$;
do $$ begin create role app; exception when others then raise notice 'there'; end $$;
do $$ begin create role app; exception when duplicate_object then null; end $$;
create table t (id int);
do $$ begin alter table t add column a int; alter table t add column a int; exception when duplicate_column then null; end $$;
do $$ begin if not exists (select 1 from pg_policies where tablename = 't' and policyname = 'p') then create policy p on t; end if; end $$;
do $$ begin if not exists (select 1 from pg_policies where tablename = 't' and policyname = 'p') then create policy p on t; end if; end $$;

-- scenario: an error undoes its block
create table t (id int);
-- refused
do $$ begin alter table t enable row level security; create table t (id int); end $$;
do $$ begin alter table t enable row level security; begin drop table t; raise exception 'no'; exception when others then null; end; end $$;
-- refused
do $$ begin raise exception 'stop' using errcode = 'P0002'; end $$;

-- scenario: procedures and functions that do
create table t (id int);
create table u (id int);
create procedure secure(name text) language plpgsql as $$ begin execute format('alter table %I enable row level security', name); end $$;
call secure('t');
create function secure_all() returns void language plpgsql as $$
declare r record;
begin
  for r in select tablename from pg_tables where schemaname = 'public' order by 1 loop
    execute format('alter table public.%I force row level security', r.tablename);
  end loop;
end $$;
select secure_all();
drop function secure_all();

-- scenario: a trigger on events secures what comes
create table before (id int);
create function secure() returns event_trigger language plpgsql as $$
declare r record;
begin
  for r in select * from pg_event_trigger_ddl_commands() where command_tag in ('CREATE TABLE', 'CREATE TABLE AS') loop
    if r.schema_name = 'public' then execute format('alter table %s enable row level security', r.object_identity); end if;
  end loop;
end $$;
create event trigger secured on ddl_command_end when tag in ('CREATE TABLE', 'CREATE TABLE AS') execute function secure();
create table after (id int);
create table copied as select 1 as one;
alter event trigger secured disable;
create table late (id int);

-- scenario: cases, loops and variables
create table t1 (id int);
create table t2 (id int);
do $$
declare
  n constant int := 2; names text[] := '{}'; one text; i int := 0;
begin
  for i in 1..n loop names := array_append(names, 't' || i); end loop;
  while i < array_length(names, 1) loop
    i := i + 1;
    case names[i] when 't1' then execute 'alter table t1 enable row level security'; else execute format('create policy p on %I', names[i]); end case;
  end loop;
  select relname into one from pg_class where relname = 't2';
  if found then execute 'alter table ' || one || ' force row level security'; end if;
  perform 1 from pg_class where relname = 'gone';
  if not found then create table made (id int); end if;
end $$;

-- scenario: policies dropped before they are made again
create table t (id int, tenant_id int);
create policy a on t;
create policy b on t;
do $$
declare p record;
begin
  for p in select policyname, tablename from pg_policies where schemaname = 'public' loop
    execute format('drop policy if exists %I on %I', p.policyname, p.tablename);
  end loop;
  create policy c on t using (tenant_id = 1);
end $$;

-- scenario: grants to every schema
create role app;
create schema a;
create schema b;
create table a.t (id int);
do $$
declare s text;
begin
  foreach s in array array['a', 'b'] loop
    execute format('grant usage on schema %I to app', s);
    execute format('grant select on all tables in schema %I to app', s);
    execute format('alter default privileges in schema %I grant select on tables to app', s);
  end loop;
end $$;

-- scenario: functions altered where they are insecure
create function f() returns int language sql security definer as 'select 1';
create function g(int) returns int language sql security definer set search_path = public as 'select 1';
do $$
declare r record;
begin
  for r in select p.oid::regprocedure as name from pg_proc p join pg_namespace n on n.oid = p.pronamespace
           where n.nspname = 'public' and p.prosecdef and p.proconfig is null loop
    execute format('alter function %s set search_path = %L', r.name, '');
  end loop;
end $$;
