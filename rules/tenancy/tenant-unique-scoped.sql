-- A unique key on a tenant table includes the tenant key.
--
-- A duplicate is refused even where row security hides the row it collides with: the error tells one tenant what another has, and one
-- tenant's name keeps every other from using it. Surrogate keys, which nobody chooses, are left alone.
--
-- Fix:
--     alter table orders drop constraint orders_number_key;
--     alter table orders add unique (tenant_id, number);
--
-- @level warning
-- @over tenant_table
-- @supports soc2:CC6.1 cwe:203

select
    u.at,
    u.database,
    u.table_name as subject,
    'the unique key ' || u.name || ' spans tenants' as message
from tenant_unique as u
where not u.scoped and not u.surrogate
