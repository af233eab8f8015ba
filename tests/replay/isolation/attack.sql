-- What a session of one tenant can do to the other's rows, for every session that is worth trying.
-- Run by the owner of everything, who is subject to no policy; `crossings` answers one row a crossing.

insert into tenants select ('00000000-0000-0000-0000-00000000000' || t)::uuid, t from unnest(array['a', 'b', 'c']) as t;
insert into users
select ('00000000-0000-0000-000' || u || '-00000000000' || t)::uuid, ('00000000-0000-0000-001' || u || '-00000000000' || t)::uuid, t || u || '@x', u = 1
from unnest(array['a', 'b', 'c']) as t, generate_series(1, 3) as u;
insert into memberships
select ('00000000-0000-0000-0000-00000000000' || t)::uuid, ('00000000-0000-0000-000' || u || '-00000000000' || t)::uuid, case u when 1 then 'owner' else 'member' end
from unnest(array['a', 'b']) as t, generate_series(1, 2) as u;
insert into admins select id from users where is_admin;
insert into projects
select ('00000000-0000-0000-002' || u || '-00000000000' || t)::uuid, ('00000000-0000-0000-0000-00000000000' || t)::uuid,
    ('00000000-0000-0000-000' || u || '-00000000000' || t)::uuid, 'p'
from unnest(array['a', 'b']) as t, generate_series(1, 2) as u;
insert into flags values ('open', true);
insert into plans values ('00000000-0000-0000-0030-000000000000', 'free'), ('00000000-0000-0000-0031-000000000000', 'paid');

create table rows as
select t, owner, project_id, plan_id, status, is_public, seen_by, due
from unnest(array['a', 'b', 'c', null]) as t
cross join lateral (values (1), (2), (3), (null::int)) as u (u)
cross join lateral (select ('00000000-0000-0000-000' || u || '-00000000000' || t)::uuid) as o (owner)
cross join lateral (values
    (('00000000-0000-0000-0021-00000000000' || t)::uuid, '00000000-0000-0000-0030-000000000000'::uuid, 'shared', true, date '2000-01-01'),
    (('00000000-0000-0000-0022-00000000000' || t)::uuid, null, 'draft', false, date '2999-01-01'),
    (null, '00000000-0000-0000-0031-000000000000'::uuid, null, false, null),
    (null, '00000000-0000-0000-0030-000000000000'::uuid, 'shared', false, date '2000-01-01'),
    (('00000000-0000-0000-0021-00000000000' || t)::uuid, null, null, true, null),
    (('00000000-0000-0000-0021-00000000000' || t)::uuid, '00000000-0000-0000-0030-000000000000'::uuid, 'draft', true, date '2000-01-01'),
    (null, null, 'shared', true, date '2999-01-01'),
    (null, null, 'other', false, date '2000-01-01')
) as c (project_id, plan_id, status, is_public, due)
cross join lateral (select array[owner]) as s (seen_by);
insert into orders (tenant_id, owner, project_id, plan_id, status, is_public, seen_by, due)
select ('00000000-0000-0000-0000-00000000000' || t)::uuid, owner, project_id, plan_id, status, is_public, seen_by, due from rows where t in ('a', 'b') or (t = 'c' and project_id is null);
insert into notes (tenant_id, owner, project_id, plan_id, status, is_public, seen_by, due)
select case when t is not null then ('00000000-0000-0000-0000-00000000000' || t)::uuid end, owner, project_id, plan_id, status, is_public, seen_by, due
from rows where t in ('a', 'b') or ((t = 'c' or owner is null) and project_id is null);

-- What a session may write into the other tenant, or into none: its own users and projects as well as the other's.
create table written as
select m.mine, (case t when 'none' then null else '00000000-0000-0000-0000-00000000000' || t end)::uuid as tenant_id, owner, project_id, plan_id, status,
    is_public, seen_by, due
from (values ('a'), ('b')) as m (mine)
cross join unnest(array['a', 'b', 'c', 'none']) as t
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
    ('00000000-0000-0000-0030-000000000000', 'draft', false, date '2000-01-01'), (null, 'shared', true, null), (null, 'other', true, date '2000-01-01')
) as c (plan_id, status, is_public, due)
cross join lateral (values (array[('00000000-0000-0000-0001-00000000000' || m.mine)::uuid]), (null)) as s (seen_by);
create table sample as
select * from (select w.*, row_number() over (partition by mine, tenant_id order by md5(w::text)) as place from written as w) as w where place <= 6;
grant select on written, sample to app, app_reader;

create table crossing (role text, command text, side text, session text, unique (role, command, side));

-- One attempt, undone whatever it did: answers how many rows crossed on each side.
create function attempt(who text, statement text, wanted text, own uuid, other uuid) returns bigint[] language plpgsql as $$
declare
    n bigint;
    before_own bigint;
    before_other bigint;
    after_own bigint;
    after_other bigint;
