-- scenario: a branch on rows
do $$ begin
  if exists (select 1 from tenants) then  -- unread: which branch runs cannot be told: it reads the rows of tenants
    alter table t enable row level security;
  end if;
end $$;

-- scenario: a loop over rows
do $$ declare r record; begin

  for r in select slug from tenants loop  -- unread: for which rows the loop runs cannot be told: it reads the rows of tenants
    execute format('create schema %I', r.slug);
  end loop;
end $$;

-- scenario: an early return
do $$ begin
  if not exists (select 1 from tenants) then return; end if;  -- unread: which branch runs cannot be told: it reads the rows of tenants
  alter table t enable row level security;
end $$;

-- scenario: a name made of the time
do $$ begin
  execute 'create table log_' || to_char(now(), 'YYYY') || ' (id int)';  -- unread: what EXECUTE runs (create table log_… (id int)) cannot be told: it depends on now(), which differs from run to run
end $$;

-- scenario: a statement read from a table
do $$ declare s text; begin
  select slug into s from tenants limit 1;
  execute s;  -- unread: what EXECUTE runs cannot be told: it reads the rows of tenants
end $$;

-- scenario: a count of rows
do $$ declare n int; begin
  select count(*) into n from tenants;
  if n > 3 then alter table t enable row level security; end if;  -- unread: which branch runs cannot be told: it reads the rows of tenants
end $$;

-- scenario: an exit that rows decide
do $$ begin
  loop
    exit when exists (select 1 from tenants);  -- unread: when the loop ends cannot be told: it reads the rows of tenants
    alter table t add column x int;
    exit;
  end loop;
end $$;

-- scenario: a loop without end
do $$ begin  -- unread: a loop runs more than 10000 times
  loop
    perform 1;
  end loop;
end $$;

-- scenario: a function that calls itself for ever
create function f(n int) returns int language plpgsql as 'begin return f(n + 1); end';
select 1;
do $$ begin perform f(1); end $$;  -- unread: it calls itself too deep

-- scenario: procedures that call one another for ever
create procedure a() language plpgsql as $p$ begin execute 'call a()'; end $p$;
call a();  -- unread: it calls itself too deep

-- scenario: a block in another language
do language plpython3u $$ pass $$;  -- unread: a DO block in plpython3u is not run here

-- scenario: a function that nobody made
select tools.secure_all();  -- unread: what tools.secure_all() does is not known here

-- scenario: a writing that returns
do $$ declare n int; begin
  insert into tenants values (1) returning id into n;
  execute 'create table t_' || n || ' (id int)';  -- unread: what EXECUTE runs (create table t_… (id int)) cannot be told: it depends on the rows that insert finds
end $$;

-- scenario: an array of rows
do $$ declare s text; begin
  foreach s in array array(select slug from tenants) loop  -- unread: for which rows the loop runs cannot be told: it reads the rows of tenants
    execute format('create schema %I', s);
  end loop;
end $$;

-- scenario: what a function of the migrations finds in rows
create function first() returns text language sql as 'select slug from tenants limit 1';
do $$ begin execute format('create schema %I', first()); end $$;  -- unread: what EXECUTE runs (create schema …) cannot be told: it reads the rows of tenants

-- scenario: a server's setting
do $$ begin if current_setting('max_connections')::int > 10 then alter table t enable row level security; end if; end $$;  -- unread: which branch runs cannot be told: the setting max_connections is the server's

-- scenario: silence where rows are written
do $$ begin
  if not exists (select 1 from tenants) then insert into tenants values (1, 'x'); end if;
end $$;

-- scenario: silence where a loop writes rows
do $$
declare r record;
begin
  for r in select * from tenants loop update t set id = r.id; execute format('update %I set id = 1', r.slug); end loop;
end $$;

-- scenario: silence where a check fails
do $$ begin
  if exists (select 1 from tenants where slug is null) then raise exception 'mend them'; end if; alter table t add column x int;
end $$;

-- scenario: silence where rows are counted and told
do $$
declare n int;
begin
  select count(*) into n from tenants; raise notice '% rows', n; if n > 0 then raise warning 'some'; end if;
end $$;

-- scenario: silence where a database is named
do $$ begin
  execute format('alter database %I set app.x = 1', current_database()); execute format('grant connect on database %I to postgres', current_database());
end $$;

-- scenario: silence where a comment is made
do $$ begin
  execute 'comment on table t is ' || quote_literal('made ' || now());
end $$;

-- scenario: silence where a batch loop
do $$
declare n int;
begin
  loop delete from t where id in (select id from t limit 10); get diagnostics n = row_count; exit when n = 0; end loop;
end $$;

-- scenario: silence where a while over rows
do $$ begin
  while exists (select 1 from tenants) loop delete from tenants; end loop;
end $$;

-- scenario: silence where the same cause again
do $$ begin
  if exists (select 1 from t) then update t set id = 1; end if; if exists (select 1 from t) then update t set id = 2; end if;
end $$;

-- scenario: silence where a query that changes nothing
select count(*), max(slug) from tenants where exists (select 1 from t);

-- scenario: silence where a function that writes rows
create function w() returns void language plpgsql as 'begin insert into t values (1); end';
select w();
select w() from tenants;

-- scenario: silence where a function of an extension
select cron.schedule('x', '* * * * *', 'select 1');

-- scenario: silence where only an extension hangs on the server
do $$ begin
  if exists (select 1 from pg_available_extensions where name = 'pg_cron') then create extension pg_cron; end if;
end $$;

-- scenario: queries that join everything with everything
do $$  -- unread: its queries join more than 200000 rows
declare n int;
begin
  select count(*) into n from pg_type a, pg_type b, pg_type c, pg_type d;
end $$;

-- scenario: a table that only some servers have
do $$
declare v text;
begin
  select default_version into v from pg_available_extensions where name = 'vector';
  if v > '0.5' then create table vectors (id int); end if;  -- unread: which branch runs cannot be told: whether a server has the extension vector differs
end $$;

-- scenario: a function patched by its own text
create function f() returns int language sql as 'select 1';
do $$ begin
  execute replace(pg_get_functiondef('f'::regproc), '1', '2');  -- unread: what EXECUTE runs cannot be told: how PostgreSQL writes an expression back is not told here
end $$;
