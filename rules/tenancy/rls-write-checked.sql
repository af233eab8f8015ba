-- Every explicit check on written rows of a tenant table keeps them in the session's tenant.
--
-- WITH CHECK decides which rows may be inserted and what an update may make of them. A check that does not ask for the tenant lets a
-- session plant rows in another tenant, or move its own there. (Where there is no check, USING applies, and is judged as such.)
--
-- Fix:
--     alter policy tenant_rows on orders
--         with check (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
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
        || 'may be written past `' || v.term || '`: ' || v.reason || case v.witness when '' then '' else ' (' || v.witness || ')' end as message
from weakest_term as v
where v.side = 'check' and v.verdict in ('open', 'unverified')
