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

select k.at, k.database, k.table_name || '.' || k.name as subject, 'the tenant key may be NULL' as message
from tenant_key_column as k
where not k.not_null
