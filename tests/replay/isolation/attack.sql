-- What a session of one tenant can do to the other's rows, for every session that is worth trying.
-- Run by the owner of everything, who is subject to no policy; a crossing is noted once for each role, command and side.
-- Users: 1 an admin who owns the tenant, 2 a member, 3 neither, 4 an admin of no tenant's, 5 an admin who is a member, 6 an owner who is no admin.
-- The tenants a and d have the same users: what belongs to d is a's own too.

insert into tenants select ('00000000-0000-0000-0000-00000000000' || t)::uuid, t from unnest(array['a', 'b', 'c', 'd']) as t;
insert into users
select ('00000000-0000-0000-000' || u || '-00000000000' || t)::uuid, ('00000000-0000-0000-001' || u || '-00000000000' || t)::uuid, t || u || '@x', u in (1, 4, 5)
from unnest(array['a', 'b', 'c']) as t, generate_series(1, 6) as u;
insert into memberships
select ('00000000-0000-0000-0000-00000000000' || t)::uuid, ('00000000-0000-0000-000' || u || '-00000000000' || t)::uuid, case when u in (1, 6) then 'owner' else 'member' end
from unnest(array['a', 'b']) as t, unnest(array[1, 2, 5, 6]) as u;
insert into memberships select ('00000000-0000-0000-0000-00000000000d')::uuid, m.user_id, m.rank from memberships as m where m.tenant_id::text like '%a';
insert into admins select id from users where is_admin;
insert into projects
select ('00000000-0000-0000-002' || u || '-00000000000' || t)::uuid, ('00000000-0000-0000-0000-00000000000' || t)::uuid,
    ('00000000-0000-0000-000' || u || '-00000000000' || t)::uuid, 'p'
from unnest(array['a', 'b']) as t, generate_series(1, 2) as u;
insert into flags values ('open', true);
insert into plans values ('00000000-0000-0000-0030-000000000000', 'free'), ('00000000-0000-0000-0031-000000000000', 'paid');

create table rows as
select t, s, owner, project_id, plan_id, status, is_public, seen_by, due
from (values ('a', 'a'), ('b', 'b'), ('c', 'c'), (null, 'a'), (null, 'b'), ('d', 'a')) as x (t, s)
cross join lateral (values (1), (2), (3), (null::int)) as u (u)
cross join lateral (select ('00000000-0000-0000-000' || u || '-00000000000' || s)::uuid) as o (owner)
cross join lateral (values
    (('00000000-0000-0000-0021-00000000000' || s)::uuid, '00000000-0000-0000-0030-000000000000'::uuid, 'shared', true, date '2000-01-01'),
    (('00000000-0000-0000-0022-00000000000' || s)::uuid, null, 'draft', false, date '2999-01-01'),
    (null, '00000000-0000-0000-0031-000000000000'::uuid, null, false, null),
    (null, '00000000-0000-0000-0030-000000000000'::uuid, 'shared', false, date '2000-01-01'),
    (('00000000-0000-0000-0021-00000000000' || s)::uuid, null, null, true, null),
    (('00000000-0000-0000-0021-00000000000' || s)::uuid, '00000000-0000-0000-0030-000000000000'::uuid, 'draft', true, date '2000-01-01'),
    (null, '00000000-0000-0000-0030-000000000000'::uuid, null, true, date '2000-01-01'),
    (null, null, 'shared', true, date '2999-01-01'),
    (null, null, 'other', false, date '2000-01-01'),
    (null, '00000000-0000-0000-0030-000000000000'::uuid, 'shared', true, null),
    (('00000000-0000-0000-0021-00000000000' || s)::uuid, '00000000-0000-0000-0030-000000000000'::uuid, 'shared', false, null),
    (null, null, 'draft', false, null),
    (null, null, 'other', true, null),
    (null, '00000000-0000-0000-0030-000000000000'::uuid, 'shown', true, date '2000-01-01')
) as c (project_id, plan_id, status, is_public, due)
cross join lateral (select array[case when status = 'other' then '00000000-0000-0000-0001-00000000000c'::uuid else owner end]) as s (seen_by);
-- The same where another of their side's saw them, and not their owner: what a session's user saw is his own.
insert into rows
select t, s, owner, project_id, plan_id, status, is_public, array[('00000000-0000-0000-0001-00000000000' || s)::uuid], due
from rows where t is distinct from 'c' and ((owner is null and t is not null) or owner::text like '%-0002-%');
insert into orders (tenant_id, owner, project_id, plan_id, status, is_public, seen_by, due)
select ('00000000-0000-0000-0000-00000000000' || t)::uuid, owner, project_id, plan_id, status, is_public, seen_by, due from rows where t in ('a', 'b', 'd') or (t = 'c' and project_id is null);
insert into notes (tenant_id, owner, project_id, plan_id, status, is_public, seen_by, due)
select case when t is not null then ('00000000-0000-0000-0000-00000000000' || t)::uuid end, owner, project_id, plan_id, status, is_public, seen_by, due
from rows where t is distinct from 'c' or project_id is null;

