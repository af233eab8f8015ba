-- The catalog of a database as four documents: its tables, views, functions and policies. What PostgreSQL and its extensions bring is left out.
with own as materialized (
    select n.oid, n.nspname from pg_namespace as n
    where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
),
brought as materialized (
    select d.classid, d.objid from pg_depend as d where d.deptype = 'e'
)
select
    (
        select json_agg(json_build_object(
            'name', json_build_array(n.nspname, c.relname),
            'kind', c.relkind,
            'secured', c.relrowsecurity,
            'forced', c.relforcerowsecurity,
            'rewritten', (
                select json_agg(distinct e.command)
                from pg_trigger as t join (values ('insert', 4), ('update', 16)) as e (command, bit) on t.tgtype & e.bit = e.bit
                where t.tgrelid = c.oid and not t.tgisinternal and t.tgenabled <> 'D' and t.tgtype & 1 = 1 and t.tgtype & 2 = 2
            ),
            'owner', pg_get_userbyid(c.relowner),
            'parent', (
                select json_build_array(pn.nspname, p.relname)
                from pg_inherits as i join pg_class as p on p.oid = i.inhparent join pg_namespace as pn on pn.oid = p.relnamespace
                where i.inhrelid = c.oid and c.relispartition
            ),
            'bound', case when c.relispartition then pg_get_partition_constraintdef(c.oid) end,
            'partition_columns', (
                select coalesce(json_agg(distinct a.attname), '[]')
                from pg_partition_ancestors(c.oid) as p (oid)
                join pg_partitioned_table as t on t.partrelid = p.oid
                join pg_attribute as a on a.attrelid = p.oid and a.attnum = any (t.partattrs::smallint[]) and a.attnum > 0
                where c.relispartition and p.oid <> c.oid
            ),
            'columns', (
                select json_agg(json_build_object(
                    'name', a.attname,
                    'type', format_type(b.oid, case when t.typtype = 'd' then t.typtypmod else a.atttypmod end),
                    'base', b.typname,
                    'element', case when b.typcategory = 'A' then format_type(b.typelem, null) end,
                    'kind', b.typtype,
                    'not_null', a.attnotnull or t.typnotnull,
                    'default', coalesce(pg_get_expr(d.adbin, d.adrelid), t.typdefault),
                    'filled', case when a.attgenerated <> '' then 'generated' when a.attidentity <> '' then 'identity' end,
                    'labels', (select json_agg(e.enumlabel order by e.enumsortorder) from pg_enum as e where e.enumtypid = b.oid),
                    'checks', (
                        select json_agg(pg_get_expr(k.conbin, 0)) from pg_constraint as k
                        where k.contypid in (t.oid, under.oid) and k.contypid <> 0 and k.contype = 'c'
                    )
                ) order by a.attnum)
                from pg_attribute as a
                join pg_type as t on t.oid = a.atttypid
                left join pg_type as under on t.typtype = 'd' and under.oid = t.typbasetype
                join pg_type as b on b.oid = case
                    when t.typtype <> 'd' then t.oid when under.typtype = 'd' then under.typbasetype else under.oid
                end
                left join pg_attrdef as d on d.adrelid = a.attrelid and d.adnum = a.attnum
                where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
            ),
            'keys', (
                select json_agg(json_build_object(
                    'name', k.relname,
                    'primary', i.indisprimary,
                    'columns', (
                        select coalesce(json_agg(a.attname order by p.place), '[]')
                        from unnest(i.indkey) with ordinality as p (number, place)
                        join pg_attribute as a on a.attrelid = c.oid and a.attnum = p.number
                        where p.place <= i.indnkeyatts
                    )
                ) order by i.indisprimary desc, k.relname)
                from pg_index as i join pg_class as k on k.oid = i.indexrelid
                where i.indrelid = c.oid and i.indisunique
            ),
            'references', (
                select json_agg(json_build_object(
                    'name', k.conname,
                    'deferrable', k.condeferrable,
                    'target', json_build_array(tn.nspname, t.relname),
                    'columns', (
                        select json_agg(a.attname order by p.place) from unnest(k.conkey) with ordinality as p (number, place)
                        join pg_attribute as a on a.attrelid = k.conrelid and a.attnum = p.number
                    ),
                    'target_columns', (
                        select json_agg(a.attname order by p.place) from unnest(k.confkey) with ordinality as p (number, place)
                        join pg_attribute as a on a.attrelid = k.confrelid and a.attnum = p.number
                    )
                ) order by k.conname)
                from pg_constraint as k
                join pg_class as t on t.oid = k.confrelid join pg_namespace as tn on tn.oid = t.relnamespace
                where k.conrelid = c.oid and k.contype = 'f' and not t.relispartition
            ),
            'checks', (
                select json_agg(json_build_object(
                    'name', k.conname,
                    'text', pg_get_expr(k.conbin, k.conrelid),
                    'columns', (
                        select json_agg(a.attname) from pg_attribute as a where a.attrelid = k.conrelid and a.attnum = any (k.conkey)
                    )
                ) order by k.conname)
                from pg_constraint as k where k.conrelid = c.oid and k.contype = 'c'
            )
        ) order by n.nspname, c.relname)
        from pg_class as c join own as n on n.oid = c.relnamespace
        where c.relkind in ('r', 'p') and c.relpersistence <> 't'
          and not exists (select 1 from brought as b where b.classid = 'pg_class'::regclass and b.objid = c.oid)
    ),
    (
        select json_agg(json_build_object(
            'name', json_build_array(n.nspname, c.relname),
            'kind', c.relkind,
            'updatable', pg_relation_is_updatable(c.oid, true) <> 0,
            'text', pg_get_viewdef(c.oid),
            'invoker', coalesce((
                select option_value::boolean from pg_options_to_table(c.reloptions) where option_name = 'security_invoker'
            ), false),
            'reads', (
                select json_agg(distinct rn.nspname || '.' || r.relname)
                from pg_rewrite as w
                join pg_depend as d on d.classid = 'pg_rewrite'::regclass and d.objid = w.oid and d.refclassid = 'pg_class'::regclass
                join pg_class as r on r.oid = d.refobjid and r.oid <> c.oid
                join pg_namespace as rn on rn.oid = r.relnamespace
                where w.ev_class = c.oid
            ),
            'columns', (
                select json_agg(a.attname order by a.attnum) from pg_attribute as a
                where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
            )
        ) order by n.nspname, c.relname)
        from pg_class as c join own as n on n.oid = c.relnamespace
        where c.relkind in ('v', 'm') and c.relpersistence <> 't'
          and not exists (select 1 from brought as b where b.classid = 'pg_class'::regclass and b.objid = c.oid)
    ),
    (
        select json_agg(json_build_object(
            'oid', p.oid::bigint,
            'name', json_build_array(n.nspname, p.proname),
            'signature', pg_get_function_identity_arguments(p.oid),
            'kind', p.prokind,
            'language', l.lanname,
            'definer', p.prosecdef,
            'returns', format_type(p.prorettype, null),
            'body', p.prosrc,
            'arguments', (
                select json_agg(json_build_object('name', p.proargnames[a.place], 'type', format_type(a.type, null)) order by a.place)
                from unnest(coalesce(p.proallargtypes, p.proargtypes::oid[])) with ordinality as a (type, place)
                where p.proargmodes is null or p.proargmodes[a.place] in ('i', 'b', 'v')
            )
        ) order by n.nspname, p.proname, p.oid)
        from pg_proc as p join own as n on n.oid = p.pronamespace join pg_language as l on l.oid = p.prolang
        where p.prokind in ('f', 'p')
          and not exists (select 1 from brought as b where b.classid = 'pg_proc'::regclass and b.objid = p.oid)
    ),
    (
        select json_agg(json_build_object(
            'name', p.polname,
            'table', n.nspname || '.' || c.relname,
            'command', case p.polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete' else 'all' end,
            'permissive', p.polpermissive,
            'roles', (select json_agg(case r.oid when 0 then 'public' else pg_get_userbyid(r.oid) end) from unnest(p.polroles) as r (oid)),
            'using', pg_get_expr(p.polqual, p.polrelid),
            'check', pg_get_expr(p.polwithcheck, p.polrelid)
        ) order by n.nspname, c.relname, p.polname)
        from pg_policy as p join pg_class as c on c.oid = p.polrelid join own as n on n.oid = c.relnamespace
    )
