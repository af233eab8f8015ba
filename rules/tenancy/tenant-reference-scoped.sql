-- A foreign key between tenant tables includes the tenant key.
--
-- Foreign key checks bypass row security: a row may point to another tenant's row, and learns by the error which keys
-- exist; a cascade may delete across tenants. A key of (tenant, id) cannot point outside.
--
-- Fix:
--     alter table orders add foreign key (tenant_id, customer_id) references customers (tenant_id, id);
--
-- @level warning
-- @over tenant_table
-- @supports soc2:CC6.1 cwe:639

select
    r.at,
    r.database,
    r.table_name as subject,
    'the foreign key ' || r.name || ' points to the tenant table ' || r.target || ' without the tenant key' as message
from tenant_reference as r
where not r.scoped
