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
select distinct g.at, g.database, g.object_kind, g.object_name, g.column_name, g.privilege, a.name as role, g.grantee, g.file, g.line
from app_role as a
join role_reach as r on r.database = a.database and r.role = a.name
join db_grant as g on g.database = a.database and g.grantee in (r.reached, 'public')
union
select g.at, g.database, g.object_kind, g.object_name, g.column_name, g.privilege, 'public', 'public', g.file, g.line
from db_grant as g
where g.grantee = 'public';

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
            select 1 from app_grant as g
            where g.database = t.database and g.object_name = t.name and g.object_kind in ('table', 'column')
              and g.privilege = c.command and g.file <> ''
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

create temp view tenant_view as
-- Views that read tenant tables: with their owner's rights where they are plain, in any way where they keep the rows.
select v.*, r.target, (
    select group_concat(distinct g.role) from app_grant as g
    where g.database = v.database and g.object_name = v.name and g.object_kind in ('table', 'column') and g.privilege = 'select'
) as readers
from db_view as v
join row_isolation
join (
    select database, reader, min(target) as target from (
        select o.database, o.reader, o.target from owner_view_reading as o
        join keyed_table as t on t.database = o.database and t.name = o.target
        union
        select w.database, w.reader, w.target from view_reading as w
        join db_view as m on m.database = w.database and m.name = w.reader
        join keyed_table as t on t.database = w.database and t.name = w.target
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
-- A table that each of them touches whose rows are tenants'; one with a tenant key, where there is one.
select r.database, r.reader as name, coalesce(min(k.name), min(c.name)) as target
from function_reading as r
left join keyed_table as k on k.database = r.database and k.name = r.target
left join bound_child as c on c.database = r.database and c.name = r.target
where k.name is not null or c.name is not null
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
where c.generation <> 'none' or c.type_name = 'uuid' or c.name in ('id', 'uuid', 'guid')
   or lower(c.name) glob '*token*' or lower(c.name) glob '*secret*' or lower(c.name) glob '*nonce*'
   or lower(c.name) glob '*api*key*' or lower(c.name) glob '*key*hash*' or lower(c.name) glob '*hash*key*'
   or lower(c.name) glob '*code*hash*' or lower(c.name) glob '*state*hash*'
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
-- Unique keys of tenant tables, the table of tenants left out: whether they keep to one tenant, and whether nobody chooses their values.
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
select 0 as at, '' as method, '' as path, '' as framework, null as posture, 'unverified' as enforcement, '' as handler, '' as file, 0 as line
where 0;

create temp view env_use as
-- A place where code reads an environment variable.
select 0 as at, '' as name, 'server' as side, '' as file, 0 as line
where 0;

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
with recursive run(database, path, file) as (
    select database, path, path from db_migration
    union
    select r.database, r.path, i.target from run as r join ddl_include as i on i.file = r.file
)
select * from run;

-- A change, where there is a base to compare it with. Of a path, never of a database: a folder that is renamed is another database.

create temp view compared_carveout as
-- The carve-outs of a change.
select c.at, c.rule, c.subject, c.database, c.at_most, c.expires
from settings_carveout as c
join scope_base;

create temp view file_content as
-- What was read, each file with git's name for what it holds.
select path, content from main.unit where id in (select id from temp.active);

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
where not exists (select 1 from base_db_migration as b where b.path = m.path);

create temp view gone_migration as
-- Migrations that have landed and are not read any more, and the new one that holds the same, if any.
select l.at, l.database, l.path, min(n.path) as renamed_to, n.at as renamed_at
from landed_migration as l
left join file_content as f on f.content = l.content and exists (select 1 from new_migration as n where n.path = f.path)
left join new_migration as n on n.path = f.path
where not exists (select 1 from file_content as f where f.path = l.path)
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
where not exists (select 1 from base_settings_predicate as b where b.name = p.name)
union all
select s.at, s.name
from settings_session_source as s
join scope_base
where not exists (select 1 from base_settings_session_source as b where b.name = s.name);

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

create temp view contract_step as
-- Migrations that declare themselves the contract step of one that expanded the schema before, and whether that one has landed.
select c.at, c.file as path, c.expand, c.reason, (
    select count(distinct b.path) from base_db_migration as b where b.database = m.database and instr('/' || b.path || '/', '/' || c.expand || '/')
) = 1 as has_landed
from ddl_contract as c
join db_migration as m on m.path = c.file;
