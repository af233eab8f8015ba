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

select k.at, k.database, k.table_name || '.' || k.name as subject, 'no index begins with the tenant key' as message
from tenant_key_column as k
where not exists (
    select 1 from db_index_column as i
    where i.database = k.database and i.table_name = k.table_name and i.column_name = k.name and i.position = 1
)
