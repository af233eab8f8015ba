-- Every policy that lets the application see rows of a tenant table binds them to the session's tenant.
--
-- Permissive policies are ORed: one that passes a row for a reason other than its tenant opens the table, whatever the others
-- say. Each disjunct must compare the row's tenant key with what the session is known by, or a restrictive policy must.
--
-- Fix:
--     alter policy tenant_rows on orders
--         using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
--
-- @level error
-- @over tenant_policy
-- @noun tables
-- @supports soc2:CC6.1 iso27001:A.8.3 asvs5:8.4.1 cwe:639

select
    v.at,
    v.database,
    v.table_name || '/' || v.policy_name as subject,
    case v.verdict when 'open' then 'broken' else 'unverified' end as verdict,
    case v.verdict when 'open' then 'rows of other tenants pass ' else 'it cannot be told whether rows of other tenants pass ' end
        || '`' || v.term || '`: ' || v.reason as message
from weakest_term as v
where v.side = 'using' and v.verdict in ('open', 'unverified')
