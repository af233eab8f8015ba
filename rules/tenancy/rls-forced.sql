-- Row security is forced on every tenant table that has it enabled.
--
-- Enabled but not forced still lets the table's owner through, and most applications connect as the owner: then every tenant
-- reads every row. Teams whose migrations and definer functions rely on the owner say so: `[tenancy] force = "off"`.
--
-- Fix:
--     alter table orders force row level security;
--
-- @level error
-- @over row_tenant_table
-- @noun tables
-- @supports soc2:CC6.1 iso27001:A.8.3 asvs5:8.4.1 cwe:639

select
    t.forced_at as at,
    t.database,
    t.name as subject,
    'row security is enabled but not forced: its owner ' || t.owner || ' reads every tenant' as message,
    case when d.at is null then 'broken' else 'unverified' end as verdict,
    d.at as also_at,
    'this may force it' as also
from row_tenant_table as t
left join obscured as d on d.database = t.database and d.name = t.name and d.what = 'force'
where t.rls_enabled
  and not t.rls_forced
  and not exists (select 1 from force_off)
