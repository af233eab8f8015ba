-- Where each tenant has a schema of its own, no table is shared and nothing refers across.
--
-- A shared table with a tenant key, or a foreign key from one tenant's schema into another's, joins what the schemas keep apart. Judged
-- where `[tenancy] isolation = "schema"`.
--
-- Fix:
--     alter table public.orders set schema shop;
--
-- @level error
-- @over schema_isolated_table
-- @supports soc2:CC6.1 asvs5:8.4.1 cwe:639

select
    t.at,
    t.database,
    t.name as subject,
    'it is shared by the tenants, and carries the tenant key ' || t.tenant_key as message
from shared_keyed_table as t
union all
select
    r.at,
    r.database,
    r.table_name as subject,
    'the foreign key ' || r.name || ' leads into another tenant''s schema, to ' || r.target as message
from schema_reference as r
