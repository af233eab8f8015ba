-- Tenant tables: every table that carries a tenant key, and the table of tenants itself.

create temp view own_table as
-- The tables that migrations made and that hold rows to be kept.
select * from db_table where origin = 'migration' and persistence != 'temporary' and kind != 'foreign';

create temp view tenant_key_column as
-- The columns that say which tenant a row belongs to.
select c.at, c.database, c.table_name, c.name, c.not_null, c.type_name, c.file, c.line
from db_column as c
join own_table as t on t.database = c.database and t.name = c.table_name
where exists (select 1 from settings_tenant_key as k where k.name = c.name and k.database in ('', c.database));

create temp view tenant_root as
-- The tables of tenants themselves; their key is their primary key.
select t.at, t.database, t.name, k.column_name as tenant_key, t.file, t.line
from own_table as t
join settings_tenant_root as r on r.name = t.name and r.database in ('', t.database)
left join db_constraint as c on c.database = t.database and c.table_name = t.name and c.kind = 'primary'
left join db_constraint_column as k
  on k.database = t.database and k.table_name = t.name and k.constraint_name = c.name and k.position = 1;

create temp view keyed_table as
-- Tables that carry a tenant key, partitions and inheritance children included.
select t.*, coalesce((select min(k.name) from tenant_key_column as k where k.database = t.database and k.table_name = t.name),
                     (select r.tenant_key from tenant_root as r where r.database = t.database and r.name = t.name)) as tenant_key
from own_table as t
where exists (select 1 from tenant_key_column as k where k.database = t.database and k.table_name = t.name)
   or exists (select 1 from tenant_root as r where r.database = t.database and r.name = t.name);

create temp view tenant_partition as
-- Partitions and inheritance children of tenant tables.
select t.*, l.parent, l.kind as relation, l.at as joined_at
from keyed_table as t
join db_lineage as l on l.database = t.database and l.table_name = t.name
join keyed_table as p on p.database = l.database and p.name = l.parent;

create temp view tenant_table as
-- Tables whose rows belong to tenants: those with a tenant key, and the table of tenants itself; partitions are told apart.
select t.* from keyed_table as t
where not exists (select 1 from tenant_partition as p where p.database = t.database and p.name = t.name);

create temp view row_isolation as
-- One row where rows are kept apart by row security: unless the configuration says that queries or schemas do it.
select 'row' as isolation
where not exists (select 1 from settings_choice as c where c.name = 'tenancy.isolation' and c.value <> 'row');

create temp view row_tenant_partition as
-- Partitions and inheritance children of tenant tables that row security is to keep apart.
select p.* from tenant_partition as p join row_isolation;

create temp view row_tenant_table as
-- Tenant tables that row security is to keep apart.
select t.* from tenant_table as t join row_isolation;


-- The application's roles, and what they hold.

create temp view app_role as
-- The roles that the application connects as, in each database.
select r.at, d.database, r.name, r.source
from settings_app_role as r
join db_database as d on r.database in ('', d.database);

create temp view role_reach as
-- Each role, and the roles whose rights it has or can take (SET ROLE), itself included.
with recursive reach (database, role, reached) as (
    select database, name, name from db_role
    union
    select r.database, r.role, m.role from reach as r join db_membership as m on m.database = r.database and m.member = r.reached
)
select database, role, reached from reach;

create temp view app_grant as
-- Every privilege that an application's role holds, by itself, through a role it can take, or as everyone does.
select distinct g.at, g.database, g.object_kind, g.object_name, g.column_name, g.privilege, h.role, g.grantee, g.file, g.line
from (
    select r.database, r.role, r.reached as grantee from app_role as a join role_reach as r on r.database = a.database and r.role = a.name
    union
    select r.database, r.role, 'public' from app_role as a join role_reach as r on r.database = a.database and r.role = a.name
) as h
join db_grant as g on g.database = h.database and g.grantee = h.grantee
union
select g.at, g.database, g.object_kind, g.object_name, g.column_name, g.privilege, 'public', 'public', g.file, g.line
from db_grant as g
where g.grantee = 'public';

create temp view said_grant as
-- What a migration grants an application's role on a table, and the platform does not grant by itself.
select g.* from app_grant as g
join db_table as t on t.database = g.database and t.name = g.object_name
where g.object_kind in ('table', 'column') and g.file <> '' and not (
    g.at = t.at and exists (
        select 1 from db_default_grant as d
        where d.database = g.database and d.object_kind = 'table' and d.grantee = g.grantee and d.privilege = g.privilege and d.file = ''
    )
);

-- What views and functions read, through one another.

create temp view view_reading as
-- Every table that a view reads, through other views too.
with recursive reach (database, reader, target_kind, target) as (
    select database, reader, target_kind, target from db_reading where reader_kind = 'view' and target_kind in ('table', 'view')
    union
    select r.database, r.reader, n.target_kind, n.target
    from reach as r
    join db_reading as n on n.database = r.database and n.reader_kind = 'view' and n.reader = r.target and r.target_kind = 'view'
)
select database, reader, target from reach where target_kind = 'table';

create temp view owner_view_reading as
-- Every table that a view reads with its owner's rights: views between them that read as their caller end the chain.
with recursive reach (database, reader, target_kind, target) as (
    select n.database, n.reader, n.target_kind, n.target
    from db_reading as n
    join db_view as v on v.database = n.database and v.name = n.reader and not v.security_invoker
    where n.reader_kind = 'view' and n.target_kind in ('table', 'view')
    union
    select r.database, r.reader, n.target_kind, n.target
    from reach as r
    join db_view as v on v.database = r.database and v.name = r.target and r.target_kind = 'view' and not v.security_invoker
    join db_reading as n on n.database = r.database and n.reader_kind = 'view' and n.reader = v.name
)
select database, reader, target from reach where target_kind = 'table';

create temp view function_reading as
-- Every table that a function reads or writes, through views and other functions too.
with recursive reach (database, reader, signature, target_kind, target) as (
    select database, reader, signature, target_kind, target from db_reading where reader_kind = 'function'
    union
    select r.database, r.reader, r.signature, n.target_kind, n.target
    from reach as r
    join db_reading as n on n.database = r.database and n.reader = r.target and n.reader_kind = r.target_kind
)
select database, reader, signature, target from reach where target_kind = 'table';

