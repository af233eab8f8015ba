-- A table that hangs off a tenant table has row security too.
--
-- Rows that belong to a tenant only through their parent (order lines, comments, attachments) are as private as the parent, but
-- carry no tenant key, so nobody misses their policy. Tables meant for everyone are carved out.
--
-- Fix:
--     alter table orders enable row level security;
--     create policy tenant_rows on orders
--         using (exists (select 1 from customers where customers.id = orders.customer_id));
--
-- @level warning
-- @over tenant_child
-- @noun tables
-- @supports soc2:CC6.1 asvs5:8.4.1 cwe:639

select
    c.at,
    c.database,
    c.name as subject,
    'its rows belong to a tenant through ' || c.parent || ', and row security is not enabled' as message,
    case when d.at is null then 'broken' else 'unverified' end as verdict,
    d.at as also_at,
    'this may enable it' as also
from tenant_child as c
left join obscured as d on d.database = c.database and d.name = c.name and d.what = 'enable'
where not c.rls_enabled
