-- section: schema
select n.nspname, pg_get_userbyid(n.nspowner) from pg_namespace n where n.nspname !~ '^(pg_|information_schema$)'

-- section: relation
select n.nspname || '.' || c.relname, c.relkind::text, c.relpersistence::text, pg_get_userbyid(c.relowner), c.relrowsecurity, c.relforcerowsecurity
from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('r', 'p', 'v', 'm', 'S', 'f') and n.nspname !~ '^(pg_|information_schema$)'

-- section: column
select n.nspname || '.' || c.relname, row_number() over (partition by c.oid order by a.attnum), a.attname,
    case when c.relkind in ('r', 'p') then format_type(a.atttypid, a.atttypmod) end, a.attnotnull,
    d.oid is not null and c.relkind in ('r', 'p'), a.attgenerated::text = 's', a.attidentity::text,
    case when c.relkind in ('r', 'p') and l.oid > 16383 then l.collname end
from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum left join pg_collation l on l.oid = a.attcollation
where a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'p', 'v', 'm') and n.nspname !~ '^(pg_|information_schema$)'

-- section: constraint
select n.nspname || '.' || c.relname, k.conname, k.contype::text,
    (select array_agg(a.attname order by case k.contype when 'c' then u.num else u.n end) from unnest(k.conkey) with ordinality u (num, n)
     join pg_attribute a on a.attrelid = c.oid and a.attnum = u.num) :: text[],
    case when k.confrelid <> 0 then k.confrelid::regclass::text end,
    case when k.contype = 'f' then k.confdeltype::text end, case when k.contype = 'f' then k.confupdtype::text end, k.convalidated, k.condeferrable
from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
where k.contype in ('p', 'u', 'f', 'c', 'x') and not exists (select from pg_constraint m where m.oid = k.conparentid and m.conrelid = k.conrelid) and n.nspname !~ '^(pg_|information_schema$)'

-- section: index
select n.nspname || '.' || c.relname, i.indrelid::regclass::text, i.indisunique, i.indisprimary, i.indpred is not null, m.amname,
    (select array_agg(coalesce(a.attname, '') order by u.n) from unnest(i.indkey::int[]) with ordinality u (num, n)
     left join pg_attribute a on a.attrelid = i.indrelid and a.attnum = u.num where u.n <= i.indnkeyatts) :: text[]
from pg_index i join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace
join pg_am m on m.oid = c.relam where n.nspname !~ '^(pg_|information_schema$)'

-- section: inherits
select i.inhrelid::regclass::text, i.inhparent::regclass::text, c.relispartition from pg_inherits i join pg_class c on c.oid = i.inhrelid where c.relkind in ('r', 'p') and c.relpersistence <> 't'

-- section: policy
select p.polrelid::regclass::text, p.polname, p.polcmd::text, p.polpermissive,
    array(select case r when 0 then 'public' else pg_get_userbyid(r)::text end from unnest(p.polroles) r order by 1),
    p.polqual is not null, p.polwithcheck is not null from pg_policy p

-- section: options
select n.nspname || '.' || c.relname, array(select unnest(c.reloptions) order by 1)
from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('v', 'm', 'r', 'p') and c.reloptions is not null and n.nspname !~ '^(pg_|information_schema$)'

-- section: function
select n.nspname || '.' || p.proname, array(select format_type(t, null) from unnest(p.proargtypes::oid[]) with ordinality u (t, n) order by n),
    p.prokind::text, l.lanname, p.prosecdef, p.provolatile::text, p.proleakproof, p.proisstrict, p.proconfig, pg_get_userbyid(p.proowner)
from pg_proc p join pg_namespace n on n.oid = p.pronamespace join pg_language l on l.oid = p.prolang where n.nspname !~ '^(pg_|information_schema$)'

-- section: trigger
select t.tgrelid::regclass::text, t.tgname, t.tgfoid::regproc::text, t.tgenabled::text <> 'D' from pg_trigger t where not t.tgisinternal

-- section: type
select n.nspname || '.' || t.typname, t.typtype::text, array(select enumlabel::text from pg_enum e where e.enumtypid = t.oid order by enumsortorder)
from pg_type t join pg_namespace n on n.oid = t.typnamespace where t.typtype in ('e', 'd') and n.nspname !~ '^(pg_|information_schema$)'

-- section: collation
select n.nspname || '.' || l.collname, pg_get_userbyid(l.collowner), l.collisdeterministic
from pg_collation l join pg_namespace n on n.oid = l.collnamespace where l.oid > 16383

-- section: sequence
select d.objid::regclass::text, d.refobjid::regclass::text, a.attname from pg_depend d
join pg_class c on c.oid = d.objid and c.relkind = 'S' join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
where d.deptype in ('a', 'i') and d.refobjsubid > 0 and c.relpersistence <> 't'

-- section: role
select rolname, rolsuper, rolbypassrls, rolcanlogin, rolinherit, rolcreaterole, rolcreatedb, rolreplication from pg_roles where oid > 16383

-- section: member
select pg_get_userbyid(roleid), pg_get_userbyid(member), bool_or(admin_option) from pg_auth_members where roleid > 16383 group by 1, 2

-- section: grant
select 'relation', n.nspname || '.' || c.relname, '', case x.grantee when 0 then 'public' else pg_get_userbyid(x.grantee)::text end, lower(x.privilege_type), bool_or(x.is_grantable)
from pg_class c join pg_namespace n on n.oid = c.relnamespace,
    aclexplode(coalesce(c.relacl, acldefault(case c.relkind when 'S' then 's'::"char" else 'r' end, c.relowner))) x
where c.relkind in ('r', 'p', 'v', 'm', 'S', 'f') and n.nspname !~ '^(pg_|information_schema$)' group by 1, 2, 3, 4, 5
union all
select 'column', n.nspname || '.' || c.relname, a.attname, case x.grantee when 0 then 'public' else pg_get_userbyid(x.grantee)::text end, lower(x.privilege_type), bool_or(x.is_grantable)
from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace, aclexplode(a.attacl) x
where a.attacl is not null and n.nspname !~ '^(pg_|information_schema$)' group by 1, 2, 3, 4, 5
union all
select 'schema', n.nspname, '', case x.grantee when 0 then 'public' else pg_get_userbyid(x.grantee)::text end, lower(x.privilege_type), bool_or(x.is_grantable)
from pg_namespace n, aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) x where n.nspname !~ '^(pg_|information_schema$)' group by 1, 2, 3, 4, 5
union all
select 'function', p.oid::regprocedure::text, '', case x.grantee when 0 then 'public' else pg_get_userbyid(x.grantee)::text end, lower(x.privilege_type), bool_or(x.is_grantable)
from pg_proc p join pg_namespace n on n.oid = p.pronamespace, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) x
where n.nspname !~ '^(pg_|information_schema$)' group by 1, 2, 3, 4, 5

-- section: default
select pg_get_userbyid(d.defaclrole), coalesce(n.nspname, ''), d.defaclobjtype::text,
    case x.grantee when 0 then 'public' else pg_get_userbyid(x.grantee)::text end, lower(x.privilege_type), x.is_grantable
from pg_default_acl d left join pg_namespace n on n.oid = d.defaclnamespace, aclexplode(d.defaclacl) x