begin
    execute format('select count(*) filter (where tenant_id = %L), count(*) filter (where tenant_id is distinct from %L) from %I', own, own, wanted)
        into before_own, before_other;
    execute format('set local role %I', who);
    execute statement;
    get diagnostics n = row_count;
    reset role;
    execute format('select count(*) filter (where tenant_id = %L), count(*) filter (where tenant_id is distinct from %L) from %I', own, own, wanted)
        into after_own, after_other;
    raise exception using errcode = 'ZZ001', message = array[n, before_own - after_own, before_other - after_other]::text;
exception
    when sqlstate 'ZZ001' then return sqlerrm::bigint[];
    when others then return array[0, 0, 0];
end $$;

create function note(who text, what text, which text, seen text) returns void language sql as $$
    insert into crossing values (who, what, which, seen) on conflict do nothing $$;

create function known(who text, what text, which text) returns boolean language sql as $$
    select exists (select 1 from crossing as c where c.role = who and c.command = what and c.side = which) $$;

-- The rows worth writing: those that the policies' own words let pass, some of any kind where asking them fails.
create function promising(who text, wanted text, tenant uuid, own text, words text) returns setof sample language plpgsql as $$
begin
    execute format('set local role %I', who);
    return query execute format('select %1$I.*, 0::bigint from written as %1$I where mine = %2$L and tenant_id is not distinct from %3$L and (%4$s) limit 2',
        wanted, own, tenant, words);
    reset role;
exception when others then
    reset role;
    return query select * from sample where mine = own and tenant_id is not distinct from tenant;
end $$;

create function attack(wanted text, who text, tenants text[], users text[], modes text[], mine text[], inserted text, updated text) returns void language plpgsql as $$
declare
    s record;
    w record;
    done bigint[];
    own uuid;
    other uuid;
    cells text;
    target uuid;
    seen text;
    n bigint;
    columns constant text := 'tenant_id, owner, project_id, plan_id, status, is_public, seen_by, due';
begin
    for s in select * from (select m, case m when 'a' then 'b' else 'a' end from unnest(mine) as m) as sides (mine, theirs), unnest(tenants) as tenant, unnest(users) as usr, unnest(modes) as mode loop
        own := ('00000000-0000-0000-0000-00000000000' || s.mine)::uuid;
        other := ('00000000-0000-0000-0000-00000000000' || s.theirs)::uuid;
        if s.tenant <> 'never' then perform set_config('app.tenant_id', case s.tenant when 'set' then own::text else '' end, true); end if;
        if s.usr <> 'never' then
            perform set_config('app.user_id', case s.usr when 'empty' then '' else '00000000-0000-0000-000' || s.usr || '-00000000000' || s.mine end, true);
        end if;
        if s.mode <> 'never' then perform set_config('app.mode', case s.mode when 'empty' then '' else s.mode end, true); end if;
        seen := format('of %s: tenant %s, user %s, mode %s', s.mine, s.tenant, s.usr, s.mode);
        if not known(who, 'select', 'using') then
            begin
                execute format('set local role %I', who);
                execute format('select count(*) from %I where tenant_id is distinct from %L', wanted, own) into n;
                reset role;
                if n > 0 then perform note(who, 'select', 'using', seen); end if;
            exception when others then reset role;
            end;
        end if;
        if not known(who, 'delete', 'using') then
            done := attempt(who, format('delete from %I', wanted), wanted, own, other);
            if done[3] > 0 then perform note(who, 'delete', 'using', seen); end if;
        end if;
        foreach target in array array[other, own, '00000000-0000-0000-0000-00000000000c'::uuid] || case wanted when 'notes' then array[null::uuid] end loop
            if target is distinct from own and not known(who, 'insert', 'check') then
                for w in select * from promising(who, wanted, target, s.mine, inserted) loop
                    cells := format('%L, %L, %L, %L, %L, %L, %L, %L', target, w.owner, w.project_id, w.plan_id, w.status, w.is_public, w.seen_by, w.due);
                    done := attempt(who, format('insert into %I (%s) values (%s)', wanted, columns, cells), wanted, own, other);
                    if done[1] > 0 then perform note(who, 'insert', 'check', seen); end if;
                end loop;
            end if;
            if not (known(who, 'update', 'check') and known(who, 'update', 'using')) then
                for w in select * from promising(who, wanted, target, s.mine, updated) loop
                    cells := format('%L, %L, %L, %L, %L, %L, %L, %L', target, w.owner, w.project_id, w.plan_id, w.status, w.is_public, w.seen_by, w.due);
                    done := attempt(who, format('update %I set (%s) = (%s)', wanted, columns, cells), wanted, own, other);
                    if target is distinct from own and done[1] > 0 then perform note(who, 'update', 'check', seen); end if;
                    if (target is distinct from own and done[1] > done[2]) or done[3] > 0 then perform note(who, 'update', 'using', seen); end if;
                end loop;
            end if;
        end loop;
    end loop;
end $$;