create temp view secured_table as
-- Tables with row security enabled, where it is what keeps rows apart.
select t.* from own_table as t join row_isolation where t.rls_enabled;

create temp view obscured as
-- What secures tables, or may, and cannot be told: the first of each kind about a table, or about any (where it names none).
select t.database, t.name, o.what, min(o.at) as at
from db_table as t join db_obscured as o on o.database = t.database and (o.table_name is null or o.table_name = t.name)
group by t.database, t.name, o.what;

create temp view missing_policy as
-- The commands that the application is granted on a secured table and that no permissive policy lets through. What a platform grants
-- by itself asks for one policy at least, not for one a command.
select distinct t.database, t.name as table_name, c.command
from secured_table as t
join (select 'select' as command union all select 'insert' union all select 'update' union all select 'delete') as c
where not exists (
        select 1 from db_policy as p
        where p.database = t.database and p.table_name = t.name and p.permissive and p.command in ('all', c.command)
    )
    and (
        exists (
            select 1 from said_grant as g where g.database = t.database and g.object_name = t.name and g.privilege = c.command
        )
        or not exists (
            select 1 from db_policy as p where p.database = t.database and p.table_name = t.name and p.permissive
        )
    );

create temp view required_reference as
-- Foreign keys that lead somewhere from every row: none of their columns may be absent.
select c.database, c.table_name, c.target
from db_constraint as c
where c.kind = 'foreign' and c.target <> c.table_name and not exists (
    select 1 from db_constraint_column as k
    join db_column as n on n.database = k.database and n.table_name = k.table_name and n.name = k.column_name
    where k.database = c.database and k.table_name = c.table_name and k.constraint_name = c.name and not n.not_null
);

create temp view tenant_child as
-- Tables without a tenant key whose rows belong to a tenant through a foreign key, directly or through others; one parent each, a
-- tenant table where there is one.
with recursive hangs (database, name, parent) as (
    select c.database, c.table_name, c.target
    from db_constraint as c
    join tenant_table as t on t.database = c.database and t.name = c.target
    where c.kind = 'foreign'
    union
    select c.database, c.table_name, c.target
    from hangs as h
    join db_constraint as c on c.database = h.database and c.target = h.name and c.kind = 'foreign'
    where not exists (select 1 from keyed_table as k where k.database = h.database and k.name = h.name)
)
select t.at, t.database, t.name, t.rls_enabled, coalesce(min(p.name), min(h.parent)) as parent
from hangs as h
join own_table as t on t.database = h.database and t.name = h.name
join row_isolation
left join tenant_table as p on p.database = h.database and p.name = h.parent
where h.parent <> h.name
  and not exists (select 1 from keyed_table as k where k.database = t.database and k.name = t.name)
  and not exists (select 1 from db_lineage as l where l.database = t.database and l.table_name = t.name)
group by t.at, t.database, t.name, t.rls_enabled;

create temp view bound_child as
-- Tables without a tenant key whose every row leads to a tenant's: by a foreign key that may not be absent, directly or through others.
with recursive bound (database, name) as (
    select r.database, r.table_name from required_reference as r
    join keyed_table as k on k.database = r.database and k.name = r.target
    union
    select r.database, r.table_name from bound as b
    join required_reference as r on r.database = b.database and r.target = b.name
)
select c.*
from tenant_child as c
join bound as b on b.database = c.database and b.name = c.name;

create temp view row_owned_table as
-- Tables whose every row belongs to a tenant, and that row security is to keep apart: by a key, or by what they must refer to.
select database, name from row_tenant_table
union
select database, name from bound_child;

create temp view row_holding_table as
-- Tables that hold tenants' rows, and that row security is to keep apart: owned ones, and those with row security whose rows are a tenant's
-- only where they refer to one, which may be absent; ``parent`` is what these hang off.
select database, name, null as parent from row_owned_table
union all
select c.database, c.name, c.parent
from tenant_child as c
where c.rls_enabled
  and not exists (select 1 from bound_child as b where b.database = c.database and b.name = c.name);

create temp view tenant_policy as
-- Permissive policies on tenant tables that have row security, and on tables whose every row leads to one of those.
select p.*
from db_policy as p
join secured_table as t on t.database = p.database and t.name = p.table_name
where p.permissive and (
    exists (select 1 from row_tenant_table as r where r.database = t.database and r.name = t.name)
    or exists (
        select 1 from db_policy_term as e
        join tenant_child as c on c.database = e.database and c.name = e.table_name
        where e.database = p.database and e.table_name = p.table_name and e.policy_name = p.name
    )
);

create temp view weakest_term as
-- The disjunct that decides each side of a policy of a tenant table: the first open one, else the first that cannot be told.
select e.at, e.database, e.table_name, e.policy_name, e.side, e.verdict, e.term, e.reason, e.role, e.command, e.writes, e.witness
from (
    select r.*, row_number() over (
        partition by r.database, r.table_name, r.policy_name, r.side
        order by case r.verdict when 'open' then 0 when 'unverified' then 1 when 'isolates' then 2 else 3 end, r.position
    ) as rank
    from db_policy_term as r
    join tenant_policy as p on p.database = r.database and p.table_name = r.table_name and p.name = r.policy_name
) as e
where e.rank = 1;

create temp view row_app_role as
-- The application's roles, where row security is to bind them.
select a.* from app_role as a join row_isolation;

create temp view role_weakness as
-- Why a role of the application stands above row security, one row a reason.
select r.at, a.database, a.name as role,
    case when r.superuser then 'it is a superuser: no policy applies to it' else 'it has BYPASSRLS: no policy applies to it' end as message
from row_app_role as a
join db_role as r on r.database = a.database and r.name = a.name
where r.superuser or r.bypass_rls
union
select m.at, a.database, a.name,
    'it can become ' || s.name || ', which ' || case when s.superuser then 'is a superuser' else 'has BYPASSRLS' end
from row_app_role as a
join role_reach as h on h.database = a.database and h.role = a.name and h.reached <> a.name
join db_role as s on s.database = a.database and s.name = h.reached and (s.superuser or s.bypass_rls)
join db_membership as m on m.database = a.database and m.member = a.name
join role_reach as v on v.database = a.database and v.role = m.role and v.reached = s.name
union
select t.owner_at, a.database, a.name,
    case when t.owner = a.name then 'it owns ' else 'it is a member of ' || t.owner || ', which owns ' end || t.name
    || ', where row security is not forced'
