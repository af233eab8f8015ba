-- A partition of a tenant table that the application may read directly has row security of its own.
--
-- Policies of the parent hold only for queries through the parent. GRANT ... ON ALL TABLES and default privileges reach partitions and
-- inheritance children as well, and a query that names one passes no policy of the parent's.
--
-- Fix:
--     alter table orders_2026 enable row level security;
--     revoke all on orders_2026 from app;    -- or this
--
-- @level error
-- @over row_tenant_partition
-- @noun tables
-- @supports soc2:CC6.1 asvs5:8.4.1 cwe:639

select
    p.joined_at as at,
    p.database,
    p.name as subject,
    'row security is not enabled on it, and ' || group_concat(distinct g.role) || ' may reach it past ' || p.parent as message,
    case when d.at is null then 'broken' else 'unverified' end as verdict,
    d.at as also_at,
    'this may enable it' as also
from row_tenant_partition as p
join app_grant as g
  on g.database = p.database and g.object_name = p.name and g.privilege in ('select', 'insert', 'update', 'delete')
left join obscured as d on d.database = p.database and d.name = p.name and d.what = 'enable'
where not p.rls_enabled
group by p.joined_at, p.database, p.name, p.parent, d.at