-- What a session may write into the other tenant, or into none: its own users and projects as well as the other's.
create table written as
select m.mine, (case t when 'none' then null else '00000000-0000-0000-0000-00000000000' || t end)::uuid as tenant_id, owner, project_id, plan_id, status,
    is_public, seen_by, due
from (values ('a'), ('b')) as m (mine)
cross join unnest(array['a', 'b', 'c', 'd', 'none']) as t
cross join lateral (values
    (('00000000-0000-0000-0001-00000000000' || m.mine)::uuid),
    (('00000000-0000-0000-0001-00000000000' || case m.mine when 'a' then 'b' else 'a' end)::uuid), (null)
) as o (owner)
cross join lateral (values
    (('00000000-0000-0000-0021-00000000000' || m.mine)::uuid),
    (('00000000-0000-0000-0021-00000000000' || case m.mine when 'a' then 'b' else 'a' end)::uuid), (null)
) as p (project_id)
cross join lateral (values
    ('00000000-0000-0000-0030-000000000000'::uuid, 'shared', true, date '2000-01-01'),
    (null, 'draft', false, date '2999-01-01'), ('00000000-0000-0000-0031-000000000000', null, false, null),
    ('00000000-0000-0000-0030-000000000000', 'draft', false, date '2000-01-01'), ('00000000-0000-0000-0030-000000000000', null, true, date '2000-01-01'),
    (null, 'shared', true, null), (null, 'other', true, date '2000-01-01'),
    ('00000000-0000-0000-0030-000000000000', 'shared', true, date '2999-01-01'), ('00000000-0000-0000-0030-000000000000', 'shared', false, null),
    (null, 'other', false, date '2999-01-01'), (null, null, true, date '2999-01-01')
) as c (plan_id, status, is_public, due)
cross join lateral (values
    (array[('00000000-0000-0000-0001-00000000000' || m.mine)::uuid]), (null), (array['00000000-0000-0000-0001-00000000000c'::uuid])
) as s (seen_by);
create index on written (tenant_id, mine);
create table sample as
select * from (select w.*, row_number() over (partition by mine, tenant_id order by md5(w::text)) as place from written as w) as w where place <= 6;
grant select on written, sample to app, app_reader;

-- Whose a row is: its tenant's, d's being a's; where it has none, that of its owner or project.
create function whose(tenant_id uuid, owner uuid, project_id uuid) returns uuid language sql immutable as $$
    select ('00000000-0000-0000-0000-00000000000' || translate(right(coalesce(tenant_id, owner, project_id)::text, 1), 'd', 'a'))::uuid $$;

create table crossing (role text, command text, side text, session text, unique (role, command, side));

-- How many rows are a tenant's, and how many are not.
create function counted(wanted text, own uuid) returns bigint[] language plpgsql as $$
declare
    found bigint[];
begin
    execute format('select array[count(*) filter (where whose(tenant_id, owner, project_id) = %L),
        count(*) filter (where whose(tenant_id, owner, project_id) is distinct from %L)] from %I', own, own, wanted) into found;
    return found;
end $$;

-- One attempt, undone whatever it did: answers how many rows it was about, and how many the own and the other side lost of those that
-- were there, where that is asked. Where it fails, -1.
create function attempt(who text, statement text, wanted text, own uuid, there bigint[] default null) returns bigint[] language plpgsql as $$
declare
    n bigint;
    kept bigint[];
begin
    execute format('set local role %I', who);
    execute statement;
    get diagnostics n = row_count;
    reset role;
    kept := case when n > 0 and there is not null then counted(wanted, own) else there end;
    raise exception using errcode = 'ZZ001', message = array[n, there[1] - kept[1], there[2] - kept[2]]::text;
exception
    when sqlstate 'ZZ001' then return sqlerrm::bigint[];
    when others then return array[-1, 0, 0];
end $$;

create function note(who text, what text, which text, seen text) returns void language sql as $$
    insert into crossing values (who, what, which, seen) on conflict do nothing $$;

create function known(who text, what text, which text) returns boolean language sql as $$
    select exists (select 1 from crossing as c where c.role = who and c.command = what and c.side = which) $$;

