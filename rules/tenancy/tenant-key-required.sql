-- The tenant key refuses NULL.
--
-- A row without a tenant belongs to nobody: policies hide it from everyone, or, where they allow NULL, show it to everyone, and no
-- unique or foreign key that includes it holds.
--
-- Fix:
--     alter table orders alter column tenant_id set not null;
--
-- @level error
-- @over tenant_key_column
-- @noun tables
-- @supports soc2:CC6.1 cwe:639

select
    k.at,
    k.database,
    k.table_name || '.' || k.name as subject,
    'the tenant key may be NULL' as message,
    case when d.at is null then 'broken' else 'unverified' end as verdict,
    d.at as also_at,
    'this may have it refuse NULL' as also
from tenant_key_column as k
left join obscured as d on d.database = k.database and d.name = k.table_name and d.what = 'require'
where not k.not_null