from row_app_role as a
join role_reach as h on h.database = a.database and h.role = a.name
join tenant_table as t on t.database = a.database and t.owner = h.reached and not t.rls_forced;

create temp view sealed_table as
-- Tables that hold tenants' rows and that a view must not open: those with a tenant key, and those with row security that hang off them;
-- ``parent`` is what the rows of the latter refer to, where that may be absent. Where they have no row security, that is what is wrong
-- with them, whatever reads them.
select database, name, 1 as is_keyed, null as parent from keyed_table
union
select h.database, h.name, 0, h.parent
from row_holding_table as h
join secured_table as s on s.database = h.database and s.name = h.name
where not exists (select 1 from keyed_table as k where k.database = h.database and k.name = h.name);

create temp view tenant_view as
-- Views that read tenants' rows: with their owner's rights where they are plain, in any way where they keep the rows. ``perhaps`` is a
-- table whose rows are a tenant's only where they refer to one.
select v.*, r.target, r.perhaps, (
    select group_concat(distinct g.role) from app_grant as g
    where g.database = v.database and g.object_name = v.name and g.object_kind in ('table', 'column') and g.privilege = 'select'
) as readers
from db_view as v
join row_isolation
join (
    select database, reader, min(case when parent is not null then target end) as perhaps,
        coalesce(min(case when is_keyed then target end), min(case when parent is null then target end)) as target
    from (
        select o.database, o.reader, o.target, t.is_keyed, t.parent from owner_view_reading as o
        join sealed_table as t on t.database = o.database and t.name = o.target
        union
        select w.database, w.reader, w.target, t.is_keyed, t.parent from view_reading as w
        join db_view as m on m.database = w.database and m.name = w.reader
        join sealed_table as t on t.database = w.database and t.name = w.target
        where m.kind = 'materialized' or m.security_invoker
    ) group by database, reader
) as r on r.database = v.database and r.reader = v.name
where v.origin = 'migration';

create temp view definer_function as
-- Functions that run as their owner, and why it cannot be told what they touch, where it cannot.
select f.*, (
    select case when f.language in ('sql', 'plpgsql') then 'it runs SQL made at run time' else 'it is written in ' || f.language end
    where f.language not in ('sql', 'plpgsql')
       or exists (
            select 1 from db_reading as r
            where r.database = f.database and r.reader_kind = 'function' and r.reader = f.name
              and r.signature = f.signature and not r.certain
       )
) as doubt
from db_function as f
where f.security_definer and f.origin = 'migration';

create temp view definer_reading as
-- A table that each of them touches whose rows are tenants'; one with a tenant key, where there is one. ``perhaps`` is a table with row
-- security whose rows are a tenant's only where they refer to one.
select r.database, r.reader as name, coalesce(min(k.name), min(c.name)) as target, min(h.name) as perhaps
from function_reading as r
left join keyed_table as k on k.database = r.database and k.name = r.target
left join bound_child as c on c.database = r.database and c.name = r.target
left join row_holding_table as h on h.database = r.database and h.name = r.target and h.parent is not null
where k.name is not null or c.name is not null or h.name is not null
group by r.database, r.reader;

create temp view tenant_reference as
-- Foreign keys from one tenant table to another, the table of tenants left out, and whether they include the tenant key.
select c.at, c.database, c.table_name, c.name, c.target, exists (
    select 1 from db_constraint_column as k
    join tenant_key_column as t on t.database = k.database and t.table_name = k.table_name and t.name = k.column_name
    where k.database = c.database and k.table_name = c.table_name and k.constraint_name = c.name
) as scoped
from db_constraint as c
join tenant_table as s on s.database = c.database and s.name = c.table_name
join tenant_table as t on t.database = c.database and t.name = c.target
where c.kind = 'foreign'
  and not exists (select 1 from tenant_root as r where r.database = c.database and r.name in (c.target, c.table_name));

create temp view unchosen_column as
-- Columns whose values nobody chooses: generated ones, ids, references to rows, and what is made at random to be kept secret.
select c.database, c.table_name, c.name
from db_column as c
where c.generation <> 'none' or c.type_name = 'uuid' or c.name in ('id', 'guid')
   or c.name like '%uuid' or c.name like '%nano%id' or c.name like '%ulid' or c.name like '%cuid' or c.name like '%primary%key'
   or c.name like '%token%' or c.name like '%secret%' or c.name like '%nonce%'
   or c.name like '%api%key%' or c.name like '%key%hash%' or c.name like '%hash%key%'
   or c.name like '%code%hash%' or c.name like '%state%hash%'
union
select f.database, f.table_name, f.column_name from db_constraint_column as f where f.target_column is not null
union
select k.database, k.table_name, min(k.column_name)
from db_constraint_column as k
join db_constraint as c on c.database = k.database and c.table_name = k.table_name and c.name = k.constraint_name and c.kind = 'primary'
group by k.database, k.table_name
having count(*) = 1 and (min(k.column_name) glob '*_id' or min(k.column_name) glob '*Id');

create temp view tenant_bound_column as
-- Columns that say, by themselves, which tenant a row belongs to: its key, and what refers to another row of one tenant.
select k.database, k.table_name, k.name from tenant_key_column as k
union
select f.database, f.table_name, f.column_name
from db_constraint_column as f
join db_constraint as c on c.database = f.database and c.table_name = f.table_name and c.name = f.constraint_name and c.kind = 'foreign'
join keyed_table as t on t.database = c.database and t.name = c.target;

create temp view tenant_unique as
-- Unique keys of tenant tables, the table of tenants left out: whether they keep to one tenant, and whether nobody chooses their values, or
-- those of the row's own id, beside which the key of a partitioned table has the column that it is partitioned by.
select i.at, i.database, i.table_name, i.name, exists (
    select 1 from db_index_column as k
    join tenant_bound_column as b on b.database = k.database and b.table_name = k.table_name and b.name = k.column_name
    where k.database = i.database and k.index_name = i.name
) or exists (
    select 1 from tenant_key_column as t
    where t.database = i.database and t.table_name = i.table_name
      and ' AND ' || replace(i.predicate, '"', '') || ' AND ' glob '* AND ' || t.name || ' IS NULL AND *'
) as scoped, not exists (
    select 1 from db_index_column as k
    where k.database = i.database and k.index_name = i.name and not exists (
        select 1 from unchosen_column as u where u.database = k.database and u.table_name = k.table_name and u.name = k.column_name
    )
) or exists (
    select 1 from db_index_column as k where k.database = i.database and k.index_name = i.name and k.column_name in ('id', 'guid', 'uuid')
) as surrogate
from db_index as i
join tenant_table as t on t.database = i.database and t.name = i.table_name
where i.is_unique
  and not exists (select 1 from tenant_root as r where r.database = i.database and r.name = i.table_name);

