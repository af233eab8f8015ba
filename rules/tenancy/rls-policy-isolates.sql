-- Every policy that lets the application see rows of a tenant table binds them to the session's tenant.
--
-- Permissive policies are ORed: one that passes a row for a reason other than its tenant opens the table, whatever the others
-- say. Each disjunct must compare the row's tenant key with what the session is known by, ask for a membership, or lead to a row that does,
-- unless a restrictive policy does it. Without a WITH CHECK, USING decides on written rows too.
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
    case when v.verdict = 'unverified' then 'it cannot be told whether rows of other tenants ' else 'rows of other tenants ' end
        || case when v.writes then 'may be written past ' else 'pass ' end || '`' || v.term || '`: ' || v.reason
        || case v.witness when '' then '' else ' (' || v.witness || ')' end as message
from weakest_term as v
where v.side = 'using' and v.verdict in ('open', 'unverified')
