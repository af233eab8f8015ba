-- The tenant key leads an index.
--
-- Every policy compares it on every query. Without an index that begins with it, each query reads the rows of all tenants to find
-- its own, and tables grow slow together.
--
-- Fix:
--     create index on orders (tenant_id);
--
-- @level warning
-- @over tenant_key_column
-- @noun tables
-- @supports soc2:A1.1

select
    k.at,
    k.database,
    k.table_name || '.' || k.name as subject,
    'no index begins with the tenant key' as message,
    case when d.at is null then 'broken' else 'unverified' end as verdict,
    d.at as also_at,
    'this may make one' as also
from tenant_key_column as k
left join obscured as d on d.database = k.database and d.name = k.table_name and d.what = 'index'
where not exists (
    select 1 from db_index_column as i
    where i.database = k.database and i.table_name = k.table_name and i.column_name = k.name and i.position = 1
)
