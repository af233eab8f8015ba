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
    'it is shared by the tenants, and carries the tenant key ' || k.name as message
from schema_isolated_table as t
join tenant_key_column as k on k.database = t.database and k.table_name = t.name
where not t.per_tenant
union all
select
    c.at,
    c.database,
    c.table_name as subject,
    'the foreign key ' || c.name || ' leads from one tenant''s schema to ' || c.target as message
from db_constraint as c
join schema_isolated_table as t on t.database = c.database and t.name = c.table_name
join schema_isolated_table as o on o.database = c.database and o.name = c.target
where t.per_tenant and o.per_tenant and t.schema_name <> o.schema_name
