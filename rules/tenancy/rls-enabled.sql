-- Row security is enabled on every tenant table.
--
-- Without it PostgreSQL shows every tenant's rows to whoever may read the table; one query that forgets its WHERE is
-- enough. A table that is dropped and made again, copied with CREATE TABLE AS or LIKE, or given its tenant key later starts without it.
--
-- Fix:
--     alter table orders enable row level security;
--     alter table orders force row level security;
--
-- @level error
-- @over row_tenant_table
-- @noun tables
-- @supports soc2:CC6.1 iso27001:A.8.3 asvs5:8.4.1 cwe:639

select
    t.rls_at as at,
    t.database,
    t.name as subject,
    case when d.at is not null then 'row security is not seen to be enabled, and its rows belong to tenants by ' || t.tenant_key
         when t.rls_at = t.at then 'row security is never enabled, and its rows belong to tenants by ' || t.tenant_key
         else 'row security is disabled here, and its rows belong to tenants by ' || t.tenant_key end as message,
    case when d.at is null then 'broken' else 'unverified' end as verdict,
    d.at as also_at,
    'this may enable it' as also
from row_tenant_table as t
left join obscured as d on d.database = t.database and d.name = t.name and d.what = 'enable' and t.rls_at = t.at
where not t.rls_enabled