create temp view tenant_context as
-- Where the settings that policies go by are set.
select c.*
from db_context_setting as c
where exists (select 1 from settings_session_source as s where lower(s.name) = c.name);

create temp view schema_isolated_table as
-- Tables, where each tenant has a schema of its own, and whether the table's schema is a tenant's.
select t.*, exists (
    select 1 from settings_tenant_schema as s where t.schema_name glob s.pattern
) or (not exists (select 1 from settings_tenant_schema) and t.schema_name <> 'public') as per_tenant
from own_table as t
where exists (select 1 from settings_choice as c where c.name = 'tenancy.isolation' and c.value = 'schema');


-- What people ask about, and what later packs will answer.

create temp view policy as
-- A row security policy, the weakest thing that its terms do to tenants apart, what that term comes to, and the steps of the reasoning.
select p.at, p.database, p.table_name, p.name, p.command, p.permissive,
    coalesce(w.verdict, 'unverified') as verdict,
    coalesce(w.reason, 'its terms are not judged: ' || case when p.permissive then 'its table is no tenant''s' else 'it only narrows' end) as reason,
    w.term, w.folded, w.witness, (
        select group_concat(s.what, '; ') from (
            select what from db_policy_step as s
            where s.database = p.database and s.table_name = p.table_name and s.policy_name = p.name
              and s.side = w.side and s.term_position = w.position
            order by s.position
        ) as s
    ) as steps,
    p.file, p.line
from db_policy as p
left join (
    select database, table_name, policy_name, side, position, verdict, reason, term, folded, witness, row_number() over (
        partition by database, table_name, policy_name
        order by case verdict when 'open' then 0 when 'unverified' then 1 when 'isolates' then 2 else 3 end, side desc, position
    ) as rank
    from db_policy_term
) as w on w.database = p.database and w.table_name = p.table_name and w.policy_name = p.name and w.rank = 1;

create temp view route as
-- A door of the application: a route, a server action, a procedure, and who may come in.
select r.at, r.name, r.method, r.path, r.framework, r.posture, r.enforcement, r.level, r.reason, r.handler, r.file, r.line
from web_route as r;

create temp view called_function as
-- The functions that routes reach, each once, and the last part of its name in small letters.
select c.symbol, lower(replace(c.symbol, rtrim(c.symbol, replace(c.symbol, '.', '')), '')) as verb
from (select symbol from web_reached union select function_name from web_route_function where is_before) as c;

create temp view meant_function as
-- The functions that rules ask for, each with what it is for: by the configuration, and else by what its name says.
select f.symbol, 'act' as purpose
from called_function as f
where f.verb in (
    'insert', 'insert_one', 'insertmany', 'create', 'createmany', 'update', 'updatemany', 'update_one', 'upsert', 'save', 'delete', 'deletemany', 'execute',
    'commit', 'enqueue', 'publish', 'dispatch', 'bulk_create', 'add_task', 'apply_async', 'delay', 'sendmail', 'send_email', 'sendemail'
)
union all
select f.symbol, 'verify'
from called_function as f
where f.verb glob '*verify*' or f.verb glob '*constructevent*' or f.verb glob '*construct_event*' or f.verb glob '*signature*'
   or f.verb in ('timingsafeequal', 'compare_digest')
union all
select f.symbol, 'deduplicate'
from called_function as f
where f.verb glob '*idempot*' or f.verb glob '*dedup*' or f.verb glob '*processed*' or f.verb glob '*already*' or f.verb glob '*onconflict*'
   or f.verb glob '*on_conflict*' or f.verb in ('setnx', 'get_or_create', 'upsert') or f.verb glob '*recordevent*' or f.verb glob '*record_event*'
union all
select f.symbol, 'limit'
from called_function as f
where f.verb glob '*limit*' or f.verb glob '*throttl*' or lower(f.symbol) glob '*ratelimit*' or lower(f.symbol) glob '*rate_limit*'
   or lower(f.symbol) glob '*limiter*'
   or exists (select 1 from settings_route_word as w where w.purpose = 'rate_limit' and w.name = f.symbol)
union all
select f.symbol, 'audit'
from called_function as f
where exists (select 1 from settings_route_word as w where w.purpose = 'audit' and w.name = f.symbol)
   or (f.verb glob '*audit*' and not exists (select 1 from settings_route_word as w where w.purpose = 'audit'))
union all
select f.symbol, 'require'
from called_function as f
where f.symbol in (select q.value from settings_route_requirement as q where q.kind = 'call')
union all
select f.symbol, 'schedule'
from called_function as f
where f.symbol in (select w.name from settings_route_word as w where w.purpose = 'cron_wrapper');

create temp view route_call as
-- The calls of routes that rules ask for, by the place where the route is registered, with what each is for.
select f.registered, c.symbol, m.purpose, c.certain or f.is_before as is_sure, case when f.is_before then -1 else c.position end as position,
    c.heeded or f.is_before as heeded
from web_reached as c
cross join meant_function as m on m.symbol = c.symbol
cross join web_route_function as f on f.function_name = c.function_name
union all
select f.registered, f.function_name, m.purpose, 1, -1, 1
from web_route_function as f
join meant_function as m on m.symbol = f.function_name
where f.is_before;

create temp view route_segment as
-- The segments of the paths of routes, in small letters; parameters without their braces.
with recursive part (route, segment, rest) as (
    select distinct name, '', ltrim(path, '/') || '/' from web_route where method not in ('ACTION', 'RPC')
    union
    select route, lower(substr(rest, 1, instr(rest, '/') - 1)), substr(rest, instr(rest, '/') + 1) from part where rest <> ''
)
select route, trim(segment, '{}') as segment, segment like '{%' as is_parameter from part where segment <> '';