-- The rows worth writing: those that the policies' own words let pass, some of any kind where asking them fails.
create function promising(who text, wanted text, tenant uuid, own text, words text) returns setof sample language plpgsql as $$
begin
    execute format('set local role %I', who);
    return query execute format('select %1$I.*, 0::bigint from written as %1$I where mine = %2$L and %3$s and (%4$s) limit 2',
        wanted, own, case when tenant is null then 'tenant_id is null' else format('tenant_id = %L', tenant) end, words);
    reset role;
exception when others then
    reset role;
    return query select * from sample where mine = own and tenant_id is not distinct from tenant;
end $$;

-- What a session says of itself.
create function become(mine text, tenant text, usr text, mode text) returns void language sql as $$
    select set_config('app.tenant_id', case tenant when 'set' then '00000000-0000-0000-0000-00000000000' || mine else '' end, true) where tenant <> 'never';
    select set_config('app.user_id', case usr when 'empty' then '' else '00000000-0000-0000-000' || usr || '-00000000000' || mine end, true)
    where usr <> 'never';
    select set_config('app.mode', case mode when 'empty' then '' else mode end, true) where mode <> 'never' $$;

create type side as (mine text, own uuid, other uuid);
create function sides(mine text[]) returns setof side language sql as $$
    select m, ('00000000-0000-0000-0000-00000000000' || m)::uuid, ('00000000-0000-0000-0000-00000000000' || case m when 'a' then 'b' else 'a' end)::uuid
    from unnest(mine) as m $$;

create function cells(w sample) returns text language sql as $$
    select format('%L, %L, %L, %L, %L, %L, %L, %L', w.tenant_id, w.owner, w.project_id, w.plan_id, w.status, w.is_public, w.seen_by, w.due) $$;

create function attack(wanted text, who text, tenants text[], users text[], modes text[], mine text[], inserted text, updated text) returns void language plpgsql as $$
declare
    s record;
    w sample;
    done bigint[];
    target uuid;
    seen text;
    n bigint;
    there bigint[];
    columns constant text := 'tenant_id, owner, project_id, plan_id, status, is_public, seen_by, due';
begin
    for s in select *, counted(wanted, own) as there from sides(mine) as side, unnest(tenants) as tenant, unnest(users) as usr, unnest(modes) as mode loop
        perform become(s.mine, s.tenant, s.usr, s.mode);
        seen := format('of %s: tenant %s, user %s, mode %s', s.mine, s.tenant, s.usr, s.mode);
        if not known(who, 'select', 'using') then
            begin
                execute format('set local role %I', who);
                execute format('select count(*) from %I where whose(tenant_id, owner, project_id) is distinct from %L', wanted, s.own) into n;
                reset role;
                if n > 0 then perform note(who, 'select', 'using', seen); end if;
            exception when others then reset role;
            end;
        end if;
        if not known(who, 'delete', 'using') then
            done := attempt(who, format('delete from %I', wanted), wanted, s.own, s.there);
            if done[3] > 0 then perform note(who, 'delete', 'using', seen); end if;
        end if;
        foreach target in array array[s.other, s.own, '00000000-0000-0000-0000-00000000000c'::uuid] || case wanted when 'notes' then array[null::uuid] end loop
            if target is distinct from s.own and not known(who, 'insert', 'check') then
                for w in select * from promising(who, wanted, target, s.mine, inserted) loop
                    done := attempt(who, format('insert into %I (%s) values (%s)', wanted, columns, cells(w)), wanted, s.own);
                    if done[1] > 0 then perform note(who, 'insert', 'check', seen); end if;
                end loop;
            end if;
            if not (known(who, 'update', 'check') and known(who, 'update', 'using')) then
                for w in select * from promising(who, wanted, target, s.mine, updated) loop
                    done := attempt(who, format('update %I set (%s) = (%s)', wanted, columns, cells(w)), wanted, s.own, s.there);
                    if target is distinct from s.own and done[1] > 0 then perform note(who, 'update', 'check', seen); end if;
                    if (whose(w.tenant_id, w.owner, w.project_id) is distinct from s.own and done[1] > done[2]) or done[3] > 0 then perform note(who, 'update', 'using', seen); end if;
                end loop;
            end if;
        end loop;
    end loop;
end $$;

-- Attempts on one row that stands alone, so that no other makes a statement fail: how many rows the first was about that did not fail,
-- and which it was; NULL where all fail.
create function alone(kept uuid, who text, statements text[], wanted text, own uuid) returns bigint[] language plpgsql as $$
declare
    done bigint;
begin
    execute format('delete from %I where id <> %L', wanted, kept);
    for i in 1..cardinality(statements) loop
        done := (attempt(who, statements[i], wanted, own))[1];
        if done >= 0 then raise exception using errcode = 'ZZ002', message = array[done, i]::text; end if;
    end loop;
    raise exception using errcode = 'ZZ002', message = '{null,null}';
