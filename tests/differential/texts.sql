select 'policy using', polrelid::regclass::text, polname, pg_get_expr(polqual, polrelid) from pg_policy
union all
select 'policy check', polrelid::regclass::text, polname, pg_get_expr(polwithcheck, polrelid) from pg_policy
union all
select 'default', d.adrelid::regclass::text, a.attname, pg_get_expr(d.adbin, d.adrelid)
from pg_attrdef d join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum where a.attgenerated = ''
union all
select 'check', conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint where contype = 'c' and conrelid <> 0
union all
select 'view', oid::regclass::text, '', pg_get_viewdef(oid) from pg_class where relkind = 'v' and oid > 16383