create temp view webhook_route as
-- The routes that other services call to tell of events.
select r.* from web_route as r
where r.method in ('POST', 'ANY', 'PUT') and (
    r.name in (select s.route from route_segment as s where not s.is_parameter and s.segment in ('webhook', 'webhooks', 'hooks'))
    or ' ' || r.posture || ' ' like '% webhook %'
);

create temp view acting_call as
-- The calls of routes that change something, by their names.
select c.* from route_call as c where c.purpose = 'act';

create temp view verifying_call as
-- The calls of routes that check a signature, by their names; what they answer is looked at, and nothing is changed before them.
select c.*, a.position is not null and a.position < c.position as is_late
from route_call as c
left join (select registered, min(position) as position from acting_call where position >= 0 group by registered) as a
  on a.registered = c.registered
where c.purpose = 'verify' and c.heeded;

create temp view deduplicating_call as
-- The calls of routes that tell whether an event has come before, by their names.
select c.* from route_call as c where c.purpose = 'deduplicate';

create temp view limiting_call as
-- The calls of routes that limit how often somebody may ask: those configured, and those that say so by their names.
select c.* from route_call as c where c.purpose = 'limit' and c.heeded;

create temp view limited_route as
-- The routes that somebody may try again and again: logins, codes, resets of passwords, and those that take tokens.
select r.* from web_route as r
where r.method not in ('GET', 'HEAD', 'OPTIONS') and r.name in (
    select s.route from route_segment as s
    where not s.is_parameter
      and s.segment in ('login', 'signin', 'sign-in', 'token', 'otp', 'mfa', 'forgot-password', 'reset-password', 'password-reset', 'verify-code')
) or ' ' || r.posture || ' ' like '% token %';

create temp view audit_call as
-- The calls of routes that write an audit row: those configured, and where none is, those that say so by their names.
select c.* from route_call as c where c.purpose = 'audit';

create temp view changing_route as
-- The routes that change something, where anything writes an audit row.
select r.* from web_route as r
where r.method in ('POST', 'PUT', 'PATCH', 'DELETE', 'ACTION')
  and (exists (select 1 from settings_route_word as w where w.purpose = 'audit') or exists (select 1 from audit_call));

create temp view tenant_route as
-- The routes whose paths name a tenant.
select r.*, min(s.segment) as parameter
from web_route as r
join route_segment as s on s.route = r.name and s.is_parameter
where replace(replace(s.segment, '_', ''), '-', '') in ('tenantid', 'tenant', 'orgid', 'organizationid', 'organisationid', 'workspaceid', 'accountid')
   or exists (select 1 from settings_tenant_key as k where lower(k.name) = s.segment)
group by r.name, r.at;

create temp view scheduled_route as
-- The routes that a deployment calls on a schedule.
select r.*, j.at as job_at
from web_job as j
join web_route as r on r.path = substr(j.path, 1, instr(j.path || '?', '?') - 1) and r.method in ('GET', 'ANY');

create temp view required_route as
-- What the configuration asks of each route, and whether the route has it.
select r.at, r.name, r.enforcement, q.kind, q.value, q.at as required_at, case q.kind
    when 'call' then exists (select 1 from route_call as c where c.purpose = 'require' and c.registered = r.at and c.symbol = q.value)
    else r.posture is not null and not exists (
        with recursive way (alternative, rest) as (
            select '', r.posture || ' | '
            union
            select substr(rest, 1, instr(rest, ' | ') - 1), substr(rest, instr(rest, ' | ') + 3) from way where rest <> ''
        )
        select 1 from way where alternative <> '' and ' ' || alternative || ' ' not like '% ' || q.value || ' %'
    )
    end as is_met
from settings_route_requirement as q
join web_route as r on (r.path glob replace(q.pattern, '**', '*') or r.path || '/' = replace(q.pattern, '**', ''))
  and (q.methods = '' or instr(q.methods, ' ' || r.method || ' ') > 0 or r.method = 'ANY');

create temp view confined_use as
-- The files that take what is confined, each with whether it may.
select r.at, r.path, r.name as symbol, r.side, exists (
    select 1 from settings_confinement as c where c.name = r.name and r.path glob replace(c.pattern, '**', '*')
) as is_allowed
from web_reference as r;

create temp view script_link as
-- Scripts that run in one shell, because one sources the other.
with link (file, other) as (
    select s.file, n.file
    from env_sourcing as s
    join (select distinct file from env_script_name union select distinct file from env_read where medium = 'shell') as n
      on n.file = s.target or n.file glob '*/' || s.target
)
select file, other from link union select other, file from link;

create temp view variable_read as
-- Where variables are read; what a script has from another that runs in the same shell is no read of the environment.
select r.*
from env_read as r
where r.medium <> 'shell' or not exists (
    with recursive reach (file) as (
        select r.file union select l.other from reach join script_link as l on l.file = reach.file
    )
    select 1 from reach join env_script_name as n on n.file = reach.file and n.name = r.name where reach.file <> r.file
);

create temp view env_use as
-- A place where code reads an environment variable.
select r.at, r.name, r.side, r.file, r.line from variable_read as r;

create temp view shared_keyed_table as
-- Tables that the tenants share although each has a schema, and that carry a tenant key all the same.
select t.at, t.database, t.name, k.name as tenant_key
from schema_isolated_table as t
join tenant_key_column as k on k.database = t.database and k.table_name = t.name
where not t.per_tenant;

create temp view schema_reference as
-- Foreign keys that lead into a tenant's schema from outside it.
select c.at, c.database, c.table_name, c.name, c.target
from db_constraint as c
join schema_isolated_table as t on t.database = c.database and t.name = c.table_name
join schema_isolated_table as o on o.database = c.database and o.name = c.target
where o.per_tenant and t.schema_name <> o.schema_name;

create temp view force_off as
-- One row where the owner was deliberately left outside row security.
select c.at from settings_choice as c where c.name = 'tenancy.force' and c.value = 'off';

create temp view migration_file as
-- The files that run with each migration: its own, and those that it includes, directly or through others.
with recursive include as materialized (
    select file, target from ddl_include
), run(database, path, file) as (
    select database, path, path from db_migration
    union
    select r.database, r.path, i.target from run as r join include as i on i.file = r.file
)
select * from run;