exception
    when sqlstate 'ZZ002' then return sqlerrm::bigint[];
end $$;

-- All rows worth writing, of every tenant.
create function worth(who text, wanted text, own text, words text) returns setof sample language sql as $$
    select w.* from unnest(array['a', 'b', 'c', 'd']) as t, promising(who, wanted, ('00000000-0000-0000-0000-00000000000' || t)::uuid, own, words) as w
    union all
    select w.* from promising(who, wanted, null, own, words) as w where wanted = 'notes' $$;

create type way as (command text, side text, session text);

-- What passes of some commands and sides ("update using"), row by row and with every row that is worth writing. Rows are tried one by one where
-- a statement about all of them fails, or may answer something else the next time; of those that are alike in what the policies ask for, one.
create function insist(
    wanted text, who text, asked text[], tenants text[], users text[], modes text[], mine text[], inserted text, updated text, told text[], volatile text[]
) returns setof way language plpgsql as $$
declare
    s record;
    r record;
    w sample;
    done bigint[];
    seen text;
    one text;
    changes text[];
    foreign_changes int;
    single text[];
    columns constant text := 'tenant_id, owner, project_id, plan_id, status, is_public, seen_by, due';
begin
    for s in select * from sides(mine) as side, unnest(tenants) as tenant, unnest(users) as usr, unnest(modes) as mode loop
        perform become(s.mine, s.tenant, s.usr, s.mode);
        seen := format('of %s: tenant %s, user %s, mode %s', s.mine, s.tenant, s.usr, s.mode);
        exit when asked = '{}';
        if 'insert check' = any (asked) then
            for w in select * from worth(who, wanted, s.mine, inserted) as f where whose(f.tenant_id, null, null) is distinct from s.own loop
                done := attempt(who, format('insert into %I (%s) values (%s)', wanted, columns, cells(w)), wanted, s.own);
                if done[1] > 0 then return next row('insert', 'check', seen)::way; asked := array_remove(asked, 'insert check'); exit; end if;
            end loop;
        end if;
        single := '{}';
        foreach one in array array['select', 'delete'] loop
            if one || ' using' = any (asked) then
                done := attempt(who, format(case one when 'select' then 'select 1 from %I where whose(tenant_id, owner, project_id) is distinct from %L' else 'delete from %I' end, wanted, s.own), wanted, s.own,
                    case one when 'delete' then counted(wanted, s.own) end);
                if (one = 'select' and done[1] > 0) or done[3] > 0 then
                    return next row(one, 'using', seen)::way;
                    asked := array_remove(asked, one || ' using');
                elsif done[1] < 0 or one = any (volatile) then
                    single := array_append(single, one);
                end if;
            end if;
        end loop;
        if 'update check' = any (asked) or 'update using' = any (asked) then
            select array_agg(format('update %I set (%s) = (%s)', wanted, columns, cells(f)) order by is_own), count(*) filter (where not is_own)
            into changes, foreign_changes
            from worth(who, wanted, s.mine, updated) as f, lateral (select whose(f.tenant_id, null, null) is not distinct from s.own as is_own) as o;
            if changes is not null and ('update' = any (volatile) or (attempt(who, changes[1], wanted, s.own))[1] <> 0) then single := array_append(single, 'update'); end if;
        end if;
        if single = '{}' then continue; end if;
        for r in execute format('select distinct on (whose, %s) id, whose from (select *, whose(tenant_id, owner, project_id) from %I) as r', array_to_string(told, ', '), wanted) loop
            foreach one in array single loop
                if one <> 'update' and r.whose is distinct from s.own and one || ' using' = any (asked) then
                    done := alone(r.id, who, array[format(case one when 'select' then 'select 1 from %I' else 'delete from %I' end, wanted)], wanted, s.own);
                    if done[1] > 0 then return next row(one, 'using', seen)::way; asked := array_remove(asked, one || ' using'); end if;
                elsif one = 'update' and ('update check' = any (asked) or ('update using' = any (asked) and r.whose is distinct from s.own)) then
                    done := alone(r.id, who, case when r.whose is distinct from s.own then changes else changes[:foreign_changes] end, wanted, s.own);
                    if done[1] > 0 and 'update check' = any (asked) and done[2] <= foreign_changes then
                        return next row('update', 'check', seen)::way;
                        asked := array_remove(asked, 'update check');
                    end if;
                    if done[1] > 0 and 'update using' = any (asked) and r.whose is distinct from s.own then
                        return next row('update', 'using', seen)::way;
                        asked := array_remove(asked, 'update using');
                    end if;
                end if;
            end loop;
        end loop;
    end loop;
end $$;