create temp view unread_code as
-- Files of code of which something was not understood, each at the first place: routes may be registered there, or a guard be written.
select f.at, f.file, f.message, f.remedy, f.line
from (
    select u.at, u.file, u.message, u.remedy, u.line, row_number() over (partition by u.file order by u.line, u.at, u.message) as rank
    from source_unread as u
    where (
        u.file glob '*.py' or u.file glob '*.rs' or u.file glob '*.cs' or u.file glob '*.[jt]s' or u.file glob '*.[jt]sx' or u.file glob '*.[cm][jt]s'
        or u.file glob '*vercel.json' or u.file glob '*supabase/config.toml'
    ) and u.file not in (select m.file from migration_file as m)
) as f
where f.rank = 1;

-- A change, where there is a base to compare it with. Of a path, never of a database: a folder that is renamed is another database.

create temp view compared_carveout as
-- The carve-outs of a change.
select c.at, c.rule, c.subject, c.database, c.at_most, c.expires
from settings_carveout as c
join scope_base;

create temp view migration_content as
-- What was read of the files that are migrations, or are of the base: each with git's name for what it holds.
select path, content from main.unit
where id in (select id from temp.active) and path in (select path from db_migration union select path from base_db_migration);

create temp view landed_migration as
-- The migrations of the base that run once, whether their order is that of their names, and what they held.
select m.at, m.database, m.path, d.runner not in ('alembic', 'django') as is_ordered, u.content
from base_db_migration as m
join base_db_database as d on d.database = m.database
join main.unit as u on u.path = m.path and u.id in (select id from temp.base)
where not m.repeatable;

create temp view new_migration as
-- Migrations that the base does not have.
select m.at, m.database, m.path, m.position
from db_migration as m
join scope_base
where m.path not in (select b.path from base_db_migration as b);

create temp view gone_migration as
-- Migrations that have landed and are not read any more, and the new one that holds the same, if any.
select l.at, l.database, l.path, min(n.path) as renamed_to, n.at as renamed_at
from landed_migration as l
left join migration_content as f on f.content = l.content and exists (select 1 from new_migration as n where n.path = f.path)
left join new_migration as n on n.path = f.path
where l.path not in (select path from migration_content)
group by l.at, l.database, l.path;

create temp view base_rule as
-- The rules that the base is held to.
select r.at, r.rule as name, r.level, r.query from base_scope_rule as r;

create temp view standing as
-- What rules range over and what is there, whatever the configuration says of it.
select min(at) as at, database, name
from (
    select at, database, name from db_table
    union all
    select at, database, name from db_view
    union all
    select at, database, name from db_function
    union all
    select at, database, name from db_role
)
group by database, name;

create temp view new_trust as
-- What the configuration newly trusts to keep rows apart.
select p.at, p.name
from settings_predicate as p
join scope_base
where p.name not in (select b.name from base_settings_predicate as b)
union all
select s.at, s.name
from settings_session_source as s
join scope_base
where s.name not in (select b.name from base_settings_session_source as b);

create temp view new_debt as
-- What the baseline newly holds.
select d.at, d.rule, d.subject
from settings_debt as d
join scope_base
where not exists (
    select 1 from base_settings_debt as b where b.rule = d.rule and b.subject = d.subject and b.database in ('', d.database)
);

create temp view loosened_choice as
-- Choices of the configuration that ask for less than they did.
with said (name, was, says, at) as (
    select n.name, coalesce(b.value, n.silent), coalesce(c.value, n.silent), coalesce(c.at, b.at)
    from (
        select 'tenancy.force' as name, 'required' as silent
        union all select 'check.unverified', 'error'
        union all select 'check.expires', 'optional'
    ) as n
    join scope_base
    left join settings_choice as c on c.name = n.name
    left join base_settings_choice as b on b.name = n.name
)
select at, name, was, says from said
where instr('required optional', was) < instr('required optional', says)
   or instr('error warning note', was) < instr('error warning note', says)
   or (was = 'required' and says = 'off');

create temp view loosened_manifest as
-- What the manifest of environment variables asks less of than on the base, by the rule that looks at less for it.
select b.at, 'env-declared' as rule, 'the manifest is gone' as message
from base_env_manifest as b
where not exists (select 1 from env_manifest)
union all
select i.at, 'env-declared', i.pattern || ' newly needs no entry in the manifest'
from env_ignored as i
join base_env_manifest
where not exists (select 1 from base_env_ignored as b where b.pattern = i.pattern)
union all
select x.at, 'env-declared', 'what ' || x.pattern || ' reads newly does not count'
from env_excluded as x
join base_env_manifest
where not exists (select 1 from base_env_excluded as b where b.pattern = x.pattern)
union all
select m.at, 'env-targets-match', 'the target ' || b.name || ' is gone'
from base_env_target as b
join env_manifest as m
where not exists (select 1 from env_target as t where t.name = b.name)
union all
select t.at, 'env-targets-match', 'snapshots of ' || t.name || ' may newly be older than ' || b.max_age || ' days'
from base_env_target as b
join env_target as t on t.name = b.name
where b.max_age < coalesce(t.max_age, b.max_age + 1)
union all
select t.at, 'env-transport-secured', 'the target ' || t.name || ' is newly said to be local'
from base_env_target as b
join env_target as t on t.name = b.name
where t.is_local and not b.is_local
union all
select v.at, 'env-targets-match', v.name || ' may newly stay unchanged for more than ' || b.rotation || ' days'
from base_env_variable as b
join env_variable as v on v.name = b.name
where b.rotation < coalesce(v.rotation, b.rotation + 1)
union all
select v.at, 'env-secret-private', v.name || ' is no secret any more'
from base_env_variable as b
join env_variable as v on v.name = b.name
where b.kind = 'secret' and v.kind <> 'secret'
union all
select v.at, 'env-targets-match', v.name || ' is no longer required on ' || b.target
from base_env_demand as b
join env_variable as v on v.name = b.name
where not b.is_optional
  and exists (select 1 from env_target as t where t.name = b.target)
  and not exists (select 1 from env_demand as d where d.name = b.name and d.target = b.target and not d.is_optional)
union all
select v.at, 'env-fingerprint-matches', v.name || ' has no fingerprint on ' || b.target || ' any more'
from base_env_pledge as b
join env_variable as v on v.name = b.name
where not exists (select 1 from env_pledge as d where d.name = b.name and d.target = b.target);

create temp view contract_step as
-- Migrations that declare themselves the contract step of one that expanded the schema before, and whether that one has landed.
select c.at, c.file as path, c.expand, c.reason, (
    select count(distinct b.path) from base_db_migration as b where b.database = m.database and instr('/' || b.path || '/', '/' || c.expand || '/')
) = 1 as has_landed
from ddl_contract as c
join db_migration as m on m.path = c.file;


-- Environment variables: what is read, and what each target has.

create temp view provided_name as
-- What shells, systems and languages set themselves, and nobody configures. NODE_ENV and CI are deliberately not among them.
select 'PATH' as pattern union all select 'HOME' union all select 'USER' union all select 'LOGNAME' union all select 'SHELL'
union all select 'PWD' union all select 'OLDPWD' union all select 'TERM' union all select 'TMPDIR' union all select 'TEMP'
union all select 'TMP' union all select 'LANG' union all select 'TZ' union all select 'HOSTNAME' union all select 'EDITOR'
union all select 'VISUAL' union all select 'PAGER' union all select 'COLUMNS' union all select 'LINES' union all select 'USERNAME'
union all select 'NODE_OPTIONS' union all select 'NODE_PATH' union all select 'PYTHONPATH' union all select 'VIRTUAL_ENV'
union all select 'INIT_CWD' union all select 'CARGO_MANIFEST_DIR' union all select 'OUT_DIR' union all select 'CARGO_TARGET_DIR'
union all select 'APPDATA' union all select 'LOCALAPPDATA' union all select 'USERPROFILE' union all select 'SystemRoot'
union all select 'XDG_CONFIG_HOME' union all select 'XDG_CACHE_HOME' union all select 'XDG_DATA_HOME'
union all select 'XDG_RUNTIME_DIR' union all select 'NO_COLOR' union all select 'FORCE_COLOR' union all select 'COLORTERM'
union all select 'SSH_AUTH_SOCK' union all select 'npm_*' union all select 'LC_*' union all select 'CARGO_PKG_*'
union all select 'CARGO_CFG_*' union all select 'CARGO_FEATURE_*' union all select 'CARGO_BIN_EXE_*';

create temp view read_variable as
-- What is read, where there is a manifest that it belongs into; an argument of a build with a default does not.
select r.at, r.name, r.medium, r.file, r.line
from variable_read as r
join env_manifest
where not (r.medium = 'image' and r.is_defaulted)
  and not exists (select 1 from provided_name as p where r.name glob p.pattern)
  and not exists (select 1 from env_ignored as i where r.name glob i.pattern);

create temp view unresolved_read as
-- Reads of which it cannot be told which variable is meant: neither by the callers of a declared accessor, nor by whom the environment is
-- handed to.
select u.at, u.message, u.remedy, u.file, u.line
from env_unresolved as u
join env_manifest
where not exists (
        select 1 from env_accessor as a
        where coalesce(nullif(u.accessor, ''), u.taker) = a.name
            or (u.accessor || u.taker <> '' and (a.name glob '*.' || u.accessor || u.taker or u.accessor || u.taker glob '*.' || a.name))
    )
    and not exists (select 1 from env_taker as t where t.function_name = u.taker);

create temp view target_part as
-- The files, and the parts of them, that a target has its variables from.
with recursive part (target, path, scope, prefix) as (
    select name, path, scope, '' from env_target
    union
    select p.target, case when i.path = '' then e.file else i.path end, i.other, p.prefix || i.prefix
    from part as p
    join env_inclusion as i on i.file = p.path and (i.scope in ('', p.scope) or p.scope = '')
    left join (select distinct file, scope from env_entry) as e on i.path = '' and e.scope = i.other
    where i.path <> '' or e.file is not null
)
select target, path, scope, prefix from part;

create temp view target_entry as
-- The variables that each target has.
select e.at, p.target, p.prefix || e.name as name, e.value, e.shape, e.transport, e.sealed, e.updated, e.file, e.line
from target_part as p
join env_entry as e on e.file = p.path and (e.scope in ('', p.scope) or p.scope = '');

create temp view target_doubt as
-- Why it cannot be told what a target has: of all that it has, or only of what is not seen.
select t.name as target, t.at, 1 as of_all, t.path || ' is not among the files that were read' as message
from env_target as t
where not exists (select 1 from env_giver as g where g.path = t.path) and not exists (select 1 from env_blind as b where b.file = t.path)
union all
select t.name, s.at, 1, 'its snapshot of ' || s.taken || ' is older than ' || t.max_age || ' days'
from env_target as t
join env_snapshot as s on s.path = t.path
join env_today as d
where julianday(d.day) - julianday(s.taken) > t.max_age
union all
select p.target, b.at, 0, b.message || ' (' || b.file || ':' || b.line || ')'
from target_part as p
join env_blind as b on b.file = p.path and (b.scope in ('', p.scope) or p.scope = '')
union all
select p.target, i.at, 0, 'what ' || coalesce(nullif(i.path, ''), i.other) || ' gives is not in the repository'
from target_part as p
join env_inclusion as i on i.file = p.path and (i.scope in ('', p.scope) or p.scope = '')
where not i.is_optional
  and not exists (select 1 from env_giver as g where g.path = i.path)
  and not exists (select 1 from env_entry as e where i.path = '' and e.scope = i.other);

create temp view target_demand as
-- What each target has to have, and whether it has it, under the name that findings give it.
select d.at, d.name || '@' || d.target as name, t.at as target_at, exists (
    select 1 from target_entry as e where e.target = d.target and e.name = d.name
) as is_given, (
    select min(x.message) from target_doubt as x where x.target = d.target
) as doubt, exists (
    select 1 from target_doubt as x where x.target = d.target and x.of_all
) as in_doubt
from env_demand as d
join env_target as t on t.name = d.target
where not d.is_optional
  and (d.condition is null
       or exists (select 1 from target_entry as e where e.target = d.target and e.name = d.condition)
       or exists (select 1 from target_doubt as x where x.target = d.target));

create temp view target_surplus as
-- What a target has and nobody asks for.
select e.at, e.name || '@' || e.target as name, exists (select 1 from env_variable as v where v.name = e.name) as is_declared
from target_entry as e
where not exists (select 1 from env_demand as d where d.target = e.target and d.name = e.name)
  and not exists (select 1 from env_ignored as i where e.name glob i.pattern);

create temp view fitting_shape as
-- What a value may be read as, by the format that the manifest asks: 0 and 1 are integers, and integers are numbers.
select 'boolean' as format, 'bit' as shape union all select 'integer', 'bit' union all select 'number', 'bit'
union all select 'number', 'integer'
union all select s.shape, s.shape
from (select 'boolean' as shape union all select 'integer' union all select 'number' union all select 'uuid' union all select 'url' union all select 'email') as s;

create temp view misfit as
-- Values on targets that are not of the format that the manifest asks; words that stand for a value in an example are of none.
select e.at, e.name || '@' || e.target as name, v.format
from target_entry as e
join env_variable as v on v.name = e.name and v.format is not null
where (e.value in ('plain', 'random', 'issued') or (e.value = 'placeholder' and e.shape <> 'text'))
  and not exists (select 1 from fitting_shape as f where f.format = v.format and f.shape = e.shape);

create temp view overdue_rotation as
-- Values on platforms that were last changed longer ago than the manifest lets them be, or nobody knows when.
select e.at, e.name || '@' || e.target as name, nullif(e.updated, '') as updated, v.rotation
from target_entry as e
join env_variable as v on v.name = e.name and v.rotation is not null
join env_snapshot as s on s.path = e.file
join env_today as d
where e.updated = '' or julianday(d.day) - julianday(e.updated) > v.rotation;

create temp view kept_secret as
-- The secrets that a platform keeps, and whether it says that it shows them to nobody.
select e.at, e.name || '@' || e.target as name, e.sealed
from target_entry as e
join env_variable as v on v.name = e.name and v.kind = 'secret'
where e.sealed is not null;

create temp view connection_url as
-- URLs of databases and brokers that can be seen in targets other than a developer's machine.
select e.at, e.name || '@' || e.target as name, e.transport
from target_entry as e
join env_target as t on t.name = e.target
where e.transport <> 'none' and not t.is_local;

create temp view public_prefix as
-- What a framework publishes to browsers, by how its name begins.
select 'NEXT_PUBLIC_' as prefix
union all select 'VITE_' union all select 'PUBLIC_' union all select 'REACT_APP_' union all select 'EXPO_PUBLIC_' union all select 'GATSBY_'
 union all select 'VUE_APP_' union all select 'NUXT_PUBLIC_' union all select 'NUXT_ENV_' union all select 'REDWOOD_ENV_' union all select 'SANITY_STUDIO_'
 union all select 'STORYBOOK_' union all select 'PLASMO_PUBLIC_';

create temp view secret_name as
-- Names that are secrets by the manifest, or that it does not expose to clients, or where it does not know them secrets by how they end.
select n.name, case when v.name is null then 'sounds like a secret' when v.kind = 'secret' then 'is a secret'
    else 'is exposed to ' || v.exposure || ' alone' end as why
from (
    select name from env_read union select name from env_entry union select name from env_variable union select name from env_declaration
) as n
left join env_variable as v on v.name = n.name
where coalesce(v.kind = 'secret' or (v.exposure <> '' and instr(v.exposure, 'client') = 0), upper(n.name) glob '*SERVICE_ROLE*' or upper(n.name) glob '*_SECRET' or upper(n.name) glob '*_SECRET_KEY'
    or upper(n.name) glob '*PRIVATE_KEY' or upper(n.name) glob '*_PASSWORD' or upper(n.name) glob '*_SECRET_ACCESS_KEY'
    or upper(n.name) glob '*ENCRYPTION_KEY' or upper(n.name) glob '*SIGNING_KEY' or upper(n.name) glob '*SERVICE_ACCOUNT_KEY'
    or upper(n.name) glob '*_SECRET_TOKEN');

create temp view named_variable as
-- Every place that names a variable.
select at, name, file, line from env_read
union all
select at, name, file, line from env_entry
union all
select at, name, file, line from env_variable
union all
select at, name, file, line from env_declaration;

create temp view published_variable as
-- What browsers are given: by its name, through a setting of a bundler, or because code reads it that runs there, by what it says itself or
-- because browsers load it by way of other files.
select n.at, n.name, 'its name begins with ' || p.prefix || ', which is published to browsers' as how, null as entry
from named_variable as n
join public_prefix as p on n.name glob p.prefix || '*'
union all
select distinct d.at, n.name, d.through || ' puts it into what browsers load', null
from (select distinct name, file from named_variable) as n
join env_door as d on n.name glob d.pattern and (d.pattern <> '*' or n.file glob rtrim(d.file, replace(d.file, '/', '')) || '*')
union all
select r.at, r.name, 'code that runs in browsers reads it', null
from env_read as r
where r.side = 'client' and not exists (select 1 from public_prefix as p where r.name glob p.prefix || '*')
union all
select x.at, x.name, 'code that runs in browsers reads it' || iif(x.writer = '', '', ', and ' || x.writer || ' writes its value in') || ': ' || x.chain, x.entry
from env_exposed as x
where not exists (select 1 from public_prefix as p where x.name glob p.prefix || '*');

create temp view real_value as
-- The files of NAME=value lines that hold what only real keys look like or, in files that are no examples and no test's, what is made at random or is a
-- secret by the manifest; and which.
select min(e.at) as at, d.path, group_concat(distinct e.name) as names
from env_dotenv as d
join env_entry as e on e.file = d.path
left join env_variable as v on v.name = e.name
where e.value = 'issued' or (not d.is_example and lower(d.path) not glob '*test*' and (e.value = 'random' or (e.value = 'plain' and v.kind = 'secret')))
group by d.path;

create temp view uncovered_file as
-- The files that examples are copied to, which are not there, and which no line of a .gitignore keeps out.
select d.at, d.path, d.actual
from env_dotenv as d
where d.is_example
  and not exists (select 1 from env_dotenv as o where o.path = d.actual)
  and coalesce((
        select i.is_negated from env_ignore_line as i
        where i.under || d.actual glob i.pattern or i.under || d.actual glob i.pattern || '/*'
        order by i.depth desc, i.position desc limit 1
    ), 1);

create temp view compared_secret as
-- Secrets whose fingerprint is recorded or asked for, under the name that findings give them, and how they compare.
select c.at, c.name || '@' || c.target as name, c.state, c.message from env_comparison as c;
